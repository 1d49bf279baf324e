import { isResourceLocatorValue, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { CalendarDate } from '../../core/finance/calendar/calendarDate';
import { problems } from '../../core/model/problems';
import type { Side } from '../../core/variance/definition';
import {
	comparedEntities,
	documentTerms,
	isColumn,
	columnNames,
	matchingNames,
	type Matching,
} from '../../core/variance/documents';
import { nearestName } from '../../core/model/nearestName';
import type { OperationContext } from '../shared/operationContext';
import type { SystemRole } from '../shared/systems';
import { systemOptions } from './connections';

/** What a column can mean, as people call it. */
const meanings: Record<Exclude<keyof Side['columns'], 'dimensions'> | 'dimension', string> = {
	amount: 'Amount',
	cost: 'Cost of Goods',
	credit: 'Credit',
	currency: 'Currency',
	rate: 'Currency Rate',
	date: 'Date',
	debit: 'Debit',
	dimension: 'Dimension',
	document: 'Document Number',
	key: 'Match Key',
	owner: 'Owner',
	partner: 'Partner',
	price: 'Price',
	quantity: 'Quantity',
	tax: 'Tax',
};
const meaningOptions: INodePropertyOptions[] = Object.entries(meanings).map(([value, name]) => ({
	name,
	value,
}));

type ComparedEntity = (typeof comparedEntities)[number];
const records: Record<ComparedEntity, { name: string; role: SystemRole }> = {
	delivery: { name: 'Deliveries (ERP)', role: 'erp' },
	invoice: { name: 'Invoices (ERP)', role: 'erp' },
	journalEntry: { name: 'Journal Entries (Finance)', role: 'finance' },
	movement: { name: 'Movements (WMS)', role: 'wms' },
	purchaseOrder: { name: 'Purchase Orders (ERP)', role: 'erp' },
	receipt: { name: 'Receipts (WMS)', role: 'wms' },
	salesOrder: { name: 'Sales Orders (ERP)', role: 'erp' },
	shipment: { name: 'Shipments (WMS)', role: 'wms' },
};
export const roleOf = (entity: ComparedEntity): SystemRole => records[entity].role;

const fromSystem = { from: ['system'] };
const fromFile = { from: ['csv'] };
const fromDatabase = { from: ['postgres'] };

const sideFields: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. invoices',
		description:
			'A word of letters, digits and underscores. The report calls orders, deliveries, invoices and ledger by their names in its language; a name of your own stays as it is.',
	},
	{
		displayName: 'Read From',
		name: 'from',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'CSV File', value: 'csv', description: 'Of any size, on the machine of n8n' },
			{ name: 'Input Items', value: 'items', description: 'Up to 100,000 a side' },
			{ name: 'Parquet File', value: 'parquet', description: 'Of any size, on the machine of n8n' },
			{
				name: 'PostgreSQL',
				value: 'postgres',
				description: 'When all sides are there, the database itself compares, whatever the size',
			},
			{ name: 'System', value: 'system', description: 'Documents of an ERP, WMS or ledger, all that match' },
		],
		default: 'system',
	},
	{
		displayName: 'File',
		name: 'file',
		type: 'string',
		default: '',
		placeholder: 'e.g. /data/invoices.csv',
		displayOptions: { show: { from: ['csv', 'parquet'] } },
		description:
			'On the machine of n8n, in a folder that n8n may read (N8N_RESTRICT_FILE_ACCESS_TO; without that setting ~/.n8n-files)',
	},
	{
		displayName: 'File Options',
		name: 'fileOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { show: fromFile },
		options: [
			{
				displayName: 'Decimal Mark',
				name: 'decimalMark',
				type: 'options',
				options: [
					{ name: 'Comma (1.234,56)', value: ',' },
					{ name: 'Point (1234.56)', value: '.' },
				],
				default: '.',
			},
			{
				displayName: 'Delimiter',
				name: 'delimiter',
				type: 'options',
				options: [
					{ name: 'Bar', value: '|' },
					{ name: 'Comma', value: ',' },
					{ name: 'Semicolon', value: ';' },
					{ name: 'Tab', value: '\t' },
				],
				default: ',',
				description: 'What stands between two columns; found in the heading when left out',
			},
			{
				displayName: 'Encoding',
				name: 'encoding',
				type: 'options',
				options: [
					{ name: 'GBK / GB18030', value: 'gb18030' },
					{ name: 'UTF-16', value: 'utf-16le' },
					{ name: 'UTF-8', value: 'utf-8' },
				],
				default: 'utf-8',
			},
			{
				displayName: 'Expected Rows',
				name: 'expectedRows',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'How many rows below the heading there must be. A file that was cut at the end of a row cannot be told otherwise.',
			},
		],
	},
	{
		displayName: 'Field with the Side',
		name: 'sideField',
		type: 'string',
		default: 'side',
		displayOptions: { show: { from: ['items'] } },
		description:
			'An item belongs to this side when the field has the name of the side. Leave empty to take all items, when no other side takes items.',
	},
	{
		displayName: 'Lines Of',
		name: 'linesOf',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Query', value: 'query' },
			{ name: 'Table or View', value: 'table' },
		],
		default: 'table',
		displayOptions: { show: fromDatabase },
	},
	{
		displayName: 'Table',
		name: 'table',
		type: 'string',
		default: '',
		placeholder: 'e.g. invoice_lines',
		displayOptions: { show: { ...fromDatabase, linesOf: ['table'] } },
		description: 'Its name as the database has it; each row is a line of the side',
	},
	{
		displayName: 'Schema',
		name: 'schema',
		type: 'string',
		default: '',
		placeholder: 'e.g. public',
		displayOptions: { show: { ...fromDatabase, linesOf: ['table'] } },
		description: "When left out, the table is looked for as the database user's settings say",
	},
	{
		displayName: 'Query',
		name: 'query',
		type: 'string',
		typeOptions: { editor: 'sqlEditor', sqlDialect: 'PostgreSQL', rows: 4 },
		default: '',
		placeholder: 'e.g. SELECT order_no, item, qty FROM invoice_lines WHERE posted',
		displayOptions: { show: { ...fromDatabase, linesOf: ['query'] } },
		description:
			'One SELECT, run in a transaction that only reads. Values from outside do not belong into its text.',
	},
	{
		displayName: 'System',
		name: 'system',
		type: 'options',
		noDataExpression: true,
		options: systemOptions,
		default: 'sandbox',
		displayOptions: { show: fromSystem },
		description: 'One of those chosen in Connections',
	},
	{
		displayName: 'Record',
		name: 'record',
		type: 'options',
		noDataExpression: true,
		options: comparedEntities
			.map((value) => ({ name: records[value].name, value }))
			.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
		default: 'salesOrder',
		displayOptions: { show: fromSystem },
		description: 'What is read; each line of a document is a line of the side',
	},
	{
		displayName: 'Kind',
		name: 'invoiceKind',
		type: 'options',
		options: [
			{ name: 'Both', value: 'all' },
			{ name: 'From Suppliers', value: 'supplier' },
			{ name: 'To Customers', value: 'customer' },
		],
		default: 'customer',
		displayOptions: { show: { ...fromSystem, record: ['invoice'] } },
	},
	{
		displayName: 'Kind',
		name: 'movementKind',
		type: 'options',
		options: [
			{ name: 'Adjustments', value: 'adjustment' },
			{ name: 'All', value: 'all' },
			{ name: 'Receipts', value: 'receipt' },
			{ name: 'Shipments', value: 'shipment' },
			{ name: 'Transfers', value: 'transfer' },
		],
		default: 'shipment',
		displayOptions: { show: { ...fromSystem, record: ['movement'] } },
		description: 'Shipped quantities count as positive here, as they do on a shipment',
	},
	{
		displayName: 'Amount Accounts',
		name: 'accounts',
		type: 'string',
		default: '',
		placeholder: 'e.g. 6001, 6051',
		displayOptions: { show: { ...fromSystem, record: ['journalEntry'] } },
		description:
			'Accounts whose balance is the amount to compare, by the beginning of their codes, separated by commas: revenue for invoices to customers. Only entries that touch one of them are read. When empty, the debit of the whole entry is the amount.',
	},
	{
		displayName: 'Tax Accounts',
		name: 'taxAccounts',
		type: 'string',
		default: '',
		placeholder: 'e.g. 222102',
		displayOptions: { show: { ...fromSystem, record: ['journalEntry'] } },
		description: 'Accounts whose balance is the tax to compare',
	},
	{
		displayName: 'Positive Is',
		name: 'positive',
		type: 'options',
		options: [
			{ name: 'Credit', value: 'credit', description: 'Revenue, output tax, payables' },
			{ name: 'Debit', value: 'debit', description: 'Costs, stock, input tax, receivables' },
		],
		default: 'credit',
		displayOptions: { show: { ...fromSystem, record: ['journalEntry'] } },
		description: 'On which side of these accounts an amount is positive',
	},
	{
		displayName: 'Booked Documents',
		name: 'booked',
		type: 'multiOptions',
		options: [
			{ name: 'Adjustment', value: 'adjustment' },
			{ name: 'Delivery', value: 'delivery' },
			{ name: 'Invoice', value: 'invoice' },
			{ name: 'Purchase Receipt', value: 'purchaseReceipt' },
			{ name: 'Return', value: 'return' },
			{ name: 'Supplier Invoice', value: 'supplierInvoice' },
		],
		default: [],
		displayOptions: { show: { ...fromSystem, record: ['journalEntry'] } },
		description: 'Only entries that book such a document; all entries when empty',
	},
	{
		displayName: 'From Day',
		name: 'fromDay',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-03-01',
		displayOptions: { show: fromSystem },
		description:
			'Only documents of this day or later; a document without a date is always read. Give all sides of one comparison the same days.',
	},
	{
		displayName: 'To Day',
		name: 'toDay',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-03-31',
		displayOptions: { show: fromSystem },
		description: 'Only documents of this day or earlier',
	},
	{
		displayName: 'Leave Out',
		name: 'leaveOut',
		type: 'multiOptions',
		options: meaningOptions.filter(({ value }) => value !== 'key' && value !== 'dimension'),
		default: [],
		displayOptions: { show: fromSystem },
		description: 'What is not compared, of the columns that are compared without being named',
	},
	{
		displayName: 'More',
		name: 'more',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show: fromSystem },
		options: [
			{
				displayName: 'Changed Since',
				name: 'changedSince',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2026-01-01T00:00:00Z',
				description:
					'Only documents that changed at or after this moment, so that a long history is not read each day',
			},
			{
				displayName: 'Drafts Too',
				name: 'drafts',
				type: 'boolean',
				default: true,
				description:
					'Whether to read documents too that are not confirmed, posted, shipped or received yet. What was cancelled never counts.',
			},
		],
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Column',
		default: {},
		description:
			'What the columns mean. For a system none has to be named: what its documents have is compared, and what you name here comes in its place. For files and items name at least the match key.',
		options: [
			{
				displayName: 'Column',
				name: 'column',
				values: [
					{
						displayName: 'Means',
						name: 'meaning',
						type: 'options',
						options: meaningOptions,
						default: 'key',
						description:
							'A match key of several columns is named column by column, in the same order on all sides. Dimensions must not be empty.',
					},
					{
						displayName: 'Column',
						name: 'column',
						type: 'resourceLocator',
						default: { mode: 'list', value: '' },
						description: "The column of the file, or the field of the item or of the system's document",
						modes: [
							{
								displayName: 'From List',
								name: 'list',
								type: 'list',
								typeOptions: {
									searchListMethod: 'searchColumns',
									searchable: true,
									skipCredentialsCheckInRLC: true,
								},
							},
							{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. order_no' },
						],
					},
				],
			},
		],
	},
];

export const sidesProperty: INodeProperties = {
	displayName: 'Sides',
	name: 'sides',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Side', sortable: true },
	placeholder: 'Add Side',
	default: {
		side: [
			{ name: 'orders', from: 'system', system: 'sandbox', record: 'salesOrder' },
			{ name: 'invoices', from: 'system', system: 'sandbox', record: 'invoice' },
		],
	},
	required: true,
	description: 'Two to four views of the same deals; the first is what the others are measured against',
	options: [{ displayName: 'Side', name: 'side', values: sideFields }],
};

const column = z
	.unknown()
	.transform((given) => (isResourceLocatorValue(given) ? given.value : given))
	.pipe(z.string('must be the name of a column').trim().min(1, 'must be the name of a column'));

const Columns = z
	.object({
		column: z
			.array(
				z.object({
					meaning: z.enum(Object.keys(meanings) as Array<keyof typeof meanings>),
					column,
				}),
			)
			.default([]),
	})
	.default({ column: [] });

/** A day, or the day of a moment as an expression gives it; empty for none. */
const day = z
	.preprocess(
		(given) =>
			(typeof given === 'object' && given !== null && 'toISO' in given && typeof given.toISO === 'function'
				? String(given.toISO())
				: String(given ?? '')
			)
				.trim()
				.replace(/T.*$/, ''),
		z
			.string()
			.refine(
				(text) => text === '' || CalendarDate.safeParse(text).success,
				'must be a day written as YYYY-MM-DD',
			),
	)
	.default('');
const accounts = z
	.string()
	.default('')
	.transform((text) =>
		text
			.split(/[,，\s]+/)
			.map((one) => one.trim())
			.filter((one) => one !== ''),
	);

const common = { name: z.string().trim().min(1, 'must not be empty'), columns: Columns };

const path = z.string('must be the path of a file').trim().min(1, 'must be the path of a file');

/** One side as the form gives it; a field that the form hides is not looked at. */
const SideForm = z.discriminatedUnion('from', [
	z.object({
		...common,
		from: z.literal('csv'),
		file: path,
		fileOptions: z
			.object({
				encoding: z.enum(['utf-8', 'gb18030', 'utf-16le']).optional(),
				delimiter: z.enum([',', ';', '\t', '|']).optional(),
				decimalMark: z.enum(['.', ',']).optional(),
				expectedRows: z.number().int().min(0).optional(),
			})
			.default({}),
	}),
	z.object({ ...common, from: z.literal('parquet'), file: path }),
	z
		.object({
			...common,
			from: z.literal('postgres'),
			linesOf: z.enum(['query', 'table']).default('table'),
			table: z.string().trim().default(''),
			schema: z.string().trim().default(''),
			query: z.string().trim().default(''),
		})
		.superRefine((side, context) => {
			if (side[side.linesOf] !== '') return;
			const message = side.linesOf === 'table' ? 'must be the name of a table' : 'must be a SELECT';
			context.addIssue({ code: 'custom', path: [side.linesOf], message });
		}),
	z.object({ ...common, from: z.literal('items'), sideField: z.string().trim().default('side') }),
	z.object({
		...common,
		from: z.literal('system'),
		system: z.string().default('sandbox'),
		record: z.enum(comparedEntities).default('salesOrder'),
		invoiceKind: z.enum(['all', 'customer', 'supplier']).default('customer'),
		movementKind: z.enum(['all', 'adjustment', 'receipt', 'shipment', 'transfer']).default('shipment'),
		accounts,
		taxAccounts: accounts,
		positive: z.enum(['credit', 'debit']).default('credit'),
		booked: z.array(z.string()).default([]),
		fromDay: day,
		toDay: day,
		more: z
			.object({
				changedSince: z
					.string()
					.trim()
					.refine((text) => text === '' || !Number.isNaN(Date.parse(text)), 'must be a moment')
					.default(''),
				drafts: z.boolean().default(false),
			})
			.prefault({}),
		leaveOut: z.array(z.string()).default([]),
	}),
]);
export type SideForm = z.infer<typeof SideForm>;
export type SystemSide = Extract<SideForm, { from: 'system' }>;

/** What the parameter "sides" holds. */
export const Sides = z.object({
	side: z.array(z.looseObject({ from: z.string().default('system') })).default([]),
});

const shownNames = new Map(sideFields.map(({ name, displayName }) => [name, displayName]));

/** The sides, each checked; what is wrong is told with the side's name and the field's. */
export function sidesOf(context: OperationContext, given: z.infer<typeof Sides>): SideForm[] {
	if (given.side.length < 2 || given.side.length > 4)
		throw context.invalid(
			`"Sides" has ${given.side.length}; a comparison has two to four. Nothing was compared.`,
		);
	return given.side.map((one, index) => {
		const parsed = SideForm.safeParse(one);
		if (parsed.success) return parsed.data;
		const issues = parsed.error.issues.map((issue) => {
			const [field, ...rest] = issue.path.map(String);
			return { ...issue, path: [shownNames.get(field ?? '') ?? field ?? '', ...rest] };
		});
		throw context.invalid(
			`${called(one.name, index)}: ${problems(new z.ZodError(issues))} Nothing was compared.`,
		);
	});
}

/** `Side 2 "invoices"`. */
export function called(name: unknown, index: number): string {
	return `Side ${index + 1}${typeof name === 'string' && name !== '' ? ` "${name}"` : ''}`;
}

/** Which columns of the side mean what: those of the form, and for a system what its documents have. */
export function columnsOfSide(
	context: OperationContext,
	side: SideForm,
	index: number,
	matchBy: Matching,
): Record<string, string | string[]> {
	const named: Record<string, string | string[]> = {};
	for (const { meaning, column } of side.columns.column)
		if (meaning === 'key') named.key = [...(named.key ?? []), column];
		else if (meaning === 'dimension') named.dimensions = [...(named.dimensions ?? []), column];
		else if (named[meaning] === undefined) named[meaning] = column;
		else
			throw context.invalid(
				`${called(side.name, index)}: "Columns" names ${meanings[meaning]} twice. Nothing was compared.`,
			);
	if (side.from !== 'system') {
		if (named.key !== undefined) return named;
		throw context.invalid(
			`${called(side.name, index)}: "Columns" names no Match Key, by which its lines find those of the other sides. Nothing was compared.`,
		);
	}
	for (const column of Object.values(named).flat()) {
		if (isColumn(side.record, column)) continue;
		const meant = nearestName(column, columnNames(side.record));
		const advice = meant === undefined ? 'Choose one from the list.' : `Did you mean "${meant}"?`;
		throw context.invalid(
			`${called(side.name, index)}: ${documentTerms[side.record].plural} have no column "${column}". ${advice} Nothing was compared.`,
		);
	}
	const { keys, columns } = documentTerms[side.record];
	// A whole document has no price, and an entry no tax before one knows which accounts are for it.
	const absent = [
		...(isWhole(side, matchBy) ? ['price'] : []),
		...(side.record === 'journalEntry' && side.taxAccounts.length === 0 ? ['tax'] : []),
		...side.leaveOut,
	];
	const usual = Object.fromEntries(Object.entries(columns).filter(([name]) => !absent.includes(name)));
	const key = named.key ?? keys[matchBy];
	if (key !== undefined) return { ...usual, ...named, key };
	throw context.invalid(
		`${called(side.name, index)}: ${documentTerms[side.record].plural} cannot be matched by ${matchingNames[matchBy]}, but by ${(Object.keys(keys) as Matching[]).map((one) => matchingNames[one]).join(' or ')}. Choose that in "Match By", or name the Match Key in "Columns". Nothing was compared.`,
	);
}

/** Whether each document is one line of the side: where documents are matched as a whole, their lines have no counterparts. */
export function isWhole(side: SystemSide, matchBy: Matching): boolean {
	const hasKey = side.columns.column.some(({ meaning }) => meaning === 'key');
	return !hasKey && (matchBy === 'order' || matchBy === 'document');
}
