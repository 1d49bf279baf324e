import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { documentsAtPosition } from '../../../../core/approvals/delegation';
import { proposeLinks, type LinkProposal } from '../../../../core/approvals/linkProposals';
import { changesApprovals } from '../../../../core/ports/approvalSystem';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { bothSides, type Organisation } from '../../organisation';

const onlyGiven = { show: { links: ['given'] } };

export const description: INodeProperties[] = shownFor('organisation', 'repairMapping', [
	{
		displayName: 'Links',
		name: 'links',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'All That Are Clear',
				value: 'proposed',
				description: 'What Propose Links calls clear; what is ambiguous is listed and left alone',
			},
			{ name: 'One Position', value: 'given' },
		],
		default: 'given',
	},
	{
		displayName: 'Least Confidence',
		name: 'leastConfidence',
		type: 'number',
		typeOptions: { minValue: 0.6, maxValue: 1, numberPrecision: 2 },
		default: 0.8,
		description: 'Links that are less certain are left for a person, from 0.6 to 1',
		displayOptions: { show: { links: ['proposed'] } },
	},
	{
		displayName: 'HR Position',
		name: 'hrPosition',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FIN-SUP',
		description: 'Key of the position in HR',
		displayOptions: onlyGiven,
	},
	{
		displayName: 'Position of the System',
		name: 'position',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FINANCE_SUPERVISOR',
		description: 'Key of the position that its holders get there',
		displayOptions: onlyGiven,
	},
]);

const Parameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	links: z.enum(['given', 'proposed']),
	leastConfidence: z.number().min(0.6).max(1).default(0.8),
	hrPosition: z.coerce.string().trim().default(''),
	position: z.coerce.string().trim().default(''),
});

interface Link {
	kind: LinkProposal['kind'];
	/** key in HR */
	hr: string;
	/** key in the system */
	to: string;
}

/** Sets the links, runs the sync for those whom they concern only, and gives them the documents that wait for their positions. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const given = context.parameters(Parameters, index);
		const sides = await bothSides(context, given);
		const proposals = given.links === 'proposed' ? proposeLinks(sides.picture) : [];
		const clear = proposals.filter(
			({ state, candidates: [first] }) =>
				state === 'clear' && first !== undefined && first.confidence >= given.leastConfidence,
		);
		const links =
			given.links === 'given'
				? [givenLink(context, given, sides)]
				: clear.map(({ kind, hr, candidates }) => ({ kind, hr: hr.key, to: candidates[0]?.key ?? '' }));
		const ambiguous = proposals.filter((one) => !clear.includes(one));
		return [{ links, ambiguous, ...(await apply(links, sides)) }];
	});
}

function givenLink(
	context: OperationContext,
	{ hrPosition, position }: { hrPosition: string; position: string },
	{ approvals, hr, picture }: Organisation,
): Link {
	if (!hr.positions.some(({ key }) => key === hrPosition))
		throw context.invalid(`HR has no position "${hrPosition}". Nothing was changed.`, hrPosition);
	if (!picture.positionByKey.has(position))
		throw context.invalid(
			`${approvals.system} has no position "${position}". Nothing was changed.`,
			position,
		);
	return { kind: 'position', hr: hrPosition, to: position };
}

async function apply(links: Link[], { approvals, target, hr, picture }: Organisation) {
	if (links.length === 0) return { documents: [], tasks: 0 };
	const targetOf = new Map(
		(picture.organisation.sync?.mappings ?? []).map(({ hr: key, position }) => [key, position]),
	);
	const people = new Set<string>();
	for (const { kind, hr: key, to } of links) {
		if (kind === 'position') {
			await target.putMapping({ hr: key, position: to });
			targetOf.set(key, to);
			for (const one of hr.employees) if (one.position === key) people.add(one.key);
		} else {
			const employee = hr.employees.find((one) => one.key === key);
			await target.linkUser(to, employee?.number ?? key);
			people.add(key);
		}
	}
	const concerned = hr.employees.filter(({ key }) => people.has(key));
	const run = await target.importOrganisation(concerned, hr.positions);
	const positions = new Set([
		...links.filter(({ kind }) => kind === 'position').map(({ to }) => to),
		...concerned.flatMap(({ position = '' }) => targetOf.get(position) ?? []),
	]);
	const documents: string[] = [];
	for await (const page of approvals.waiting())
		for (const position of positions)
			documents.push(...documentsAtPosition(page, position, picture).map(({ key }) => key));
	const tasks = changesApprovals(approvals) ? await approvals.assignAnew(documents) : 0;
	return { run, people: [...people], documents, tasks };
}
