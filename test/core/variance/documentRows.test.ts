import Big from 'big.js';
import fc from 'fast-check';

import { add } from '../../../core/model/decimal';
import type { Delivery } from '../../../core/model/delivery';
import { Invoice } from '../../../core/model/invoice';
import type { Item } from '../../../core/model/item';
import type { JournalEntry } from '../../../core/model/journalEntry';
import { convertUnit } from '../../../core/model/unitConversion';
import { rowsOf, type RowTerms } from '../../../core/variance/documentRows';
import { columnNames, comparedEntities, documentTerms } from '../../../core/variance/documents';

const paper: Item = {
	code: 'PAPER',
	baseUnit: 'H87',
	units: [{ unit: 'XCT', numerator: '12', denominator: '1' }],
};
const terms: RowTerms = {
	dayOf: (moment) => moment.slice(0, 10),
	itemCode: (code) => code,
	inBaseUnit: (code, quantity, unit) =>
		code === paper.code ? convertUnit(paper, { quantity, unit }, paper.baseUnit).quantity : undefined,
	orderOf: ({ key }) => (key === 'INV-1' ? 'SO-1' : undefined),
	accounts: [],
	taxAccounts: [],
	positive: 'credit',
};

const invoice = Invoice.parse({
	key: '7',
	number: 'INV-1',
	kind: 'customer',
	state: 'posted',
	partner: { code: 'C-1', name: 'Contoso' },
	order: 'SO-1',
	issuedOn: '2026-03-31',
	currency: 'CNY',
	taxTotal: '26',
	dimensions: { costCentre: 'CC-1' },
	lines: [
		{ line: 'a', orderLine: '1', item: { code: 'PAPER' }, quantity: '2', unit: 'XCT', unitPrice: '60' },
		{ line: 'b', item: { code: 'PEN' }, quantity: '-10', unit: 'XPK', unitPrice: '8', amount: '-80' },
		{
			line: 'c',
			description: 'Freight',
			quantity: '1',
			unitPrice: '0.015',
			dimensions: { costCentre: 'CC-2' },
		},
	],
});

test('a row has the header and its line: base units and the price of one where the unit is known, amounts where the system gives none', () => {
	const columns = [
		'deal',
		'orderLine',
		'item',
		'quantity',
		'price',
		'amount',
		'date',
		'partner',
		'lines.dimensions.costCentre',
	];
	expect(rowsOf('invoice', invoice, columns, terms).map((row) => Object.values(row))).toEqual([
		['SO-1', '1', 'PAPER', '24', '5', '120.00', '2026-03-31', 'Contoso', 'CC-1'],
		['SO-1', 'INV-1/b', 'PEN', '-10', '8', '-80', '2026-03-31', 'Contoso', 'CC-1'],
		['SO-1', 'INV-1/c', 'Freight', '1', '0.015', '0.02', '2026-03-31', 'Contoso', 'CC-2'],
	]);
});

test('a document without an order stands under its own number, and its lines are those of no order', () => {
	const { order: _none, ...own } = invoice;
	expect(rowsOf('invoice', own, ['deal', 'orderLine'], terms)[1]).toEqual({
		deal: 'INV-1',
		orderLine: 'INV-1/b',
	});
});

test('an entry has what lies on the chosen accounts, on the side that counts as positive, and the order of what it books', () => {
	const entry: JournalEntry = {
		key: '9',
		state: 'posted',
		date: '2026-03-31',
		currency: 'CNY',
		document: { type: 'invoice', system: 'erp', key: 'INV-1' },
		lines: [
			{ line: '1', account: '1122', debit: '113', credit: '0' },
			{ line: '2', account: '600101', debit: '0', credit: '100' },
			{ line: '3', account: '222102', debit: '0', credit: '13' },
		],
	};
	const columns = ['deal', 'booked', 'amount', 'tax'];
	const chosen = { ...terms, accounts: ['6001'], taxAccounts: ['2221'] };
	expect(rowsOf('journalEntry', entry, columns, chosen).map((row) => Object.values(row))).toEqual([
		['SO-1', 'INV-1', '', ''],
		['SO-1', 'INV-1', '100', ''],
		['SO-1', 'INV-1', '', '13'],
	]);
	const debits = rowsOf('journalEntry', entry, ['amount'], {
		...chosen,
		accounts: ['1122'],
		positive: 'debit',
	});
	expect(debits[0]).toEqual({ amount: '113' });
	expect(rowsOf('journalEntry', entry, ['amount'], terms)[0]).toEqual({ amount: '113' });
});

test('the cost of a delivery is of its quantity; what leaves the warehouse is positive there too', () => {
	const delivery: Delivery = {
		key: '3',
		state: 'done',
		currency: 'CNY',
		lines: [{ line: '1', item: { code: 'PEN' }, quantity: '3', unit: 'H87', unitCost: '1.005' }],
	};
	// Half to even at the currency's minor unit: 3.015 is 3.02.
	expect(rowsOf('delivery', delivery, ['cost'], terms)).toEqual([{ cost: '3.02' }]);
	const movement = {
		key: '1',
		kind: 'shipment',
		item: 'W1',
		quantity: '-3',
		reference: 'SH-1',
		occurredAt: '2026-03-31T10:00:00Z',
	};
	expect(rowsOf('movement', movement, ['quantity', 'document', 'item'], terms)).toEqual([
		{ quantity: '3', document: 'SH-1', item: 'W1' },
	]);
});

test('a tax that only the whole document has is divided among its lines and adds up again', () => {
	const cents = fc
		.bigInt({ min: -1_000_000n, max: 1_000_000n })
		.map((value) => new Big(String(value)).div('100').toFixed(2));
	fc.assert(
		fc.property(cents, fc.array(cents, { minLength: 1, maxLength: 8 }), (taxTotal, amounts) => {
			const lines = amounts.map((amount, index) => ({
				line: String(index),
				quantity: '1',
				unitPrice: amount,
				amount,
			}));
			const rows = rowsOf('invoice', { ...invoice, taxTotal, lines }, ['tax'], terms);
			expect(rows.map(({ tax }) => (tax === undefined || tax === '' ? '0' : tax)).reduce(add, '0')).toBe(
				add(taxTotal, '0'),
			);
		}),
	);
});

test.each(comparedEntities)(
	'%s: each column that is compared without being named is one of its columns',
	(entity) => {
		const { keys, columns } = documentTerms[entity];
		const all = [...Object.values(keys).flat(), ...Object.values(columns)];
		expect(all.filter((column) => !columnNames(entity).includes(String(column)))).toEqual([]);
	},
);
