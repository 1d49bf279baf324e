import type { EChartsCoreOption } from 'echarts';

import { fonts } from '../../variance/reportCharts';
import type { GraphEdge, Insights } from './insights';
import { insightReportWords, type InsightReportWords } from './reportWords';
import type { InsightLanguage } from './words';

/** One picture, drawn for a wide page and for a telephone: a scaled one could not be read there. */
export interface Drawing {
	name: 'graph' | 'heatDenied' | 'heatNamed' | 'trend';
	wide: string;
	narrow: string;
}

const ink = '#0f172a';
const red = '#dc2626';
const blue = '#2563eb';
const wideWidth = 1_180;
const halfWidth = 580;
const narrowWidth = 360;
/** room for the label above the first operation */
const margin = 28;
const most = { people: 12, operations: 16, resources: 14 };

/** As SVG, so that the page needs no script; those without anything to draw are left out. */
export async function insightDrawings(insights: Insights, language: InsightLanguage): Promise<Drawing[]> {
	const say = insightReportWords[language];
	const echarts = await import('echarts');
	const draw = (width: number, height: number, option: EChartsCoreOption): string => {
		const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
		try {
			chart.setOption({ animation: false, textStyle: { fontFamily: fonts, color: ink }, ...option });
			return chart.renderToSVGString();
		} finally {
			chart.dispose();
		}
	};
	const both = (
		name: Drawing['name'],
		wide: number,
		of: (width: number) => { height: number; option: EChartsCoreOption },
	): Drawing => {
		const [large, small] = [of(wide), of(narrowWidth)];
		return {
			name,
			wide: draw(wide, large.height, large.option),
			narrow: draw(narrowWidth, small.height, small.option),
		};
	};
	return [
		...(insights.graph.length === 0
			? []
			: [both('graph', wideWidth, (width) => graph(insights, say, width))]),
		...(isEmpty(insights.heat.denied)
			? []
			: [both('heatDenied', halfWidth, (width) => heat(insights.heat.denied, say, width, red))]),
		...(isEmpty(insights.heat.named)
			? []
			: [both('heatNamed', halfWidth, (width) => heat(insights.heat.named, say, width, blue))]),
		...(insights.trend.length === 0
			? []
			: [both('trend', wideWidth, (width) => trend(insights, say, width))]),
	];
}

function isEmpty(rows: readonly (readonly number[])[]): boolean {
	return rows.every((row) => row.every((count) => count === 0));
}

interface Column {
	names: string[];
	label(name: string): string;
}

/** People to the left, operations in the middle, kinds of records to the right. */
function graph(
	insights: Insights,
	say: InsightReportWords,
	width: number,
): { height: number; option: EChartsCoreOption } {
	const { people, graph: edges } = insights;
	const shownPeople = people.slice(0, most.people);
	const striking = new Set(
		shownPeople.flatMap(({ id, evidence }) =>
			evidence.map(({ operation }) => JSON.stringify([id, operation])),
		),
	);
	const weight = ({ person, operation, denied, permitted }: GraphEdge) =>
		striking.has(JSON.stringify([person, operation]))
			? 1_000 + denied * 10 + permitted
			: denied * 10 + permitted / 10;
	const of = edges.filter(({ person }) => shownPeople.some(({ id }) => id === person));
	const operations = top(of, ({ operation }) => operation, weight, most.operations);
	const resources = top(
		of.filter(({ operation, resource }) => operations.includes(operation) && resource !== ''),
		({ resource }) => resource,
		weight,
		most.resources,
	);
	const columns: Column[] = [
		{
			names: shownPeople.map(({ id }) => id),
			label: (id) => shownPeople.find((person) => person.id === id)?.name ?? id,
		},
		{ names: operations, label: (name) => name },
		{ names: resources, label: (name) => name },
	];
	const rows = Math.max(...columns.map(({ names }) => names.length));
	const height = Math.max(160, rows * 32 + 44);
	const isNarrow = width < 500;
	const inner = isNarrow ? [70, 180, 285] : [190, 590, 960];
	const letters = isNarrow ? [9, 17, 10] : [24, 40, 28];
	const nodes = columns.flatMap(({ names, label }, column) =>
		names.map((name, row) => ({
			id: `${column} ${name}`,
			name: label(name),
			x: inner[column],
			y: margin + ((row + 0.5) * (height - margin - 15)) / names.length,
			symbolSize: 10,
			itemStyle: { color: ['#7c3aed', '#0f766e', '#b45309'][column] },
			label: {
				show: true,
				position: column === 0 ? 'left' : column === 2 ? 'right' : 'top',
				distance: column === 1 ? 3 : 6,
				fontSize: isNarrow ? 9 : 12,
				color: ink,
				formatter: () => shortened(label(name), letters[column] ?? 10),
			},
		})),
	);
	const links = [
		...linksBetween(
			of,
			0,
			({ person }) => person,
			({ operation }) => operation,
			columns,
		),
		...linksBetween(
			of,
			1,
			({ operation }) => operation,
			({ resource }) => resource,
			columns,
		),
	];
	return {
		height,
		option: {
			series: [
				{
					type: 'graph',
					layout: 'none',
					left: inner[0],
					right: width - (inner[2] ?? width),
					top: margin,
					bottom: 15,
					nodes,
					links,
					silent: true,
				},
			],
			aria: { enabled: true, label: { description: say.graph } },
		},
	};
}

function linksBetween(
	edges: readonly GraphEdge[],
	column: 0 | 1,
	from: (edge: GraphEdge) => string,
	to: (edge: GraphEdge) => string,
	columns: readonly Column[],
) {
	const sums = new Map<string, { source: string; target: string; permitted: number; denied: number }>();
	for (const edge of edges) {
		if (columns[column]?.names.includes(from(edge)) !== true) continue;
		if (columns[column + 1]?.names.includes(to(edge)) !== true) continue;
		const key = JSON.stringify([from(edge), to(edge)]);
		const sum = sums.get(key) ?? {
			source: `${column} ${from(edge)}`,
			target: `${column + 1} ${to(edge)}`,
			permitted: 0,
			denied: 0,
		};
		sum.permitted += edge.permitted;
		sum.denied += edge.denied;
		sums.set(key, sum);
	}
	return [...sums.values()].flatMap(({ source, target, permitted, denied }) =>
		(
			[
				[permitted, blue, -0.06],
				[denied, red, 0.06],
			] as const
		).flatMap(([count, color, curveness]) =>
			count === 0
				? []
				: [
						{
							source,
							target,
							lineStyle: {
								color,
								opacity: color === red ? 0.75 : 0.3,
								width: Math.min(9, 1 + Math.log2(1 + count)),
								curveness,
							},
						},
					],
		),
	);
}

function top(
	edges: readonly GraphEdge[],
	name: (edge: GraphEdge) => string,
	weight: (edge: GraphEdge) => number,
	count: number,
): string[] {
	const sums = new Map<string, number>();
	for (const edge of edges) sums.set(name(edge), (sums.get(name(edge)) ?? 0) + weight(edge));
	return [...sums]
		.sort((a, b) => b[1] - a[1])
		.slice(0, count)
		.map(([one]) => one);
}

function heat(rows: readonly (readonly number[])[], say: InsightReportWords, width: number, color: string) {
	const data = rows.flatMap((row, weekday) => row.map((count, hour) => [hour, weekday, count]));
	const largest = Math.max(1, ...data.map(([, , count]) => count ?? 0));
	return {
		height: width < 500 ? 190 : 240,
		option: {
			grid: { left: 40, right: 6, top: 6, bottom: 22 },
			xAxis: {
				type: 'category',
				data: Array.from({ length: 24 }, (_, hour) => String(hour)),
				axisTick: { show: false },
				axisLabel: { color: ink, fontSize: 10, interval: width < 500 ? 2 : 1 },
			},
			yAxis: {
				type: 'category',
				inverse: true,
				data: say.weekdays,
				axisTick: { show: false },
				axisLabel: { color: ink, fontSize: 11 },
			},
			// Few against many are still to be seen: shades go with the root of the count.
			visualMap: {
				show: false,
				min: 0,
				max: Math.sqrt(largest),
				dimension: 2,
				inRange: { color: ['#f1f5f9', color] },
			},
			series: [
				{
					type: 'heatmap',
					data: data.map(([hour = 0, weekday = 0, count = 0]) => [hour, weekday, Math.sqrt(count)]),
					itemStyle: { borderColor: '#fff', borderWidth: 1 },
					label: {
						show: width >= 500 && largest < 1_000,
						fontSize: 9,
						color: ink,
						formatter: ({ value }: { value: number[] }) => {
							const count = Math.round((value[2] ?? 0) ** 2);
							return count === 0 ? '' : String(count);
						},
					},
				},
			],
		},
	};
}

function trend({ trend: days, policyChanges }: Insights, say: InsightReportWords, width: number) {
	const changed = [...new Set(policyChanges.map(({ day }) => day))].filter((day) =>
		days.some((one) => one.day === day),
	);
	return {
		height: 250,
		option: {
			legend: { top: 0, textStyle: { fontSize: 11, color: ink } },
			grid: { left: 6, right: 14, top: changed.length === 0 ? 34 : 52, bottom: 4, containLabel: true },
			xAxis: {
				type: 'category',
				data: days.map(({ day }) => day),
				axisTick: { show: false },
				axisLabel: { color: ink, fontSize: 11, hideOverlap: true, formatter: (day: string) => day.slice(5) },
			},
			yAxis: { type: 'value', minInterval: 1, splitNumber: 4, axisLabel: { color: '#475569', fontSize: 10 } },
			series: [
				{
					type: 'bar',
					name: say.denied,
					itemStyle: { color: '#fca5a5' },
					data: days.map(({ denied }) => denied),
					markLine: {
						symbol: ['none', 'none'],
						silent: true,
						lineStyle: { color: '#7c3aed', type: 'dashed', width: 1.5 },
						label: {
							color: '#7c3aed',
							fontSize: 10,
							position: 'end',
							formatter: width < 500 ? '▼' : `▼ ${say.change}`,
						},
						data: changed.map((day) => ({ xAxis: day })),
					},
				},
				{
					type: 'line',
					name: say.smoothed,
					symbolSize: 0,
					itemStyle: { color: red },
					lineStyle: { width: 2 },
					data: days.map(({ trend: smoothed }) => smoothed),
				},
			],
		},
	};
}

function shortened(name: string, length: number): string {
	const characters = [...name];
	return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : name;
}
