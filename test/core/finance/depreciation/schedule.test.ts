import Big from 'big.js';
import * as fc from 'fast-check';

import { FiscalCalendar } from '../../../../core/finance/calendar/fiscalCalendar';
import { Asset, Convention } from '../../../../core/model/asset';
import { schedule, type DepreciationSchedule } from '../../../../core/finance/depreciation/schedule';
import {
	decliningAmounts,
	Exact,
	fixedDecliningRate,
	sumOfYearsAmounts,
} from '../../../../core/finance/depreciation/yearAmounts';

const months = FiscalCalendar.parse({ kind: 'calendarMonths', name: 'months', firstMonth: 1 });
const thirteen = FiscalCalendar.parse({
	kind: 'thirteenPeriods',
	name: 'thirteen',
	yearEnd: { month: 12, weekday: 7, rule: 'nearestToMonthEnd' },
});

function card(changes: Record<string, unknown>): Asset {
	return Asset.parse({
		key: 'A-1',
		name: 'Press',
		entity: 'PLANT',
		currency: 'USD',
		cost: '12000',
		residualValue: '0',
		inService: '2023-01-01',
		...changes,
	});
}

function planned(changes: Record<string, unknown>, calendar = months): DepreciationSchedule {
	const result = schedule(card(changes), calendar);
	if ('refused' in result) throw new Error(result.refused);
	return result;
}

function byYear({ lines }: DepreciationSchedule): string[] {
	return [...Map.groupBy(lines, ({ period }) => period.year).values()].map((year) =>
		year.reduce((sum, { amount }) => sum.plus(amount), new Big('0')).toFixed(2),
	);
}

const exact = (value: number | string) => new Exact(String(value));
const times = (count: number) => Array.from({ length: count }, () => exact(1));
const figures = (amounts: Exact[]) => amounts.map((amount) => Number(amount.toFixed(2)));

// Microsoft's documentation of the functions, examples on the page of each.
describe("Excel's figures", () => {
	const machine = { cost: exact(2_400), residual: exact(300) };
	const declining = (steps: number, factor: string, switches: boolean) =>
		decliningAmounts(machine, exact(factor).div(String(steps)), times(steps), switches);

	test('SLN(30000, 7500, 10) = 2,250', () => {
		const rule = { method: 'straightLine', usefulLifeMonths: 120, convention: 'monthly' };
		expect(byYear(planned({ cost: '30000', residualValue: '7500', rule }))).toEqual(
			Array.from({ length: 10 }, () => '2250.00'),
		);
	});
	test('SYD(30000, 7500, 10, 1) = 4,090.91 and in year 10 409.09', () => {
		const amounts = figures(sumOfYearsAmounts({ cost: exact(30_000), residual: exact(7_500) }, exact(10)));
		expect([amounts[0], amounts[9]]).toEqual([4_090.91, 409.09]);
	});
	test('DDB(2400, 300, ...)', () => {
		expect(figures(declining(3_650, '2', false))[0]).toBe(1.32);
		expect(figures(declining(120, '2', false))[0]).toBe(40);
		expect(figures(declining(10, '2', false))[0]).toBe(480);
		expect(figures(declining(10, '1.5', false))[1]).toBe(306);
		expect(figures(declining(10, '2', false))[9]).toBe(22.12);
	});
	test('VDB(2400, 300, ...)', () => {
		const between = (amounts: Exact[], from: number, to: number) =>
			Number(
				amounts
					.slice(from, to)
					.reduce((sum, amount) => sum.plus(amount), exact(0))
					.toFixed(2),
			);
		expect(between(declining(3_650, '2', true), 0, 1)).toBe(1.32);
		expect(between(declining(120, '2', true), 0, 1)).toBe(40);
		expect(between(declining(10, '2', true), 0, 1)).toBe(480);
		expect(between(declining(120, '2', true), 6, 18)).toBe(396.31);
		expect(between(declining(120, '1.5', true), 6, 18)).toBe(311.81);
	});
	test('DB(1000000, 100000, 6, year, 7): its years 1 to 6; here the seventh takes what is left', () => {
		const steps = [exact(7).div('12'), ...times(5), exact(5).div('12')];
		const rate = exact(fixedDecliningRate('1000000', '100000', 6));
		const amounts = decliningAmounts(
			{ cost: exact(1_000_000), residual: exact(100_000) },
			rate,
			steps,
			false,
		);
		expect(figures(amounts).slice(0, 6)).toEqual([
			186_083.33, 259_639.42, 176_814.44, 120_410.64, 81_999.64, 55_841.76,
		]);
		expect(figures(amounts)[6]).toBe(19_210.77);
	});
});

// IRS Publication 946 (2023), appendix A, table A-1: half-year convention, percent of the cost.
describe('the half-year tables of IRS Publication 946', () => {
	test.each([
		[3, '2', [33.33, 44.45, 14.81, 7.41]],
		[5, '2', [20, 32, 19.2, 11.52, 11.52, 5.76]],
		[7, '2', [14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46]],
		[10, '2', [10, 18, 14.4, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28]],
		[15, '1.5', [5, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95]],
	])('%i years, factor %s', (years, factor, table) => {
		const rule = {
			method: 'decliningBalance',
			factor,
			switchToStraightLine: true,
			usefulLifeMonths: years * 12,
			convention: 'halfYear',
		};
		const amounts = byYear(planned({ cost: '100', rule, inService: '2024-08-19' })).map(Number);
		expect(amounts).toHaveLength(table.length);
		for (const [index, amount] of amounts.entries())
			expect(Math.abs(amount - (table[index] ?? 0))).toBeLessThan(0.0101);
	});
});

// Figures of ERPNext's own tests of its assets.
describe("ERPNext's figures", () => {
	test('100,000 to 10,000 in 3 years, double declining at 66.667 %', () => {
		const rule = {
			method: 'decliningBalance',
			yearlyRate: '0.66667',
			switchToStraightLine: false,
			usefulLifeMonths: 36,
			convention: 'monthly',
		};
		const amounts = byYear(planned({ cost: '100000', residualValue: '10000', rule }));
		expect(amounts).toEqual(['66667.00', '22222.11', '1110.89']);
	});
	test('12,000 in 12 months, straight line by days: January 1,019.18, February 920.55', () => {
		const rule = { method: 'straightLine', usefulLifeMonths: 12, convention: 'daily' };
		const { lines } = planned({ rule });
		expect(lines.slice(0, 2).map(({ amount }) => amount)).toEqual(['1019.18', '920.55']);
		expect(lines.at(-1)).toMatchObject({ accumulated: '12000.00', carrying: '0.00' });
	});
});

describe('conventions', () => {
	const rule = (convention: string) => ({ method: 'straightLine', usefulLifeMonths: 12, convention });
	const lines = (convention: string, more = {}) =>
		planned({ rule: rule(convention), inService: '2026-03-17', ...more }).lines.map(
			({ period, amount }) => `${period.key} ${amount}`,
		);

	test('monthly begins with the month of use, following month with the next', () => {
		expect(lines('monthly')).toHaveLength(12);
		expect(lines('monthly')[0]).toBe('2026-P03 1000.00');
		expect(lines('followingMonth')[0]).toBe('2026-P04 1000.00');
		expect(lines('followingMonth').at(-1)).toBe('2027-P03 1000.00');
	});
	test('daily counts the days of the first and of the last month', () => {
		const days = lines('daily');
		expect(days).toHaveLength(13);
		// 15 of 365 days, 17 to 31 March.
		expect(days[0]).toBe('2026-P03 493.15');
	});
	test('thirteen periods divide a year into thirteenths', () => {
		const { lines: periods } = planned(
			{ rule: rule('monthly'), inService: '2026-03-17', cost: '1300' },
			thirteen,
		);
		expect(periods.map(({ amount }) => amount)).toEqual(Array.from({ length: 13 }, () => '100.00'));
	});
	test('a currency without minor unit loses nothing to rounding', () => {
		const yen = planned({
			cost: '1000000',
			currency: 'JPY',
			rule: { ...rule('daily'), usefulLifeMonths: 7 },
		});
		expect(yen.lines.at(-1)?.accumulated).toBe('1000000');
	});
});

describe('disposal', () => {
	const disposed = (convention: string, on = '2026-07-10') =>
		planned({
			cost: '1200',
			rule: { method: 'straightLine', usefulLifeMonths: 24, convention },
			inService: '2025-01-01',
			disposal: { on, proceeds: '400' },
		});

	test('monthly: nothing in the month of the disposal; the following-month rule has it in full', () => {
		expect(disposed('monthly').lines.at(-1)).toMatchObject({
			period: { key: '2026-P06' },
			carrying: '300.00',
		});
		expect(disposed('monthly').disposal).toEqual({ on: '2026-07-10', carrying: '300.00', gain: '100.00' });
		expect(disposed('followingMonth').lines.at(-1)).toMatchObject({ period: { key: '2026-P07' } });
	});
	test('daily: up to the day before', () => {
		const { lines } = disposed('daily');
		// 1,200 over 730 days, of which 1 January 2025 to 9 July 2026 are 555.
		expect(lines.at(-1)).toMatchObject({ period: { key: '2026-P07' }, accumulated: '912.33' });
	});
	test('half-year: half of the last fiscal year, whatever the day', () => {
		for (const on of ['2026-02-03', '2026-11-30']) {
			const [first, second] = byYear(disposed('halfYear', on));
			expect([first, second]).toEqual(['300.00', '300.00']);
		}
		expect(disposed('halfYear', '2025-09-01').lines).toEqual([]);
	});
	test('before it was bought: refused with asset and day', () => {
		expect(() => card({ disposal: { on: '2022-12-31', proceeds: '1' } })).toThrow(
			'asset A-1 is disposed of before 2023-01-01, its first day in use',
		);
	});
});

test('a revaluation spreads the new amount over what is left of the life', () => {
	const rule = { method: 'straightLine', usefulLifeMonths: 24, convention: 'monthly' };
	const { lines } = planned({
		cost: '2400',
		rule,
		revaluations: [{ on: '2024-01-01', carryingAmount: '1800', reason: 'Appraisal' }],
	});
	expect(lines[11]).toMatchObject({ amount: '100.00', carrying: '1200.00' });
	expect(lines[12]).toMatchObject({ amount: '150.00', revaluation: '600.00', carrying: '1650.00' });
	expect(lines.at(-1)?.carrying).toBe('0.00');
});

test('units of production follow the meter and stop at the residual value', () => {
	const rule = { method: 'unitsOfProduction', totalUnits: '1000' };
	const production = [
		{ on: '2023-02-10', units: '250' },
		{ on: '2023-02-20', units: '50' },
		{ on: '2023-05-01', units: '900' },
	];
	const { lines } = planned({ cost: '11000', residualValue: '1000', rule, production });
	expect(lines.map(({ period, amount }) => [period.key, amount])).toEqual([
		['2023-P02', '3000.00'],
		['2023-P05', '7000.00'],
	]);
});

test('an asset without a rule is refused by name, not guessed', () => {
	expect(schedule(card({}), months)).toEqual({
		asset: 'A-1',
		refused: 'Asset A-1 (Press): the card has no depreciation rule.',
	});
});

test('whatever method and convention, the amounts are not negative and sum up to cost less residual value', () => {
	const cents = fc.integer({ min: 0, max: 100_000_000 }).map((value) => (value / 100).toFixed(2));
	const timed = {
		usefulLifeMonths: fc.integer({ min: 1, max: 130 }),
		convention: fc.constantFrom(...Convention.options),
	};
	const rule = fc.oneof(
		fc.record({ method: fc.constant('straightLine'), ...timed }),
		fc.record({ method: fc.constant('sumOfYears'), ...timed }),
		fc.record({
			method: fc.constant('decliningBalance'),
			factor: fc.constantFrom('1', '1.5', '2', '3'),
			switchToStraightLine: fc.boolean(),
			...timed,
		}),
	);
	const day = fc
		.integer({ min: 0, max: 4_000 })
		.map((days) => new Date(days * 86_400_000 + 1.6e12).toISOString().slice(0, 10));
	fc.assert(
		fc.property(
			rule,
			cents,
			cents,
			day,
			fc.constantFrom(months, thirteen),
			(one, a, b, inService, calendar) => {
				const [residualValue, cost] = Number(a) < Number(b) ? [a, b] : [b, a];
				const { lines } = planned({ rule: one, cost, residualValue, inService }, calendar);
				const total = lines.reduce((sum, { amount }) => sum.plus(amount), new Big('0'));
				expect(total.toFixed(2)).toBe(new Big(cost).minus(residualValue).toFixed(2));
				for (const { amount } of lines) expect(Number(amount)).toBeGreaterThanOrEqual(0);
				expect(new Set(lines.map(({ period }) => period.key)).size).toBe(lines.length);
			},
		),
		{ numRuns: 200 },
	);
});
