import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { dimensionedDocuments, postedDocuments } from '../../documents';

const conditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'The rule is for documents that meet all of these',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				{
					displayName: 'Field',
					name: 'field',
					type: 'string',
					default: '',
					placeholder: 'e.g. partner.code',
					description: 'Path into the document',
				},
				{
					displayName: 'Operator',
					name: 'operator',
					type: 'options',
					options: [
						{ name: 'Contains', value: 'contains' },
						{ name: 'Is', value: 'is' },
						{ name: 'Is Above', value: 'above' },
						{ name: 'Is at Least', value: 'atLeast' },
						{ name: 'Is at Most', value: 'atMost' },
						{ name: 'Is Below', value: 'below' },
						{ name: 'Is Empty', value: 'isEmpty' },
						{ name: 'Is Not', value: 'isNot' },
						{ name: 'Is Not Empty', value: 'isNotEmpty' },
						{ name: 'Starts With', value: 'startsWith' },
					],
					default: 'is',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					description: 'Compared without regard to case; amounts and days as such',
				},
			],
		},
	],
};

const lineDimensions: INodeProperties = {
	displayName: 'Dimensions',
	name: 'dimensions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Dimension',
	default: {},
	description: 'What this line carries, whatever the rules for dimensions say of its account',
	options: [
		{
			displayName: 'Dimension',
			name: 'dimension',
			values: [
				{
					displayName: 'Dimension',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. costCentre',
				},
				{
					displayName: 'From',
					name: 'from',
					type: 'options',
					options: [
						{ name: 'Field', value: 'field', description: 'A field of the document or its line' },
						{ name: 'Fixed Value', value: 'value' },
					],
					default: 'field',
				},
				{
					displayName: 'Field or Value',
					name: 'source',
					type: 'string',
					default: '',
					placeholder: 'e.g. line.dimensions.costCentre',
				},
			],
		},
	],
};

/** In the order in which an entry is written, and not by name. */
const entryLineFields: INodeProperties[] = [
	{
		displayName: 'Account',
		name: 'account',
		type: 'string',
		default: '',
		placeholder: 'e.g. 6401',
		description: "The account's code in the ledger",
	},
	{
		displayName: 'Side',
		name: 'side',
		type: 'options',
		options: [
			{ name: 'Credit', value: 'credit' },
			{ name: 'Debit', value: 'debit' },
		],
		default: 'debit',
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		placeholder: 'e.g. line.quantity * line.unitCost',
		description:
			'Fields, numbers, + - * / and brackets, computed exactly. Fields of a line begin with "line.". A negative amount goes to the other side.',
	},
	{
		displayName: 'Per',
		name: 'per',
		type: 'options',
		options: [
			{ name: 'Document', value: 'document', description: 'Once' },
			{ name: 'Line', value: 'line', description: 'Once for each line of the document' },
			{
				name: 'Share',
				value: 'share',
				description: 'Once for the document, divided among its lines without losing a cent',
			},
		],
		default: 'line',
	},
	{
		displayName: 'Shared By',
		name: 'sharedBy',
		type: 'string',
		default: 'line.amount',
		placeholder: 'e.g. line.quantity * line.unitCost',
		displayOptions: { show: { per: ['share'] } },
		description: 'What the amount is divided by, for each line of the document',
	},
	{
		displayName: 'With Partner',
		name: 'withPartner',
		type: 'boolean',
		default: false,
		description: 'Whether the line names the customer or supplier, as receivables and payables must',
	},
	lineDimensions,
];

const entryLines: INodeProperties = {
	displayName: 'Entry Lines',
	name: 'lines',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Entry Line',
	default: {},
	description: 'What is debited and what is credited',
	options: [
		{
			displayName: 'Line',
			name: 'line',
			values: entryLineFields,
		},
	],
};

export const voucherRulesProperty: INodeProperties = {
	displayName: 'Voucher Rules',
	name: 'voucherRules',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Voucher Rule',
	default: {
		rule: [
			{
				name: 'Goods issue',
				document: 'delivery',
				conditions: {},
				lines: {
					line: [
						{
							account: '6401',
							side: 'debit',
							amount: 'line.quantity * line.unitCost',
							per: 'line',
							withPartner: false,
							dimensions: {},
						},
						{
							account: '1405',
							side: 'credit',
							amount: 'line.quantity * line.unitCost',
							per: 'line',
							withPartner: false,
							dimensions: {},
						},
					],
				},
				roundingAccount: '660309',
				journal: '',
			},
		],
	},
	description: 'Which documents become which entry; the first rule that fits makes it',
	options: [
		{
			displayName: 'Rule',
			name: 'rule',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Goods issue',
					description: 'Stands in every entry that the rule makes',
				},
				{
					displayName: 'Document',
					name: 'document',
					type: 'options',
					options: postedDocuments,
					default: 'delivery',
				},
				conditions,
				entryLines,
				{
					displayName: 'Rounding Account',
					name: 'roundingAccount',
					type: 'string',
					default: '',
					placeholder: 'e.g. 660309',
					description:
						'Takes what rounding leaves between debit and credit: half a minor unit a line at most. More is refused.',
				},
				{
					displayName: 'Journal',
					name: 'journal',
					type: 'string',
					default: '',
					placeholder: 'e.g. STO',
					description: "Code of the ledger's journal; empty for the ledger's own choice",
				},
			],
		},
	],
};

/** In the order in which the rule is read. */
const dimensionRuleFields: INodeProperties[] = [
	{
		displayName: 'Dimension',
		name: 'dimension',
		type: 'string',
		default: '',
		placeholder: 'e.g. costCentre',
		description: 'Such as costCentre, profitCentre, project, sourceOfFunds',
	},
	{
		displayName: 'Documents',
		name: 'documents',
		type: 'multiOptions',
		options: dimensionedDocuments,
		default: [],
		description: 'None chosen: all',
	},
	{
		displayName: 'Accounts',
		name: 'accounts',
		type: 'string',
		default: '',
		placeholder: 'e.g. 6401, 66*',
		description:
			'Codes, or their beginnings with an asterisk, separated by commas. With any, the rule is for entry lines on these accounts. Empty: for every line.',
	},
	{ ...conditions },
	{
		displayName: 'Required',
		name: 'required',
		type: 'boolean',
		default: true,
		description: 'Whether a line without it is refused',
	},
	{
		displayName: 'Default From',
		name: 'defaultFrom',
		type: 'options',
		options: [
			{ name: 'Field', value: 'field', description: 'A field of the document or its line' },
			{ name: 'Fixed Value', value: 'value' },
			{ name: 'No Default', value: 'none' },
		],
		default: 'none',
		description: 'What fills it where neither the line nor the document has it',
	},
	{
		displayName: 'Field or Value',
		name: 'source',
		type: 'string',
		default: '',
		placeholder: 'e.g. partner.code',
		displayOptions: { show: { defaultFrom: ['field', 'value'] } },
	},
];

export const dimensionRulesProperty: INodeProperties = {
	displayName: 'Dimension Rules',
	name: 'dimensionRules',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Dimension Rule',
	default: {},
	description: 'Which dimensions documents and accounts must carry, and what they are where nobody said it',
	options: [
		{
			displayName: 'Rule',
			name: 'rule',
			values: dimensionRuleFields,
		},
	],
};

const text = z.string().trim().default('');
const Conditions = z
	.object({
		condition: z
			.array(z.object({ field: text, operator: z.string(), value: z.coerce.string().default('') }))
			.default([]),
	})
	.default({ condition: [] });

/** The form's own shape; whether the rules make sense is judged where they are saved. */
export const FormParameters = z.object({
	voucherRules: z
		.object({
			rule: z
				.array(
					z.object({
						name: text,
						document: z.string(),
						conditions: Conditions,
						lines: z
							.object({
								line: z
									.array(
										z.object({
											account: text,
											side: z.string(),
											amount: text,
											per: z.string(),
											sharedBy: z.string().trim().optional(),
											withPartner: z.boolean().default(false),
											dimensions: z
												.object({
													dimension: z
														.array(z.object({ name: text, from: z.enum(['field', 'value']), source: text }))
														.default([]),
												})
												.default({ dimension: [] }),
										}),
									)
									.default([]),
							})
							.default({ line: [] }),
						roundingAccount: text,
						journal: text,
					}),
				)
				.default([]),
		})
		.optional(),
	dimensionRules: z
		.object({
			rule: z
				.array(
					z.object({
						dimension: text,
						documents: z.array(z.string()).default([]),
						accounts: text,
						conditions: Conditions,
						required: z.boolean().default(true),
						defaultFrom: z.enum(['none', 'field', 'value']).default('none'),
						source: text,
					}),
				)
				.default([]),
		})
		.optional(),
});

/** The rule set that the form describes. */
export function definitionOf({ voucherRules, dimensionRules }: z.infer<typeof FormParameters>): object {
	return {
		vouchers: (voucherRules?.rule ?? []).map(({ conditions: { condition }, lines, journal, ...rule }) => ({
			...rule,
			conditions: condition,
			...(journal === '' ? {} : { journal }),
			lines: lines.line.map(({ dimensions, sharedBy, ...line }) => ({
				...line,
				...(line.per === 'share' && sharedBy !== undefined ? { sharedBy } : {}),
				dimensions: Object.fromEntries(
					dimensions.dimension.map(({ name, from, source }) => [name, { [from]: source }]),
				),
			})),
		})),
		dimensions: (dimensionRules?.rule ?? []).map(
			({ conditions: { condition }, accounts, defaultFrom, source, ...rule }) => ({
				...rule,
				accounts: accounts
					.split(',')
					.map((one) => one.trim())
					.filter((one) => one !== ''),
				conditions: condition,
				...(defaultFrom === 'none' ? {} : { default: { [defaultFrom]: source } }),
			}),
		),
	};
}
