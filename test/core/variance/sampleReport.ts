import { addDays } from '../../../core/finance/calendar/calendarDate';
import {
	varianceClasses,
	type Acceptance,
	type CarriedFinding,
	type SettledFinding,
	type SideFigures,
	type TrendDay,
	type VarianceClass,
} from '../../../core/variance/finding';
import { fingerprintOf, findingId, Tally } from '../../../core/variance/history';
import type { ReportFrame } from '../../../core/variance/reportContent';
import { reportFiles, type ReportFiles } from '../../../core/variance/reportThread';
import type { ReportLanguage } from '../../../core/variance/words';

/** A month of a trading company, as its daily report tells it on the last day; the same whenever it is made. */

const asOf = '2026-03-31';
const partners = {
	en: ['Northwind Traders', 'Contoso Foods', 'Fabrikam Packaging', 'Adventure Cold Chain', 'Tailspin Retail'],
	'zh-CN': [
		'华东商贸有限公司',
		'康泰食品股份有限公司',
		'远航包装制品厂',
		'北方冷链物流有限公司',
		'百汇连锁超市',
	],
};
const owners = { en: ['ines.weber', 'li.wei', 'tom.ford'], 'zh-CN': ['王芳', '李伟', '张敏'] };
const names = { en: 'Orders, deliveries and invoices', 'zh-CN': '订单、出库与发票' };
const sides = ['orders', 'deliveries', 'invoices'];

/** How many of each class are open. */
const open: Partial<Record<VarianceClass, number>> = {
	missing: 9,
	price: 7,
	quantity: 6,
	duplicate: 2,
	ambiguous: 2,
	tax: 3,
	rate: 2,
	amount: 3,
	costing: 3,
	period: 4,
	dimension: 3,
	unbalanced: 1,
	rounding: 3,
};

const figures = (more: Partial<SideFigures>): SideFigures => ({
	lines: 1,
	quantity: '1200',
	price: { low: '12.5', high: '12.5' },
	amount: '15000',
	tax: '1950',
	currency: 'CNY',
	firstDate: '2026-03-12',
	lastDate: '2026-03-12',
	...more,
});

/** What the sides say of an order of 1,200 at 12.50 when so much is at stake. */
function wrong(kind: VarianceClass, atStake: number): Record<string, SideFigures> {
	const plus = (value: number, more = atStake) => String(Math.round((value + more) * 100) / 100);
	const price = plus(12.5, atStake / 1_200);
	const others: Partial<Record<VarianceClass, Record<string, SideFigures | undefined>>> = {
		missing: { invoices: undefined },
		duplicate: { invoices: figures({ lines: 2, quantity: '2400', amount: '30000' }) },
		ambiguous: { deliveries: figures({ lines: 3 }), invoices: figures({ lines: 2, quantity: '1180' }) },
		quantity: { deliveries: figures({ quantity: String(1_200 - Math.round(atStake / 12.5)) }) },
		price: { invoices: figures({ price: { low: price, high: price }, amount: plus(15_000) }) },
		rate: {
			orders: figures({ currency: 'USD', rate: '7.1' }),
			invoices: figures({ currency: 'USD', rate: plus(7.1, atStake / 15_000) }),
		},
		tax: { invoices: figures({ tax: plus(1_950) }) },
		costing: { orders: figures({ cost: '9600' }), deliveries: figures({ cost: plus(9_600) }) },
		unbalanced: { invoices: figures({ balance: String(atStake) }) },
		period: { invoices: figures({ firstDate: '2026-04-02', lastDate: '2026-04-02' }) },
		dimension: { invoices: figures({ withoutDimension: 1 }) },
	};
	const changed = others[kind] ?? { invoices: figures({ amount: plus(15_000) }) };
	return Object.fromEntries(
		sides.flatMap((name) => {
			const side = name in changed ? changed[name] : figures({});
			return side === undefined ? [] : [[name, side]];
		}),
	);
}

function findingOf(
	kind: VarianceClass,
	index: number,
	language: ReportLanguage,
): Omit<CarriedFinding, 'state' | 'openSince'> {
	const atStake = String(
		kind === 'rounding'
			? 0.01
			: Math.round((40 + ((index * 7919) % 4700)) * (kind === 'missing' ? 1.4 : 1) * 100) / 100,
	);
	const age = (index * 13) % 120;
	const key = [`SO-${10_200 + index * 17}`, String(((index * 3) % 4) * 10 + 10)];
	const sideFigures = wrong(kind, Number(atStake));
	const partner = partners[language][(index * 7) % 5];
	const owner = owners[language][index % 3];
	return {
		id: findingId(key),
		fingerprint: fingerprintOf({ class: kind, sides: sideFigures }),
		key,
		class: kind,
		also: index % 9 === 4 ? ['dimension'] : [],
		pending: false,
		atStake,
		since: addDays(asOf, -age),
		age,
		periods: { first: '2026-P03', last: `2026-P0${Math.max(1, 3 - Math.floor(age / 45))}` },
		sides: sideFigures,
		differences: {},
		...(partner === undefined ? {} : { partner }),
		...(owner === undefined ? {} : { owner }),
	};
}

export interface VarianceSample {
	frame: ReportFrame;
	findings: CarriedFinding[];
	settled: SettledFinding[];
}

/** More rows make a report of several printed pages; `partner` is that of the finding with the most at stake. */
export function varianceSample(
	language: ReportLanguage,
	{ times = 1, partner }: { times?: number; partner?: string } = {},
): VarianceSample {
	const kinds = varianceClasses.flatMap((kind) =>
		Array.from({ length: (open[kind] ?? 0) * times }, () => kind),
	);
	const acceptance: Acceptance = {
		acceptedBy: owners[language][0] ?? '',
		acceptedAt: '2026-03-20T09:00:00.000Z',
		acceptanceReason:
			language === 'en' ? 'Rebate agreed, credit note in April' : '已商定返利，四月开红字发票',
		acceptedUntil: '2026-04-30',
	};
	const findings = kinds
		.map((kind, index): CarriedFinding => {
			const finding = findingOf(kind, index, language);
			if (index % 11 === 10)
				return { ...finding, ...acceptance, state: 'accepted', openSince: addDays(asOf, -11) };
			const openSince = index % 4 === 1 ? asOf : addDays(asOf, -((index * 5) % 24) - 1);
			if (index === 12)
				return {
					...finding,
					state: 'stillOpen',
					openSince,
					before: { class: 'price', atStake: '310.5' },
					acceptanceEnded: { ...acceptance, because: 'changed' },
				};
			return { ...finding, state: openSince === asOf ? 'new' : 'stillOpen', openSince };
		})
		.sort((a, b) => Number(b.atStake) - Number(a.atStake));
	const [first] = findings;
	if (first !== undefined && partner !== undefined) first.partner = partner;
	const settled = ['missing', 'price', 'quantity', 'dimension'].flatMap((kind, index): SettledFinding[] => {
		const { fingerprint: _figures, ...finding } = findingOf(kind as VarianceClass, 70 + index, language);
		const right = Object.fromEntries(sides.map((name) => [name, figures({})]));
		return [
			{
				...finding,
				state: 'settled',
				openSince: addDays(asOf, -3 - index),
				settledOn: asOf,
				sidesNow: right,
			},
		];
	});
	return { frame: frameOf(language, findings, settled), findings, settled };
}

function frameOf(
	language: ReportLanguage,
	findings: CarriedFinding[],
	settled: SettledFinding[],
): ReportFrame {
	const tally = (some: Array<{ atStake: string }>) => {
		const all = new Tally();
		for (const one of some) all.add(one);
		return all.total;
	};
	const of = (state: CarriedFinding['state']) => tally(findings.filter((one) => one.state === state));
	const states = {
		new: of('new'),
		stillOpen: of('stillOpen'),
		accepted: of('accepted'),
		settled: tally(settled),
	};
	const scaled = (index: number): TrendDay => ({
		day: addDays(asOf, index - 30),
		new: { findings: 4 + ((index * 7) % 9), atStake: String(2_000 + ((index * 977) % 14_000)) },
		stillOpen: { findings: 52 - index + ((index * 5) % 7), atStake: String(128_000 - index * 1_450) },
		accepted: { findings: 3, atStake: '4200' },
		settled: { findings: 5 + (index % 4), atStake: '9000' },
	});
	const ambiguous = findings.filter(({ class: kind }) => kind === 'ambiguous').length;
	const different = findings.length - ambiguous;
	const deals = 18_204;
	return {
		language,
		alertAbove: '50000',
		summary: {
			name: names[language],
			asOf,
			currency: 'CNY',
			deals,
			matched: deals - findings.length - 12,
			different,
			ambiguous,
			pending: 12,
			atStake: tally(findings).atStake,
			classes: Object.fromEntries(
				varianceClasses.map((kind) => [kind, tally(findings.filter((one) => one.class === kind))]),
			) as ReportFrame['summary']['classes'],
			sides: sides.map((name, index) => ({
				name,
				lines: 41_230 - index * 12,
				matched: 41_050 - index * 15,
				different: 140 + index,
				ambiguous: 5,
				pending: 35 + index * 2,
				amount: String(62_114_820.5 - index * 18_412.35),
				difference: String(-index * 18_412.35),
				withinTolerance: String(-index * 12.4),
				inFindings: String(-index * 18_399.95),
			})),
		},
		carried: {
			kept: true,
			previousDay: addDays(asOf, -1),
			restarted: false,
			definitionChanged: false,
			states,
			trend: [...Array.from({ length: 30 }, (_, index) => scaled(index)), { day: asOf, ...states }],
		},
	};
}

/** Report and workbook of the sample, or of one that was changed. */
export async function sampleFiles(
	language: ReportLanguage,
	{ sample, ...options }: { sample?: VarianceSample; times?: number; partner?: string } = {},
): Promise<ReportFiles> {
	const { frame, findings, settled } = sample ?? varianceSample(language, options);
	return await reportFiles(frame, findings, settled);
}
