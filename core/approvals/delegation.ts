import { z } from 'zod/v4';

import type { ApprovalDocument } from '../model/approval';
import { compare, Decimal } from '../model/decimal';
import { Key, Text } from '../model/references';
import { checkAuthorisation } from './authorisationCheck';
import type { Picture } from './picture';
import { cureText, findingText, type Language } from './words';

/** Who may name a deputy, for how long and up to what amount. */
export const DelegationPolicy = z.object({
	/** logins */
	grantors: z.array(Key).min(1, 'name at least one who may'),
	/** logins; empty: any user who is at work */
	deputies: z.array(Key).default([]),
	/** empty: any position */
	positions: z.array(Key).default([]),
	maxHours: z.number().positive().max(8_760),
	/** absent: no bound but the limits of the system */
	maxAmount: Decimal.optional(),
});
export type DelegationPolicy = z.infer<typeof DelegationPolicy>;

export const DelegationRequest = z.object({
	position: Key,
	/** login */
	deputy: Key,
	/** login of whoever names the deputy */
	grantedBy: Key,
	reason: Text,
	hours: z.number().positive(),
	maxAmount: Decimal.optional(),
});
export type DelegationRequest = z.infer<typeof DelegationRequest>;

/** Shorter reasons tell nobody anything. */
const shortestReason = 10;

/** Somebody who has to hear of it. */
export const Concerned = z.object({
	login: Key,
	name: Text,
	email: Text.optional(),
	role: z.enum(['deputy', 'grantor', 'holder', 'submitter']),
});
export type Concerned = z.infer<typeof Concerned>;

/** One delegation, as it is kept: granted, and later ended. */
export const Delegation = z.object({
	id: Key,
	system: Key,
	position: Key,
	deputy: Key,
	grantedBy: Key,
	reason: Text,
	grantedAt: z.iso.datetime(),
	until: z.iso.datetime(),
	maxAmount: Decimal.optional(),
	/** keys of the documents for which the deputy was given tasks */
	documents: z.array(Key),
	/** numbers in the decision log under which access policies permitted it, or denied documents */
	decisions: z.array(z.number()).default([]),
	/** who was told of it, and is told of its end */
	concerned: z.array(Concerned).default([]),
	state: z.enum(['granted', 'ended']),
	endedAt: z.iso.datetime().optional(),
	/** login, or `expiry` */
	endedBy: Key.optional(),
});
export type Delegation = z.infer<typeof Delegation>;

export interface Judgement {
	/** why it may not be; empty: it may */
	refusals: string[];
	/** documents that the deputy is going to decide */
	covered: ApprovalDocument[];
	/** documents at the position that stay with others, with the reason */
	left: Array<{ document: string; because: string }>;
	concerned: Concerned[];
}

/**
 * Whether the policy lets this deputy be named, and for which of the documents that wait at the position. A document that the deputy
 * submitted, may not decide by limit, customer or access policy, or that is above the amount is never covered.
 */
export function judgeDelegation(
	request: DelegationRequest,
	policy: DelegationPolicy,
	waiting: ApprovalDocument[],
	picture: Picture,
	language: Language,
): Judgement {
	const say = refusalWords[language];
	const { position, deputy, grantedBy, reason, hours, maxAmount } = request;
	const refusals: string[] = [];
	const user = picture.userByKey.get(deputy);
	const employee = user?.employee === undefined ? undefined : picture.employeeByNumber.get(user.employee);
	if (!picture.positionByKey.has(position)) refusals.push(say.noPosition(position));
	if (!policy.grantors.includes(grantedBy)) refusals.push(say.grantor(grantedBy));
	if (policy.positions.length > 0 && !policy.positions.includes(position))
		refusals.push(say.position(position));
	if (policy.deputies.length > 0 && !policy.deputies.includes(deputy)) refusals.push(say.deputy(deputy));
	if (deputy === grantedBy) refusals.push(say.self);
	if (user === undefined) refusals.push(say.noUser(deputy));
	else if (user.state === 'locked' || employee?.state === 'left' || employee?.state === 'onLeave')
		refusals.push(say.away(user.name));
	if (reason.trim().length < shortestReason) refusals.push(say.reason(shortestReason));
	if (hours > policy.maxHours) refusals.push(say.hours(policy.maxHours));
	const bound = policy.maxAmount;
	if (bound !== undefined && (maxAmount === undefined || compare(maxAmount, bound) > 0))
		refusals.push(say.amount(bound));
	if (picture.bindingsOf.get(position)?.some((one) => one.user === deputy && one.origin === 'sync') === true)
		refusals.push(say.holds(deputy));

	const covered: ApprovalDocument[] = [];
	const left: Judgement['left'] = [];
	for (const document of user === undefined ? [] : documentsAtPosition(waiting, position, picture)) {
		const because = reasonAgainst(document, request, picture, language);
		if (because === undefined) covered.push(document);
		else left.push({ document: document.key, because });
	}
	return { refusals, covered, left, concerned: concernedBy(request, covered, picture) };
}

/** Those that wait at a step of this position. */
export function documentsAtPosition(
	waiting: ApprovalDocument[],
	position: string,
	picture: Picture,
): ApprovalDocument[] {
	return waiting.filter(({ kind, step }) =>
		picture.flowOf.get(kind)?.steps.some((one) => one.key === step && one.position === position),
	);
}

/** The first thing that keeps the deputy from deciding; segregation of duties holds whatever the system does about it. */
function reasonAgainst(
	document: ApprovalDocument,
	{ deputy, position, maxAmount }: DelegationRequest,
	picture: Picture,
	language: Language,
): string | undefined {
	const say = refusalWords[language];
	const user = picture.userByKey.get(deputy);
	if (user === undefined) return say.noUser(deputy);
	if (document.submittedBy === deputy) return say.submitter(user.name);
	if (maxAmount !== undefined && compare(document.amount, maxAmount) > 0) return say.above(maxAmount);
	const [finding] = checkAuthorisation(document, user, position, picture).findings;
	return finding === undefined
		? undefined
		: `${findingText(finding, language)} ${cureText(finding, language)}`;
}

function concernedBy(
	{ position, deputy, grantedBy }: DelegationRequest,
	covered: ApprovalDocument[],
	picture: Picture,
): Concerned[] {
	const roles = new Map<string, Concerned['role']>();
	for (const { submittedBy } of covered) roles.set(submittedBy, 'submitter');
	for (const { user } of picture.bindingsOf.get(position) ?? []) roles.set(user, 'holder');
	roles.set(grantedBy, 'grantor').set(deputy, 'deputy');
	return [...roles].map(([login, role]) => {
		const user = picture.userByKey.get(login);
		return {
			login,
			role,
			name: user?.name ?? login,
			...(user?.email === undefined ? {} : { email: user.email }),
		};
	});
}

const refusalWords = {
	en: {
		noPosition: (key: string) => `There is no position "${key}".`,
		grantor: (login: string) => `${login} may not name deputies.`,
		position: (key: string) => `No deputies are named for position "${key}".`,
		deputy: (login: string) => `${login} may not be a deputy.`,
		self: 'Nobody names themselves as a deputy.',
		noUser: (login: string) => `There is no user "${login}".`,
		away: (name: string) => `${name} is locked, away or no longer employed.`,
		reason: (length: number) => `The reason needs at least ${length} characters.`,
		hours: (hours: number) => `A deputy is named for at most ${hours} hours.`,
		amount: (amount: string) => `A deputy decides up to ${amount}; give an amount not above it.`,
		holds: (login: string) => `${login} holds the position already.`,
		submitter: (name: string) => `${name} submitted it.`,
		above: (amount: string) => `It is above ${amount}.`,
	},
	'zh-CN': {
		noPosition: (key: string) => `岗位“${key}”不存在。`,
		grantor: (login: string) => `${login} 无权指定代理人。`,
		position: (key: string) => `岗位“${key}”不设代理人。`,
		deputy: (login: string) => `${login} 不可担任代理人。`,
		self: '不能指定自己为代理人。',
		noUser: (login: string) => `用户“${login}”不存在。`,
		away: (name: string) => `${name} 已锁定、休假或离职。`,
		reason: (length: number) => `理由至少需要 ${length} 个字。`,
		hours: (hours: number) => `代理最长 ${hours} 小时。`,
		amount: (amount: string) => `代理审批金额上限为 ${amount}，请填写不超过它的金额。`,
		holds: (login: string) => `${login} 已任职该岗位。`,
		submitter: (name: string) => `${name} 是提交人。`,
		above: (amount: string) => `金额超过 ${amount}。`,
	},
} satisfies Record<Language, unknown>;
