import { roundMoney } from '../../model/money';
import type { Decimal } from '../../model/decimal';
import { addDays, daysBetween, yearOf, type CalendarDate } from '../calendar/calendarDate';
import {
	periodContaining,
	periodsOfYear,
	type FiscalCalendar,
	type FiscalPeriod,
} from '../calendar/fiscalCalendar';
import type { Asset, TimedRule } from '../../model/asset';
import { decliningAmounts, Exact, lifeSteps, sumOfYearsAmounts, type Depreciable } from './yearAmounts';

/** What an asset loses in one fiscal period. Amounts have the currency's places. */
export interface DepreciationLine {
	period: FiscalPeriod;
	amount: Decimal;
	accumulated: Decimal;
	/** at the period's end, after its depreciation */
	carrying: Decimal;
	/** set in the period from whose beginning a new carrying amount holds: new less old, negative for an impairment */
	revaluation?: Decimal;
}

export interface DepreciationSchedule {
	asset: string;
	lines: DepreciationLine[];
	/** set when the asset was disposed of: what its books held then, and proceeds less that */
	disposal?: { on: CalendarDate; carrying: Decimal; gain: Decimal };
}

export type Unscheduled = { asset: string; refused: string };

/** A share of the depreciable time that lies in one period. All shares of an asset sum up to its life in years. */
interface Slice {
	period: FiscalPeriod;
	years: Exact;
}

const zero = new Exact('0');
const half = new Exact('0.5');
const one = new Exact('1');

/**
 * The whole life of an asset, period by period of its entity's calendar. The amounts sum up to cost less residual value to the
 * last minor unit, whatever method and convention: each period gets the difference of two rounded running totals.
 *
 * The declining balance goes by fiscal years, of which the first and the last may be parts. The sum of the years' digits goes by the
 * asset's own years. A revaluation scales what was still to come to the new depreciable amount.
 */
export function schedule(card: Asset, calendar: FiscalCalendar): DepreciationSchedule | Unscheduled {
	const refuse = (refused: string): Unscheduled => ({
		asset: card.key,
		refused: `Asset ${card.key} (${card.name}): ${refused}`,
	});
	if (card.rule === undefined) return refuse('the card has no depreciation rule.');
	const depreciable = { cost: new Exact(card.cost), residual: new Exact(card.residualValue) };
	let planned: PlannedPeriod[];
	if (card.rule.method === 'unitsOfProduction') {
		const produced = producedAmounts(card, card.rule.totalUnits, calendar, depreciable);
		if ('refused' in produced) return refuse(produced.refused);
		planned = produced;
	} else {
		const slices = slicesOf(card.rule, card.inService, calendar);
		if ('refused' in slices) return refuse(slices.refused);
		planned = timedAmounts(card.rule, depreciable, slices);
	}
	const result = posted(card, depreciable, planned);
	return 'refused' in result ? refuse(result.refused) : { asset: card.key, ...result };
}

interface PlannedPeriod {
	period: FiscalPeriod;
	amount: Exact;
}

type Refusal = { refused: string };

function timedAmounts(rule: TimedRule, depreciable: Depreciable, slices: Slice[]): PlannedPeriod[] {
	switch (rule.method) {
		case 'straightLine': {
			const life = sum(slices.map(({ years }) => years));
			const whole = depreciable.cost.minus(depreciable.residual);
			return slices.map(({ period, years }) => ({ period, amount: whole.times(years).div(life) }));
		}
		case 'decliningBalance': {
			const life = sum(slices.map(({ years }) => years));
			const rate =
				rule.yearlyRate === undefined ? new Exact(rule.factor ?? '2').div(life) : new Exact(rule.yearlyRate);
			const byYear = [...Map.groupBy(slices, ({ period }) => period.year).values()];
			const steps = byYear.map((year) => sum(year.map(({ years }) => years)));
			const amounts = decliningAmounts(depreciable, rate, steps, rule.switchToStraightLine);
			return byYear.flatMap((year, index) =>
				year.map(({ period, years }) => ({
					period,
					amount: (amounts[index] ?? zero).times(years).div(steps[index] ?? years),
				})),
			);
		}
		case 'sumOfYears': {
			const life = sum(slices.map(({ years }) => years));
			const amounts = sumOfYearsAmounts(depreciable, life);
			const steps = lifeSteps(life);
			let elapsed = zero;
			return slices.map(({ period, years }) => {
				const from = elapsed;
				elapsed = elapsed.plus(years);
				return {
					period,
					amount: runningTotal(amounts, steps, elapsed).minus(runningTotal(amounts, steps, from)),
				};
			});
		}
	}
}

/** What has gone after `elapsed` years when each step's amount goes evenly over the step. */
function runningTotal(amounts: Exact[], steps: Exact[], elapsed: Exact): Exact {
	let total = zero;
	let left = elapsed;
	for (const [index, step] of steps.entries()) {
		if (left.lte(zero)) break;
		const share = left.gte(step) ? one : left.div(step);
		total = total.plus((amounts[index] ?? zero).times(share));
		left = left.minus(step);
	}
	return total;
}

/** Divides the life over the calendar's periods as the convention says. */
function slicesOf(rule: TimedRule, inService: CalendarDate, calendar: FiscalCalendar): Slice[] | Refusal {
	const life = new Exact(String(rule.usefulLifeMonths)).div('12');
	const periods = periodsFrom(calendar, inService);
	switch (rule.convention) {
		case 'daily': {
			const end = addMonths(inService, rule.usefulLifeMonths);
			const days = daysBetween(inService, end) - 1;
			return fill(periods, life, (period) => {
				const from = period.from < inService ? inService : period.from;
				return life.times(String(daysBetween(from, period.to))).div(String(days));
			});
		}
		case 'monthly':
			return fill(periods, life, periodShare(calendar));
		case 'followingMonth':
			periods.next();
			return fill(periods, life, periodShare(calendar));
		case 'halfYear': {
			const first = periodContaining(calendar, inService);
			const share = periodShare(calendar);
			return fill(periods, life, (period) => {
				if (period.year !== first?.year) return share(period);
				const inUse = periodsOfYear(calendar, period.year).filter(
					({ number }) => number >= first.number,
				).length;
				return half.div(String(inUse));
			});
		}
	}
}

/** A period's part of its fiscal year: a twelfth or a thirteenth. */
function periodShare(calendar: FiscalCalendar): (period: FiscalPeriod) => Exact {
	return ({ year }) => one.div(String(periodsOfYear(calendar, year).length));
}

/** Takes each period's share until the life is used up; the last one gets what is left of it. */
function fill(
	periods: Iterator<FiscalPeriod>,
	life: Exact,
	share: (period: FiscalPeriod) => Exact,
): Slice[] | Refusal {
	const slices: Slice[] = [];
	// Shares such as a twelfth have no exact decimal: what is left below this is nothing.
	const nothing = new Exact('0.000000000001');
	for (let left = life; left.gt(nothing); ) {
		const { value: period, done } = periods.next();
		if (done === true)
			return { refused: 'the calendar ends before the asset is depreciated. Add periods to it.' };
		const wanted = share(period);
		const years = wanted.plus(nothing).gte(left) ? left : wanted;
		slices.push({ period, years });
		left = left.minus(years);
	}
	return slices;
}

/** The period of the day and all that follow. */
function* periodsFrom(calendar: FiscalCalendar, date: CalendarDate): Generator<FiscalPeriod, void> {
	const first = periodContaining(calendar, date);
	if (first === undefined) return;
	for (let year = first.year; ; year += 1) {
		const periods = periodsOfYear(calendar, year);
		if (periods.length === 0) return;
		for (const period of periods) if (period.to >= first.to) yield period;
	}
}

/** The same day so many months later; the month's last day where it has no such day. */
function addMonths(date: CalendarDate, months: number): CalendarDate {
	const monthIndex = yearOf(date) * 12 + Number(date.slice(5, 7)) - 1 + months;
	const first = new Date(Date.UTC(Math.floor(monthIndex / 12), monthIndex % 12, 1))
		.toISOString()
		.slice(0, 10);
	const wanted = addDays(first, Number(date.slice(8)) - 1);
	return wanted.slice(0, 7) === first.slice(0, 7) ? wanted : addDays(`${wanted.slice(0, 7)}-01`, -1);
}

function producedAmounts(
	card: Asset,
	totalUnits: Decimal,
	calendar: FiscalCalendar,
	{ cost, residual }: Depreciable,
): PlannedPeriod[] | Refusal {
	const perUnit = cost.minus(residual).div(new Exact(totalUnits));
	const byPeriod = new Map<string, PlannedPeriod>();
	let left = cost.minus(residual);
	for (const { on, units } of [...card.production].sort((a, b) => (a.on < b.on ? -1 : 1))) {
		if (on < card.inService)
			return {
				refused: `it produced ${units} units on ${on}, before ${card.inService}, its first day in use.`,
			};
		if (card.disposal !== undefined && on > card.disposal.on)
			return { refused: `it produced ${units} units on ${on}, after its disposal on ${card.disposal.on}.` };
		const period = periodContaining(calendar, on);
		if (period === undefined) return { refused: `${on} is in no period of the calendar "${calendar.name}".` };
		const wanted = perUnit.times(new Exact(units));
		const amount = wanted.gt(left) ? left : wanted;
		left = left.minus(amount);
		const before = byPeriod.get(period.key)?.amount ?? zero;
		byPeriod.set(period.key, { period, amount: before.plus(amount) });
	}
	return [...byPeriod.values()];
}

/** Applies revaluations and disposal, and rounds running totals. */
function posted(
	card: Asset,
	{ cost, residual }: Depreciable,
	planned: PlannedPeriod[],
): Omit<DepreciationSchedule, 'asset'> | Refusal {
	const money = (value: Exact) => roundMoney(value.toFixed(20), card.currency);
	const { disposal } = card;
	const shares = disposal === undefined ? undefined : sharesBeforeDisposal(card, disposal.on, planned);
	const revaluations = [...card.revaluations];
	const lines: DepreciationLine[] = [];
	let stillPlanned = sum(planned.map(({ amount }) => amount));
	let carrying = cost;
	let accumulated = zero;
	let scale = one;
	/** since the last revaluation: the exact total, and what of it is posted */
	let due = zero;
	let paid = zero;
	for (const [index, { period, amount }] of planned.entries()) {
		const share = shares?.[index] ?? one;
		if (share.eq(zero)) break;
		let revaluation: Exact | undefined;
		for (let next = revaluations[0]; next !== undefined && next.on <= period.from; next = revaluations[0]) {
			revaluations.shift();
			const value = new Exact(next.carryingAmount);
			revaluation = (revaluation ?? zero).plus(value.minus(carrying));
			carrying = value;
			scale = value.gt(residual) ? value.minus(residual).div(stillPlanned) : zero;
			due = zero;
			paid = zero;
		}
		stillPlanned = stillPlanned.minus(amount);
		due = due.plus(amount.times(scale).times(share));
		const line = new Exact(money(due)).minus(paid);
		paid = paid.plus(line);
		carrying = carrying.minus(line);
		accumulated = accumulated.plus(line);
		lines.push({
			period,
			amount: money(line),
			accumulated: money(accumulated),
			carrying: money(carrying),
			...(revaluation === undefined ? {} : { revaluation: money(revaluation) }),
		});
	}
	const [missed] = revaluations;
	if (missed !== undefined)
		return {
			refused: `the revaluation of ${missed.on} comes after its last depreciation. Remove it or give the asset a longer life.`,
		};
	if (disposal === undefined) return { lines };
	const gain = money(new Exact(disposal.proceeds).minus(carrying));
	return { lines, disposal: { on: disposal.on, carrying: money(carrying), gain } };
}

/**
 * The share of each period's depreciation that is still posted when the asset is disposed of. With the half-year convention the
 * fiscal year of the disposal gets half its depreciation, and none when the asset came in the same year.
 */
function sharesBeforeDisposal(card: Asset, on: CalendarDate, planned: PlannedPeriod[]): Exact[] {
	if (card.rule === undefined || card.rule.method === 'unitsOfProduction') return planned.map(() => one);
	const { convention } = card.rule;
	const disposedIn = planned.find(({ period }) => period.from <= on && on <= period.to)?.period;
	const lastYear = planned.filter(({ period }) => period.year === disposedIn?.year);
	const inUse = lastYear.filter(({ period }) => period.from <= on).length;
	return planned.map(({ period }) => {
		if (convention === 'halfYear' && period.year === disposedIn?.year) {
			const cameInSameYear = planned[0]?.period.year === period.year;
			return period.from > on || cameInSameYear
				? zero
				: half.times(String(lastYear.length)).div(String(inUse));
		}
		if (period.to < on) return one;
		if (period.from > on || convention === 'monthly') return zero;
		if (convention === 'followingMonth') return one;
		const from = period.from < card.inService ? card.inService : period.from;
		return new Exact(String(daysBetween(from, on) - 1)).div(String(daysBetween(from, period.to)));
	});
}

function sum(values: Exact[]): Exact {
	return values.reduce((total, value) => total.plus(value), zero);
}
