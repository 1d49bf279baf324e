import Big from 'big.js';

import { meets, type Condition } from '../../model/conditions';
import { valueAt } from '../../model/fields';
import type { JournalEntryDraft } from '../../model/journalEntry';
import { allocate, minorUnits } from '../../model/money';
import { describeProblems } from '../../model/problems';
import type { Dimensions } from '../../model/references';
import { isForAccount, type DimensionRule } from '../dimensions/dimensionRule';
import { fillLine, rulesFor, type DimensionCatalogue } from '../dimensions/fillDimensions';
import { compute, parseAmount, type AmountExpression } from './amountExpression';
import type { PostingDocument } from './postingDocument';
import { asked, valueFrom } from './ruleCondition';
import { voucherKey } from './voucherKey';
import type { RuleLine, VoucherRule } from './voucherRule';

/** A draft journal entry of one document, in the document's currency. Debit equals credit to the last minor unit. */
export interface Voucher {
	/** the same for the same document, so that it is never booked twice */
	key: string;
	/** the rule that made it */
	rule: string;
	entry: JournalEntryDraft;
}

/**
 * `unmatched`: no rule is for this document. `refused`: a rule is, and cannot be applied. Both say in one sentence what to do, and
 * nothing is posted.
 */
export type Drafted = { voucher: Voucher } | { unmatched: string } | { refused: string };

const zero = new Big('0');
const minusOne = new Big('-1');

/** Digits before the point that an amount may have, as everywhere in the model. */
const mostDigits = 18;

export interface DraftingRules {
	/** asked in this order; the first that fits makes the entry */
	vouchers: VoucherRule[];
	/** what the entries' lines must carry */
	dimensions?: DimensionRule[];
	catalogue?: DimensionCatalogue;
}

/** Reads the rules once, and then makes the voucher of one document after another. */
export function draftingBy({
	vouchers,
	dimensions = [],
	catalogue,
}: DraftingRules): (document: PostingDocument) => Drafted {
	const rules = vouchers.map(compiled);
	const judged = dimensions.length > 0 || (catalogue !== undefined && catalogue.size > 0);
	return (document) => {
		const named = `${document.type} ${document.key} of ${document.system}`;
		const rule = rules.find(
			({ rule: { document: type }, conditions }) => type === document.type && meets(document, conditions),
		);
		if (rule === undefined)
			return { unmatched: `No rule fits ${named}. Add one, or widen the conditions of another.` };
		const drafted = draftEntry(rule, document, named);
		if ('refused' in drafted) return drafted;
		const problems = judged ? carryDimensions(drafted, document, dimensions, catalogue) : undefined;
		return problems === undefined
			? { voucher: drafted.voucher }
			: { refused: `Rule "${rule.rule.name}", ${named}: ${problems}.` };
	};
}

interface CompiledRule {
	rule: VoucherRule;
	conditions: Condition[];
	lines: CompiledLine[];
}

interface CompiledLine {
	line: RuleLine;
	amount: AmountExpression | { problem: string };
	sharedBy?: AmountExpression | { problem: string };
}

function compiled(rule: VoucherRule): CompiledRule {
	const lines = rule.lines.map((line) => ({
		line,
		amount: expressionOf(line.amount),
		...(line.sharedBy === undefined ? {} : { sharedBy: expressionOf(line.sharedBy) }),
	}));
	return { rule, conditions: rule.conditions.map(asked), lines };
}

function expressionOf(text: string): AmountExpression | { problem: string } {
	const parsed = parseAmount(text);
	return 'problem' in parsed ? parsed : parsed.expression;
}

type SourceLine = PostingDocument['lines'][number];
type EntryLine = JournalEntryDraft['lines'][number];

interface Entry {
	voucher: Voucher;
	/** for each of the entry's lines the document's line that it is of */
	sources: Array<SourceLine | undefined>;
}

function draftEntry(
	{ rule, lines: ruleLines }: CompiledRule,
	document: PostingDocument,
	named: string,
): Entry | { refused: string } {
	const { currency } = document;
	const places = minorUnits(currency);
	const none = places === 0 ? '0' : `0.${'0'.repeat(places)}`;
	const lines: EntryLine[] = [];
	const sources: Entry['sources'] = [];
	let difference = zero;
	const post = (amount: Big, line: Omit<EntryLine, 'debit' | 'credit'>, source?: SourceLine) => {
		difference = difference.plus(amount);
		const size = amount.abs().toFixed(places);
		const sides = amount.gt(zero) ? { debit: size, credit: none } : { debit: none, credit: size };
		lines.push({ line: String(lines.length + 1), ...line, ...sides });
		sources.push(source);
	};
	for (const [index, ruleLine] of ruleLines.entries()) {
		const { line } = ruleLine;
		const found = amountsOf(ruleLine, document);
		if ('problem' in found)
			return {
				refused: `Rule "${rule.name}", line ${index + 1} (${line.account}), ${named}: ${found.problem}.`,
			};
		for (const { amount: exact, source } of found.amounts) {
			const amount = exact.round(places, Big.roundHalfEven);
			if (amount.eq(zero)) continue;
			const signed = line.side === 'debit' ? amount : amount.times(minusOne);
			post(signed, describedLine(line, document, source, reader(document, source)), source);
		}
	}
	if (lines.length === 0)
		return { refused: `Rule "${rule.name}" gives no amount for ${named}: all its lines are zero.` };
	if (!difference.eq(zero)) {
		if (difference.abs().gt(mostRounding(places, lines.length)))
			return {
				refused: `Rule "${rule.name}" does not balance for ${named}: debit less credit is ${difference.toFixed()} ${currency}. Correct its amounts.`,
			};
		post(difference.times('-1'), { account: rule.roundingAccount, description: 'Rounding' });
	}
	return { voucher: voucherOf(rule, document, lines), sources };
}

/** The amounts of one line of a rule: one, one for each line of the document, or one divided among these. */
function amountsOf(
	{ line: { per }, amount: expression, sharedBy }: CompiledLine,
	document: PostingDocument,
): { amounts: Array<{ amount: Big; source: SourceLine | undefined }> } | { problem: string } {
	if ('problem' in expression) return expression;
	if (per !== 'share') {
		const sources = per === 'line' ? document.lines : [undefined];
		return eachAmount(expression, document, sources);
	}
	if (sharedBy === undefined || 'problem' in sharedBy)
		return sharedBy ?? { problem: 'it does not say by what the amount is divided' };
	const whole = eachAmount(expression, document, [undefined]);
	if ('problem' in whole) return whole;
	const weights = eachAmount(sharedBy, document, document.lines);
	if ('problem' in weights) return weights;
	const negative = weights.amounts.find(({ amount }) => amount.lt(zero));
	if (negative !== undefined)
		return { problem: `line ${negative.source?.line}: its share of the amount would be negative` };
	if (weights.amounts.every(({ amount }) => amount.eq(zero)))
		return { problem: 'what the amount is divided by is zero for every line' };
	const shares = allocate(
		(whole.amounts[0]?.amount ?? zero).toFixed(),
		weights.amounts.map(({ amount }) => amount.toFixed()),
		document.currency,
	);
	return {
		amounts: weights.amounts.map(({ source }, at) => ({ amount: new Big(shares[at] ?? '0'), source })),
	};
}

function eachAmount(
	expression: AmountExpression,
	document: PostingDocument,
	sources: Array<SourceLine | undefined>,
): { amounts: Array<{ amount: Big; source: SourceLine | undefined }> } | { problem: string } {
	const amounts = [];
	for (const source of sources) {
		const computed = compute(expression, reader(document, source));
		const problem = 'problem' in computed ? computed.problem : whyUnpostable(computed.amount);
		if (problem !== undefined)
			return { problem: source === undefined ? problem : `line ${source.line}: ${problem}` };
		if ('amount' in computed) amounts.push({ amount: computed.amount, source });
	}
	return { amounts };
}

function voucherOf(rule: VoucherRule, document: PostingDocument, lines: EntryLine[]): Voucher {
	const { type, system, key, number, entity, date, currency } = document;
	return {
		key: voucherKey({ system, type, key }),
		rule: rule.name,
		entry: {
			entity,
			date,
			...(rule.journal === undefined ? {} : { journal: rule.journal }),
			currency,
			description: `${rule.name}: ${type} ${typeof number === 'string' ? number : key}`.slice(0, 500),
			document: { type, system, key },
			lines,
		},
	};
}

/** Reads `line....` from the line and everything else from the document. */
function reader(document: PostingDocument, source: SourceLine | undefined): (path: string) => unknown {
	return (path) => {
		if (!path.startsWith('line.')) return valueAt(document, path);
		return source === undefined ? undefined : valueAt(source, path.slice(5));
	};
}

function whyUnpostable(amount: Big): string | undefined {
	return amount.e < mostDigits
		? undefined
		: `the amount ${amount.toFixed(0)} has more than ${mostDigits} digits`;
}

function describedLine(
	{ account, withPartner, dimensions }: RuleLine,
	document: PostingDocument,
	source: SourceLine | undefined,
	read: (path: string) => unknown,
): Omit<EntryLine, 'debit' | 'credit'> {
	const partner = withPartner ? partnerOf(document) : undefined;
	const own = ownDimensions(dimensions, read);
	return {
		account,
		...(partner === undefined ? {} : { partner }),
		...(source === undefined ? {} : { description: `Line ${source.line}` }),
		...(own === undefined ? {} : { dimensions: own }),
	};
}

function partnerOf({ partner }: PostingDocument): EntryLine['partner'] {
	const { code, name } = (partner ?? {}) as { code?: unknown; name?: unknown };
	if (typeof code !== 'string') return undefined;
	return { code, ...(typeof name === 'string' ? { name } : {}) };
}

function ownDimensions(
	sources: RuleLine['dimensions'],
	read: (path: string) => unknown,
): Dimensions | undefined {
	let found: Dimensions | undefined;
	for (const [dimension, source] of Object.entries(sources)) {
		const value = valueFrom(source, read);
		if (value !== undefined) (found ??= {})[dimension] = value;
	}
	return found;
}

/** Rounding leaves at most half a minor unit for each line. More than that is a rule that does not balance. */
function mostRounding(places: number, lineCount: number): Big {
	return new Big('10').pow(-places).times(String(lineCount)).div('2');
}

/**
 * Gives the entry's lines the dimensions that the rules want for their accounts: from the document's line, from the document, or by
 * default. What is missing or not valid on the day is said in one sentence.
 */
function carryDimensions(
	{ voucher, sources }: Entry,
	document: PostingDocument,
	rules: DimensionRule[],
	catalogue: DimensionCatalogue | undefined,
): string | undefined {
	const { entity, date } = document;
	const context = {
		rules: rulesFor(rules, document.type, document),
		date,
		entity,
		...(catalogue === undefined ? {} : { catalogue }),
	};
	const problems = voucher.entry.lines.flatMap((line, index) => {
		if (catalogue === undefined && !context.rules.some((rule) => isForAccount(rule, line.account))) return [];
		const source = sources[index];
		const { dimensions, problems: found } = fillLine(
			{
				field: `lines.${index}.dimensions`,
				account: line.account,
				dimensions: line.dimensions ?? {},
				inherited: { ...dimensionsOf(document), ...dimensionsOf(source) },
				read: reader(document, source),
			},
			context,
		);
		if (Object.keys(dimensions).length > 0) line.dimensions = dimensions;
		return found;
	});
	return problems.length === 0 ? undefined : describeProblems(problems);
}

function dimensionsOf(record: Record<string, unknown> | undefined): Dimensions {
	const given = record?.dimensions;
	return typeof given === 'object' && given !== null ? (given as Dimensions) : {};
}
