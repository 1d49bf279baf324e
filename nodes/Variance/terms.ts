import Big from 'big.js';
import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { unknownEntity } from '../../core/finance/calendar/booksChange';
import type { FiscalCalendar } from '../../core/finance/calendar/fiscalCalendar';
import { lineage } from '../../core/finance/calendar/legalEntity';
import { Decimal } from '../../core/model/decimal';
import { readBooks } from '../../core/store/fiscalBooks';
import type { VarianceDefinition } from '../../core/variance/definition';
import { entityProperty } from '../Finance/bookFields';
import type { OperationContext } from '../shared/operationContext';

const measures = {
	amount: 'Amount',
	cost: 'Cost of Goods',
	rate: 'Currency Rate',
	price: 'Price',
	quantity: 'Quantity',
	tax: 'Tax',
};
type Measure = keyof typeof measures;

export const tolerancesProperty: INodeProperties = {
	displayName: 'Tolerances',
	name: 'tolerances',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Tolerance',
	default: {},
	description:
		'What counts as equal. A difference is allowed up to the greater of the two limits; without a tolerance it must be exact.',
	options: [
		{
			displayName: 'Tolerance',
			name: 'tolerance',
			values: [
				{
					displayName: 'Of',
					name: 'of',
					type: 'options',
					options: Object.entries(measures).map(([value, name]) => ({ name, value })),
					default: 'amount',
				},
				{
					displayName: 'Absolute',
					name: 'absolute',
					type: 'string',
					default: '0',
					placeholder: 'e.g. 0.05',
					description: 'For the whole deal, in its currency or unit',
				},
				{
					displayName: 'Per Cent',
					name: 'percent',
					type: 'string',
					default: '0',
					placeholder: 'e.g. 1',
					description: 'Of the larger value',
				},
			],
		},
	],
};

const ofEntity = { show: { periodsOf: ['entity'] } };

/** Which fiscal periods a deal must not straddle. */
export const calendarProperties: INodeProperties[] = [
	{
		displayName: 'Periods',
		name: 'periodsOf',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Calendar Months', value: 'months' },
			{
				name: 'Legal Entity',
				value: 'entity',
				description: 'Its fiscal calendar, time zone and cut-off, as the Finance node keeps them',
			},
			{ name: 'None', value: 'none', description: 'Whether a deal lies in two periods is not looked at' },
		],
		default: 'months',
		description:
			'A deal whose dates lie in two periods is a difference of class Period. Leave the date of a side out where it may lie in another period, as an order may.',
	},
	{ ...entityProperty, displayOptions: ofEntity },
];

export const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Days Apart',
			name: 'dateWindowDays',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 3650 },
			default: 31,
			description: 'Days by which the dates of one deal may lie apart; any number when left out',
		},
		{
			displayName: 'Grace Days',
			name: 'graceDays',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 3650 },
			default: 3,
			description:
				'For how many days a missing counterpart is not late yet. It is told as pending, and is no difference.',
		},
		{
			displayName: 'Ignore Case in Keys',
			name: 'ignoreCase',
			type: 'boolean',
			default: true,
			description: 'Whether ab-1 and AB-1 are the same key',
		},
		{
			displayName: 'Ignore Full Width in Keys',
			name: 'ignoreWidth',
			type: 'boolean',
			default: true,
			description: 'Whether full-width letters and digits are the same as plain ones',
		},
		{
			displayName: 'Ignore Leading Zeros in Keys',
			name: 'ignoreLeadingZeros',
			type: 'boolean',
			default: false,
			description: 'Whether 00042 and 42 are the same key',
		},
		{
			displayName: 'Ignore Spaces Around Keys',
			name: 'ignoreSpaces',
			type: 'boolean',
			default: true,
		},
		{
			displayName: 'Reporting Currency',
			name: 'currency',
			type: 'string',
			default: 'CNY',
			placeholder: 'e.g. CNY',
			description: 'ISO 4217 code of the currency in which money at stake is told',
		},
		{
			displayName: 'Rounding',
			name: 'rounding',
			type: 'string',
			default: '0.01',
			description:
				'An amount or tax that differs by no more than this for each line is a difference of class Rounding',
		},
		{
			displayName: 'Time Zone',
			name: 'timeZone',
			type: 'string',
			default: '',
			placeholder: 'e.g. Asia/Shanghai',
			description:
				"In which an instant becomes a day. That of the legal entity where periods are its own, otherwise the workflow's, when left out.",
		},
	],
};

const Terms = z.object({
	tolerances: z
		.object({
			tolerance: z
				.array(
					z.object({
						of: z.enum(Object.keys(measures) as Measure[]),
						absolute: amountText(),
						percent: amountText(),
					}),
				)
				.default([]),
		})
		.default({ tolerance: [] }),
	periodsOf: z.enum(['months', 'entity', 'none']).default('months'),
	options: z
		.object({
			currency: z.string().trim().toUpperCase().optional(),
			dateWindowDays: z.number().optional(),
			graceDays: z.number().optional(),
			ignoreCase: z.boolean().optional(),
			ignoreWidth: z.boolean().optional(),
			ignoreLeadingZeros: z.boolean().optional(),
			ignoreSpaces: z.boolean().optional(),
			rounding: z.string().optional(),
			timeZone: z.string().trim().optional(),
		})
		.default({}),
});
const Entity = z.object({ entity: z.string('must name a legal entity').min(1, 'must name a legal entity') });

/** An amount as somebody types it; an empty field is none. */
function amountText() {
	return z.coerce
		.string()
		.trim()
		.transform((text) => (text === '' ? '0' : text))
		.pipe(Decimal)
		.default('0');
}

const months: FiscalCalendar = {
	kind: 'calendarMonths',
	name: 'calendar months',
	firstMonth: 1,
	yearNamedAfter: 'end',
};

/** What the comparison keeps to beside its sides. */
export interface ComparisonTerms
	extends Partial<Omit<VarianceDefinition, 'normalise' | 'tolerances' | 'sides'>> {
	timeZone: string;
	/** local time at which the business day of the legal entity ends */
	cutOff: string;
	normalise: Partial<VarianceDefinition['normalise']>;
	tolerances: Partial<VarianceDefinition['tolerances']>;
}

export async function termsOf(context: OperationContext): Promise<ComparisonTerms> {
	const { tolerances, periodsOf, options } = context.parameters(Terms, 0);
	const { ignoreCase, ignoreWidth, ignoreLeadingZeros, ignoreSpaces, timeZone = '', ...others } = options;
	const books = periodsOf === 'entity' ? await booksOf(context) : undefined;
	const normalise = {
		trim: ignoreSpaces,
		case: ignoreCase,
		width: ignoreWidth,
		leadingZeros: ignoreLeadingZeros,
	};
	return {
		...defined(others),
		timeZone: timeZone === '' ? (books?.entity.timeZone ?? context.functions.getTimezone()) : timeZone,
		cutOff: books?.entity.cutOff ?? '00:00',
		...(periodsOf === 'none' ? {} : { calendar: books?.calendar ?? months }),
		normalise: defined(normalise),
		tolerances: Object.fromEntries(
			tolerances.tolerance.map(({ of, absolute, percent }) => [
				of,
				{ absolute, relative: new Big(percent).div('100').toFixed() },
			]),
		),
	};
}

async function booksOf(context: OperationContext) {
	const { entity: id } = context.parameters(Entity, 0);
	const { organisation } = await readBooks(await context.database());
	const [own] = lineage(organisation, id) ?? [];
	if (own !== undefined) return own;
	throw context.invalid(`${unknownEntity(organisation, id)} Nothing was compared.`, id);
}

function defined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}
