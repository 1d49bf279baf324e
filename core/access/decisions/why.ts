import { nearestName } from '../../model/nearestName';
import type { AttributeType } from '../catalogue/attributes';
import { operationOf, type Catalogue } from '../catalogue/catalogue';
import type { AttributeProblem } from './accessRequest';
import type { Decision, Reason } from './decide';
import type { AccessQuestion } from './question';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

interface Words {
	reason: Record<Reason, (about: About) => string>;
	quoted(names: string[]): string;
	missing(attribute: string): string;
	wrong(attribute: string, type: string): string;
	types: Record<AttributeType, string>;
	listed(parts: string[]): string;
	meant(id: string): string;
}

interface About {
	who: string;
	what: string;
	on: string;
	decision: Decision;
	/** the deciding policies, quoted */
	by: string;
	/** the first policy that errored, and its message */
	error: string;
	/** what is missing or wrong */
	attributes: string;
	suggestion: string;
}

const english: Words = {
	reason: {
		permitted: ({ who, what, on, by }) => `${who} may do "${what}" on ${on}: ${by} permits it.`,
		forbidden: ({ who, what, on, by }) => `${who} may not do "${what}" on ${on}: ${by} forbids it.`,
		notPermitted: ({ who, what, on }) => `${who} may not do "${what}" on ${on}: no policy permits it.`,
		policyError: ({ who, what, on, error }) =>
			`${who} may not do "${what}" on ${on}: strict mode denies what a policy could not be asked about. ${error}`,
		attributes: ({ who, what, on, attributes }) => `${who} may not do "${what}" on ${on}: ${attributes}.`,
		unknownSubject: ({ who, what, on }) => `"${what}" on ${on} is denied: there is no employee ${who}.`,
		unknownOperation: ({ what, suggestion }) =>
			`Denied: the catalogue has no sensitive operation "${what}"${suggestion}.`,
		malformed: ({ who, what, on, decision }) =>
			`${who} may not do "${what}" on ${on}: the request cannot be read. ${decision.failure ?? ''}`.trim(),
		peopleUnavailable: ({ who, what, on, decision }) =>
			`${who} may not do "${what}" on ${on}: the HR system cannot be asked who that is. ${decision.failure ?? ''}`.trim(),
		notLogged: ({ who, what, on, decision }) =>
			`${who} may not do "${what}" on ${on}: the decision could not be written to the decision log. ${decision.failure ?? ''}`.trim(),
		policiesUnavailable: ({ who, what, on, decision }) =>
			`${who} may not do "${what}" on ${on}: the policies cannot be read. ${decision.failure ?? ''}`.trim(),
	},
	quoted: (names) =>
		`the ${names.length === 1 ? 'policy' : 'policies'} ${names.map((name) => `"${name}"`).join(', ')}`,
	missing: (attribute) => `${attribute} is not known`,
	wrong: (attribute, type) => `${attribute} is not ${type}`,
	types: {
		text: 'a text',
		number: 'a whole number',
		amount: 'an amount with four decimals at most',
		flag: 'true or false',
		address: 'an IP address',
		instant: 'an instant with an offset, such as 2026-01-05T08:00:00+08:00',
		employee: 'an employee that is known',
		texts: 'a list of texts',
	},
	listed: (parts) => parts.join(', and '),
	meant: (id) => ` (did you mean "${id}"?)`,
};

const chinese: Words = {
	reason: {
		permitted: ({ who, what, on, by }) => `允许${who}对${on}执行“${what}”：依据${by}。`,
		forbidden: ({ who, what, on, by }) => `拒绝${who}对${on}执行“${what}”：${by}禁止。`,
		notPermitted: ({ who, what, on }) => `拒绝${who}对${on}执行“${what}”：没有策略允许。`,
		policyError: ({ who, what, on, error }) =>
			`拒绝${who}对${on}执行“${what}”：有策略无法求值，严格模式下一律拒绝。${error}`,
		attributes: ({ who, what, on, attributes }) => `拒绝${who}对${on}执行“${what}”：${attributes}。`,
		unknownSubject: ({ who, what, on }) => `拒绝对${on}执行“${what}”：没有员工${who}。`,
		unknownOperation: ({ what, suggestion }) => `拒绝：敏感操作目录中没有“${what}”${suggestion}。`,
		malformed: ({ who, what, on, decision }) =>
			`拒绝${who}对${on}执行“${what}”：请求无法读取。${decision.failure ?? ''}`,
		peopleUnavailable: ({ who, what, on, decision }) =>
			`拒绝${who}对${on}执行“${what}”：无法向人事系统查询该人员。${decision.failure ?? ''}`,
		notLogged: ({ who, what, on, decision }) =>
			`拒绝${who}对${on}执行“${what}”：决策无法写入决策日志。${decision.failure ?? ''}`,
		policiesUnavailable: ({ who, what, on, decision }) =>
			`拒绝${who}对${on}执行“${what}”：无法读取策略。${decision.failure ?? ''}`,
	},
	quoted: (names) => `策略${names.map((name) => `“${name}”`).join('、')}`,
	missing: (attribute) => `${attribute} 未知`,
	wrong: (attribute, type) => `${attribute} 不是${type}`,
	types: {
		text: '文本',
		number: '整数',
		amount: '金额（最多四位小数）',
		flag: 'true 或 false',
		address: 'IP 地址',
		instant: '带时区的时刻，例如 2026-01-05T08:00:00+08:00',
		employee: '已知员工',
		texts: '文本列表',
	},
	listed: (parts) => parts.join('；'),
	meant: (id) => `（是否指“${id}”？）`,
};

export const wordsOf = (language: Language): Words => (language === 'zh-CN' ? chinese : english);

/** One sentence: who may or may not do what, on what, and why. */
export function why(
	question: AccessQuestion,
	decision: Decision,
	catalogue: Catalogue,
	language: Language,
): string {
	const words = wordsOf(language);
	const operation = operationOf(catalogue, question.operation);
	const name = language === 'zh-CN' ? operation?.name.zh : operation?.name.en;
	const [error] = decision.errors;
	const meant =
		operation === undefined
			? nearestName(
					question.operation,
					catalogue.operations.map(({ id }) => id),
				)
			: undefined;
	return words.reason[decision.reason]({
		who: question.subject.id === '' ? '""' : question.subject.id,
		what: name ?? question.operation,
		on: [operation?.resource, question.resource.id].filter(Boolean).join(' '),
		decision,
		by: words.quoted(decision.policies),
		error: error === undefined ? '' : `${error.policy}: ${error.message}.`,
		attributes: describeAttributes(decision.attributes, language),
		suggestion: meant === undefined ? '' : words.meant(meant),
	});
}

export function describeAttributes(attributes: AttributeProblem[], language: Language): string {
	const words = wordsOf(language);
	return words.listed(
		attributes.map(({ attribute, problem, type }) =>
			problem === 'missing' ? words.missing(attribute) : words.wrong(attribute, words.types[type]),
		),
	);
}
