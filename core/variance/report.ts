import { add } from '../model/decimal';
import { explainAlert } from './alerts';
import type { Finding, SettledFinding, TrendDay } from './finding';
import { fonts, reportCharts } from './reportCharts';
import {
	isAbove,
	sections,
	type ReportContent,
	type ReportedFinding,
	type SectionName,
} from './reportContent';
import { count, escaped, formatted, money } from './reportFormat';
import { reportWords, type ReportWords } from './reportWords';
import { classWords, explain, explainSettled, sideName } from './words';

/** Findings that are named at the top as those to act on first. */
const namedAtTop = 5;

/**
 * The report as one HTML page: charts are drawn into it as SVG, so it has no script, asks for nothing from any network and prints as it
 * is. All text from the data is escaped.
 */
export async function varianceReport(content: ReportContent): Promise<string> {
	const { summary, language } = content;
	const say = reportWords[language];
	const charts = await reportCharts(content);
	const shownSections = sections.filter((name) => content.sections[name].findings > 0);
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${say.title} · ${escaped(summary.name)} · ${summary.asOf}</title>
<style>${css}</style>
</head>
<body>
<header><h1>${say.title}</h1><p>${escaped(summary.name)} · ${say.asOf} ${summary.asOf}</p></header>
${stateLine(content, say)}
${changes(content, say)}
${actOn(content, say)}
<section class="figures">${figures(content, say)}</section>
<section class="charts">${charts.join('')}</section>
<section class="sides"><h2>${say.sides}</h2>${sidesTable(content, say)}</section>
${shownSections.map((name) => sectionOf(name, content, say)).join('\n')}
</body>
</html>
`;
}

/** Traffic light and one sentence. */
function stateLine(
	{ open, isAlert, alertAbove, alerts = [], sections: of, summary, carried, language }: ReportContent,
	say: ReportWords,
): string {
	const state = isAlert ? 'alert' : open.findings > 0 ? 'differences' : 'calm';
	const limit =
		alertAbove === undefined || alertAbove === '' ? undefined : money(alertAbove, summary.currency);
	const text =
		state === 'calm'
			? of.accepted.findings > 0
				? say.calmButAccepted(count(of.accepted.findings))
				: say.calmText
			: [
					say.openText(count(open.findings), money(open.atStake, summary.currency)),
					...(limit === undefined
						? []
						: [isAbove(open, alertAbove) ? say.aboveLimit(limit) : say.belowLimit(limit)]),
				].join(' · ');
	const lights = ['alert', 'differences', 'calm'].map(
		(light) => `<i class="light${light === state ? ` ${light} on` : ''}"></i>`,
	);
	const crossed = alerts
		.map(
			(alert) => `<p class="notice crossed">${escaped(explainAlert(alert, summary.currency, language))}</p>`,
		)
		.join('');
	return `<section class="state ${state}"><span class="lights" aria-hidden="true">${lights.join('')}</span><strong>${say[state]}</strong><span>${text}</span></section>${crossed}${notices(carried, say)}`;
}

function notices(carried: ReportContent['carried'], say: ReportWords): string {
	if (carried === undefined) return '';
	const all = carried.kept
		? [
				...(carried.previousDay === undefined ? [say.firstReport] : []),
				...(carried.restarted ? [say.restarted] : []),
				...(carried.definitionChanged ? [say.definitionChanged] : []),
			]
		: [say.notKept[carried.because](carried.laterDay ?? '')];
	return all.map((text) => `<p class="notice">${text}</p>`).join('');
}

/** What has changed since the report before. */
function changes({ carried, summary }: ReportContent, say: ReportWords): string {
	if (carried?.kept !== true || carried.previousDay === undefined) return '';
	const { states, trend, previousDay } = carried;
	const before = trend.find(({ day }) => day === previousDay);
	const card = (state: keyof Omit<TrendDay, 'day'>, sign: string) => {
		const { findings, atStake } = states[state];
		const value = `${findings > 0 ? sign : ''}${count(findings)}`;
		const inner = `<span>${say.sections[state]}</span><b>${value}</b><small>${money(atStake, summary.currency)}</small>`;
		return findings > 0
			? `<a class="${state}" href="#${state}">${inner}</a>`
			: `<div class="${state}">${inner}</div>`;
	};
	const was =
		before === undefined
			? ''
			: `<p>${say.wasOpen(
					count(before.new.findings + before.stillOpen.findings),
					money(add(before.new.atStake, before.stillOpen.atStake), summary.currency),
				)}</p>`;
	return `<section class="changes"><h2>${say.sinceReport(previousDay)}</h2><div class="cards">${card('new', '+')}${card('settled', '−')}${card('stillOpen', '')}${card('accepted', '')}</div>${was}</section>`;
}

/** What to act on first, and what would settle it. */
function actOn(content: ReportContent, say: ReportWords): string {
	const { sections: of, summary, language } = content;
	const names = summary.sides.map(({ name }) => name);
	const first = [...of.open.listed, ...of.new.listed, ...of.stillOpen.listed]
		.map((finding) => finding as ReportedFinding)
		.sort((a, b) => Number(b.atStake) - Number(a.atStake))
		.slice(0, namedAtTop);
	if (first.length === 0) return '';
	const items = first.map((finding) => {
		const { name, settle } = classWords[language][finding.class];
		const tags = [
			...(finding.state === 'new' ? [`<em class="new">${say.sections.new}</em>`] : []),
			...(finding.age === undefined ? [] : [`<em>${say.days(finding.age)}</em>`]),
			...(finding.owner === undefined ? [] : [`<em>${escaped(finding.owner)}</em>`]),
		];
		const who = finding.partner === undefined ? '' : ` · ${escaped(finding.partner)}`;
		return `<li><b class="money">${money(finding.atStake, summary.currency)}</b><div><b>${escaped(keyText(finding))}</b>${who} <em class="class">${name}</em>${tags.join('')}<br>${escaped(explain(finding, names, language))}<br><span class="settle">${say.toDo} ${settle}</span></div></li>`;
	});
	return `<section class="actOn"><h2>${say.actOn}</h2><ol>${items.join('')}</ol></section>`;
}

function figures({ summary, open }: ReportContent, say: ReportWords): string {
	const all = [
		[say.atStake, money(open.atStake, summary.currency)],
		[say.deals, count(summary.deals)],
		[say.matched, count(summary.matched)],
		[say.different, count(summary.different)],
		[say.ambiguous, count(summary.ambiguous)],
		[say.pending, count(summary.pending)],
	];
	return all.map(([label, value]) => `<div><span>${label}</span><b>${value}</b></div>`).join('');
}

function sidesTable({ summary, language }: ReportContent, say: ReportWords): string {
	const columns: Column<(typeof summary.sides)[number]>[] = [
		{ title: say.side, cell: ({ name }) => escaped(sideName(name, language)) },
		...(['lines', 'matched', 'different', 'ambiguous', 'pending'] as const).map((name) => ({
			title: say[name],
			isNumber: true,
			cell: (side: (typeof summary.sides)[number]) => count(side[name]),
		})),
		...(['amount', 'difference', 'withinTolerance', 'inFindings'] as const).map((name) => ({
			title: say[name],
			isNumber: true,
			cell: (side: (typeof summary.sides)[number]) => formatted(side[name], 2),
		})),
	];
	return table(columns, summary.sides, 'wide');
}

function sectionOf(name: SectionName, content: ReportContent, say: ReportWords): string {
	const { summary } = content;
	const { findings, atStake, listed } = content.sections[name];
	const rest = findings > listed.length ? `<p>${say.listed(count(listed.length), count(findings))}</p>` : '';
	return `<section class="findings" id="${name}"><h2>${say.sections[name]} <small>${count(findings)} · ${money(atStake, summary.currency)}</small></h2>${rest}${table(columnsOf(name, listed, content, say), listed, 'list')}</section>`;
}

type Listed = ReportedFinding | SettledFinding;

/** A column that is empty in all rows is left out. */
function columnsOf(
	name: SectionName,
	listed: Listed[],
	{ summary, language }: ReportContent,
	say: ReportWords,
): Column<Listed>[] {
	const names = summary.sides.map((side) => side.name);
	const { columns } = say;
	const isCarried = name !== 'open' && name !== 'pending';
	const all: Array<Column<Listed> | undefined> = [
		{ title: columns.key, cell: (finding) => whole(keyText(finding)) },
		{ title: columns.class, cell: (finding) => classCell(finding, name, summary.currency, language, say) },
		{
			title: name === 'settled' ? columns.said : columns.says,
			cell: (finding) => escaped(explain(finding, names, language)),
		},
		{ title: columns.atStake, isNumber: true, cell: ({ atStake }) => formatted(atStake, 2) },
		name === 'settled'
			? undefined
			: { title: columns.age, isNumber: true, cell: ({ age }) => (age === undefined ? '' : count(age)) },
		isCarried && name !== 'new'
			? { title: columns.openSince, cell: ({ openSince }) => day(openSince) }
			: undefined,
		{ title: columns.partner, cell: ({ partner }) => escaped(partner ?? '') },
		{ title: columns.owner, cell: ({ owner }) => whole(owner ?? '') },
		...(name === 'accepted' ? acceptanceColumns(say) : [settleColumn(name, names, language, say)]),
	];
	return all.filter(
		(column): column is Column<Listed> =>
			column !== undefined && listed.some((finding) => column.cell(finding) !== ''),
	);
}

function settleColumn(
	name: SectionName,
	names: string[],
	language: ReportContent['language'],
	{ columns }: ReportWords,
): Column<Listed> {
	if (name !== 'settled')
		return { title: columns.settle, cell: (finding) => classWords[language][finding.class].settle };
	return {
		title: columns.settledBy,
		cell: (finding) => ('sidesNow' in finding ? escaped(explainSettled(finding, names, language)) : ''),
	};
}

function acceptanceColumns({ columns }: ReportWords): Column<Listed>[] {
	const of = (finding: Listed) => finding as ReportedFinding;
	return [
		{ title: columns.acceptedBy, cell: (finding) => whole(of(finding).acceptedBy ?? '') },
		{ title: columns.reason, cell: (finding) => escaped(of(finding).acceptanceReason ?? '') },
		{ title: columns.until, cell: (finding) => day(of(finding).acceptedUntil) },
	];
}

function classCell(
	finding: Listed,
	section: SectionName,
	currency: string,
	language: ReportContent['language'],
	say: ReportWords,
): string {
	const classes = classWords[language];
	const { before, acceptanceEnded } = finding as ReportedFinding;
	const more = [
		...(finding.also.length === 0
			? []
			: [`${say.also} ${finding.also.map((name) => classes[name].name).join(', ')}`]),
		...(before === undefined
			? []
			: [say.before(`${classes[before.class].name}, ${money(before.atStake, currency)}`)]),
		...(acceptanceEnded === undefined || section === 'settled'
			? []
			: [escaped(say.acceptanceEnded[acceptanceEnded.because](acceptanceEnded.acceptedBy))]),
	];
	return `<b>${classes[finding.class].name}</b>${more.map((text) => `<br><small>${text}</small>`).join('')}`;
}

interface Column<T> {
	title: string;
	isNumber?: boolean;
	/** as HTML */
	cell(row: T): string;
}

/** On a narrow screen each row becomes a card, where its cells have their titles beside them. */
function table<T>(columns: Column<T>[], rows: readonly T[], css: string): string {
	const number = ({ isNumber = false }: Column<T>) => (isNumber ? ' class="number"' : '');
	const heads = columns.map((column) => `<th${number(column)}>${column.title}</th>`);
	const body = rows.map(
		(row) =>
			`<tr>${columns.map((column) => `<td${number(column)} data-title="${column.title}">${column.cell(row)}</td>`).join('')}</tr>`,
	);
	return `<table class="${css}"><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

function keyText({ key }: Pick<Finding, 'key'>): string {
	const text = key.join(' / ');
	return text === '' ? '—' : text;
}

function day(date: string | undefined): string {
	return whole(date ?? '');
}

/** A short key, name or day does not break at its hyphens. */
function whole(text: string): string {
	if (text === '' || [...text].length > unbroken) return escaped(text);
	return `<span class="whole">${escaped(text)}</span>`;
}
const unbroken = 22;

const css = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 ${fonts}; color: #0f172a; background: #fff; max-width: 1240px; margin: 0 auto; padding: 24px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0; } h2 { font-size: 18px; margin: 26px 0 8px; break-after: avoid; }
h2 small { font-weight: 400; font-size: 15px; color: #475569; }
header p { color: #475569; margin: 2px 0 14px; overflow-wrap: anywhere; }
.state { display: flex; gap: 6px 18px; align-items: center; flex-wrap: wrap; padding: 12px 20px; border-radius: 8px; font-size: 19px; border: 2px solid; }
.state strong { font-size: 24px; white-space: nowrap; }
.state.alert { background: #fef2f2; color: #991b1b; } .state.differences { background: #fffbeb; color: #78350f; } .state.calm { background: #f0fdf4; color: #14532d; }
.lights { display: inline-flex; gap: 5px; padding: 5px 8px; border-radius: 99px; background: #1e293b; }
.light { width: 18px; height: 18px; border-radius: 50%; background: #475569; }
.light.alert { background: #ef4444; } .light.differences { background: #fbbf24; } .light.calm { background: #22c55e; }
.notice { margin: 8px 0 0; padding: 8px 14px; border-left: 4px solid #64748b; background: #f1f5f9; font-size: 14px; } .notice.crossed { border-color: #ef4444; background: #fef2f2; color: #991b1b; }
.cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; }
.cards > * { display: block; border: 1px solid #cbd5e1; border-top: 4px solid #94a3b8; border-radius: 8px; padding: 8px 14px; color: inherit; text-decoration: none; }
.cards span { display: block; color: #475569; font-size: 13px; } .cards b { font-size: 24px; line-height: 1.2; margin-right: 8px; } .cards small { white-space: nowrap; }
.cards .new { border-top-color: #f59e0b; } .cards .settled { border-top-color: #16a34a; } .cards .accepted { border-top-color: #2563eb; }
.changes p { color: #475569; font-size: 13px; margin: 6px 0 0; }
.actOn ol { list-style: none; margin: 0; padding: 0; border: 1px solid #cbd5e1; border-radius: 8px; }
.actOn li { display: grid; grid-template-columns: 190px 1fr; gap: 4px 16px; padding: 9px 14px; font-size: 14px; overflow-wrap: anywhere; break-inside: avoid; }
.actOn li + li { border-top: 1px solid #e2e8f0; } .money { font-size: 17px; text-align: right; font-variant-numeric: tabular-nums; }
.settle { color: #14532d; } em { font-style: normal; font-size: 12px; background: #e2e8f0; border-radius: 4px; padding: 1px 6px; margin-left: 4px; white-space: nowrap; }
em.class { background: #dbeafe; } em.new { background: #fef3c7; }
.figures { display: grid; grid-template-columns: 2fr repeat(5, 1fr); gap: 10px; margin: 22px 0 12px; break-inside: avoid; }
.figures div { border: 1px solid #cbd5e1; border-radius: 8px; padding: 8px 14px; }
.figures span { display: block; color: #475569; font-size: 13px; } .figures b { font-size: 20px; }
.charts { columns: 3; column-gap: 10px; }
figure { margin: 0 0 10px; border: 1px solid #cbd5e1; border-radius: 8px; padding: 10px; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: 4px; } figure svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid #e2e8f0; }
td { overflow-wrap: anywhere; } th { background: #f1f5f9; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } .whole { white-space: nowrap; }
small { color: #475569; font-size: 12px; }
@media screen and (max-width: 900px) { .charts { columns: 2; } .wide { display: block; overflow-x: auto; } }
@media screen and (max-width: 640px) {
body { padding: 14px; } h1 { font-size: 21px; } .state { font-size: 16px; padding: 10px 14px; } .state strong { font-size: 20px; }
.cards, .figures { grid-template-columns: 1fr 1fr; } .figures div:first-child { grid-column: span 2; } .charts { columns: 1; }
.actOn li { grid-template-columns: 1fr; } .money { text-align: left; }
.list, .list tbody, .list tr, .list td { display: block; } .list thead { display: none; }
.list tr { border: 1px solid #cbd5e1; border-radius: 8px; padding: 6px 10px; margin: 0 0 8px; }
.list td { display: grid; grid-template-columns: 110px 1fr; gap: 8px; border: 0; padding: 2px 0; text-align: left; white-space: normal; }
.list td > * { grid-column: 2; } .list td br { display: none; } .list td::before { content: attr(data-title); color: #475569; } .list td:empty { display: none; }
}
@media print {
@page { size: A4 landscape; margin: 11mm 11mm 14mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9px; color: #475569; } }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { max-width: none; padding: 0 1px; font-size: 11px; } h1 { font-size: 19px; } h2 { font-size: 14px; margin: 14px 0 5px; }
.state { font-size: 14px; padding: 7px 14px; } .state strong { font-size: 17px; } .light { width: 13px; height: 13px; }
.cards > *, .figures div { padding: 4px 10px; } .cards b { font-size: 17px; } .figures b { font-size: 15px; } .figures { margin: 12px 0 8px; }
.actOn { break-inside: avoid; } .actOn li { font-size: 11px; padding: 5px 10px; } .money { font-size: 13px; }
table, em { font-size: 10px; } small { font-size: 9px; } h2 small, .cards small, .changes p, .cards span, .figures span { font-size: 10px; } th, td { padding: 3px 6px; } thead { display: table-header-group; } tr { break-inside: avoid; }
figure { padding: 6px; }
}
`;
