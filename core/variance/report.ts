import Big from 'big.js';

import type { Breakdowns, Group } from './compare';
import { varianceClasses, type Finding, type VarianceSummary } from './finding';
import { classWords, explain, sideName, type ReportLanguage } from './words';

export interface ReportContent {
	summary: VarianceSummary;
	breakdowns: Breakdowns;
	/** the most money first; the report lists these and says how many there are in all */
	findings: Finding[];
	/** money at stake from which the state is an alert */
	alertAbove?: string;
}

const words = {
	en: {
		title: 'Business-Finance Variance Alert Report',
		asOf: 'As of',
		alert: 'ALERT',
		differences: 'DIFFERENCES',
		calm: 'ALL AGREE',
		alertText: (money: string, limit: string) => `${money} at stake: above the limit of ${limit}`,
		differencesText: (count: string, money: string) => `${count} deals differ, ${money} at stake`,
		calmText: 'Business and finance agree on every deal',
		atStake: 'At stake',
		deals: 'Deals',
		matched: 'Matched',
		different: 'Different',
		ambiguous: 'Ambiguous',
		pending: 'Not late yet',
		byClass: 'At stake by class',
		byPeriod: 'At stake by period',
		byAge: 'At stake by age',
		byPartner: 'Top partners',
		ages: ['up to 7 days', '8 to 30 days', '31 to 90 days', 'more than 90 days'],
		sides: 'Sides',
		side: 'Side',
		lines: 'Lines',
		amount: 'Amount',
		difference: 'Difference to the first',
		withinTolerance: 'within tolerance',
		inFindings: 'in the differences',
		list: 'Differences, the most money first',
		listed: (shown: string, all: string) =>
			`${shown} of ${all} are listed here; the workbook and the output have all.`,
		columns: [
			'Key',
			'Class',
			'What the sides say',
			'At stake',
			'Age (days)',
			'Partner',
			'Owner',
			'What settles it',
		],
		also: 'also',
		notYet: 'not late yet',
	},
	'zh-CN': {
		title: '业务-财务差异预警报告',
		asOf: '截至',
		alert: '预警',
		differences: '有差异',
		calm: '一致',
		alertText: (money: string, limit: string) => `涉及金额 ${money}，超过限额 ${limit}`,
		differencesText: (count: string, money: string) => `${count} 笔交易有差异，涉及金额 ${money}`,
		calmText: '业务与财务的每笔交易都一致',
		atStake: '涉及金额',
		deals: '交易',
		matched: '一致',
		different: '有差异',
		ambiguous: '匹配不唯一',
		pending: '未到期',
		byClass: '各类差异涉及金额',
		byPeriod: '各期间涉及金额',
		byAge: '账龄分布',
		byPartner: '涉及金额最多的往来单位',
		ages: ['7 天以内', '8 至 30 天', '31 至 90 天', '90 天以上'],
		sides: '各方数据',
		side: '数据方',
		lines: '行数',
		amount: '金额',
		difference: '与第一方之差',
		withinTolerance: '容差之内',
		inFindings: '差异之中',
		list: '差异清单（金额从大到小）',
		listed: (shown: string, all: string) => `此处列出 ${all} 笔中的 ${shown} 笔；工作簿和输出中有全部。`,
		columns: ['匹配键', '类别', '各方数据', '涉及金额', '账龄（天）', '往来单位', '负责人', '处理办法'],
		also: '另有',
		notYet: '未到期',
	},
};

/**
 * The report as one HTML page: charts are drawn into it as SVG, so it has no script, asks for nothing from any network and prints as it
 * is. All text from the data is escaped.
 */
export async function varianceReport(content: ReportContent, language: ReportLanguage): Promise<string> {
	const { summary, breakdowns, findings, alertAbove } = content;
	const say = words[language];
	const classes = classWords[language];
	const money = (value: string) => `${formatted(new Big(value).toFixed(2), 2)} ${summary.currency}`;
	const unsettled = summary.different + summary.ambiguous;
	const isAlert = alertAbove !== undefined && Number(summary.atStake) > Number(alertAbove);
	const state = isAlert
		? { css: 'alert', name: say.alert, text: say.alertText(money(summary.atStake), money(alertAbove)) }
		: unsettled > 0
			? {
					css: 'differences',
					name: say.differences,
					text: say.differencesText(count(unsettled), money(summary.atStake)),
				}
			: { css: 'calm', name: say.calm, text: say.calmText };
	const figures = [
		[say.atStake, money(summary.atStake)],
		[say.deals, count(summary.deals)],
		[say.matched, count(summary.matched)],
		[say.different, count(summary.different)],
		[say.ambiguous, count(summary.ambiguous)],
		[say.pending, count(summary.pending)],
	];
	const byClass = varianceClasses
		.map((name) => ({ name: classes[name].name, ...summary.classes[name] }))
		.filter((one) => one.findings > 0)
		.sort((a, b) => Number(b.atStake) - Number(a.atStake));
	const ages = say.ages.map(
		(name, index): Group => ({
			findings: 0,
			atStake: '0',
			...breakdowns.ages.find((one) => one.name === String(index)),
			name,
		}),
	);
	const charts = [
		await chart(say.byClass, byClass, 'across'),
		await chart(say.byPeriod, breakdowns.periods, 'up'),
		await chart(say.byAge, breakdowns.ages.length === 0 ? [] : ages, 'up'),
		await chart(say.byPartner, breakdowns.partners, 'across'),
	];
	const sideRows = summary.sides.map(
		(side) =>
			`<tr><td>${escaped(sideName(side.name, language))}</td>${[side.lines, side.matched, side.different, side.ambiguous, side.pending].map((value) => `<td class="number">${count(value)}</td>`).join('')}${[side.amount, side.difference, side.withinTolerance, side.inFindings].map((value) => `<td class="number">${formatted(value, 2)}</td>`).join('')}</tr>`,
	);
	const names = summary.sides.map(({ name }) => name);
	const findingRows = findings.map((finding) => {
		const { key, also, atStake, age, partner, owner, pending } = finding;
		const more = [
			...(also.length > 0 ? [`${say.also} ${also.map((name) => classes[name].name).join(', ')}`] : []),
			...(pending ? [say.notYet] : []),
		].join('; ');
		return `<tr><td>${escaped(key.join(' / '))}</td><td><b>${classes[finding.class].name}</b>${more === '' ? '' : `<br><small>${more}</small>`}</td><td>${escaped(explain(finding, names, language))}</td><td class="number">${formatted(atStake, 2)}</td><td class="number">${age ?? ''}</td><td>${escaped(partner ?? '')}</td><td>${escaped(owner ?? '')}</td><td>${classes[finding.class].settle}</td></tr>`;
	});
	const all = summary.deals - summary.matched;
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
<section class="state ${state.css}"><strong>${state.name}</strong><span>${state.text}</span></section>
<section class="figures">${figures.map(([label, value]) => `<div><span>${label}</span><b>${value}</b></div>`).join('')}</section>
<section class="charts">${charts.filter((one) => one !== '').join('')}</section>
<section><h2>${say.sides}</h2><table><thead><tr>${[say.side, say.lines, say.matched, say.different, say.ambiguous, say.pending, say.amount, say.difference, say.withinTolerance, say.inFindings].map((title, index) => `<th${index === 0 ? '' : ' class="number"'}>${title}</th>`).join('')}</tr></thead><tbody>${sideRows.join('')}</tbody></table></section>
${
	findingRows.length === 0
		? ''
		: `<section><h2>${say.list}</h2>${all > findings.length ? `<p>${say.listed(count(findings.length), count(all))}</p>` : ''}<table class="list"><thead><tr>${say.columns.map((title, index) => `<th${index === 3 || index === 4 ? ' class="number"' : ''}>${title}</th>`).join('')}</tr></thead><tbody>${findingRows.join('\n')}</tbody></table></section>`
}
</body>
</html>
`;
}

/** Bars drawn to SVG; nothing when there is nothing to draw. */
async function chart(title: string, groups: Group[], direction: 'across' | 'up'): Promise<string> {
	if (groups.length === 0) return '';
	const echarts = await import('echarts');
	const bars = direction === 'across' ? groups.toReversed() : groups;
	const names = {
		type: 'category' as const,
		data: bars.map(({ name }) => shortened(name)),
		axisTick: { show: false },
		...(bars.length <= 6 || direction === 'across' ? { axisLabel: { interval: 0, fontSize: 11 } } : {}),
	};
	const values = { type: 'value' as const, axisLabel: { formatter: short }, splitNumber: 3 };
	const drawing = echarts.init(null, null, {
		renderer: 'svg',
		ssr: true,
		width: 520,
		height: direction === 'across' ? 60 + bars.length * 26 : 240,
	});
	try {
		drawing.setOption({
			animation: false,
			textStyle: { fontFamily: fonts },
			grid: { left: 12, right: 64, top: 24, bottom: 8, containLabel: true },
			xAxis: direction === 'across' ? values : names,
			yAxis: direction === 'across' ? names : values,
			series: [
				{
					type: 'bar',
					barMaxWidth: 34,
					labelLayout: { hideOverlap: true },
					itemStyle: { color: '#2563eb' },
					data: bars.map(({ atStake }) => Number(atStake)),
					label: {
						show: true,
						position: direction === 'across' ? 'right' : 'top',
						formatter: ({ value }: { value?: unknown }) => short(Number(value)),
					},
				},
			],
		});
		return `<figure><figcaption>${title}</figcaption>${drawing.renderToSVGString()}</figure>`;
	} finally {
		drawing.dispose();
	}
}

const shortened = (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

/** 1,234,567 as 1.2M: axis labels only. */
function short(value: number): string {
	return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

function count(value: number): string {
	return formatted(String(value), 0);
}

/** With separators of thousands, and at least so many places; digits are never rounded away. */
function formatted(value: string, places: number): string {
	const [whole = '0', decimals = ''] = value.replace('-', '').split('.');
	const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
	const tail = decimals.padEnd(places, '0');
	return `${value.startsWith('-') ? '−' : ''}${grouped}${tail === '' ? '' : `.${tail}`}`;
}

function escaped(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
}

const fonts = 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const css = `
:root { color-scheme: light; }
body { font: 15px/1.5 ${fonts}; color: #0f172a; background: #fff; max-width: 1160px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 28px 0 8px; }
header p { color: #475569; margin: 2px 0 16px; }
.state { display: flex; gap: 18px; align-items: center; padding: 14px 20px; border-radius: 8px; font-size: 19px; }
.state strong { font-size: 24px; white-space: nowrap; }
.alert { background: #b91c1c; color: #fff; } .differences { background: #fef3c7; color: #78350f; } .calm { background: #dcfce7; color: #14532d; }
.figures { display: grid; grid-template-columns: 2fr repeat(5, 1fr); gap: 12px; margin: 16px 0; }
.figures div { border: 1px solid #cbd5e1; border-radius: 8px; padding: 10px 14px; }
.figures span { display: block; color: #475569; font-size: 13px; } .figures b { font-size: 21px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 12px; align-items: start; }
figure { margin: 0; border: 1px solid #cbd5e1; border-radius: 8px; padding: 10px; break-inside: avoid; }
figcaption { font-weight: 600; } figure svg { width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid #e2e8f0; overflow-wrap: anywhere; }
th { background: #f1f5f9; } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
small { color: #475569; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } thead { display: table-header-group; } tr { break-inside: avoid; }
.charts { grid-template-columns: 1fr 1fr; } .state, th { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page { size: A4 landscape; margin: 12mm; } }
@media (max-width: 720px) { .figures { grid-template-columns: 1fr 1fr; } .charts { grid-template-columns: 1fr; } }
`;
