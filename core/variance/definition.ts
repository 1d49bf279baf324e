import { z } from 'zod/v4';

import { CalendarDate } from '../finance/calendar/calendarDate';
import { FiscalCalendar } from '../finance/calendar/fiscalCalendar';
import { Decimal } from '../model/decimal';

const Column = z.string().min(1).max(128);

/** Which columns of a side mean what. A field without a column takes no part in the comparison. */
const Columns = z
	.strictObject({
		/** the match key, part by part; all sides have as many parts, in the same order */
		key: z.array(Column).min(1).max(6),
		quantity: Column.optional(),
		/** price of one unit, in the line's currency */
		price: Column.optional(),
		/** net amount of the line, in its currency */
		amount: Column.optional(),
		tax: Column.optional(),
		currency: Column.optional(),
		/** what one unit of the line's currency is worth in the reporting currency */
		rate: Column.optional(),
		/** cost of the goods of the line, in the reporting currency */
		cost: Column.optional(),
		debit: Column.optional(),
		credit: Column.optional(),
		/** a day, or an instant in UTC, which becomes a day in the definition's time zone */
		date: Column.optional(),
		/** columns that must not be empty: cost centre, project ... */
		dimensions: z.array(Column).max(10).default([]),
		partner: Column.optional(),
		/** who answers for the line */
		owner: Column.optional(),
		/** number of the document, to find it again */
		document: Column.optional(),
	})
	.refine(({ debit, credit }) => (debit === undefined) === (credit === undefined), {
		path: ['credit'],
		message: 'debit and credit go together; name both or none',
	});

const Side = z.strictObject({
	/** `orders`, `deliveries`, `invoices`, `ledger` or a name of your own */
	name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,30}$/, 'must be a word of letters, digits and underscores'),
	columns: Columns,
});
export type Side = z.infer<typeof Side>;

/** What counts as equal: the difference is at most the greater of `absolute` and `relative` times the larger value. */
const Tolerance = z.strictObject({
	absolute: notNegative().default('0'),
	/** `0.01` is one per cent */
	relative: notNegative().default('0'),
});
export type Tolerance = z.infer<typeof Tolerance>;
const exact = { absolute: '0', relative: '0' };

/** How two to four sides of the same deals are compared. */
export const VarianceDefinition = z
	.strictObject({
		name: z.string().trim().min(1).max(100),
		/** ISO 4217 code in which money at stake is told */
		currency: z
			.string()
			.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "CNY"')
			.default('CNY'),
		sides: z.array(Side).min(2).max(4),
		/** what is levelled in keys before they are compared */
		normalise: z
			.strictObject({
				trim: z.boolean().default(true),
				/** upper and lower case are the same */
				case: z.boolean().default(true),
				/** `00042` is `42` */
				leadingZeros: z.boolean().default(false),
				/** `ＡＢ１２` is `AB12` */
				width: z.boolean().default(true),
			})
			.prefault({}),
		tolerances: z
			.strictObject({
				quantity: Tolerance.default(exact),
				price: Tolerance.default(exact),
				amount: Tolerance.default(exact),
				tax: Tolerance.default(exact),
				rate: Tolerance.default(exact),
				cost: Tolerance.default(exact),
			})
			.prefault({}),
		/** an amount or tax that differs by no more than this for each line is called a rounding difference */
		rounding: notNegative().default('0.01'),
		/** days by which the sides' dates may lie apart; any number when left out */
		dateWindowDays: z.number().int().min(0).max(3_650).optional(),
		/** days for which a missing counterpart is not late yet */
		graceDays: z.number().int().min(0).max(3_650).default(0),
		/** by which the same deal may lie in two periods; not looked at when left out */
		calendar: FiscalCalendar.optional(),
		/** in which an instant becomes a day */
		timeZone: z.string().min(1).default('UTC'),
		/** local time at which the business day ends; up to noon it is a time of the next morning, after noon the rest of the day belongs to the next one */
		cutOff: z
			.string()
			.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time written as HH:MM')
			.default('00:00'),
		/** the day of the report, from which ages count */
		asOf: CalendarDate,
	})
	.superRefine(({ sides }, context) => {
		const [first] = sides;
		for (const [index, { name, columns }] of sides.entries()) {
			if (sides.findIndex((other) => other.name === name) < index)
				context.addIssue({
					code: 'custom',
					path: ['sides', index, 'name'],
					message: `"${name}" is there twice`,
				});
			if (first !== undefined && columns.key.length !== first.columns.key.length)
				context.addIssue({
					code: 'custom',
					path: ['sides', index, 'columns', 'key'],
					message: `has ${columns.key.length} parts, and the key of "${first.name}" has ${first.columns.key.length}`,
				});
		}
	});
export type VarianceDefinition = z.infer<typeof VarianceDefinition>;

function notNegative() {
	return Decimal.refine((value) => !value.startsWith('-'), 'must not be negative');
}

/** The columns of a side that its source must have, each once. */
export function columnsOf({ columns: { key, dimensions, ...single } }: Side): string[] {
	return [...new Set([...key, ...dimensions, ...Object.values(single).filter((name) => name !== undefined)])];
}
