import type { CellObject, Row } from 'write-excel-file/node' with { 'resolution-mode': 'import' };

import type { Insights } from './insights';
import { insightReportWords } from './reportWords';
import { explainDoubt, explainSignal, insightWords, type InsightLanguage } from './words';

/** The most that a cell of Excel takes. */
const longestText = 32_767;
const heading = { fontWeight: 'bold', backgroundColor: '#e2e8f0', wrap: true, alignVertical: 'top' } as const;

/** The same as an XLSX workbook: who stands out, the evidence, the graph's edges, the trend. Text stays text whatever it begins with. */
export async function insightsWorkbook(insights: Insights, language: InsightLanguage): Promise<Buffer> {
	const { default: write } = await import('write-excel-file/node');
	const say = insightReportWords[language];
	const words = insightWords[language];
	const sheet = (name: string, widths: number[], titles: string[], rows: Row[]) => ({
		sheet: name,
		stickyRowsCount: 1,
		columns: widths.map((width) => ({ width })),
		data: [titles.map((title): CellObject => ({ ...text(title), ...heading })), ...rows],
	});
	const { people, graph, trend, doubts, policyChanges } = insights;
	return await write(
		[
			sheet(
				sheetName(say.ranked),
				[8, 14, 24, 20, 14, 24, 90, 10, 10, 10, 12, 12],
				[
					say.score,
					say.person,
					say.person,
					say.peerGroup,
					say.leftOn,
					say.signal,
					say.says,
					say.count,
					say.days,
					say.usual,
					say.width,
					say.rate,
				],
				[
					...people.flatMap((person) =>
						person.signals.map(
							(signal): Row => [
								number(person.score),
								text(person.id),
								text(person.name),
								text(person.peerGroup),
								text(person.leftOn),
								text(words.signals[signal.name]),
								text(explainSignal(signal, language)),
								number(signal.count),
								number(signal.days),
								number(signal.usual),
								number(signal.z),
								number(signal.falseDiscoveryRate),
							],
						),
					),
					...doubts.map(
						(doubt): Row => [
							null,
							null,
							null,
							null,
							null,
							text(say.doubts),
							text(explainDoubt(doubt, language)),
						],
					),
				],
			),
			sheet(
				sheetName(say.evidence),
				[14, 24, 24, 30, 24, 20, 10, 18, 18],
				[
					say.person,
					say.person,
					say.signal,
					say.operation,
					say.resource,
					say.place,
					say.times,
					say.first,
					say.last,
				],
				people.flatMap((person) =>
					person.evidence.map(
						(one): Row => [
							text(person.id),
							text(person.name),
							text(words.signals[one.signal]),
							text(one.operation),
							text(one.resource),
							text(one.place),
							number(one.times),
							text(one.first),
							text(one.last),
						],
					),
				),
			),
			sheet(
				sheetName(say.graph),
				[14, 30, 24, 12, 12],
				[say.person, say.operation, say.resource, say.events, say.denied],
				graph
					.slice(0, 100_000)
					.map(
						(edge): Row => [
							text(edge.person),
							text(edge.operation),
							text(edge.resource),
							number(edge.permitted + edge.denied),
							number(edge.denied),
						],
					),
			),
			sheet(
				sheetName(say.trendName),
				[14, 12, 12, 18, 50],
				[say.day, say.events, say.denied, say.smoothed, say.change],
				trend.map(
					({ day, events, denied, trend: smoothed }): Row => [
						text(day),
						number(events),
						number(denied),
						number(smoothed),
						text(
							policyChanges
								.filter((change) => change.day === day)
								.map((change) => change.text)
								.join('; '),
						),
					],
				),
			),
		],
		{ fontFamily: 'Calibri', fontSize: 11 },
	).toBuffer();
}

/** Excel takes 31 characters, and none that a reference could begin or end with. */
function sheetName(title: string): string {
	return title
		.replaceAll(/[[\]:*?/\\']/g, ' ')
		.slice(0, 31)
		.trim();
}

function text(value: string | undefined): CellObject | null {
	if (value === undefined || value === '') return null;
	return { value: value.slice(0, longestText), type: String };
}

function number(value: number): CellObject {
	return { value, type: Number };
}
