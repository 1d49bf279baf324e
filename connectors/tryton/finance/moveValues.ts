import Big from 'big.js';

import type { JournalEntryDraft } from '../../../core/model/journalEntry';
import { minorUnits } from '../../../core/model/money';
import type { Context } from '../session';
import { dayOf, exactNumberOf } from '../values';
import type { Company } from './books';
import { companyAmounts } from './companyAmounts';
import { withDocument } from './documentMark';
import { dimensionKey, type EntryReferences, type PeriodReference } from './entryReferences';

type DraftLine = JournalEntryDraft['lines'][number];

/** Digits that an amount may have: more are changed by Tryton's own check, and by SQLite without a word. */
const mostDigits = 15;

/** A move as Tryton takes it, without its lines; and its lines, one by one. */
export interface MoveValues {
	header: Context;
	lines: Context[];
}

/** A closed period is no fault of the entry: what was wrong about the day is told apart from what is wrong about the rest. */
export type Resolved = { values: MoveValues } | { problems: string[] } | { closed: PeriodReference };

/** The draft in Tryton's own numbers, or all that is wrong with it, each by the field's name. */
export function moveValues(company: Company, draft: JournalEntryDraft, known: EntryReferences): Resolved {
	const problems = [...totalProblems(draft)];
	const { entity, date, currency } = draft;
	if (entity !== undefined && entity !== company.entity)
		problems.push(
			`entity: these are the books of "${company.entity}", not of "${entity}"; where both are the same, say so in the credential`,
		);
	const period = known.periods.find(({ start_date: from, end_date: to }) => from <= date && date <= to);
	if (period === undefined) problems.push(`date: no period of the fiscal years contains ${date}`);
	const journal = journalOf(draft, known, problems);
	const amounts = inCompanyCurrency(company, draft, known, problems);
	const second = currency === company.currency ? undefined : known.currency(currency, date);
	const lines = draft.lines.map((line, index) => {
		const field = (name: string) => `lines.${index}.${name}`;
		const own = amounts[index] ?? line;
		const account = accountOf(line, currency, company, known, field, problems);
		return {
			account,
			debit: exactNumberOf(own.debit),
			credit: exactNumberOf(own.credit),
			party: partyOf(line, known, field, problems) ?? null,
			description: line.description ?? null,
			second_currency: second?.id ?? null,
			amount_second_currency:
				second === undefined
					? null
					: exactNumberOf(new Big(line.debit).minus(line.credit).toFixed(minorUnits(currency))),
			...(known.analytic ? { analytic_lines: analyticOf(line, own, date, known, field, problems) } : {}),
		};
	});
	if (!known.analytic)
		for (const [index, { dimensions = {} }] of draft.lines.entries())
			for (const dimension of Object.keys(dimensions))
				problems.push(
					`lines.${index}.dimensions.${dimension}: Tryton's module "analytic_account" is not active`,
				);
	if (problems.length > 0 || period === undefined) return { problems };
	if (period.state !== 'open') return { closed: period };
	const text = withDocument(draft.description, draft.document);
	return {
		values: {
			header: {
				company: company.id,
				period: period.id,
				date: dayOf(date),
				journal,
				description: text === '' ? null : text,
			},
			lines,
		},
	};
}

/** What is wrong with the amounts of an entry, whatever Tryton has. */
function* totalProblems({ lines, currency }: JournalEntryDraft): Generator<string> {
	if (lines.length === 0) yield 'lines: there are none';
	let difference = new Big('0');
	for (const [index, { debit, credit }] of lines.entries()) {
		for (const [name, amount] of Object.entries({ debit, credit })) {
			const places = minorUnits(currency);
			const exact = new Big(amount);
			if (exact.round(places).cmp(exact) !== 0)
				yield `lines.${index}.${name}: ${amount} is finer than ${currency}, which has ${places} decimal places`;
			if (exact.c.length > mostDigits || exact.e + 1 + places > mostDigits)
				yield `lines.${index}.${name}: ${amount} has more than ${mostDigits} digits`;
		}
		if (!new Big(debit).eq('0') && !new Big(credit).eq('0'))
			yield `lines.${index}: a line is either debited or credited, not both`;
		difference = difference.plus(debit).minus(credit);
	}
	if (!difference.eq('0'))
		yield `lines: they do not balance, debit less credit is ${difference.toFixed()} ${currency}`;
}

function inCompanyCurrency(
	company: Company,
	{ lines, currency, date }: JournalEntryDraft,
	known: EntryReferences,
	problems: string[],
): Array<Pick<DraftLine, 'debit' | 'credit'>> {
	if (currency === company.currency) return lines;
	const second = known.currency(currency, date);
	const own = known.currency(company.currency, date);
	if (second === undefined) problems.push(`currency: there is no active currency ${currency}`);
	else if (second.rate === undefined) problems.push(`currency: ${currency} has no rate on ${date}`);
	if (own?.rate === undefined) problems.push(`currency: ${company.currency} has no rate on ${date}`);
	if (second?.rate === undefined || own?.rate === undefined) return lines;
	return companyAmounts(lines, { rate: second.rate, ownRate: own.rate, currency: company.currency });
}

function journalOf(
	draft: JournalEntryDraft,
	{ journals, usualJournal }: EntryReferences,
	problems: string[],
): number | undefined {
	const wanted = draft.journal ?? usualJournal;
	const candidates = journals.filter(({ code, type }) =>
		wanted === undefined ? type === 'general' : code === wanted,
	);
	const [only] = candidates;
	if (only !== undefined && candidates.length === 1) return only.id;
	const codes = journals.flatMap(({ code }) => code ?? []).join(', ');
	const count = candidates.length === 0 ? 'no journal' : 'more than one journal';
	problems.push(
		wanted === undefined
			? `journal: ${count} is of type General; name one of ${codes} here or in the credential`
			: `journal: ${count} has the code "${wanted}"; there are ${codes}`,
	);
	return undefined;
}

function accountOf(
	{ account: code, partner }: DraftLine,
	currency: string,
	company: Company,
	{ accounts }: EntryReferences,
	field: (name: string) => string,
	problems: string[],
): number | undefined {
	const [account, another] = accounts.get(code) ?? [];
	const refuse = (why: string, name = 'account') => void problems.push(`${field(name)}: ${why}`);
	if (account === undefined) refuse(`there is no active account "${code}"`);
	else if (another !== undefined) refuse(`more than one account has the code "${code}"`);
	else if (account.type === null || account.closed) refuse(`nothing can be posted to account "${code}"`);
	else {
		const second = account['second_currency.']?.code;
		if (second !== undefined && second !== (currency === company.currency ? undefined : currency))
			refuse(`account "${code}" takes amounts in ${second} only`);
		if (account.party_required && partner === undefined) refuse(`account "${code}" needs one`, 'partner');
		if (!account.party_required && partner !== undefined)
			refuse(`account "${code}" is not kept by partner`, 'partner');
	}
	return account?.id;
}

function partyOf(
	{ partner }: DraftLine,
	{ parties }: EntryReferences,
	field: (name: string) => string,
	problems: string[],
): number | undefined {
	if (partner === undefined) return undefined;
	const party = parties.get(partner.code);
	if (party === undefined)
		problems.push(`${field('partner.code')}: there is no active party "${partner.code}"`);
	return party;
}

/** The commands that put the line on its values, each with the whole amount. */
function analyticOf(
	{ dimensions = {} }: DraftLine,
	{ debit, credit }: Pick<DraftLine, 'debit' | 'credit'>,
	date: string,
	{ dimensionValues }: EntryReferences,
	field: (name: string) => string,
	problems: string[],
): unknown[] {
	const rows = Object.entries(dimensions).flatMap(([dimension, code]) => {
		const account = dimensionValues.get(dimensionKey([dimension, code]));
		if (account === undefined)
			problems.push(`${field(`dimensions.${dimension}`)}: there is no open analytic account "${code}" of it`);
		return account === undefined
			? []
			: [{ account, debit: exactNumberOf(debit), credit: exactNumberOf(credit), date: dayOf(date) }];
	});
	return rows.length === 0 ? [] : [['create', rows]];
}
