import Big from 'big.js';
import * as fc from 'fast-check';

import { DimensionRule } from '../../../../core/finance/dimensions/dimensionRule';
import { dimensionCatalogue } from '../../../../core/finance/dimensions/fillDimensions';
import { draftingBy, type Drafted } from '../../../../core/finance/posting/draftEntry';
import { PostingDocument } from '../../../../core/finance/posting/postingDocument';
import { VoucherRule, VoucherRules } from '../../../../core/finance/posting/voucherRule';
import type { JournalEntryDraft } from '../../../../core/model/journalEntry';
import { describeProblems, fieldProblems } from '../../../../core/model/problems';

const goodsIssue = VoucherRule.parse({
	name: 'Goods issue',
	document: 'delivery',
	conditions: [{ field: 'partner.country', operator: 'isNot', value: 'CN' }],
	lines: [
		{
			account: '5000 Cost of goods sold',
			side: 'debit',
			amount: 'line.quantity * line.unitCost',
			per: 'line',
			dimensions: { costCentre: { field: 'line.costCentre' }, profitCentre: { value: 'RETAIL' } },
		},
		{ account: '1400 Inventory', side: 'credit', amount: 'line.quantity * line.unitCost', per: 'line' },
	],
	roundingAccount: '6900 Rounding',
});
const invoiceRule = VoucherRule.parse({
	name: 'Invoice',
	document: 'invoice',
	lines: [
		{ account: '1200 Receivables', side: 'debit', amount: 'total', per: 'document' },
		{ account: '4000 Revenue', side: 'credit', amount: 'line.quantity * line.unitPrice / 1.19', per: 'line' },
		{ account: '2200 Output tax', side: 'credit', amount: 'total - total / 1.19', per: 'document' },
	],
	roundingAccount: '6900 Rounding',
});
const rules = [goodsIssue, invoiceRule];

function document(changes: Record<string, unknown>): PostingDocument {
	return PostingDocument.parse({
		type: 'delivery',
		system: 'sandbox-erp',
		key: 'D-1',
		entity: 'PLANT',
		date: '2026-03-31',
		currency: 'EUR',
		...changes,
	});
}

const draftEntry = (one: PostingDocument, vouchers: VoucherRule[]): Drafted => draftingBy({ vouchers })(one);

function entryOf(drafted: Drafted): JournalEntryDraft {
	if (!('voucher' in drafted)) throw new Error(JSON.stringify(drafted));
	return drafted.voucher.entry;
}

test('a delivery debits the cost of goods sold and credits inventory, line by line, with its dimensions', () => {
	const lines = [
		{ line: '1', quantity: '3', unitCost: '4.25', costCentre: 'CC-10' },
		{ line: '2', quantity: '1', unitCost: '0' },
	];
	expect(draftEntry(document({ lines }), rules)).toEqual({
		voucher: {
			key: 'sandbox-erp/delivery/D-1',
			rule: 'Goods issue',
			entry: {
				entity: 'PLANT',
				date: '2026-03-31',
				currency: 'EUR',
				description: 'Goods issue: delivery D-1',
				document: { type: 'delivery', system: 'sandbox-erp', key: 'D-1' },
				lines: [
					{
						line: '1',
						account: '5000 Cost of goods sold',
						debit: '12.75',
						credit: '0.00',
						description: 'Line 1',
						dimensions: { costCentre: 'CC-10', profitCentre: 'RETAIL' },
					},
					{
						line: '2',
						account: '1400 Inventory',
						debit: '0.00',
						credit: '12.75',
						description: 'Line 1',
					},
				],
			},
		},
	});
});

test('a negative amount goes to the other side', () => {
	const lines = [{ line: '1', quantity: '-2', unitCost: '5' }];
	expect(entryOf(draftEntry(document({ lines }), rules)).lines).toMatchObject([
		{ account: '5000 Cost of goods sold', credit: '10.00' },
		{ account: '1400 Inventory', debit: '10.00' },
	]);
});

test('what rounding leaves goes to the named account', () => {
	const lines = ['1', '2', '3'].map((line) => ({ line, quantity: '1', unitPrice: '10.00' }));
	const { lines: posted } = entryOf(draftEntry(document({ type: 'invoice', total: '30.00', lines }), rules));
	// 3 x 8.40 net and 4.79 tax make 29.99.
	expect(posted.at(-1)).toMatchObject({ account: '6900 Rounding', debit: '0.00', credit: '0.01' });
});

test('a document for which there is no rule is named, not dropped', () => {
	expect(draftEntry(document({ partner: { country: 'CN' } }), rules)).toEqual({
		unmatched: 'No rule fits delivery D-1 of sandbox-erp. Add one, or widen the conditions of another.',
	});
});

test('a rule that does not balance is refused with the difference', () => {
	const lines = [{ line: '1', quantity: '1', unitPrice: '10.00' }];
	expect(draftEntry(document({ type: 'invoice', total: '30.00', lines }), rules)).toEqual({
		refused:
			'Rule "Invoice" does not balance for invoice D-1 of sandbox-erp: debit less credit is 16.81 EUR. Correct its amounts.',
	});
});

test('a division by zero and a missing field name rule, line, document and field', () => {
	const unitCost = VoucherRule.parse({
		...goodsIssue,
		lines: goodsIssue.lines.map((line) => ({ ...line, amount: 'line.cost / line.quantity' })),
	});
	const asked = (line: Record<string, string>) =>
		draftEntry(document({ lines: [{ line: '7', ...line }] }), [unitCost]);
	expect(asked({ cost: '1', quantity: '0' })).toEqual({
		refused:
			'Rule "Goods issue", line 1 (5000 Cost of goods sold), delivery D-1 of sandbox-erp: line 7: it divides by "line.quantity", which is zero.',
	});
	expect(asked({ quantity: '1' })).toMatchObject({
		refused: expect.stringContaining('the field "line.cost" is missing and no decimal') as string,
	});
});

test('rules with one side only, an unreadable amount or a name given twice are refused with every problem', () => {
	const value = [
		{ ...invoiceRule, lines: [{ account: 'A', side: 'debit', amount: 'total +', per: 'document' }] },
		{ ...invoiceRule },
	];
	const parsed = VoucherRules.safeParse(value);
	if (parsed.success) throw new Error('was accepted');
	expect(describeProblems(fieldProblems(parsed.error, value))).toContain(
		'0.lines.0.amount: "total +": a field or number is missing at character 8',
	);
	const twice = VoucherRules.safeParse([invoiceRule, invoiceRule]);
	if (twice.success) throw new Error('was accepted');
	expect(describeProblems(fieldProblems(twice.error, [invoiceRule, invoiceRule]))).toContain(
		'rule "Invoice" is there twice',
	);
	const oneSided = [{ ...invoiceRule, lines: invoiceRule.lines.slice(0, 1) }];
	const refused = VoucherRules.safeParse(oneSided);
	if (refused.success) throw new Error('was accepted');
	expect(describeProblems(fieldProblems(refused.error, oneSided))).toContain(
		'rule "Invoice" has no credit line',
	);
});

test('an unknown currency and a date that is none are refused by field', () => {
	const parsed = PostingDocument.safeParse({ ...document({}), currency: 'EURO', date: '2026-02-30' });
	expect(parsed.error?.issues.map(({ path }) => path.join('.')).sort()).toEqual(['currency', 'date']);
});

test('receivables name the customer, and the journal is the one of the rule', () => {
	const rule = VoucherRule.parse({
		...invoiceRule,
		journal: 'REV',
		lines: [
			{ account: '1200', side: 'debit', amount: 'total', per: 'document', withPartner: true },
			{ account: '4000', side: 'credit', amount: 'total', per: 'document' },
		],
	});
	const partner = { code: 'C-1', name: 'Claire Gute', country: 'US' };
	const entry = entryOf(draftEntry(document({ type: 'invoice', total: '10', partner }), [rule]));
	expect(entry.journal).toBe('REV');
	expect(entry.lines[0]?.partner).toEqual({ code: 'C-1', name: 'Claire Gute' });
	expect(entry.lines[1]).not.toHaveProperty('partner');
});

test('an amount of 17 digits is exact to the cent, and one of more than 18 digits is refused with its field', () => {
	const amount = (total: string) => {
		const lines = [
			{ account: 'A', side: 'debit', amount: 'total', per: 'document' },
			{ account: 'B', side: 'credit', amount: 'total', per: 'document' },
		];
		return draftEntry(document({ type: 'invoice', total }), [VoucherRule.parse({ ...invoiceRule, lines })]);
	};
	expect(entryOf(amount('12345678901234567.89')).lines[0]?.debit).toBe('12345678901234567.89');
	expect(amount('1234567890123456789.00')).toEqual({
		refused:
			'Rule "Invoice", line 1 (A), invoice D-1 of sandbox-erp: the field "total" is 1234567890123456789.00, which has more than 18 digits.',
	});
	const twice = VoucherRule.parse({
		...invoiceRule,
		lines: ['debit', 'credit'].map((side) => ({
			account: 'A',
			side,
			amount: 'total * total',
			per: 'document',
		})),
	});
	expect(draftEntry(document({ type: 'invoice', total: '1000000000.00' }), [twice])).toEqual({
		refused:
			'Rule "Invoice", line 1 (A), invoice D-1 of sandbox-erp: the amount 1000000000000000000 has more than 18 digits.',
	});
});

describe('dimensions of an entry', () => {
	const lines = [{ line: '1', quantity: '1', unitCost: '5', dimensions: { project: 'P-1' } }];
	const costs = DimensionRule.array().parse([
		{ dimension: 'costCentre', accounts: ['5*'], default: { field: 'partner.region' } },
		{ dimension: 'project', accounts: ['5*'] },
	]);
	const drafted = (more: Record<string, unknown>, values: object[] = []) =>
		draftingBy({
			vouchers: [goodsIssue],
			dimensions: costs,
			catalogue: dimensionCatalogue(values as never),
		})(document({ lines, ...more }));

	test("the account's rules take them from the line, from the document or by default", () => {
		const entry = entryOf(drafted({ partner: { region: 'NORTH' } }));
		expect(entry.lines[0]?.dimensions).toEqual({
			profitCentre: 'RETAIL',
			costCentre: 'NORTH',
			project: 'P-1',
		});
		expect(entry.lines[1]).not.toHaveProperty('dimensions');
		const own = entryOf(drafted({ dimensions: { costCentre: 'CC-7' }, partner: { region: 'NORTH' } }));
		expect(own.lines[0]?.dimensions).toMatchObject({ costCentre: 'CC-7' });
	});

	test('one that is missing refuses the entry with rule, document, field and account', () => {
		expect(drafted({})).toEqual({
			refused:
				'Rule "Goods issue", delivery D-1 of sandbox-erp: lines.0.dimensions.costCentre: must be filled for account 5000 Cost of goods sold.',
		});
	});

	test('one whose value is over is refused with the day', () => {
		const project = {
			key: 'project/P-1',
			dimension: 'project',
			code: 'P-1',
			name: 'One',
			validTo: '2026-02-28',
		};
		expect(drafted({ dimensions: { costCentre: 'CC-7' } }, [project])).toEqual({
			refused:
				'Rule "Goods issue", delivery D-1 of sandbox-erp: lines.0.dimensions.project: "P-1" may be used until 2026-02-28, not on 2026-03-31.',
		});
	});
});

test('every entry balances, whatever the amounts and the currency', () => {
	const decimals = fc
		.integer({ min: -10_000_000, max: 10_000_000 })
		.map((value) => (value / 1_000).toFixed(3));
	const line = fc.record({ line: fc.uuid(), quantity: decimals, unitCost: decimals });
	fc.assert(
		fc.property(fc.array(line, { minLength: 1 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (lines, currency) => {
			const drafted = draftEntry(document({ lines, currency }), rules);
			if ('refused' in drafted) return expect(drafted.refused).toContain('all its lines are zero');
			const sum = entryOf(drafted).lines.reduce(
				(total, { debit, credit }) => total.plus(debit).minus(credit),
				new Big('0'),
			);
			expect(sum.toFixed()).toBe('0');
		}),
	);
});

describe('an amount of the document that is divided among its lines', () => {
	const freight = VoucherRule.parse({
		name: 'Freight',
		document: 'invoice',
		lines: [
			{
				account: '6601',
				side: 'debit',
				amount: 'freight',
				per: 'share',
				sharedBy: 'line.weight',
				dimensions: { costCentre: { field: 'line.costCentre' } },
			},
			{ account: '2202', side: 'credit', amount: 'freight', per: 'document' },
		],
		roundingAccount: '6900',
	});
	const invoice = (freightAmount: string, weights: string[]) =>
		document({
			type: 'invoice',
			freight: freightAmount,
			lines: weights.map((weight, index) => ({
				line: String(index + 1),
				weight,
				costCentre: `CC${index + 1}`,
			})),
		});

	test('goes to each line by its share, to the last cent', () => {
		const { lines } = entryOf(draftEntry(invoice('100.00', ['1', '1', '1']), [freight]));
		expect(lines.map(({ debit, credit, dimensions }) => [debit, credit, dimensions?.costCentre])).toEqual([
			['33.34', '0.00', 'CC1'],
			['33.33', '0.00', 'CC2'],
			['33.33', '0.00', 'CC3'],
			['0.00', '100.00', undefined],
		]);
	});

	test('is refused when nothing says how', () => {
		expect(draftEntry(invoice('100.00', ['0', '0']), [freight])).toEqual({
			refused:
				'Rule "Freight", line 1 (6601), invoice D-1 of sandbox-erp: what the amount is divided by is zero for every line.',
		});
		expect(draftEntry(invoice('100.00', ['2', '-1']), [freight])).toEqual({
			refused:
				'Rule "Freight", line 1 (6601), invoice D-1 of sandbox-erp: line 2: its share of the amount would be negative.',
		});
		const bare = { ...freight, lines: freight.lines.map(({ sharedBy: _sharedBy, ...line }) => line) };
		const { error } = VoucherRule.safeParse(bare);
		expect(error === undefined ? '' : describeProblems(fieldProblems(error, bare))).toContain(
			'lines.0.sharedBy',
		);
	});
});
