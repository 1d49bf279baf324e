import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { problems } from '../../../core/model/problems';
import { compare } from '../../../core/variance/compare';
import { csvSource, type CsvFile } from '../../../core/variance/csv';
import { VarianceDefinition, type Side } from '../../../core/variance/definition';
import { openDuckDb, type DuckDbEngine } from '../../../core/variance/duckdb';
import type { Source } from '../../../core/variance/engine';
import { recordSource } from '../../../core/variance/items';
import { shownFor } from '../../shared/fields';
import type { OperationContext } from '../../shared/operationContext';
import { stateStoreProperty } from '../../shared/stateStore';
import { answer, OutcomeParameters, outcomeProperties, outputs } from '../outcome';

const exampleSides = [
	{
		name: 'orders',
		from: '/data/orders.csv',
		columns: {
			key: ['order_no'],
			quantity: 'quantity',
			price: 'price',
			amount: 'amount',
			date: 'date',
			partner: 'customer',
		},
	},
	{
		name: 'invoices',
		from: '/data/invoices.csv',
		columns: { key: ['order_no'], quantity: 'quantity', price: 'price', amount: 'amount', date: 'date' },
	},
];

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
	{
		displayName: 'Lines From',
		name: 'linesFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'CSV Files', value: 'csv', description: 'Of any size, on the machine of n8n' },
			{
				name: 'Input Items',
				value: 'items',
				description: 'Up to 100,000 a side; a field of each item says which side it belongs to',
			},
		],
		default: 'csv',
	},
	{
		displayName: 'Field with the Side',
		name: 'sideField',
		type: 'string',
		default: 'side',
		required: true,
		displayOptions: { show: { linesFrom: ['items'] } },
		description: 'The field of an item that has the name of its side',
	},
	{
		displayName: 'Sides',
		name: 'sides',
		type: 'json',
		default: JSON.stringify(exampleSides, undefined, 2),
		required: true,
		hint: 'Two to four sides. What has no column takes no part in the comparison.',
		description:
			'Each side with its name (orders, deliveries, invoices, ledger or your own), its file in "from", and its columns: key (a list), quantity, price, amount, tax, currency, rate, cost, debit, credit, date, dimensions (a list), partner, owner, document. For a CSV file also encoding (utf-8, gb18030, utf-16le), decimalMark, delimiter and expectedRows.',
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
	...outcomeProperties,
	{
		displayName: 'More',
		name: 'more',
		type: 'json',
		default: '{}',
		description:
			'What else the comparison keeps to, as JSON: currency, normalise, tolerances, rounding, dateWindowDays, graceDays, calendar, timeZone',
	},
	stateStoreProperty,
]);

export { outputs };

const itemsASide = 100_000;

const SideOrigin = z.looseObject({
	name: z.string(),
	from: z.string().min(1).optional(),
	encoding: z.enum(['utf-8', 'gb18030', 'utf-16le']).optional(),
	delimiter: z.enum([',', ';', '\t', '|']).optional(),
	decimalMark: z.enum(['.', ',']).optional(),
	expectedRows: z.number().int().min(0).optional(),
});

const Parameters = z.object({
	comparisonName: z.string(),
	linesFrom: z.enum(['csv', 'items']),
	sideField: z.string().optional(),
	sides: z.unknown(),
	asOf: z.string(),
	...OutcomeParameters.shape,
	more: z.unknown(),
});
type Parameters = z.infer<typeof Parameters>;

/** Compares once for all input items. The summary carries the report. When a source cannot be read whole there is no output at all. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const parameters = context.parameters(Parameters, 0);
	const { definition, origins } = definitionOf(context, parameters);
	const engine = await openDuckDb();
	try {
		const records =
			parameters.linesFrom === 'items'
				? bySide(context, definition, parameters.sideField ?? 'side')
				: undefined;
		const sources: Source[] = [];
		for (const [index, side] of definition.sides.entries())
			sources.push(await sourceOf(context, engine, side, origins[index], records?.get(side.name)));
		return await answer(context, await compare(engine, definition, sources), definition, parameters);
	} finally {
		await engine.close();
	}
}

type Origin = z.infer<typeof SideOrigin>;

function definitionOf(
	context: OperationContext,
	parameters: Parameters,
): { definition: VarianceDefinition; origins: Origin[] } {
	const { comparisonName: name, asOf } = parameters;
	const sides = z.array(SideOrigin).safeParse(parsedJson(context, 'Sides', parameters.sides));
	if (!sides.success) throw context.invalid(`Wrong sides: ${problems(sides.error)}. Nothing was compared.`);
	const more = parsedJson(context, 'More', parameters.more ?? '{}');
	const parsed = VarianceDefinition.safeParse({
		...(more as object),
		name,
		asOf,
		sides: sides.data.map(
			({ from: _f, encoding: _e, delimiter: _d, decimalMark: _m, expectedRows: _r, ...side }) => side,
		),
	});
	if (!parsed.success)
		throw context.invalid(`Wrong comparison: ${problems(parsed.error)}. Nothing was compared.`);
	return { definition: parsed.data, origins: sides.data };
}

function parsedJson(context: OperationContext, name: string, given: unknown): unknown {
	if (typeof given !== 'string') return given;
	try {
		return JSON.parse(given) as unknown;
	} catch (error) {
		throw context.invalid(
			`"${name}" is not JSON: ${error instanceof Error ? error.message : String(error)}. Nothing was compared.`,
		);
	}
}

async function sourceOf(
	context: OperationContext,
	engine: DuckDbEngine,
	side: Side,
	origin: Origin | undefined,
	records: IDataObject[] | undefined,
): Promise<Source> {
	if (records !== undefined) return await recordSource(engine, records, side);
	if (origin?.from === undefined)
		throw context.invalid(`The side "${side.name}" has no file in "from". Nothing was compared.`);
	const { from: file, encoding, delimiter, decimalMark, expectedRows } = origin;
	const given = { encoding, delimiter, decimalMark, expectedRows };
	const as = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
	return await csvSource(engine, { ...as, file: await allowedFile(context, side, file) } as CsvFile, side);
}

/** DuckDB reads the file itself, past n8n: whether n8n may read it (N8N_RESTRICT_FILE_ACCESS_TO) is asked before, with all links resolved. */
async function allowedFile(context: OperationContext, { name }: Side, file: string): Promise<string> {
	const { resolvePath, isFilePathBlocked } = context.functions.helpers;
	const resolved = await resolvePath(file).catch(() => undefined);
	if (resolved === undefined)
		throw context.invalid(
			`The side "${name}" names the file "${file}", whose folder is not there. Nothing was compared.`,
		);
	if (isFilePathBlocked(resolved))
		throw context.invalid(
			`The side "${name}" names the file "${file}", which n8n may not read. Put it into a folder of N8N_RESTRICT_FILE_ACCESS_TO; without that setting, into ~/.n8n-files. Nothing was compared.`,
		);
	return resolved;
}

/** The items of each side. One without a known side is refused: leaving it out would be half a report. */
function bySide(
	context: OperationContext,
	{ sides }: VarianceDefinition,
	field: string,
): Map<string, IDataObject[]> {
	const lists = new Map(sides.map(({ name }) => [name, [] as IDataObject[]]));
	for (const [index, { json }] of context.items.entries()) {
		const list = lists.get(String(json[field]));
		if (list === undefined)
			throw context.invalid(
				`Item ${index} belongs to no side: its field "${field}" is ${JSON.stringify(json[field] ?? null)}, and the sides are ${[...lists.keys()].join(', ')}. Nothing was compared.`,
			);
		list.push(json);
	}
	for (const [name, list] of lists)
		if (list.length > itemsASide)
			throw context.invalid(
				`The side "${name}" has ${list.length} items; up to ${itemsASide} a side pass as items. Nothing was compared. Use a file for more.`,
			);
	return lists;
}
