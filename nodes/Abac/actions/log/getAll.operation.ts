import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { logPages } from '../../../../core/store/decisionLog';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('log', 'getAll', [
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{ displayName: 'Employee', name: 'subject', type: 'string', default: '', placeholder: 'e.g. E-1007' },
			{ displayName: 'From', name: 'from', type: 'dateTime', default: '' },
			{
				displayName: 'Outcome',
				name: 'outcome',
				type: 'options',
				options: [
					{ name: 'Any', value: 'any' },
					{ name: 'Denied', value: 'deny' },
					{ name: 'Permitted', value: 'permit' },
				],
				default: 'any',
			},
			{ displayName: 'Policy Set', name: 'policySet', type: 'string', default: '', placeholder: 'e.g. main' },
			{ displayName: 'Record', name: 'record', type: 'string', default: '', placeholder: 'e.g. S-1001' },
			{
				displayName: 'Sensitive Operation',
				name: 'sensitiveOperation',
				type: 'string',
				default: '',
				placeholder: 'e.g. supplier.changePaymentTerms',
			},
			{
				displayName: 'Until',
				name: 'until',
				type: 'dateTime',
				default: '',
				description: 'Not included',
			},
		],
	},
]);

const Instant = z
	.unknown()
	.transform((value) => (value === undefined || value === '' ? undefined : Date.parse(String(value))))
	.refine((at) => at === undefined || !Number.isNaN(at), 'must be a time');

const Given = z
	.string()
	.optional()
	.transform((value) => (value === '' ? undefined : value));

const Parameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().min(1).optional(),
	filters: z.object({
		subject: Given,
		sensitiveOperation: Given,
		record: Given,
		policySet: Given,
		from: Instant,
		until: Instant,
		outcome: z.enum(['any', 'deny', 'permit']).default('any'),
	}),
});

/** Decisions as they were logged, the oldest first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { returnAll, limit = 50, filters } = context.parameters(Parameters, index);
		const { subject, sensitiveOperation: operation, record: key, policySet, from, until, outcome } = filters;
		const isSelective = key !== undefined || policySet !== undefined || outcome !== 'any';
		const most = returnAll ? Number.MAX_SAFE_INTEGER : limit;
		const found: object[] = [];
		for await (const page of logPages(database, {
			...(subject === undefined ? {} : { subject }),
			...(operation === undefined ? {} : { operation }),
			...(from === undefined ? {} : { from }),
			...(until === undefined ? {} : { until }),
			...(isSelective ? {} : { pageSize: Math.min(most, 5_000) }),
		})) {
			const wanted = page
				.filter((record) => outcome === 'any' || record.outcome === outcome)
				.map(({ record, at, hash }) => ({
					...(JSON.parse(record) as { resource?: unknown; set?: unknown }),
					at: new Date(at).toISOString(),
					hash,
				}))
				.filter(
					({ resource, set }) =>
						(key === undefined || resource === key) && (policySet === undefined || set === policySet),
				);
			found.push(...wanted);
			if (found.length >= most) break;
		}
		return found.slice(0, most);
	});
}
