import type { INodeExecutionData, INodeProperties, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod/v4';

import { compare } from '../../../core/variance/compare';
import { VarianceDefinition } from '../../../core/variance/definition';
import { matchings } from '../../../core/variance/documents';
import { shownFor } from '../../shared/fields';
import type { OperationContext } from '../../shared/operationContext';
import { stateStoreProperty } from '../../shared/stateStore';
import { connectionProperties, systemOptions } from '../connections';
import { answer, OutcomeParameters, outcomeProperties, outputs } from '../outcome';
import { called, columnsOfSide, Sides, sidesOf, sidesProperty, type SideForm } from '../sides';
import { openEngine, sourcesOf } from '../sources';
import {
	calendarProperties,
	optionsProperty,
	termsOf,
	tolerancesProperty,
	type ComparisonTerms,
} from '../terms';

export const description: INodeProperties[] = shownFor('comparison', 'compare', [
	{
		displayName: 'Name',
		name: 'comparisonName',
		type: 'string',
		default: 'Orders and invoices',
		required: true,
		placeholder: 'e.g. Orders, deliveries and invoices',
		description: 'Stands in the report',
	},
	...connectionProperties,
	sidesProperty,
	{
		displayName: 'Match By',
		name: 'matchBy',
		type: 'options',
		options: [
			{ name: 'Document', value: 'document', description: 'Such as an invoice and the entry that books it' },
			{
				name: 'Document and Item',
				value: 'documentItem',
				description: 'Such as a shipment and its movements',
			},
			{ name: 'Order', value: 'order', description: 'All lines of an order together' },
			{
				name: 'Order and Item',
				value: 'orderItem',
				description: 'Across ERP and WMS; item codes are brought together by the crosswalk, or else by GTIN',
			},
			{ name: 'Order and Order Line', value: 'orderLine', description: 'Within one ERP' },
		],
		default: 'orderItem',
		displayOptions: { show: { connections: systemOptions.map(({ value }) => value) } },
		description:
			'What makes documents of systems one deal. For files and items, and where you name a Match Key in Columns, that key holds; it must have as many columns on all sides.',
	},
	{
		displayName: 'Day of the Report',
		name: 'asOf',
		type: 'string',
		default: '={{ $today.toISODate() }}',
		required: true,
		placeholder: 'e.g. 2026-03-31',
		description: 'Ages count from this day',
	},
	tolerancesProperty,
	...calendarProperties,
	...outcomeProperties,
	optionsProperty,
	stateStoreProperty,
]);

export { outputs };

const Parameters = z.object({
	comparisonName: z.string(),
	connections: z.array(z.string()).default([]),
	sides: Sides,
	matchBy: z.enum(matchings).default('orderItem'),
	asOf: z.string(),
	...OutcomeParameters.shape,
});
type Parameters = z.infer<typeof Parameters>;

/** Compares once for all input items. The summary carries the report. When a source cannot be read whole there is none, but an error. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	try {
		return await compared(context);
	} catch (error) {
		if (!context.functions.continueOnFail()) throw error;
		const failed = context.failed(error) as NodeOperationError;
		const pairedItem = context.items.map((_, item) => ({ item }));
		const told: INodeExecutionData = { json: { error: failed.message }, error: failed, pairedItem };
		return outputs.map((name) => (name === 'Summary' ? [told] : []));
	}
}

async function compared(context: OperationContext): Promise<INodeExecutionData[][]> {
	const parameters = context.parameters(Parameters, 0);
	const forms = sidesOf(context, parameters.sides);
	const terms = await termsOf(context);
	const definition = definitionOf(context, parameters, forms, terms);
	const opened = await openEngine(context, forms, parameters.connections);
	const engine = 'postgres' in opened ? opened.postgres : opened.duckDb;
	try {
		const sources = await sourcesOf(context, opened, definition, forms, parameters);
		return await answer(context, await compare(engine, definition, sources), definition, parameters);
	} finally {
		await engine.close();
	}
}

function definitionOf(
	context: OperationContext,
	{ comparisonName: name, asOf, matchBy }: Parameters,
	forms: SideForm[],
	terms: ComparisonTerms,
): VarianceDefinition {
	const parsed = VarianceDefinition.safeParse({
		...terms,
		name,
		asOf,
		sides: forms.map((form, index) => ({
			name: form.name,
			columns: columnsOfSide(context, form, index, matchBy),
		})),
	});
	if (parsed.success) return parsed.data;
	const said = parsed.error.issues.map(({ path, message }) => {
		const [at, index, ...field] = path;
		if (at !== 'sides' || typeof index !== 'number') return `${path.join('.')}: ${message}`;
		return `${called(forms[index]?.name, index)}: ${field.join('.').replace('columns.key', 'Match Key')} ${message}`;
	});
	throw context.invalid(`Wrong comparison: ${said.join('; ')}. Nothing was compared.`);
}
