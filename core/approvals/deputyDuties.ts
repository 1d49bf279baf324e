import type { ApprovalKind, ApprovalUser } from '../model/approval';
import type { AccessSnapshot } from '../ports/accessSystem';
import { dutyConflicts, standardDutyRules, type DutyRule } from '../access/review/dutyConflicts';
import type { Language } from './words';

/** Beside the standard conflicts: whoever enters a document does not decide it. */
const approvalRules: DutyRule[] = [
	{
		id: 'sales-approve',
		name: { en: 'Enter sales orders and approve them', zh: '录入并审批销售订单' },
		risk: 'high',
		first: ['salesOrder.create', 'sales.write', 'create sales order', 'enter sales order', '录入销售订单'],
		second: ['salesOrder.approve'],
	},
	{
		id: 'invoice-approve',
		name: { en: 'Enter invoices and approve them', zh: '录入并审批发票' },
		risk: 'high',
		first: ['invoice.post', 'invoices.write', 'enter invoice', '录入发票'],
		second: ['invoice.approve'],
	},
];

/**
 * Why segregation of duties keeps this user from deciding documents of these kinds, one sentence each; empty: nothing does. What
 * cannot be looked at is a reason too: an incomplete reading, or a user without an account.
 */
export function dutiesAgainst(
	deputy: ApprovalUser,
	kinds: ApprovalKind[],
	{ system, accounts, rights, grants, complete, missing }: AccessSnapshot,
	language: Language,
): string[] {
	const say = words[language];
	if (!complete) return [say.incomplete(system, missing ?? '')];
	const own = accounts.filter(
		({ login, employee }) => login === deputy.key || (employee !== undefined && employee === deputy.employee),
	);
	if (own.length === 0) return [say.noAccount(deputy.name, system)];
	const keys = new Set(own.map(({ key }) => key));
	const rightOf = new Map(rights.map((right) => [right.key, right]));
	const held = grants.filter(({ account }) => keys.has(account)).map(({ right }) => right);
	const administrator = held.find((right) => rightOf.get(right)?.administrator === true);
	if (administrator !== undefined) return [say.administrator(deputy.name, administrator)];
	const given = kinds.map((kind) => `${kind}.approve`);
	const named = held.map((right) => `${right} ${rightOf.get(right)?.name ?? ''}`.trim());
	const all = [...named, ...given].map((right) => ({
		system,
		account: deputy.key,
		person: deputy.key,
		right,
	}));
	const isNew = ({ right }: { right: string }): boolean => given.includes(right);
	return dutyConflicts(all, [...standardDutyRules, ...approvalRules])
		.filter(({ first, second }) => first.some(isNew) || second.some(isNew))
		.map(({ name, first, second }) => {
			const because = [...first, ...second].filter((one) => !isNew(one)).map(({ right }) => right);
			return say.conflict(deputy.name, language === 'en' ? name.en : name.zh, because.join(', '));
		});
}

const words = {
	en: {
		incomplete: (system: string, missing: string) =>
			`The rights in ${system} could not be read whole (${missing}), so duties cannot be kept apart.`,
		noAccount: (name: string, system: string) =>
			`${name} has no account in ${system} whose rights could be looked at.`,
		administrator: (name: string, right: string) =>
			`${name} may do everything (${right}), and would decide on own work.`,
		conflict: (name: string, rule: string, because: string) =>
			`Segregation of duties: ${name} would "${rule}" (holds ${because}).`,
	},
	'zh-CN': {
		incomplete: (system: string, missing: string) =>
			`${system} 的权限未能完整读取（${missing}），无法核对职责分离。`,
		noAccount: (name: string, system: string) => `${name} 在 ${system} 中没有可核对权限的账户。`,
		administrator: (name: string, right: string) => `${name} 拥有全部权限（${right}），会审批自己的业务。`,
		conflict: (name: string, rule: string, because: string) =>
			`职责分离：${name} 将“${rule}”（已有 ${because}）。`,
	},
} satisfies Record<Language, unknown>;
