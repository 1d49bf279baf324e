import type { CheckName, CheckStatus, FindingCode } from './finding';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

type Facts = Record<string, string>;
interface Sentences {
	/** what is wrong */
	finding(facts: Facts): string;
	/** what to do about it */
	cure(facts: Facts): string;
}

/** A name that may be empty. */
const among = (facts: Facts, name: string): string => facts[name] ?? '';

const english: Record<FindingCode, Sentences> = {
	flowMissing: {
		finding: (f) => `There is no approval flow for documents of the kind ${among(f, 'kind')}.`,
		cure: () => 'Set up a flow for this kind of document, or have the document approved by a delegate.',
	},
	flowInactive: {
		finding: (f) => `The approval flow ${among(f, 'flow')} is switched off.`,
		cure: () => 'Switch the flow on again, then assign the documents anew.',
	},
	noRule: {
		finding: (f) =>
			`No active rule of the flow ${among(f, 'flow')} covers ${among(f, 'amount')} ${among(f, 'currency')}${among(f, 'region') === '' ? '' : ` in ${among(f, 'region')}`}.`,
		cure: () => 'Add a rule that covers this amount and branch, then assign the document anew.',
	},
	stepMissing: {
		finding: (f) => `The flow ${among(f, 'flow')} leads to step ${among(f, 'step')}, which is not there.`,
		cure: () => 'Add the step, or lead the rule or the step before it elsewhere.',
	},
	stepInactive: {
		finding: (f) => `The step ${among(f, 'step')} is inactive.`,
		cure: () => 'Activate the step, or lead the flow past it, then assign the document anew.',
	},
	flowLoop: {
		finding: (f) => `The flow ${among(f, 'flow')} goes in a circle: ${among(f, 'path')}.`,
		cure: () => 'Let the last step of the circle lead to the next one, or to the end.',
	},
	approverEmpty: {
		finding: (f) => `The step ${among(f, 'step')} names no approver position.`,
		cure: () => 'Enter the position that decides at this step, then assign the document anew.',
	},
	positionUnknown: {
		finding: (f) =>
			`The step ${among(f, 'step')} names position ${among(f, 'position')}, which does not exist.`,
		cure: () => 'Enter a position that exists, or create this one.',
	},
	positionClosed: {
		finding: (f) => `The step ${among(f, 'step')} names position ${among(f, 'position')}, which is closed.`,
		cure: () => 'Name the position that has taken over, or open this one again.',
	},
	userLocked: {
		finding: (f) => `The user ${among(f, 'user')}, who holds position ${among(f, 'position')}, is locked.`,
		cure: () => 'Unlock the user if the lock is a mistake; otherwise name a delegate.',
	},
	mappingMissing: {
		finding: (f) =>
			`No mapping rule leads from a position of HR to ${among(f, 'position')}, so nobody can arrive there.`,
		cure: () =>
			'Repair the mapping rule, run the organisation sync for the people concerned, and notify again.',
	},
	positionVacant: {
		finding: (f) => `Nobody holds position ${among(f, 'position')} (${among(f, 'hrPosition')}) in HR.`,
		cure: () => 'Fill the post in HR; until then name a delegate.',
	},
	approverOnLeave: {
		finding: (f) =>
			`${among(f, 'employee')}, who holds position ${among(f, 'position')}, is on leave until ${among(f, 'until')}.`,
		cure: () => 'Name a delegate for the time of the leave.',
	},
	approverWithoutLogin: {
		finding: (f) => `${among(f, 'employee')} holds position ${among(f, 'position')} and has no login in HR.`,
		cure: () => 'Enter the login in HR, then run the organisation sync for this person.',
	},
	bindingMissing: {
		finding: (f) =>
			`Position ${among(f, 'position')} has no user bound to it${among(f, 'employee') === '' ? '' : `, though HR names ${among(f, 'employee')}`}.`,
		cure: () => 'Bind the user to the position, then assign the documents anew.',
	},
	syncOff: {
		finding: (f) =>
			`The organisation sync is switched off, so ${among(f, 'employee')} never reached position ${among(f, 'position')}.`,
		cure: () => 'Switch the sync on and run it; until then name a delegate.',
	},
	syncFailed: {
		finding: (f) =>
			`The organisation sync fails (${among(f, 'error')}), so ${among(f, 'employee')} never reached position ${among(f, 'position')}.`,
		cure: () => 'Repair the interface to HR and run the sync; until then name a delegate.',
	},
	leftOut: {
		finding: (f) => `The organisation sync left ${among(f, 'employee')} out: ${among(f, 'error')}`,
		cure: () => 'Correct what the sync complains of, then run it for this person.',
	},
	syncStale: {
		finding: (f) =>
			`${among(f, 'employee')} holds position ${among(f, 'position')} in HR, and the organisation sync has not run since (last success ${among(f, 'lastSuccess') || 'never'}).`,
		cure: () => 'Run the organisation sync, and check why it does not run by itself.',
	},
	taskNotMade: {
		finding: (f) =>
			`${among(f, 'user')} holds the position, and no task was made for ${among(f, 'document')}.`,
		cure: () => 'Assign the document anew.',
	},
	messageNotMade: {
		finding: (f) =>
			`${among(f, 'user')} has a task for ${among(f, 'document')}, and no message was made about it.`,
		cure: () => 'Notify again, and check the notification rules of the step.',
	},
	addressMissing: {
		finding: (f) => `The user ${among(f, 'user')} has no e-mail address.`,
		cure: () => 'Enter the address in HR, run the sync for this person, and notify again.',
	},
	addressWrong: {
		finding: (f) =>
			`The message went to ${among(f, 'address')} and came back; HR knows ${among(f, 'user')} as ${among(f, 'hrAddress')}.`,
		cure: () => 'Run the organisation sync for this person so that the address is right, and notify again.',
	},
	messageBounced: {
		finding: (f) => `The message to ${among(f, 'address')} came back.`,
		cure: () => 'Have the mailbox checked, tell the approver another way, and notify again.',
	},
	messageRejected: {
		finding: (f) => `The mail server refused the message to ${among(f, 'address')}: ${among(f, 'error')}`,
		cure: () => 'Have the mailbox checked, tell the approver another way, and notify again.',
	},
	mailServerUnreachable: {
		finding: (f) => `The mail server ${among(f, 'server')} takes no mail: ${among(f, 'says')}`,
		cure: () => 'Restore the mail server or correct its address, then send the waiting messages again.',
	},
	mailQueueStopped: {
		finding: () => 'The queue of outgoing mail is stopped; messages are made and not handed over.',
		cure: () => 'Start the queue again.',
	},
	messageStuck: {
		finding: (f) =>
			`The message to ${among(f, 'address')} was not sent after ${among(f, 'attempts')} attempts${among(f, 'error') === '' ? '' : `: ${among(f, 'error')}`}`,
		cure: () => 'The mail server answers now: send the message again.',
	},
	extraAuthorisationMissing: {
		finding: (f) =>
			`Customer ${among(f, 'partner')} needs the authorisation ${among(f, 'authorisation')}, which ${among(f, 'user') || 'nobody'} ${among(f, 'user') === '' ? 'holds' : 'does not hold'}.`,
		cure: (f) =>
			among(f, 'holders') === ''
				? 'Grant the authorisation to somebody at this step.'
				: `Have it approved by one who holds it (${among(f, 'holders')}), or grant the authorisation.`,
	},
	overLimit: {
		finding: (f) =>
			`${among(f, 'amount')} ${among(f, 'currency')} is above the limit of ${among(f, 'user')}, ${among(f, 'limit')}.`,
		cure: () => 'Lead the document to somebody with a higher limit, or correct the rules of the flow.',
	},
	submitterExcluded: {
		finding: (f) => `${among(f, 'user')} submitted the document and is the only one who could approve it.`,
		cure: () => 'Name a delegate who did not submit it.',
	},
	policyDenied: {
		finding: (f) => `The access policies forbid ${among(f, 'user')} to approve it: ${among(f, 'why')}`,
		cure: () => 'Have it approved by somebody whom the policies permit, or have the policy changed.',
	},
};

const chinese: Record<FindingCode, Sentences> = {
	flowMissing: {
		finding: (f) => `没有适用于 ${among(f, 'kind')} 类单据的审批流。`,
		cure: () => '为该类单据建立审批流，或由代理人审批。',
	},
	flowInactive: {
		finding: (f) => `审批流“${among(f, 'flow')}”已停用。`,
		cure: () => '重新启用审批流，然后重新分派单据。',
	},
	noRule: {
		finding: (f) =>
			`审批流“${among(f, 'flow')}”没有启用的规则适用于 ${among(f, 'amount')} ${among(f, 'currency')}${among(f, 'region') === '' ? '' : `（${among(f, 'region')}）`}。`,
		cure: () => '补充适用于该金额和分支的规则，然后重新分派单据。',
	},
	stepMissing: {
		finding: (f) => `审批流“${among(f, 'flow')}”指向不存在的节点 ${among(f, 'step')}。`,
		cure: () => '补建该节点，或修改指向它的规则或上一节点。',
	},
	stepInactive: {
		finding: (f) => `审批节点“${among(f, 'step')}”已停用。`,
		cure: () => '启用该节点或绕过它，然后重新分派单据。',
	},
	flowLoop: {
		finding: (f) => `审批流“${among(f, 'flow')}”形成循环：${among(f, 'path')}。`,
		cure: () => '让循环的最后一个节点指向下一节点或结束。',
	},
	approverEmpty: {
		finding: (f) => `审批节点“${among(f, 'step')}”的审批岗位为空。`,
		cure: () => '填写该节点的审批岗位，然后重新分派单据。',
	},
	positionUnknown: {
		finding: (f) => `审批节点“${among(f, 'step')}”指定的岗位 ${among(f, 'position')} 不存在。`,
		cure: () => '改为已有岗位，或建立该岗位。',
	},
	positionClosed: {
		finding: (f) => `审批节点“${among(f, 'step')}”指定的岗位 ${among(f, 'position')} 已关闭。`,
		cure: () => '改为接任的岗位，或重新启用该岗位。',
	},
	userLocked: {
		finding: (f) => `岗位“${among(f, 'position')}”的用户 ${among(f, 'user')} 已被锁定。`,
		cure: () => '若属误锁请解锁，否则指定代理人。',
	},
	mappingMissing: {
		finding: (f) => `没有映射规则把人事系统的岗位对应到“${among(f, 'position')}”，因此无人能到岗。`,
		cure: () => '修复映射规则，对相关人员重新执行组织同步，并重新通知。',
	},
	positionVacant: {
		finding: (f) => `人事系统中岗位“${among(f, 'position')}”（${among(f, 'hrPosition')}）无人任职。`,
		cure: () => '在人事系统中补充任职人员；在此之前指定代理人。',
	},
	approverOnLeave: {
		finding: (f) => `岗位“${among(f, 'position')}”的 ${among(f, 'employee')} 休假至 ${among(f, 'until')}。`,
		cure: () => '为休假期间指定代理人。',
	},
	approverWithoutLogin: {
		finding: (f) => `${among(f, 'employee')} 任职岗位“${among(f, 'position')}”，但人事系统中没有登录名。`,
		cure: () => '在人事系统中填写登录名，然后对该员工执行组织同步。',
	},
	bindingMissing: {
		finding: (f) =>
			`岗位“${among(f, 'position')}”没有绑定用户${among(f, 'employee') === '' ? '' : `，而人事系统中任职的是 ${among(f, 'employee')}`}。`,
		cure: () => '把用户绑定到岗位，然后重新分派单据。',
	},
	syncOff: {
		finding: (f) => `组织同步已关闭，${among(f, 'employee')} 未能到达岗位“${among(f, 'position')}”。`,
		cure: () => '打开同步并执行；在此之前指定代理人。',
	},
	syncFailed: {
		finding: (f) =>
			`组织同步失败（${among(f, 'error')}），${among(f, 'employee')} 未能到达岗位“${among(f, 'position')}”。`,
		cure: () => '修复人事接口并执行同步；在此之前指定代理人。',
	},
	leftOut: {
		finding: (f) => `组织同步遗漏了 ${among(f, 'employee')}：${among(f, 'error')}`,
		cure: () => '改正同步所报的问题，然后对该员工重新同步。',
	},
	syncStale: {
		finding: (f) =>
			`人事系统中 ${among(f, 'employee')} 已任职岗位“${among(f, 'position')}”，此后组织同步尚未执行（上次成功：${among(f, 'lastSuccess') || '从未'}）。`,
		cure: () => '执行组织同步，并检查为何没有自动执行。',
	},
	taskNotMade: {
		finding: (f) => `${among(f, 'user')} 在岗，但单据 ${among(f, 'document')} 没有生成待办。`,
		cure: () => '重新分派该单据。',
	},
	messageNotMade: {
		finding: (f) => `${among(f, 'user')} 有单据 ${among(f, 'document')} 的待办，但没有生成通知。`,
		cure: () => '重新通知，并检查该节点的通知设置。',
	},
	addressMissing: {
		finding: (f) => `用户 ${among(f, 'user')} 没有邮箱地址。`,
		cure: () => '在人事系统中填写邮箱，对该员工同步，并重新通知。',
	},
	addressWrong: {
		finding: (f) =>
			`通知发往 ${among(f, 'address')} 被退回；人事系统中 ${among(f, 'user')} 的邮箱是 ${among(f, 'hrAddress')}。`,
		cure: () => '对该员工执行组织同步以更正邮箱，并重新通知。',
	},
	messageBounced: {
		finding: (f) => `发往 ${among(f, 'address')} 的通知被退回。`,
		cure: () => '检查该邮箱，另行告知审批人，并重新通知。',
	},
	messageRejected: {
		finding: (f) => `邮件服务器拒收发往 ${among(f, 'address')} 的通知：${among(f, 'error')}`,
		cure: () => '检查该邮箱，另行告知审批人，并重新通知。',
	},
	mailServerUnreachable: {
		finding: (f) => `邮件服务器 ${among(f, 'server')} 不收邮件：${among(f, 'says')}`,
		cure: () => '恢复邮件服务器或更正其地址，然后重发积压的通知。',
	},
	mailQueueStopped: {
		finding: () => '发件队列已停止：通知已生成但未发出。',
		cure: () => '重新启动发件队列。',
	},
	messageStuck: {
		finding: (f) =>
			`发往 ${among(f, 'address')} 的通知尝试 ${among(f, 'attempts')} 次后仍未发出${among(f, 'error') === '' ? '' : `：${among(f, 'error')}`}`,
		cure: () => '邮件服务器现已应答：请重发通知。',
	},
	extraAuthorisationMissing: {
		finding: (f) =>
			`客户 ${among(f, 'partner')} 需要额外授权 ${among(f, 'authorisation')}，${among(f, 'user') === '' ? '无人持有' : `${among(f, 'user')} 没有该授权`}。`,
		cure: (f) =>
			among(f, 'holders') === ''
				? '把该授权授予此节点的人员。'
				: `请由持有人（${among(f, 'holders')}）审批，或授予该授权。`,
	},
	overLimit: {
		finding: (f) =>
			`${among(f, 'amount')} ${among(f, 'currency')} 超出 ${among(f, 'user')} 的审批限额 ${among(f, 'limit')}。`,
		cure: () => '把单据转给限额更高的人员，或更正审批流规则。',
	},
	submitterExcluded: {
		finding: (f) => `${among(f, 'user')} 是提交人，也是唯一可审批的人。`,
		cure: () => '指定并非提交人的代理人。',
	},
	policyDenied: {
		finding: (f) => `访问策略不允许 ${among(f, 'user')} 审批：${among(f, 'why')}`,
		cure: () => '由策略允许的人员审批，或修改策略。',
	},
};

const sentences: Record<Language, Record<FindingCode, Sentences>> = { en: english, 'zh-CN': chinese };

export function findingText(one: { code: FindingCode; facts: Facts }, language: Language): string {
	return sentences[language][one.code].finding(one.facts);
}

export function cureText(one: { code: FindingCode; facts: Facts }, language: Language): string {
	return sentences[language][one.code].cure(one.facts);
}

/** What a check that found nothing rules out. */
export const ruledOut: Record<Language, Record<CheckName, string>> = {
	en: {
		flow: 'The flow leads the document to a position and from there to its end.',
		organisation: 'The position has a user who is at work and can sign in.',
		notification: 'The approver has a task and was told.',
		authorisation: 'The approver may decide on this customer and amount.',
	},
	'zh-CN': {
		flow: '审批流能把单据送到岗位并走到终点。',
		organisation: '岗位有在岗且可登录的用户。',
		notification: '审批人已有待办并已收到通知。',
		authorisation: '审批人有权审批该客户和金额。',
	},
};

export const checkTitles: Record<Language, Record<CheckName, string>> = {
	en: {
		flow: 'Approval-flow configuration',
		organisation: 'Organisation sync',
		notification: 'Message notification',
		authorisation: 'Authorisation',
	},
	'zh-CN': {
		flow: '审批流节点配置',
		organisation: '组织架构同步状态',
		notification: '消息通知日志',
		authorisation: '权限继承关系',
	},
};

export const statusWords: Record<Language, Record<CheckStatus, string>> = {
	en: { ok: 'in order', fault: 'fault', notReached: 'not reached', unknown: 'could not be read' },
	'zh-CN': { ok: '正常', fault: '异常', notReached: '未涉及', unknown: '无法读取' },
};
