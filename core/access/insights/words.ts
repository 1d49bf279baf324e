import type { Signal } from './detect';
import type { Doubt } from './doubts';

export const insightLanguages = ['en', 'zh-CN'] as const;
export type InsightLanguage = (typeof insightLanguages)[number];

const en = {
	signals: {
		deniedAttempts: 'Attempts beyond permission',
		newCapabilities: 'Rights that come one by one',
		exportsAtUnusualHours: 'Exports at unusual hours',
		twoPlaces: 'Account in two places',
		strangeSessions: 'New place at unusual hours',
		afterLeaving: 'Active after leaving',
	} satisfies Record<Signal['name'], string>,
	peers: {
		group: (peers: number) => `${peers} people of the same post`,
		company: (peers: number) => `all ${peers} people`,
	},
	explain: {
		deniedAttempts: (count: number, days: number, usual: string) =>
			`Was refused ${count} different things beyond the post, on ${days} days; ${usual}`,
		newCapabilities: (_count: number, weeks: number, usual: string) =>
			`Began to use, in ${weeks} of the last 13 weeks, rights that the post does not have; ${usual}`,
		exportsAtUnusualHours: (count: number, days: number, usual: string) =>
			`Exported ${count} times on ${days} days at hours that are neither this person’s nor the peers’; ${usual}`,
		twoPlaces: (count: number, _days: number, usual: string) =>
			`On ${count} days the account was in one place, in another and back within two hours, as if shared; ${usual}`,
		strangeSessions: (count: number, _days: number, usual: string) =>
			`On ${count} days it was used at an unusual hour from a place never seen before, beside the usual work; ${usual}`,
		afterLeaving: (count: number, days: number) =>
			`Was let through ${count} times on ${days} days after the last day employed`,
	},
	usual: (usual: string, peers: string, z: string, chance: string) =>
		`usual among ${peers} is ${usual}. That is ${z} widths above them; chance alone would do this in one of ${chance} cases at most.`,
	rule: 'A rule: nobody who has left is let in.',
	scales: {
		mad: 'width: median absolute deviation',
		meanDeviation: 'width: mean absolute deviation, as most peers are equal',
		chance: 'width: chance, as the peers hardly differ',
		rule: 'rule',
	},
	doubts: {
		silentDays: (days: string) =>
			`The log has a hole: nothing at all on ${days}, where that day of the week is busy. What happened then is not counted.`,
		silentHours: (gaps: string) =>
			`The log has holes of some hours: nothing on ${gaps}, which is busy in other weeks, while people worked before and after. What happened then is not counted.`,
		startsLate: (day: string) =>
			`The log begins on ${day}, after the period does: the figures are lower limits.`,
		endsEarly: (day: string) =>
			`The log ends on ${day}, before the period does: the figures are lower limits.`,
		noHistory:
			'There is no log from before the period: what is new and which hours are usual is told from the period itself.',
		unknownPeople: (count: number, examples: string) =>
			`${count} persons or accounts of the log are not in the list of people, so they have no post and no last day: ${examples}.`,
		withoutPlace: (share: string) =>
			`${share} of the lines say no place: shared accounts are seen only in the others.`,
		outOfOrder: (count: number) =>
			`${count} lines come more than a day after later ones: the log was put together, or written late.`,
		emptyLog: 'The log is empty. That nobody is named means nothing.',
		brokenChain: (position: number, problem: string) =>
			`The decision log is not as it was written: at position ${position} ${problem}. Find out who changed it before you trust these figures.`,
		fewPeople: (count: number) => `Only ${count} people were active: too few to tell what is usual.`,
	},
};
type Words = typeof en;

const zh: Words = {
	signals: {
		deniedAttempts: '越权尝试',
		newCapabilities: '权限逐步扩张',
		exportsAtUnusualHours: '非常规时段导出',
		twoPlaces: '账号同时出现在两地',
		strangeSessions: '陌生地点加非常规时段',
		afterLeaving: '离职后仍在操作',
	},
	peers: { group: (peers) => `同岗位 ${peers} 人`, company: (peers) => `全体 ${peers} 人` },
	explain: {
		deniedAttempts: (count, days, usual) =>
			`在 ${days} 天内对岗位之外的 ${count} 项不同内容的操作被拒绝；${usual}`,
		newCapabilities: (_count, weeks, usual) => `最近 13 周中有 ${weeks} 周开始使用本岗位没有的权限；${usual}`,
		exportsAtUnusualHours: (count, days, usual) =>
			`在 ${days} 天的非常规时段（既非本人也非同岗位的工作时段）导出 ${count} 次；${usual}`,
		twoPlaces: (count, _days, usual) => `有 ${count} 天账号在两小时内往返于两个地点，疑似共用账号；${usual}`,
		strangeSessions: (count, _days, usual) =>
			`有 ${count} 天在正常工作之外，于非常规时段从从未出现过的地点使用；${usual}`,
		afterLeaving: (count, days) => `离职日之后的 ${days} 天内被放行 ${count} 次`,
	},
	usual: (usual, peers, z, chance) =>
		`${peers}的通常值为 ${usual}，高出其离散宽度的 ${z} 倍；仅凭偶然至少 ${chance} 次才会出现一次。`,
	rule: '规则：离职人员一律不得放行。',
	scales: {
		mad: '宽度：中位数绝对偏差',
		meanDeviation: '宽度：平均绝对偏差（多数同岗位人员数值相同）',
		chance: '宽度：随机波动（同岗位人员几乎无差异）',
		rule: '规则',
	},
	doubts: {
		silentDays: (days) => `日志有缺口：${days} 没有任何记录，而同一星期几通常很忙；这些日子发生的事未计入。`,
		silentHours: (gaps) =>
			`日志有数小时的缺口：${gaps} 没有任何记录，而其他各周同一时段很忙，且前后都有人工作；其间发生的事未计入。`,
		startsLate: (day) => `日志自 ${day} 才开始，晚于统计期起点：各数字均为下限。`,
		endsEarly: (day) => `日志止于 ${day}，早于统计期终点：各数字均为下限。`,
		noHistory: '没有统计期之前的日志：何为新增、何为常规时段只能由统计期本身判断。',
		unknownPeople: (count, examples) =>
			`日志中有 ${count} 个人员或账号不在人员名单中，因此没有岗位和离职日：${examples}。`,
		withoutPlace: (share) => `${share} 的记录没有地点：只能在其余记录中识别共用账号。`,
		outOfOrder: (count) => `有 ${count} 行记录比其后的记录晚一天以上写入：日志经过拼接或延迟写入。`,
		emptyLog: '日志为空，未列出任何人不代表没有问题。',
		brokenChain: (position, problem) =>
			`决策日志与写入时不一致：位置 ${position}（${problem}）。请先查明何人改动，再采信这些数字。`,
		fewPeople: (count) => `仅有 ${count} 人活动，人数太少，无法判断何为常规。`,
	},
};

export const insightWords: Record<InsightLanguage, Words> = { en, 'zh-CN': zh };

/** One sentence on why somebody stands out. */
export function explainSignal(signal: Signal, language: InsightLanguage): string {
	const { name, count, days, usual, against, peers, z, chance } = signal;
	const say = insightWords[language];
	if (name === 'afterLeaving')
		return `${say.explain.afterLeaving(count, days)}${language === 'en' ? '. ' : '。'}${say.rule}`;
	const oneIn = Math.min(1e9, 1 / Math.max(chance, 1e-9));
	const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
	return say.explain[name](
		Math.round(count),
		days,
		say.usual(number.format(usual), say.peers[against](peers), z.toFixed(1), number.format(oneIn)),
	);
}

export function explainDoubt(doubt: Doubt, language: InsightLanguage): string {
	const say = insightWords[language].doubts;
	const list = (names: readonly string[]) => names.join(language === 'en' ? ', ' : '、');
	const firstOf = (all: readonly string[]) => list(all.slice(0, 10)) + (all.length > 10 ? ' …' : '');
	switch (doubt.kind) {
		case 'silentDays':
			return say.silentDays(firstOf(doubt.days));
		case 'silentHours':
			return say.silentHours(firstOf(doubt.gaps));
		case 'startsLate':
		case 'endsEarly':
			return say[doubt.kind](doubt.day);
		case 'unknownPeople':
			return say.unknownPeople(doubt.count, list(doubt.examples));
		case 'withoutPlace':
			return say.withoutPlace(`${Math.round(doubt.share * 100)}%`);
		case 'outOfOrder':
		case 'fewPeople':
			return say[doubt.kind](doubt.count);
		case 'brokenChain':
			return say.brokenChain(doubt.position, doubt.problem);
		case 'noHistory':
		case 'emptyLog':
			return say[doubt.kind];
	}
}
