import Big from 'big.js';
import * as fc from 'fast-check';

import { FiscalCalendar } from '../../../../core/finance/calendar/fiscalCalendar';
import { compareValuations } from '../../../../core/finance/costing/compareValuations';
import { movingAverage } from '../../../../core/finance/costing/movingAverage';
import { periodicAverage } from '../../../../core/finance/costing/periodicAverage';
import {
	movementProblems,
	StockMovement,
	type ValuedMovement,
} from '../../../../core/finance/costing/stockMovement';

const months = FiscalCalendar.parse({ kind: 'calendarMonths', name: 'months', firstMonth: 1 });

/** Movements of one item at one site, in the order given. */
function movements(...what: Array<Record<string, unknown>>): StockMovement[] {
	return what.map((one, index) =>
		StockMovement.parse({
			key: `M${index + 1}`,
			item: 'TABLE',
			site: 'MAIN',
			date: '2026-03-10',
			sequence: index,
			...one,
		}),
	);
}
const receipt = (quantity: string, amount: string, more = {}) => ({
	kind: 'receipt',
	quantity,
	amount,
	...more,
});
const issue = (quantity: string, more = {}) => ({ kind: 'issue', quantity, ...more });

const moving = (list: StockMovement[]) => movingAverage(list, 'USD');
const periodic = (list: StockMovement[]) => periodicAverage(list, months, 'USD');
const amounts = (valued: ValuedMovement[]) => valued.map(({ amount }) => amount);

describe('moving average', () => {
	// Odoo's documentation, inventory valuation, average cost: 8 at 10 and 4 at 16; 10 delivered; one returned to the supplier.
	test("Odoo's example: 12 on average, 24 left after 10 went, and a return values at 12, not 10", () => {
		const valued = moving(
			movements(receipt('8', '80'), receipt('4', '64'), issue('10'), {
				kind: 'supplierReturn',
				quantity: '1',
			}),
		);
		expect(valued[1]).toMatchObject({ onHand: '12', value: '144.00' });
		expect(valued[2]).toMatchObject({ amount: '-120.00', onHand: '2', value: '24.00' });
		expect(valued[3]).toMatchObject({ amount: '-12.00', onHand: '1', value: '12.00' });
	});

	test('what the customer brings back comes in at the cost at which it went', () => {
		const valued = moving(
			movements(receipt('2', '20'), issue('1'), receipt('1', '30'), {
				kind: 'customerReturn',
				quantity: '1',
				of: 'M2',
			}),
		);
		expect(valued[3]).toMatchObject({ amount: '10.00', onHand: '3', value: '50.00' });
	});

	test('an issue without stock goes at the last known cost, and the receipt that covers it corrects that', () => {
		const valued = moving(movements(receipt('1', '10'), issue('3'), receipt('5', '60')));
		expect(valued[1]).toMatchObject({ amount: '-30.00', onHand: '-2', value: '-20.00' });
		// Two of the five were issued at 10 and cost 12: 4 more go to the cost of goods sold; three stay at 12.
		expect(valued[2]).toMatchObject({ amount: '56.00', adjustment: '4.00', onHand: '3', value: '36.00' });
	});

	test('a backdated receipt is valued in its place in time', () => {
		const list = movements(
			receipt('1', '10', { date: '2026-03-01' }),
			issue('1', { date: '2026-03-20' }),
			receipt('1', '20', { date: '2026-03-05' }),
		);
		expect(amounts(moving(list))).toEqual(['10.00', '20.00', '-15.00']);
	});

	test('a later price correction is borne by what is still there; the rest goes to the cost of goods sold', () => {
		const valued = moving(
			movements(receipt('10', '100'), issue('6'), { kind: 'priceCorrection', of: 'M1', amount: '20' }),
		);
		expect(valued[2]).toMatchObject({ amount: '8.00', adjustment: '12.00', value: '48.00' });
	});

	test('thirds of a cent do not pile up: an empty account is worth nothing', () => {
		const valued = moving(movements(receipt('3', '10'), issue('1'), issue('1'), issue('1')));
		expect(amounts(valued)).toEqual(['10.00', '-3.33', '-3.33', '-3.34']);
		expect(valued.at(-1)).toMatchObject({ onHand: '0', value: '0.00' });
	});
});

describe('periodic weighted average', () => {
	// Microsoft's documentation of Dynamics 365 Supply Chain Management, weighted average: receipts at 10, 22 and 30.
	test("Dynamics 365's example: 20.67 for the period; the issue posted at 16 is adjusted by 4.67", () => {
		const list = movements(receipt('1', '10'), receipt('1', '22'), issue('1'), receipt('1', '30'));
		expect(amounts(moving(list))[2]).toBe('-16.00');
		expect(amounts(periodic(list))[2]).toBe('-20.67');
		const { movements: differences, periods } = compareValuations(moving(list), periodic(list), months);
		expect(differences).toEqual([
			{
				key: 'M3',
				kind: 'issue',
				item: 'TABLE',
				site: 'MAIN',
				date: '2026-03-10',
				first: '-16.00',
				second: '-20.67',
				difference: '-4.67',
				reason:
					'It left at the average of its moment; the one cost of the period also counts what was received after it.',
			},
		]);
		expect(periods).toEqual([
			{
				period: '2026-P03',
				item: 'TABLE',
				site: 'MAIN',
				first: '16.00',
				second: '20.67',
				difference: '4.67',
				keys: ['M3'],
			},
		]);
	});

	test('what the period before left counts with what comes in', () => {
		const list = movements(
			receipt('2', '20', { date: '2026-02-10' }),
			issue('1', { date: '2026-03-01' }),
			receipt('1', '40', { date: '2026-03-31' }),
		);
		const valued = periodic(list);
		// (20 + 40) / 3
		expect(valued[1]).toMatchObject({ amount: '-20.00', onHand: '1', value: '0.00' });
		expect(valued[2]).toMatchObject({ amount: '40.00', onHand: '2', value: '40.00' });
	});

	test('a date in no period names movement, day and calendar', () => {
		const short = FiscalCalendar.parse({
			kind: 'custom',
			name: 'short',
			periods: [{ year: 2026, number: 1, from: '2026-01-01', to: '2026-01-31' }],
		});
		expect(() => periodicAverage(movements(receipt('1', '1')), short, 'USD')).toThrow(
			'Movement "M1": 2026-03-10 is in no period of the calendar "short".',
		);
	});
});

test('movements that cannot be valued are named: twice the same key, a return of nothing, a correction before its receipt', () => {
	const list = movements(
		receipt('1', '1'),
		{ ...issue('1'), key: 'M1' },
		{ kind: 'customerReturn', quantity: '1', of: 'NOWHERE' },
		{ kind: 'priceCorrection', of: 'M5', amount: '1', date: '2026-01-01' },
		receipt('1', '1'),
	);
	expect(movementProblems(list).map(({ key, message }) => [key, message])).toEqual([
		['M1', 'movement "M1" is there twice'],
		['M3', 'there is no issue "NOWHERE" of item TABLE at MAIN'],
		['M4', 'the receipt "M5" comes later'],
	]);
});

const cents = fc.integer({ min: 0, max: 1_000_000 }).map((value) => (value / 100).toFixed(2));
const quantity = fc.integer({ min: 1, max: 5_000 }).map((value) => (value / 10).toFixed(1));
const place = fc.record({
	item: fc.constantFrom('A', 'B'),
	site: fc.constantFrom('X', 'Y'),
	date: fc
		.integer({ min: 1, max: 60 })
		.map((day) => new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10)),
});
const anyMovement = fc.oneof(
	fc.record({ kind: fc.constant('receipt'), quantity, amount: cents }),
	fc.record({ kind: fc.constantFrom('issue', 'supplierReturn', 'customerReturn'), quantity }),
);
const anyMovements = fc
	.array(fc.tuple(anyMovement, place), { maxLength: 30 })
	.map((list) => movements(...list.map(([one, where]) => ({ ...one, ...where }))));

describe.each([
	['moving average', moving],
	['periodic weighted average', periodic],
])('%s', (_, value) => {
	test('what was paid is on stock or was charged, to the cent, and an empty account is worth nothing', () => {
		fc.assert(
			fc.property(anyMovements, (list) => {
				const valued = value(list);
				for (const group of Map.groupBy(valued, ({ item, site }) => `${item} ${site}`).values()) {
					const last = group.at(-1);
					if (last === undefined) continue;
					const booked = group.reduce((sum, { amount }) => sum.plus(amount), new Big('0'));
					expect(booked.toFixed(2)).toBe(new Big(last.value).toFixed(2));
					if (new Big(last.onHand).eq('0')) expect(last.value).toBe('0.00');
				}
				const paid = list.reduce(
					(sum, one) => sum.plus(one.kind === 'receipt' ? one.amount : '0'),
					new Big('0'),
				);
				const received = valued
					.filter(({ kind }) => kind === 'receipt')
					.reduce((sum, { amount, adjustment }) => sum.plus(amount).plus(adjustment), new Big('0'));
				expect(received.toFixed(2)).toBe(paid.toFixed(2));
			}),
		);
	});

	test('does not depend on the order of reading', () => {
		fc.assert(
			fc.property(anyMovements, fc.infiniteStream(fc.nat()), (list, random) => {
				const shuffled = list
					.map((movement) => ({ movement, place: random.next().value as number }))
					.sort((a, b) => a.place - b.place)
					.map(({ movement }) => movement);
				expect(value(shuffled)).toEqual(value(list));
			}),
		);
	});
});
