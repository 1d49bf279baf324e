import type { EChartsCoreOption, SeriesOption } from 'echarts';

import type { TrendDay } from './finding';
import type { Group, ReportContent } from './reportContent';
import { reportWords } from './reportWords';
import { classWords, type ReportLanguage } from './words';

export const fonts =
	'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans", sans-serif';

interface Drawing {
	title: string;
	height: number;
	option: EChartsCoreOption;
}

/** Narrow enough to be read on a telephone, where it is as wide as the page. */
const width = 400;
const periodsShown = 12;
const ink = '#0f172a';
const colours = { bar: '#2563eb', stillOpen: '#94a3b8', new: '#f59e0b', money: '#b91c1c' };

/** The charts of a report as SVG, each in a figure with its title; those without anything to draw are left out. */
export async function reportCharts({ groups, carried, language }: ReportContent): Promise<string[]> {
	const say = reportWords[language];
	const classes = groups.classes.map((group) => ({ ...group, name: classWords[language][group.name].name }));
	const ages = say.ages.map((name, index) => ({
		...(groups.ages.find((group) => group.name === String(index)) ?? { findings: 0, atStake: '0' }),
		name,
	}));
	const drawings = [
		...(carried?.kept === true && carried.trend.length > 1 ? [trend(carried.trend, language)] : []),
		...bars(say.byPeriod, lastPeriods(groups.periods, say.earlier), 'up', language),
		...bars(say.byClass, classes, 'across', language),
		...bars(say.byAge, groups.ages.length === 0 ? [] : ages, 'up', language),
		...bars(say.byPartner, groups.partners, 'across', language),
	];
	const echarts = await import('echarts');
	return drawings.map(({ title, height, option }) => {
		const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
		try {
			chart.setOption({ animation: false, textStyle: { fontFamily: fonts, color: ink }, ...option });
			return `<figure><figcaption>${title}</figcaption>${chart.renderToSVGString()}</figure>`;
		} finally {
			chart.dispose();
		}
	});
}

/** Of many periods the last ones, and all before them as one. */
function lastPeriods(periods: Group[], earlier: string): Group[] {
	if (periods.length <= periodsShown) return periods;
	const before = periods.slice(0, 1 - periodsShown);
	const all = (of: (group: Group) => number) => before.reduce((sum, group) => sum + of(group), 0);
	return [
		{
			name: earlier,
			findings: all(({ findings }) => findings),
			atStake: String(all(({ atStake }) => Number(atStake))),
		},
		...periods.slice(1 - periodsShown),
	];
}

function bars(
	title: string,
	groups: Group[],
	direction: 'across' | 'up',
	language: ReportLanguage,
): Drawing[] {
	if (groups.length === 0) return [];
	const across = direction === 'across';
	const drawn = across ? groups.toReversed() : groups;
	const names = {
		type: 'category',
		data: drawn.map(({ name }) => shortened(name, 18)),
		axisTick: { show: false },
		axisLabel: {
			color: ink,
			fontSize: 11,
			...(across
				? { interval: 0 }
				: drawn.length > 6
					? { rotate: 45 }
					: { interval: 0, width: 84, overflow: 'break' }),
		},
	};
	const values = {
		type: 'value',
		axisLabel: { formatter: (value: number) => short(value, language), color: '#475569', fontSize: 10 },
		splitNumber: 3,
	};
	return [
		{
			title,
			height: across ? 50 + drawn.length * 25 : 230,
			option: {
				grid: {
					left: across ? 18 : 8,
					right: across ? 52 : 8,
					top: across ? 4 : 22,
					bottom: 4,
					containLabel: true,
				},
				xAxis: across ? values : names,
				yAxis: across ? names : values,
				series: [
					{
						type: 'bar',
						barMaxWidth: 30,
						labelLayout: { hideOverlap: true },
						itemStyle: { color: colours.bar },
						data: drawn.map(({ atStake }) => Number(atStake)),
						label: {
							show: true,
							position: across ? 'right' : 'top',
							color: ink,
							fontSize: 11,
							formatter: ({ value }: { value?: unknown }) => short(Number(value), language),
						},
					},
				],
			},
		},
	];
}

/** How many are open, as bars; how much is at stake in them, as a line. */
function trend(days: TrendDay[], language: ReportLanguage): Drawing {
	const say = reportWords[language];
	const bar = (state: 'new' | 'stillOpen'): SeriesOption => ({
		type: 'bar',
		stack: 'open',
		name: say.sections[state],
		barMaxWidth: 26,
		itemStyle: { color: colours[state] },
		data: days.map((day) => day[state].findings),
	});
	return {
		title: say.trend,
		height: 230,
		option: {
			legend: { top: 0, itemGap: 22, itemWidth: 14, itemHeight: 9, textStyle: { fontSize: 11, color: ink } },
			grid: { left: 6, right: 6, top: 34, bottom: 4, containLabel: true },
			xAxis: {
				type: 'category',
				data: days.map(({ day }) => day.slice(5)),
				axisTick: { show: false },
				axisLabel: { color: ink, fontSize: 11, hideOverlap: true },
			},
			yAxis: [
				{ type: 'value', minInterval: 1, splitNumber: 3, axisLabel: { color: '#475569', fontSize: 10 } },
				{
					type: 'value',
					splitNumber: 3,
					splitLine: { show: false },
					axisLabel: {
						formatter: (value: number) => short(value, language),
						color: colours.money,
						fontSize: 10,
					},
				},
			],
			series: [
				bar('stillOpen'),
				bar('new'),
				{
					type: 'line',
					name: say.trendMoney,
					yAxisIndex: 1,
					symbolSize: days.length > 31 ? 0 : 5,
					itemStyle: { color: colours.money },
					lineStyle: { width: 2 },
					data: days.map((day) => Number(day.new.atStake) + Number(day.stillOpen.atStake)),
				},
			],
		},
	};
}

function shortened(name: string, length: number): string {
	const characters = [...name];
	return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : name;
}

/** 1,234,567 as 1.2M or 123万: in charts only. */
function short(value: number, language: ReportLanguage): string {
	return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}
