import { fonts } from '../../variance/reportCharts';
import { count, escaped } from '../../variance/reportFormat';
import type { Evidence, Insights, NamedPerson } from './insights';
import { insightDrawings, type Drawing } from './reportDrawings';
import { insightReportWords, type InsightReportWords } from './reportWords';
import { explainDoubt, explainSignal, insightWords, type InsightLanguage } from './words';

/**
 * The Abnormal Operation Behaviour Graph as one HTML page: pictures are drawn into it as SVG, so it has no script, asks for nothing from any network and prints
 * as it is. All text from the log is escaped.
 */
export async function insightsReport(insights: Insights, language: InsightLanguage): Promise<string> {
	const say = insightReportWords[language];
	const { from, to, timeZone, people, watched, doubts } = insights;
	const drawings = await insightDrawings(insights, language);
	const headline =
		people.length === 0 ? say.nobody(count(watched)) : say.named(count(people.length), count(watched));
	const warned =
		doubts.length === 0
			? ''
			: `<section class="doubts"><h2>${say.doubts}</h2><ul>${doubts.map((doubt) => `<li>${escaped(explainDoubt(doubt, language))}</li>`).join('')}</ul></section>`;
	const changes =
		insights.policyChanges.length === 0
			? ''
			: `<details><summary>${say.changes} (${count(insights.policyChanges.length)})</summary><ul>${insights.policyChanges.map(({ day, text }) => `<li>${day} · ${escaped(text)}</li>`).join('')}</ul></details>`;
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${say.title} · ${from}</title>
<style>${css}</style>
</head>
<body>
<header><h1>${say.title}</h1><p>${escaped(say.period(from, to, timeZone))}</p></header>
<section class="state ${people.length === 0 ? 'calm' : 'alert'}"><strong>${headline}</strong><span>${say.notProven}</span></section>
${warned}
<section class="figures">${figures(insights, say)}</section>
${picture(drawings, 'graph', say.graph, say.graphNote)}
${people.length === 0 ? '' : `<section><h2>${say.ranked}</h2>${people.map((person) => personCard(person, language, say)).join('\n')}</section>`}
<section class="pair">${picture(drawings, 'heatDenied', say.heatDenied)}${picture(drawings, 'heatNamed', say.heatNamed)}</section>
${picture(drawings, 'trend', say.trend)}
${changes}
<footer>${say.how(`${insights.settings.falseDiscoveryRate * 100}%`)}</footer>
</body>
</html>
`;
}

function figures({ events, denied, watched, people }: Insights, say: InsightReportWords): string {
	const all = [
		[say.watched, count(watched)],
		[say.events, count(events)],
		[say.denied, count(denied)],
		[say.ranked, count(people.length)],
	];
	return all.map(([label, value]) => `<div><span>${label}</span><b>${value}</b></div>`).join('');
}

function picture(drawings: readonly Drawing[], name: Drawing['name'], title: string, note = ''): string {
	const drawing = drawings.find((one) => one.name === name);
	if (drawing === undefined) return '';
	return `<figure><h2>${title}</h2>${note === '' ? '' : `<p>${note}</p>`}<div class="wide">${drawing.wide}</div><div class="narrow">${drawing.narrow}</div></figure>`;
}

function personCard(person: NamedPerson, language: InsightLanguage, say: InsightReportWords): string {
	const { id, name, peerGroup, leftOn, score, signals, evidence } = person;
	const facts = [
		...(name === id ? [] : [escaped(id)]),
		...(peerGroup === '' ? [] : [escaped(peerGroup)]),
		...(leftOn === undefined ? [] : [say.left(leftOn)]),
	];
	const reasons = signals.map((signal) => {
		const rows = evidence.filter((one) => one.signal === signal.name);
		return `<li><em>${insightWords[language].signals[signal.name]}</em> ${escaped(explainSignal(signal, language))} <small>(${insightWords[language].scales[signal.scaleBy]})</small>${rows.length === 0 ? '' : evidenceTable(rows, say)}</li>`;
	});
	return `<article><div class="score" title="${say.score}">${score}</div><div><h3>${escaped(name)}</h3><p class="facts">${facts.join(' · ')}</p><ul>${reasons.join('')}</ul></div></article>`;
}

function evidenceTable(rows: readonly Evidence[], say: InsightReportWords): string {
	const columns = [
		[say.operation, ({ operation }: Evidence) => escaped(operation)],
		[say.resource, ({ resource }: Evidence) => escaped(resource ?? '')],
		[say.place, ({ place }: Evidence) => escaped(place ?? '')],
		[say.times, ({ times }: Evidence) => count(times)],
		[say.first, ({ first }: Evidence) => first],
		[say.last, ({ last }: Evidence) => last],
	] as const;
	const shown = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''));
	return `<details><summary>${say.evidence} (${rows.length})</summary><table><thead><tr>${shown.map(([title]) => `<th>${title}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${shown.map(([title, cell]) => `<td data-title="${title}">${cell(row)}</td>`).join('')}</tr>`).join('')}</tbody></table></details>`;
}

const css = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 ${fonts}; color: #0f172a; background: #fff; max-width: 1240px; margin: 0 auto; padding: 24px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0; } h2 { font-size: 18px; margin: 26px 0 8px; break-after: avoid; } h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
header p, figure p, .facts { color: #475569; margin: 2px 0 8px; }
.state { display: flex; gap: 4px 18px; align-items: center; flex-wrap: wrap; padding: 12px 20px; border-radius: 8px; border: 2px solid; margin-top: 10px; } .state strong { font-size: 20px; }
.alert { background: #fef2f2; color: #991b1b; } .calm { background: #f0fdf4; color: #14532d; }
.doubts { margin-top: 12px; padding: 8px 16px; border-left: 4px solid #f59e0b; background: #fffbeb; } .doubts h2 { margin: 2px 0; font-size: 16px; } .doubts ul { margin: 4px 0; padding-left: 20px; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 18px 0 4px; } .figures div { border: 1px solid #cbd5e1; border-radius: 8px; padding: 8px 14px; } .figures span { display: block; color: #475569; font-size: 13px; } .figures b { font-size: 20px; }
figure { margin: 0; } figure svg { max-width: 100%; height: auto; display: block; } .narrow { display: none; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
article { display: grid; grid-template-columns: 62px 1fr; gap: 14px; border: 1px solid #cbd5e1; border-radius: 8px; padding: 12px 16px; margin-bottom: 10px; break-inside: avoid; }
article ul { margin: 0; padding: 0; list-style: none; } article li { margin: 6px 0; overflow-wrap: anywhere; } article > div { min-width: 0; }
.score { font-size: 24px; font-weight: 700; color: #991b1b; background: #fef2f2; border-radius: 8px; height: 52px; display: grid; place-items: center; }
em { font-style: normal; font-size: 12px; background: #fee2e2; border-radius: 4px; padding: 1px 6px; white-space: nowrap; } small { color: #64748b; }
details { margin: 4px 0; } summary { cursor: pointer; color: #1d4ed8; font-size: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; } th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid #e2e8f0; overflow-wrap: anywhere; vertical-align: top; } th { color: #475569; }
footer { margin-top: 26px; color: #475569; font-size: 13px; border-top: 1px solid #e2e8f0; padding-top: 10px; }
@media (max-width: 720px) { body { padding: 14px; } .wide { display: none; } .narrow { display: block; } .pair { grid-template-columns: 1fr; gap: 0; } .figures { grid-template-columns: 1fr 1fr; } article { grid-template-columns: 1fr; } .score { width: 62px; } thead { display: none; } tr { display: block; border-bottom: 1px solid #cbd5e1; padding: 4px 0; } td { display: block; border: 0; padding: 1px 0; } td::before { content: attr(data-title) ': '; color: #64748b; } td:empty { display: none; } }
@media print { details > * { display: block; } body { padding: 0; } }
`;
