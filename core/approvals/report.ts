import { escaped, money } from '../variance/reportFormat';
import type { ToldDiagnosis, ToldFinding, ToldGroup } from './telling';
import { checkTitles, type Language } from './words';

export interface ReportContent {
	/** name of the system that holds the documents */
	system: string;
	/** instant as of which was judged */
	at: string;
	language: Language;
	groups: ToldGroup[];
	/** shown check by check; the first few where there are many */
	diagnoses: ToldDiagnosis[];
	/** documents that merely wait for a decision */
	waiting: number;
	/** what could not be read, with the reason */
	unreadable: Array<{ source: string; reason: string }>;
}

/** Documents of a group that are named; the others are counted. */
const namedOfGroup = 12;
/** Documents whose checks are shown one by one. */
export const shownOneByOne = 20;

const words = {
	en: {
		title: 'Why documents wait for approval',
		causes: 'Root causes',
		none: 'Nothing is wrong: whoever has to decide was asked and may decide.',
		documents: 'documents',
		waiting: 'wait for a decision, with nothing wrong',
		since: 'longest since',
		toDo: 'To do',
		more: 'more',
		then: 'After that',
		checks: 'The checks, one by one',
		cause: 'Root cause',
		certain: 'certain',
		likely: 'likely',
		waitsFor: 'Waits for',
		unreadable: 'Could not be read',
		evidence: 'Looked at',
		submitted: 'submitted by',
	},
	'zh-CN': {
		title: '单据审批滞留诊断',
		causes: '根本原因',
		none: '一切正常：审批人已收到通知，且有权审批。',
		documents: '张单据',
		waiting: '张单据等待审批，无异常',
		since: '最早自',
		toDo: '处理办法',
		more: '更多',
		then: '其后',
		checks: '逐项检查',
		cause: '根本原因',
		certain: '确定',
		likely: '很可能',
		waitsFor: '等待',
		unreadable: '无法读取',
		evidence: '查看的记录',
		submitted: '提交人',
	},
} as const;

/** One page of HTML without script or network, that prints as it is. All text from the data is escaped. */
export function approvalReport(content: ReportContent): string {
	const { language, groups, diagnoses, system, at, waiting, unreadable } = content;
	const say = words[language];
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${say.title} · ${escaped(system)}</title>
<style>${css}</style>
</head>
<body>
<header><h1>${say.title}</h1><p>${escaped(system)} · ${clock(at)}</p></header>
${unreadable.map(({ source, reason }) => `<p class="notice">${say.unreadable}: ${escaped(source)}. ${escaped(reason)}</p>`).join('')}
<section><h2>${say.causes}</h2>
${groups.length === 0 ? `<p class="calm">${say.none}</p>` : `<ol>${groups.map((group) => groupItem(group, language)).join('')}</ol>`}
<p class="quiet">${waiting} ${say.waiting}</p></section>
${diagnoses.length === 0 ? '' : `<section><h2>${say.checks}</h2>${diagnoses.map((one) => diagnosisBlock(one, language)).join('')}</section>`}
</body>
</html>
`;
}

function groupItem(group: ToldGroup, language: Language): string {
	const say = words[language];
	const worth = Object.entries(group.amounts).map(([currency, amount]) => money(amount, currency));
	const named = group.keys.slice(0, namedOfGroup).map((key) => `<code>${escaped(key)}</code>`);
	const left = group.keys.length - named.length;
	const later = group.further.map(
		(one) => `<p class="quiet">${say.then}: ${escaped(one.finding)} ${escaped(one.cure)}</p>`,
	);
	return `<li><b>${escaped(group.finding)}</b> <em>${checkTitles[language][group.check]} · ${say[group.confidence]}</em>
<p class="worth">${group.documents} ${say.documents} · ${worth.join(' + ')} · ${say.since} ${clock(group.oldest)}</p>
<p class="cure">${say.toDo}: ${escaped(group.cure)}</p>
<p class="keys">${named.join(' ')}${left > 0 ? ` +${left} ${say.more}` : ''}</p>${later.join('')}</li>`;
}

function diagnosisBlock(diagnosis: ToldDiagnosis, language: Language): string {
	const say = words[language];
	const { document, rootCause, checks, waitsFor } = diagnosis;
	const end =
		rootCause === undefined
			? `<p class="calm">${say.waitsFor}: ${escaped(waitsFor.join(', '))}</p>`
			: `<p class="cause"><b>${say.cause}</b>: ${escaped(rootCause.finding)} <em>${say[rootCause.confidence]}</em><br>${say.toDo}: ${escaped(rootCause.cure)}</p>`;
	const rows = checks.map(
		({ title, status, statusText, findings, evidence }, index) =>
			`<tr class="${status}"><td>${index + 1}</td><td>${title}</td><td><span class="status">${statusText}</span></td><td>${findings.map(findingText).join('') || evidenceText(evidence.slice(0, 4))}</td></tr>`,
	);
	return `<article><h3>${escaped(document.number)} · ${money(document.amount, document.currency)} · ${escaped(document.partner.name ?? document.partner.code)}</h3>
<p class="quiet">${say.submitted} ${escaped(document.submittedBy)} · ${clock(document.submittedAt)}</p>
${end}<table><tbody>${rows.join('')}</tbody></table></article>`;
}

function findingText({ finding, evidence }: ToldFinding): string {
	return `<p>${escaped(finding)}</p>${evidenceText(evidence.slice(0, 6))}`;
}

function evidenceText(evidence: ToldFinding['evidence']): string {
	if (evidence.length === 0) return '';
	const lines = evidence.map(({ system, entity, key, at, shows }) => {
		const shown = Object.entries(shows)
			.filter(([, value]) => value !== '')
			.map(([name, value]) => `${escaped(name)}: ${escaped(value)}`);
		return `<li><code>${escaped(`${system}/${entity}/${key}`)}</code> ${at === undefined ? '' : clock(at)} ${shown.join(', ')}</li>`;
	});
	return `<ul class="evidence">${lines.join('')}</ul>`;
}

/** 2026-03-02 08:00 UTC */
function clock(instant: string): string {
	return `${escaped(instant.slice(0, 16).replace('T', ' '))} UTC`;
}

const css = `
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #0f172a; max-width: 1000px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 18px; margin: 28px 0 8px; } h3 { font-size: 16px; margin: 0; }
header p, .quiet { color: #475569; margin: 2px 0; }
ol { list-style: none; margin: 0; padding: 0; }
ol > li, article { border: 1px solid #cbd5e1; border-left: 5px solid #b91c1c; border-radius: 8px; padding: 12px 16px; margin: 0 0 12px; }
article { border-left-color: #475569; break-inside: avoid; }
li p { margin: 4px 0; } .worth { font-weight: 600; } .cure, .cause { color: #14532d; } .cause b { color: #b91c1c; }
em { font-style: normal; font-size: 12px; background: #e2e8f0; border-radius: 4px; padding: 1px 6px; white-space: nowrap; }
code { font-size: 12px; background: #f1f5f9; border-radius: 4px; padding: 0 4px; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin-top: 8px; } td { border-top: 1px solid #e2e8f0; padding: 6px 8px; vertical-align: top; }
td:nth-child(2) { white-space: nowrap; } td p { margin: 0; }
.status { border-radius: 4px; padding: 1px 6px; background: #e2e8f0; white-space: nowrap; }
.ok .status { background: #dcfce7; color: #14532d; } .fault .status { background: #fee2e2; color: #7f1d1d; }
.evidence { margin: 4px 0 0; padding: 0; list-style: none; font-size: 12px; color: #475569; }
.calm { color: #14532d; } .notice { background: #fef3c7; border-radius: 8px; padding: 8px 12px; }
@media print { body { padding: 0; max-width: none; } }
`;
