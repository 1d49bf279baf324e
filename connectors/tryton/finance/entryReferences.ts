import { z } from 'zod/v4';

import type { JournalEntryDraft } from '../../../core/model/journalEntry';
import { dayOf, Day, ExactNumber, Flag } from '../values';
import type { Books } from './books';
import type { DimensionValues } from './dimensionValues';
import { accountModel } from './accounts';
import { periodModel, standardPeriods, TrytonPeriodState } from './ledgerPeriods';

const AccountRow = z.object({
	id: z.number().int(),
	code: z.string(),
	type: z.number().int().nullable(),
	closed: Flag.nullable(),
	party_required: Flag.nullable(),
	'second_currency.': z.object({ code: z.string() }).nullish(),
});
const CodedRow = z.object({ id: z.number().int(), code: z.string().nullable() });
const JournalRow = CodedRow.extend({ type: z.string() });
const PeriodRow = z.object({
	id: z.number().int(),
	name: z.string(),
	start_date: Day,
	end_date: Day,
	state: TrytonPeriodState,
});
const RateRow = z.object({ id: z.number().int(), code: z.string(), rate: ExactNumber.nullable() });

export type AccountReference = z.infer<typeof AccountRow>;
export type PeriodReference = z.infer<typeof PeriodRow>;

/** The currency that entries are in, in Tryton's terms on one day. */
export interface CurrencyReference {
	id: number;
	/** units of it for one of the rates' base; absent where Tryton has no rate on the day */
	rate?: string;
}

/** Everything in Tryton that some drafts refer to; each kind is read once for all of them. */
export interface EntryReferences {
	accounts: Map<string, AccountReference[]>;
	parties: Map<string, number>;
	journals: Array<z.infer<typeof JournalRow>>;
	/** code of the journal for drafts that name none */
	usualJournal: string | undefined;
	periods: PeriodReference[];
	/** by `{dimension}/{code}` */
	dimensionValues: Map<string, number>;
	/** whether there are analytic accounts at all */
	analytic: boolean;
	/** the currency, and the company's own, on a day */
	currency(code: string, date: string): CurrencyReference | undefined;
}

export async function entryReferences(
	books: Books,
	dimensionValues: DimensionValues,
	drafts: JournalEntryDraft[],
): Promise<EntryReferences> {
	const { session } = books;
	const company = await books.company();
	const lines = drafts.flatMap((draft) => draft.lines);
	const codes = lines.map(({ account }) => account);
	const accounts = await session.searchIn(
		accountModel,
		AccountRow,
		'code',
		codes,
		[['company', '=', company.id]],
		{
			related: ['second_currency.code'],
		},
	);
	const partners = lines.flatMap(({ partner }) => partner?.code ?? []);
	const parties = await session.searchIn('party.party', CodedRow, 'code', partners);
	const days = drafts.map(({ date }) => date).sort();
	const periods = await session.search(periodModel, PeriodRow, [
		...standardPeriods(company),
		['start_date', '<=', dayOf(days.at(-1) ?? '')],
		['end_date', '>=', dayOf(days[0] ?? '')],
	]);
	const analytic = await books.analytic();
	const keys = lines.flatMap(({ dimensions = {} }) => Object.entries(dimensions).map(dimensionKey));
	const values =
		analytic && keys.length > 0 ? await dimensionValues.numbers(keys) : new Map<string, { id: number }>();
	const foreign = drafts.filter(({ currency }) => currency !== company.currency);
	const currencies = await ratesOf(books, foreign);
	return {
		accounts: Map.groupBy(accounts, ({ code }) => code),
		parties: new Map(parties.map(({ code, id }) => [code ?? '', id])),
		journals: await session.search('account.journal', JournalRow, []),
		usualJournal: books.options.journal,
		periods,
		dimensionValues: new Map([...values].map(([key, { id }]) => [key, id])),
		analytic,
		currency: (code, date) => currencies.get(`${code} ${date}`),
	};
}

export function dimensionKey([dimension, code]: [string, string]): string {
	return `${dimension}/${code}`;
}

/** Rates of the drafts' currencies and of the company's own, each on the drafts' days. */
async function ratesOf(
	{ session, company }: Books,
	drafts: JournalEntryDraft[],
): Promise<Map<string, CurrencyReference>> {
	const rates = new Map<string, CurrencyReference>();
	for (const date of new Set(drafts.map((draft) => draft.date))) {
		const codes = drafts.flatMap((draft) => (draft.date === date ? draft.currency : []));
		const own = await company();
		const rows = await session.searchIn('currency.currency', RateRow, 'code', [...codes, own.currency], [], {
			context: { date: dayOf(date) },
		});
		for (const { id, code, rate } of rows) {
			rates.set(`${code} ${date}`, { id, ...(rate === null || Number(rate) === 0 ? {} : { rate }) });
		}
	}
	return rates;
}
