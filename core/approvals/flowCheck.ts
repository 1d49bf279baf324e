import type { ApprovalDocument, ApprovalFlow, ApprovalRule, ApprovalStep } from '../model/approval';
import { compare } from '../model/decimal';
import { finding, type Evidence, type Finding, type Subject } from './finding';
import type { Picture } from './picture';

export interface FlowCheck {
	findings: Finding[];
	evidence: Evidence[];
	/** key of the position that has to decide; absent where the flow names none */
	position?: string;
	step?: ApprovalStep;
}

/** Check 1: whether the flow leads the document to a position that can decide, and from there to an end. */
export function checkFlow(document: ApprovalDocument, picture: Picture): FlowCheck {
	const { system } = picture;
	const flow = picture.flowOf.get(document.kind);
	const about: Subject = { system, entity: 'approvalFlow', key: flow?.key ?? document.kind };
	if (flow === undefined)
		return { findings: [finding('flowMissing', about, { kind: document.kind }, [])], evidence: [] };

	const evidence: Evidence[] = [
		{
			...about,
			...(flow.changedAt === undefined ? {} : { at: flow.changedAt }),
			shows: { name: flow.name, state: flow.state },
		},
	];
	const facts = {
		flow: flow.name,
		amount: document.amount,
		currency: document.currency,
		region: document.region ?? '',
	};
	const findings: Finding[] = [];
	if (flow.state === 'inactive') findings.push(finding('flowInactive', about, facts, evidence));

	const rule = ruleFor(flow, document);
	const key = document.step ?? rule?.step;
	if (key === undefined) {
		const rules = flow.rules.map((one) => ruleEvidence(system, one));
		findings.push(finding('noRule', about, facts, [...evidence, ...rules]));
		return { findings, evidence };
	}
	if (rule !== undefined && document.step === undefined) evidence.push(ruleEvidence(system, rule));

	const step = flow.steps.find((one) => one.key === key);
	const stepSubject: Subject = { system, entity: 'approvalStep', key };
	if (step === undefined) {
		findings.push(finding('stepMissing', stepSubject, { ...facts, step: key }, evidence));
		return { findings, evidence };
	}
	evidence.push({
		...stepSubject,
		...(flow.changedAt === undefined ? {} : { at: flow.changedAt }),
		shows: { name: step.name, state: step.state, position: step.position ?? '' },
	});
	const named = { ...facts, step: step.name };
	if (step.state === 'inactive') findings.push(finding('stepInactive', stepSubject, named, evidence));
	const broken = brokenPath(flow, step);
	if (broken !== undefined) {
		const path = { ...named, path: broken.path.join(' > ') };
		if (broken.fault === 'loop') findings.push(finding('flowLoop', about, path, evidence));
		else
			findings.push(
				finding(
					'stepMissing',
					{ ...stepSubject, key: broken.path.at(-1) ?? key },
					{ ...path, step: broken.path.at(-1) ?? key },
					evidence,
				),
			);
	}
	if (step.position === undefined) {
		findings.push(finding('approverEmpty', stepSubject, named, evidence));
		return { findings, evidence, step };
	}
	const position = picture.positionByKey.get(step.position);
	const positionSubject: Subject = { system, entity: 'position', key: step.position };
	if (position === undefined) {
		findings.push(
			finding('positionUnknown', positionSubject, { ...named, position: step.position }, evidence),
		);
		return { findings, evidence, step };
	}
	evidence.push({ ...positionSubject, shows: { name: position.name, state: position.state } });
	if (position.state === 'closed')
		findings.push(
			finding('positionClosed', positionSubject, { ...named, position: position.name }, evidence),
		);
	return { findings, evidence, step, position: position.key };
}

/** The first active rule that fits amount and branch. */
export function ruleFor(
	flow: ApprovalFlow,
	{ amount, region }: Pick<ApprovalDocument, 'amount' | 'region'>,
): ApprovalRule | undefined {
	return flow.rules.find(
		({ state, from, below, regions }) =>
			state === 'active' &&
			compare(amount, from) >= 0 &&
			(below === undefined || compare(amount, below) < 0) &&
			(regions === undefined || (region !== undefined && regions.includes(region))),
	);
}

/** Where the way from a step comes back to itself, or ends at a step that is not there. */
function brokenPath(
	flow: ApprovalFlow,
	from: ApprovalStep,
): { fault: 'loop' | 'missing'; path: string[] } | undefined {
	const path: string[] = [from.key];
	for (let step: ApprovalStep | undefined = from; step?.next !== undefined; ) {
		const { next }: ApprovalStep = step;
		if (path.includes(next)) return { fault: 'loop', path: [...path, next] };
		path.push(next);
		step = flow.steps.find(({ key }) => key === next);
		if (step === undefined) return { fault: 'missing', path };
	}
	return undefined;
}

function ruleEvidence(system: string, { key, state, from, below, regions, step }: ApprovalRule): Evidence {
	const shows = { state, amount: `${from} - ${below ?? ''}`, regions: regions?.join(', ') ?? '*', step };
	return { system, entity: 'approvalRule', key, shows };
}
