import Big from 'big.js';

import { meets, type Condition } from '../../model/conditions';
import type { Decimal } from '../../model/decimal';
import { valueAt } from '../../model/fields';
import { minorUnits, roundMoney } from '../../model/money';
import { compute, parseAmount } from './amountExpression';
import type { DimensionSource, PostingDocument, RuleCondition, RuleLine, VoucherRule } from './voucherRule';

export interface EntryLine {
	account: string;
	/** one of the two is zero */
	debit: Decimal;
	credit: Decimal;
	/** by name; without those that the document does not give */
	dimensions: Record<string, string>;
	/** of the document; absent for an amount of the whole document and for rounding */
	documentLine?: string;
}

/** A draft journal entry in one currency. Debit equals credit to the last minor unit. */
export interface JournalEntry {
	/** the same for the same document, so that it is never posted twice */
	key: string;
	entity: string;
	date: string;
	currency: string;
	/** the rule that made it */
	rule: string;
	document: { type: string; system: string; key: string };
	lines: EntryLine[];
}

/**
 * `unmatched`: no rule is for this document. `refused`: a rule is, and cannot be applied. Both say in one sentence what to do, and
 * nothing is posted.
 */
export type Drafted = { entry: JournalEntry } | { unmatched: string } | { refused: string };

/** The journal entry of a document by the first rule that fits. */
export function draftEntry(document: PostingDocument, rules: VoucherRule[]): Drafted {
	const named = `${document.type} ${document.key} of ${document.system}`;
	const rule = rules.find(
		(one) => one.document === document.type && meets(document, one.conditions.map(asked)),
	);
	if (rule === undefined)
		return { unmatched: `No rule fits ${named}. Add one, or widen the conditions of another.` };
	const lines: EntryLine[] = [];
	for (const [index, line] of rule.lines.entries()) {
		const drafted = draftLines(line, document);
		if ('problem' in drafted)
			return {
				refused: `Rule "${rule.name}", line ${index + 1} (${line.account}), ${named}: ${drafted.problem}.`,
			};
		lines.push(...drafted.lines);
	}
	if (lines.length === 0)
		return { refused: `Rule "${rule.name}" gives no amount for ${named}: all its lines are zero.` };
	const difference = lines.reduce((sum, { debit, credit }) => sum.plus(debit).minus(credit), new Big('0'));
	const rounding = closeRounding(rule, document.currency, lines.length, difference);
	if (rounding === undefined)
		return {
			refused: `Rule "${rule.name}" does not balance for ${named}: debit less credit is ${difference.toFixed()} ${document.currency}. Correct its amounts.`,
		};
	const { type, system, key, entity, date, currency } = document;
	return {
		entry: {
			key: [system, type, key].map(encodeURIComponent).join('/'),
			entity,
			date,
			currency,
			rule: rule.name,
			document: { type, system, key },
			lines: [...lines, ...rounding],
		},
	};
}

function draftLines(line: RuleLine, document: PostingDocument): { lines: EntryLine[] } | { problem: string } {
	const parsed = parseAmount(line.amount);
	if ('problem' in parsed) return parsed;
	const lines: EntryLine[] = [];
	for (const source of line.per === 'line' ? document.lines : [undefined]) {
		const read = (path: string) => valueAt({ ...document, line: source }, path);
		const computed = compute(parsed.expression, read);
		if ('problem' in computed)
			return {
				problem: source === undefined ? computed.problem : `line ${source.line}: ${computed.problem}`,
			};
		const amount = roundMoney(computed.amount.toFixed(20), document.currency);
		if (new Big(amount).eq('0')) continue;
		const debited = (line.side === 'debit') === !amount.startsWith('-');
		const size = new Big(amount).abs().toFixed(minorUnits(document.currency));
		lines.push({
			...sided(debited, size, document.currency),
			account: line.account,
			dimensions: dimensionsOf(line.dimensions, read),
			...(source === undefined ? {} : { documentLine: source.line }),
		});
	}
	return { lines };
}

function sided(debited: boolean, amount: Decimal, currency: string): Pick<EntryLine, 'debit' | 'credit'> {
	const none = roundMoney('0', currency);
	return debited ? { debit: amount, credit: none } : { debit: none, credit: amount };
}

function dimensionsOf(
	sources: Record<string, DimensionSource>,
	read: (path: string) => unknown,
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(sources).flatMap(([dimension, source]) => {
			const value = 'value' in source ? source.value : read(source.field);
			return value === undefined || value === null || value === '' ? [] : [[dimension, String(value)]];
		}),
	);
}

/**
 * What rounding may have left: at most half a minor unit for each line. More than that is a rule that does not balance, and
 * `undefined`.
 */
function closeRounding(
	{ roundingAccount }: VoucherRule,
	currency: string,
	lineCount: number,
	difference: Big,
): EntryLine[] | undefined {
	if (difference.eq('0')) return [];
	const unit = new Big('10').pow(-minorUnits(currency));
	if (difference.abs().gt(unit.times(String(lineCount)).div('2'))) return undefined;
	const amount = difference.abs().toFixed(minorUnits(currency));
	return [{ ...sided(difference.lt('0'), amount, currency), account: roundingAccount, dimensions: {} }];
}

/** Amounts and days are compared as such; what is only equal or not, as text: account 0100 is not 100. */
function asked({ field, operator, value }: RuleCondition): Condition {
	const ordered =
		operator === 'above' || operator === 'atLeast' || operator === 'below' || operator === 'atMost';
	const kind = !ordered ? 'text' : /^\d{4}-\d{2}-\d{2}/.test(value) ? 'date' : 'decimal';
	return { path: field, kind, operator, value };
}
