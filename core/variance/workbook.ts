import type { Blob } from 'node:buffer';
import type Stream from 'node:stream';

import type {
	CellObject,
	Feature,
	Row,
	Sheet,
	SheetData,
} from 'write-excel-file/node' with { 'resolution-mode': 'import' };

import type { SettledFinding, SideFigures } from './finding';
import { rowsInSheet, type ReportContent, type ReportedFinding } from './reportContent';
import { count } from './reportFormat';
import { reportWords, type ReportWords } from './reportWords';
import { classWords, explain, explainSettled, sideName, type ReportLanguage } from './words';

/** Excel reckons with doubles, and a double keeps every decimal of up to 15 digits (IEEE 754, DBL_DIG). */
const exactDigits = 15;
/** The most that a cell of Excel takes. */
const longestText = 32_767;
const moneyFormat = '#,##0.00######';
const heading = { fontWeight: 'bold', backgroundColor: '#e2e8f0', wrap: true, alignVertical: 'top' } as const;

/** In what forms the library takes binary content. */
type Binary = Stream | Buffer | Blob;

/**
 * The report as an XLSX workbook: summary, differences, settled, accepted. Numbers are numbers where a double keeps them exactly, otherwise text; days
 * are dates; text stays text whatever it begins with. A sheet has up to `rowsInSheet` rows; the summary says where there are more.
 */
export async function varianceWorkbook(content: ReportContent): Promise<Buffer> {
	const { default: write } = await import('write-excel-file/node');
	const { language, sheets, summary } = content;
	const say = reportWords[language];
	const names = summary.sides.map(({ name }) => name);
	const all = { names, language, say };
	const written = [
		{ sheet: say.sheets.summary, ...summarySheet(content, say) },
		listSheet(say.sheets.differences, sheets.differences, [
			...findingColumns(sheets.differences, all),
			...figureColumns(sheets.differences, all),
		]),
		listSheet(say.sheets.settled, sheets.settled, settledColumns(all)),
		listSheet(say.sheets.accepted, sheets.accepted, [
			...acceptanceColumns(all),
			...findingColumns(sheets.accepted, all),
			...figureColumns(sheets.accepted, all),
		]),
	];
	return await write(written, {
		fontFamily: 'Calibri',
		fontSize: 11,
		features: [filters(written.map(({ data }, index) => (index === 0 ? undefined : data)))],
	}).toBuffer();
}

interface Column<T> {
	title: string;
	width: number;
	cell(row: T): CellObject | null;
}

interface Words {
	names: string[];
	language: ReportLanguage;
	say: ReportWords;
}

function listSheet<T>(
	sheet: string,
	rows: readonly T[],
	columns: Column<T>[],
): Sheet<Binary> & { data: SheetData } {
	return {
		sheet,
		stickyRowsCount: 1,
		columns: columns.map(({ width }) => ({ width })),
		data: [
			columns.map(({ title }): CellObject => ({ ...asText(title), ...heading })),
			...rows.map((row): Row => columns.map((column) => column.cell(row))),
		],
	};
}

function findingColumns(
	rows: ReportedFinding[],
	{ names, language, say: { columns, sections, also, before: was, acceptanceEnded: ended } }: Words,
): Column<ReportedFinding>[] {
	const classes = classWords[language];
	const all: Column<ReportedFinding>[] = [
		{ title: columns.key, width: 20, cell: ({ key }) => asText(key.join(' / ')) },
		{
			title: columns.state,
			width: 12,
			cell: ({ state, pending }) => asText(sections[state ?? (pending ? 'pending' : 'open')]),
		},
		{ title: columns.class, width: 18, cell: (finding) => asText(classes[finding.class].name) },
		{
			title: columns.also,
			width: 22,
			cell: (finding) =>
				asText(
					[
						...finding.also.map((name) => classes[name].name),
						...(finding.before === undefined
							? []
							: [was(`${classes[finding.before.class].name} ${finding.before.atStake}`)]),
						...(finding.acceptanceEnded === undefined
							? []
							: [ended[finding.acceptanceEnded.because](finding.acceptanceEnded.acceptedBy)]),
					].join('; '),
				),
		},
		{
			title: columns.says,
			width: 44,
			cell: (finding) => asText(explain(finding, names, language)),
		},
		{ title: columns.atStake, width: 16, cell: ({ atStake }) => asNumber(atStake, moneyFormat) },
		{ title: columns.since, width: 12, cell: ({ since }) => asDay(since) },
		{
			title: columns.age,
			width: 10,
			cell: ({ age }) => (age === undefined ? null : { value: age, type: Number }),
		},
		{ title: columns.openSince, width: 12, cell: ({ openSince }) => asDay(openSince) },
		{ title: columns.partner, width: 24, cell: ({ partner }) => asText(partner) },
		{ title: columns.owner, width: 16, cell: ({ owner }) => asText(owner) },
		{ title: columns.settle, width: 44, cell: (finding) => asText(classes[finding.class].settle) },
	];
	return all
		.map((column) => (column.title === columns.also ? { ...column, title: also } : column))
		.filter(
			(column) =>
				column.title === columns.key || rows.length === 0 || rows.some((row) => column.cell(row) !== null),
		);
}

const figures = [
	'lines',
	'quantity',
	'price',
	'amount',
	'tax',
	'currency',
	'rate',
	'cost',
	'balance',
	'firstDate',
	'lastDate',
	'document',
] as const satisfies Array<keyof SideFigures>;

/** What each side says, figure by figure; those that no row has are left out. */
function figureColumns(rows: ReportedFinding[], { names, language, say }: Words): Column<ReportedFinding>[] {
	return names.flatMap((name) =>
		figures
			.filter((figure) => rows.some(({ sides }) => sides[name]?.[figure] !== undefined))
			.map((figure) => ({
				title: `${sideName(name, language)}: ${say.figures[figure]}`,
				width: 14,
				cell: ({ sides }: ReportedFinding) => figureCell(sides[name], figure),
			})),
	);
}

function figureCell(side: SideFigures | undefined, figure: (typeof figures)[number]): CellObject | null {
	if (side === undefined) return null;
	switch (figure) {
		case 'lines':
			return { value: side.lines, type: Number };
		case 'price':
			if (side.price === undefined) return null;
			return side.price.low === side.price.high
				? asNumber(side.price.low)
				: asText(`${side.price.low}–${side.price.high}`);
		case 'firstDate':
		case 'lastDate':
			return asDay(side[figure]);
		case 'currency':
		case 'document':
			return asText(side[figure]);
		default:
			return asNumber(side[figure], figure === 'quantity' || figure === 'rate' ? undefined : moneyFormat);
	}
}

function settledColumns({ names, language, say: { columns } }: Words): Column<SettledFinding>[] {
	return [
		{ title: columns.key, width: 20, cell: ({ key }) => asText(key.join(' / ')) },
		{ title: columns.class, width: 18, cell: (one) => asText(classWords[language][one.class].name) },
		{ title: columns.said, width: 44, cell: (one) => asText(explain(one, names, language)) },
		{ title: columns.settledBy, width: 44, cell: (one) => asText(explainSettled(one, names, language)) },
		{ title: columns.atStake, width: 16, cell: ({ atStake }) => asNumber(atStake, moneyFormat) },
		{ title: columns.openSince, width: 12, cell: ({ openSince }) => asDay(openSince) },
		{ title: columns.settledOn, width: 12, cell: ({ settledOn }) => asDay(settledOn) },
		{ title: columns.partner, width: 24, cell: ({ partner }) => asText(partner) },
		{ title: columns.owner, width: 16, cell: ({ owner }) => asText(owner) },
	];
}

function acceptanceColumns({ say: { columns } }: Words): Column<ReportedFinding>[] {
	return [
		{ title: columns.acceptedBy, width: 18, cell: ({ acceptedBy }) => asText(acceptedBy) },
		{ title: columns.acceptedAt, width: 12, cell: ({ acceptedAt }) => asDay(acceptedAt?.slice(0, 10)) },
		{ title: columns.reason, width: 36, cell: ({ acceptanceReason }) => asText(acceptanceReason) },
		{ title: columns.until, width: 12, cell: ({ acceptedUntil }) => asDay(acceptedUntil) },
	];
}

function summarySheet(
	{ summary, open, sections, groups, sheets, carried, language, isAlert }: ReportContent,
	say: ReportWords,
): { data: SheetData; columns: Array<{ width: number }> } {
	const { currency } = summary;
	const title = (text: string): Row => [{ ...asText(text), fontWeight: 'bold', fontSize: 13 }];
	const heads = (...texts: string[]): Row => texts.map((text) => ({ ...asText(text), ...heading }));
	const number = (value: number): CellObject => ({ value, type: Number, format: '#,##0' });
	const amount = (value: string) => asNumber(value, moneyFormat);
	const tally = (name: string, { findings, atStake }: { findings: number; atStake: string }): Row => [
		asText(name),
		number(findings),
		amount(atStake),
	];
	const state = isAlert ? say.alert : open.findings > 0 ? say.differences : say.calm;
	const cut = (sheet: keyof typeof sheets, all: number): Row[] =>
		all > sheets[sheet].length
			? [[asText(say.sheets[sheet]), asText(say.moreRows(count(rowsInSheet), count(all)))]]
			: [];
	const inDifferences = sections.open.findings + sections.new.findings + sections.stillOpen.findings;
	const kept = carried?.kept === true ? carried : undefined;
	return {
		columns: [26, 16, 18, 14, 14, 18, 18, 18, 18, 18].map((width) => ({ width })),
		data: [
			title(say.title),
			[asText(summary.name), asText(say.asOf), asDay(summary.asOf)],
			[],
			[
				{ ...asText(state), fontWeight: 'bold' },
				number(open.findings),
				amount(open.atStake),
				asText(currency),
			],
			...cut('differences', inDifferences + sections.pending.findings),
			...cut('settled', sections.settled.findings),
			...cut('accepted', sections.accepted.findings),
			[],
			heads(say.state, say.findings, `${say.atStake} (${currency})`),
			...(['open', 'new', 'stillOpen', 'settled', 'accepted', 'pending'] as const)
				.filter((name) => sections[name].findings > 0)
				.map((name) => tally(say.sections[name], sections[name])),
			[],
			title(say.byWhat),
			heads(say.columns.class, say.findings, `${say.atStake} (${currency})`),
			...groups.classes.map((group) => tally(classWords[language][group.name].name, group)),
			[],
			title(say.sides),
			heads(
				say.side,
				say.lines,
				say.matched,
				say.different,
				say.ambiguous,
				say.pending,
				say.amount,
				say.difference,
				say.withinTolerance,
				say.inFindings,
			),
			...summary.sides.map(
				(side): Row => [
					asText(sideName(side.name, language)),
					...[side.lines, side.matched, side.different, side.ambiguous, side.pending].map(number),
					...[side.amount, side.difference, side.withinTolerance, side.inFindings].map(amount),
				],
			),
			...(kept === undefined
				? []
				: [
						[],
						title(say.trendSheet),
						heads(
							say.reportDay,
							...(['new', 'stillOpen', 'settled', 'accepted'] as const).flatMap((name) => [
								say.sections[name],
								`${say.sections[name]} (${currency})`,
							]),
						),
						...kept.trend.map(
							(day): Row => [
								asDay(day.day),
								...(['new', 'stillOpen', 'settled', 'accepted'] as const).flatMap((name) => [
									number(day[name].findings),
									amount(day[name].atStake),
								]),
							],
						),
					]),
		],
	};
}

/** Null when there is nothing to say, so that the cell is empty and not an empty text. */
function asText(text: string | undefined): CellObject | null {
	if (text === undefined || text === '') return null;
	return { value: text.slice(0, longestText), type: String };
}

function asNumber(value: string | undefined, format?: string): CellObject | null {
	if (value === undefined) return null;
	const digits = value.replace(/[-.]/g, '').replace(/^0+/, '').length;
	if (digits > exactDigits) return { value, type: String, align: 'right' };
	return { value: Number(value), type: Number, ...(format === undefined ? {} : { format }) };
}

function asDay(day: string | undefined): CellObject | null {
	if (day === undefined) return null;
	return { value: new Date(`${day}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
}

/** Arrows for filtering over the headings (ECMA-376, 18.3.1.2), which the library does not offer itself. */
function filters(sheets: Array<SheetData | undefined>): Feature<Binary> {
	return {
		files: {
			transform: {
				'xl/worksheets/sheet{id}.xml': {
					transform(xml, _options, { sheetIndex }) {
						const data = sheets[sheetIndex];
						const end = xml.lastIndexOf('</sheetData>');
						if (data === undefined || end === -1) return xml;
						const after = end + '</sheetData>'.length;
						const range = `A1:${columnName((data[0]?.length ?? 1) - 1)}${data.length}`;
						return `${xml.slice(0, after)}<autoFilter ref="${range}"/>${xml.slice(after)}`;
					},
				},
			},
		},
	};
}

/** 0 is A, 26 is AA. */
function columnName(index: number): string {
	const letter = String.fromCharCode(65 + (index % 26));
	return index < 26 ? letter : `${columnName(Math.floor(index / 26) - 1)}${letter}`;
}
