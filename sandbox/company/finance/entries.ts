import { z } from 'zod/v4';

import { add, compare, Decimal, isZero, normalise } from '../../../core/model/decimal';
import { JournalEntry } from '../../../core/model/journalEntry';
import { isCurrency, minorUnits } from '../../../core/model/money';
import { CurrencyCode, Dimensions, Key, PartnerReference, Text } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
import type { RecordKind } from '../records/recordBook';
import type { AccountBody } from './accounts';
import { checkDimensions, type DimensionBody } from './dimensions';
import type { PeriodBody } from './periods';

/** Digits before the point that the books hold. */
const mostDigits = 15;

const EntryLine = z.object({
	id: Key,
	account: Key,
	/** one of the two is zero */
	debit: Decimal,
	credit: Decimal,
	partner: PartnerReference.optional(),
	text: Text.optional(),
	dimensions: Dimensions.optional(),
});
export type EntryLine = z.output<typeof EntryLine>;
const NewEntryLine = EntryLine.partial({ id: true, debit: true, credit: true });

const Fields = z.object({
	/** legal entity */
	company: Text.optional(),
	date: z.iso.date(),
	/** code of the journal */
	book: Text.default('GEN'),
	currency: CurrencyCode.default('CNY'),
	text: Text.optional(),
	/** the business document that it books */
	source: JournalEntry.shape.document,
	lines: z.array(NewEntryLine).min(1).max(10_000),
});

export type EntryBody = Omit<z.output<typeof Fields>, 'lines'> & {
	period: string;
	/** given when it is posted, without gaps within a period */
	number?: string;
	postedAt?: string;
	nextLine: number;
	lines: EntryLine[];
};

interface Ledger {
	account(code: string): AccountBody | undefined;
	dimension(key: string): DimensionBody | undefined;
	periodOf(day: string): (PeriodBody & { status: string }) | undefined;
	/** the next number in the period */
	nextNumber(period: string): string;
	/** adds a posted entry to the balances */
	post(entry: EntryBody): void;
}

/** Entries of the general ledger, each in one currency. A posted one stays as it is; it is corrected by another. */
export function entryKind(ledger: Ledger): RecordKind<EntryBody> {
	return {
		name: 'journal entry',
		entity: 'journalEntry',
		prefix: 'JE',
		fields: Fields,
		first: 'draft',
		actions: { post: 'posted' },
		transitions: { draft: ['posted'] },
		open: ['draft'],
		complete(given, before) {
			const { lines, ...rest } = given as Partial<z.output<typeof Fields>>;
			const body = {
				...before,
				...rest,
				...(lines === undefined
					? {}
					: numberedLines(lines, before?.lines ?? [], before?.nextLine ?? 1, entryLine)),
			} as EntryBody;
			const period = ledger.periodOf(body.date);
			if (period === undefined)
				throw new ServiceError(422, 'period', `date: ${body.date} is in no period of the ledger.`);
			return { ...body, period: period.code };
		},
		admit(body) {
			refuseClosed(ledger, body.date);
			checkAmounts(body);
			for (const [index, line] of body.lines.entries()) {
				const field = `lines.${index}`;
				const account = ledger.account(line.account);
				if (account === undefined)
					throw new ServiceError(422, 'account', `${field}.account: there is no account "${line.account}".`);
				if (!account.postable)
					throw new ServiceError(
						422,
						'account',
						`${field}.account: "${line.account}" (${account.name}) is a heading; post to an account below it.`,
					);
				checkDimensions(line.dimensions ?? {}, body.date, `${field}.dimensions`, ledger.dimension);
			}
		},
		onStatus(body, _posted, at) {
			refuseClosed(ledger, body.date);
			refuseUnbalanced(body);
			const posted = { ...body, number: ledger.nextNumber(body.period), postedAt: at };
			ledger.post(posted);
			return posted;
		},
		canonical: ({ id, status, version, body }) =>
			JournalEntry.parse({
				key: id,
				number: body.number,
				state: status,
				entity: body.company,
				date: body.date,
				period: body.period,
				journal: body.book,
				currency: body.currency,
				description: body.text,
				document: body.source,
				revision: String(version),
				lines: body.lines.map(({ id: line, text, ...rest }) => ({ ...rest, line, description: text })),
			}),
	};
}

function entryLine(
	{ debit = '0', credit = '0', ...line }: z.output<typeof NewEntryLine>,
	id: string,
): EntryLine {
	return { ...line, id, debit: normalise(debit), credit: normalise(credit) };
}

function refuseClosed(ledger: Ledger, date: string): void {
	const period = ledger.periodOf(date);
	if (period === undefined || period.status === 'open') return;
	throw new ServiceError(
		422,
		'period',
		`date: the period "${period.code}" (${period.name}) is ${period.status}, so nothing is written on ${date}; take a day in an open period.`,
	);
}

function checkAmounts({ currency, lines }: EntryBody): void {
	if (!isCurrency(currency))
		throw new ServiceError(422, 'currency', `currency: "${currency}" is no currency of ISO 4217.`);
	const places = minorUnits(currency);
	for (const [index, { debit, credit }] of lines.entries()) {
		for (const [side, amount] of Object.entries({ debit, credit })) {
			const [whole = '', fraction = ''] = amount.split('.');
			const problem = amount.startsWith('-')
				? 'must not be negative; use the other side'
				: fraction.length > places
					? `${amount} has more than the ${places} decimal places of ${currency}`
					: whole.length > mostDigits
						? `${amount} has more than ${mostDigits} digits`
						: undefined;
			if (problem !== undefined) throw new ServiceError(422, 'amount', `lines.${index}.${side}: ${problem}.`);
		}
		if (isZero(debit) === isZero(credit))
			throw new ServiceError(
				422,
				'amount',
				`lines.${index}: give either a debit or a credit, not ${isZero(debit) ? 'none' : 'both'}.`,
			);
	}
}

function refuseUnbalanced({ currency, lines }: EntryBody): void {
	const debit = lines.map((line) => line.debit).reduce(add, '0');
	const credit = lines.map((line) => line.credit).reduce(add, '0');
	if (compare(debit, credit) === 0) return;
	throw new ServiceError(
		422,
		'unbalanced',
		`lines: debits of ${debit} ${currency} and credits of ${credit} ${currency} differ; an entry is posted when they are equal.`,
	);
}
