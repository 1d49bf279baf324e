import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { linkAll, type CrosswalkLink } from '../../../../core/crosswalk/crosswalk';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'link', [
	kindProperty,
	systemNameProperty('system', 'System', 'One of the two systems', 'sandbox-erp'),
	codeProperty('code', 'Code', 'The code in that system'),
	systemNameProperty('otherSystem', 'Other System', 'The other system', 'sandbox-wms'),
	codeProperty('otherCode', 'Other Code', 'The code for the same thing in the other system'),
	{
		displayName: 'Origin',
		name: 'origin',
		type: 'string',
		default: 'manual',
		required: true,
		description: 'Who says so; kept with the link',
	},
]);

const Parameters = z.object({
	kind: Kind,
	system: System,
	code: Code,
	otherSystem: System,
	otherCode: Code,
	origin: z.string().min(1).max(100),
});

/** Links codes for both directions. A link that is there already stays; one that contradicts it is refused. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const links = context.items.map((_, index): CrosswalkLink | Error => {
		try {
			return readLink(context, index);
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const valid = links.filter((link): link is CrosswalkLink => !(link instanceof Error));
	const outcomes = await linkAll(database, valid, Date.now());
	let next = 0;
	return context.answer(
		links.map((link) => {
			if (link instanceof Error) return link;
			const outcome = outcomes[next++];
			if (outcome === undefined) return [];
			if ('error' in outcome) return outcome.error;
			const { kind, from, to, origin } = link;
			return [
				{
					kind,
					system: from.system,
					code: from.code,
					otherSystem: to.system,
					otherCode: to.code,
					origin,
					isNew: outcome.isNew,
				},
			];
		}),
	);
}

function readLink(context: OperationContext, index: number): CrosswalkLink {
	const { kind, system, code, otherSystem, otherCode, origin } = context.parameters(Parameters, index);
	if (system === otherSystem)
		throw context.invalid(
			`"${code}" and "${otherCode}" are both of ${system}. Name two systems, or merge them.`,
			code,
		);
	return { kind, from: { system, code }, to: { system: otherSystem, code: otherCode }, origin };
}
