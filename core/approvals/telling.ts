import type { Diagnosis, Evidence, Finding, FindingCode } from './finding';
import type { CauseGroup } from './rootCauses';
import { checkTitles, cureText, findingText, ruledOut, statusWords, type Language } from './words';

export interface ToldFinding {
	code: FindingCode;
	finding: string;
	cure: string;
	subject: Finding['subject'];
	evidence: Evidence[];
}

/** A finding in words. */
export function tellFinding(one: Finding, language: Language): ToldFinding {
	return {
		code: one.code,
		finding: findingText(one, language),
		cure: cureText(one, language),
		subject: one.subject,
		evidence: one.evidence,
	};
}

/** A diagnosis as an item: the document, its root cause in words, and each check with what it saw. */
export function tellDiagnosis(diagnosis: Diagnosis, language: Language) {
	const { document, verdict, rootCause, further, waitsFor, checks } = diagnosis;
	return {
		document,
		verdict,
		...(rootCause === undefined
			? {}
			: {
					rootCause: {
						...tellFinding(rootCause, language),
						check: rootCause.check,
						confidence: rootCause.confidence,
						explains: rootCause.explains,
						ruledOut: checks
							.filter(({ status }) => status === 'ok')
							.map(({ check }) => ({ check, because: ruledOut[language][check] })),
					},
				}),
		further: further.map((one) => ({ ...tellFinding(one, language), check: one.check })),
		waitsFor,
		checks: checks.map(({ check, status, findings, evidence }) => ({
			check,
			title: checkTitles[language][check],
			status,
			statusText: statusWords[language][status],
			findings: findings.map((one) => tellFinding(one, language)),
			evidence,
		})),
	};
}
export type ToldDiagnosis = ReturnType<typeof tellDiagnosis>;

/** A group as an item: the cause, how many documents it holds up and what they are worth. */
export function tellGroup({ cause, ...group }: CauseGroup, language: Language) {
	const summary = tellFinding(cause, language);
	const worth = Object.entries(group.amounts)
		.map(([currency, amount]) => `${amount} ${currency}`)
		.join(', ');
	const headline =
		language === 'en'
			? `${summary.finding} It holds up ${group.documents} ${group.documents === 1 ? 'document' : 'documents'} worth ${worth}.`
			: `${summary.finding}因此 ${group.documents} 张单据（合计 ${worth}）无法推进。`;
	return {
		headline,
		...summary,
		check: cause.check,
		confidence: cause.confidence,
		documents: group.documents,
		amounts: group.amounts,
		oldest: group.oldest,
		keys: group.keys,
		further: group.further.map((one) => ({ ...tellFinding(one, language), check: one.check })),
	};
}
export type ToldGroup = ReturnType<typeof tellGroup>;
