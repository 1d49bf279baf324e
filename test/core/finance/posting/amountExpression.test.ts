import Big from 'big.js';
import * as fc from 'fast-check';

import { compute, fieldsOf, parseAmount } from '../../../../core/finance/posting/amountExpression';

function result(text: string, fields: Record<string, unknown> = {}): string {
	const parsed = parseAmount(text);
	if ('problem' in parsed) return `cannot be read: ${parsed.problem}`;
	const computed = compute(parsed.expression, (path) => fields[path]);
	return 'problem' in computed ? computed.problem : computed.amount.toFixed();
}

test.each([
	['1 + 2 * 3', '7'],
	['(1 + 2) * 3', '9'],
	['10 - 4 - 3', '3'],
	['100 / 10 / 2', '5'],
	['-quantity * unitCost', '-0.3'],
	['2 * -(1 - 3)', '4'],
	['line.amount', '12.50'],
])('%s = %s', (text, expected) => {
	const fields = { quantity: '3', unitCost: '0.1', 'line.amount': '12.50' };
	expect(new Big(result(text, fields)).eq(expected)).toBe(true);
});

test.each([
	['', 'it is empty'],
	['quantity *', 'a field or number is missing at character 11'],
	['(quantity', 'the bracket at character 1 is not closed'],
	['quantity unitCost', '"unitCost" at character 10 is one too many'],
	['quantity % 2', '"%" at character 10 is neither a field, a number nor one of + - * / ( )'],
	['* 2', 'a field or number is missing before "*" at character 1'],
])('"%s" cannot be read: %s', (text, problem) => {
	expect(result(text)).toBe(`cannot be read: ${problem}`);
});

test('a division by zero, a missing field and a field that is no decimal are named', () => {
	expect(result('amount / quantity', { amount: '1', quantity: '0.00' })).toBe(
		'it divides by "quantity", which is zero',
	);
	expect(result('amount', {})).toBe('the field "amount" is missing and no decimal');
	expect(result('amount', { amount: 12.5 })).toBe('the field "amount" is 12.5 and no decimal');
});

test('fields are found wherever they stand', () => {
	const parsed = parseAmount('-(a.b + 2) * c');
	expect('expression' in parsed && fieldsOf(parsed.expression)).toEqual(['a.b', 'c']);
});

test('computes as exact arithmetic does', () => {
	const decimals = fc
		.integer({ min: -1_000_000_000, max: 1_000_000_000 })
		.map((value) => (value / 10_000).toFixed(4));
	fc.assert(
		fc.property(decimals, decimals, decimals, (a, b, c) => {
			const expected = new Big(a).plus(new Big(b).times(c)).minus(c);
			expect(result('a + b * c - c', { a, b, c })).toBe(expected.toFixed());
		}),
	);
});
