import type { DetailedError, ValidationError as CedarFinding } from '@cedar-policy/cedar-wasm/nodejs';

import { nearestName } from '../../model/nearestName';
import { pathOf } from '../catalogue/attributes';
import { attributesOf } from '../catalogue/catalogue';
import { cedarSchema } from '../catalogue/cedarSchema';
import { CedarFailedError, useCedar } from '../decisions/cedar';
import type { PolicySet } from '../decisions/engine';
import { problemOf, readPolicyText, type PolicyProblem } from './cedarText';
import type { PolicyDefinition } from './definition';
import { TimeZone } from './form';
import { linkedPolicy } from './links';
import type { PolicyJson } from './policyJson';
import { operationsOf, readsOf } from './reads';

/** What a set of policies needs to be decided by. */
export interface Needs {
	/** attributes that must be known, by operation; sorted */
	required: Record<string, string[]>;
	/** attributes that are looked at, by operation; sorted. Only these are logged. */
	used: Record<string, string[]>;
	/** time zones that policies ask the time in; sorted */
	timeZones: string[];
	/** whether policies ask for the instant itself */
	instant: boolean;
}

export interface Examination {
	/** any of them keeps the set from going live */
	problems: PolicyProblem[];
	/** what Cedar's validator doubts, such as a policy that never applies, or a name of letters from several scripts */
	warnings: PolicyProblem[];
	needs: Needs;
}

/** Reads and checks every policy against the schema of the catalogue. */
export function examine(definition: PolicyDefinition): Examination {
	const { catalogue, policies, templates = {}, templateLinks = [] } = definition;
	const problems: PolicyProblem[] = [];
	const read = (texts: Record<string, string>, kind: 'policy' | 'template') =>
		new Map(
			Object.entries(texts).flatMap(([id, text]): Array<[string, PolicyJson]> => {
				const answer = readPolicyText(id, text, kind);
				if ('json' in answer) return [[id, answer.json]];
				problems.push(...answer.problems);
				return [];
			}),
		);
	const parsed = read(policies, 'policy');
	const parsedTemplates = read(templates, 'template');
	for (const { newId, templateId, values } of templateLinks) {
		const json = parsedTemplates.get(templateId);
		if (json !== undefined && !parsed.has(newId)) parsed.set(newId, linkedPolicy(json, { values }));
		else if (parsed.has(newId)) problems.push({ policy: newId, message: 'is there twice' });
		else if (!Object.hasOwn(templates, templateId))
			problems.push({ policy: newId, message: `There is no template "${templateId}"` });
	}
	const needs = needsOf(definition, [...parsed.values()]);
	for (const [id, { timeZones }] of [...parsed].map(([id, json]) => [id, readsOf(json)] as const))
		for (const zone of timeZones)
			if (!TimeZone.safeParse(zone).success)
				problems.push({ policy: id, message: `"${zone}" is no time zone, such as Asia/Shanghai` });
	if (problems.length > 0) return { problems, warnings: [], needs };

	const certain = new Set([...parsed.values()].flatMap((json) => [...readsOf(json).certain]));
	const schema = cedarSchema(catalogue, { timeZones: needs.timeZones, certain: withNested(certain) });
	const textOf = (id: string) => {
		const link = templateLinks.find(({ newId }) => newId === id);
		return policies[id] ?? templates[link?.templateId ?? id] ?? '';
	};
	const found = ({ policyId, error }: CedarFinding): PolicyProblem =>
		suggesting(problemOf(policyId, textOf(policyId), error), definition);
	try {
		const answer = useCedar((cedar) => cedar.validate({ schema, policies: policySetOf(definition) }));
		if (answer.type === 'failure')
			return {
				problems: answer.errors.map(({ message }: DetailedError) => ({ policy: '', message })),
				warnings: [],
				needs,
			};
		return {
			problems: inOrder(answer.validationErrors.map(found)),
			warnings: inOrder(answer.validationWarnings.map(found)),
			needs,
		};
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
		return { problems: [{ policy: '', message: error.message }], warnings: [], needs };
	}
}

/** As engines take it. */
export function policySetOf({ policies, templates, templateLinks }: PolicyDefinition): PolicySet {
	return {
		staticPolicies: policies,
		...(templates === undefined ? {} : { templates }),
		...(templateLinks === undefined ? {} : { templateLinks }),
	};
}

function needsOf({ catalogue }: PolicyDefinition, policies: PolicyJson[]): Needs {
	const required = new Map(catalogue.operations.map(({ id, requires }) => [id, new Set(requires)]));
	const used = new Map(catalogue.operations.map(({ id, requires }) => [id, new Set(requires)]));
	const timeZones = new Set<string>();
	let instant = false;
	const everything = everyPath(catalogue);
	for (const json of policies) {
		const reads = readsOf(json);
		for (const id of operationsOf(json, catalogue)) {
			if (reads.opaque) for (const path of everything) used.get(id)?.add(path);
			for (const path of reads.certain) required.get(id)?.add(path);
			for (const path of reads.all) used.get(id)?.add(path);
		}
		for (const zone of reads.timeZones) timeZones.add(zone);
		instant ||= reads.instant || reads.opaque;
	}
	const listed = (sets: Map<string, Set<string>>) =>
		Object.fromEntries([...sets].map(([id, paths]) => [id, [...paths].sort()]));
	return { required: listed(required), used: listed(used), timeZones: [...timeZones].sort(), instant };
}

/** All attributes, and those of employees that attributes name. */
function everyPath(catalogue: PolicyDefinition['catalogue']): string[] {
	const attributes = attributesOf(catalogue);
	const ofEmployees = attributes.filter((attribute) => attribute.of === 'subject');
	return attributes.flatMap((attribute) => {
		const path = pathOf(attribute);
		return attribute.type === 'employee'
			? [path, ...ofEmployees.map(({ name }) => `${path}.${name}`)]
			: [path];
	});
}

/** `request.secondApprover.rank` is the rank of an employee: certain there, it is certain of employees. */
function withNested(certain: Set<string>): Set<string> {
	return new Set(
		[...certain].flatMap((path) => {
			const [, , nested] = path.split('.');
			return nested === undefined ? [path] : [`subject.${nested}`];
		}),
	);
}

/** Cedar guesses well for attributes, and says less about operations. */
function suggesting(problem: PolicyProblem, { catalogue }: PolicyDefinition): PolicyProblem {
	const unknown = /unrecognized action `Action::"([^`]*)"`/.exec(problem.message)?.[1];
	if (unknown === undefined) return problem;
	const meant = nearestName(
		unknown,
		catalogue.operations.map(({ id }) => id),
	);
	const suggestion = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
	return { ...problem, message: `There is no sensitive operation "${unknown}"${suggestion}` };
}

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
	return problems.toSorted(
		(a, b) =>
			(a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0) ||
			(a.line ?? 0) - (b.line ?? 0) ||
			(a.column ?? 0) - (b.column ?? 0),
	);
}
