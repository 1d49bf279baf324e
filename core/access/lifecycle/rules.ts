import { z } from 'zod/v4';

import { Key, Text } from '../../model/references';

/** How long a right stays after what ends it. */
export const Delay = z.object({
	amount: z.number().int().min(0).max(10_000),
	/** `hours` pass at any time; business days are Monday to Friday without the holidays, to the same time of day */
	unit: z.enum(['hours', 'businessDays']),
	/** hours on top, for whoever has to hand over */
	graceHours: z.number().min(0).max(10_000).default(0),
});
export type Delay = z.infer<typeof Delay>;

export const Reaction = z.enum(['report', 'revoke']);

/** `joiner`: gives the rights of the post; `mover`, `leaver`, `timeBox`: take rights when that is what ends them. */
export const LifecycleScope = z.enum(['joiner', 'mover', 'leaver', 'timeBox']);
export type LifecycleScope = z.infer<typeof LifecycleScope>;

/** What is done with the rights of one system. What no rule names is reported and stays. */
export const LifecycleRules = z.object({
	/** what is done here; the rest is another workflow's, and what that decided stays as it is */
	scope: z.array(LifecycleScope).min(1).default(['joiner', 'mover', 'leaver', 'timeBox']),
	/** the rights that a post gives, by the system's keys; `*` is every post */
	posts: z.array(z.object({ position: Key, rights: z.array(Key).min(1).max(1_000) })).max(5_000),
	/** how long the rights of the old post stay after a move */
	afterMove: Delay.default({ amount: 48, unit: 'hours', graceHours: 0 }),
	/** other delays for some rights; the first that names a right counts */
	afterMoveOf: z.array(Delay.extend({ rights: z.array(Key).min(1) })).default([]),
	/** a move dated back no further counts from its day, an older one from when it was seen */
	backdatedDays: z.number().int().min(0).max(366).default(7),
	/** make an account for somebody who has a login and none in the system, where the system can */
	openAccounts: z.boolean().default(false),
	/** make the account of somebody who left inactive, beside taking its rights */
	deactivateLeavers: z.boolean().default(true),
	/** rights that neither a post nor anybody here has given */
	outsideProcess: Reaction.default('report'),
	/** days without use after which a right is dormant; 0: none is */
	dormantDays: z.number().int().min(0).max(3_660).default(0),
	dormant: Reaction.default('report'),
	/** hours from the notice on, for rights outside the process and dormant ones that are revoked */
	noticeHours: z.number().min(0).max(10_000).default(72),
	/** logins of machines, which belong to nobody and are left alone */
	serviceAccounts: z.array(Key).default([]),
	/** keys of people whom HR lists no more and somebody confirms as gone: they count as left, and no longer as missing */
	goneEmployees: z.array(Key).default([]),
	/** where days begin, and business days are counted */
	timeZone: z.string().default('UTC').refine(isTimeZone, 'must be an IANA time zone, such as Asia/Shanghai'),
	holidays: z.array(z.iso.date()).default([]),
});
export type LifecycleRules = z.infer<typeof LifecycleRules>;

/** A right, or all rights of a person, that stay although a rule would take them; never those of somebody who left. */
export const AccessException = z.object({
	id: Key,
	/** key of the employee */
	person: Key,
	/** absent: all rights of the person */
	right: Key.optional(),
	/** who answers for it */
	owner: Text.min(1),
	reason: Text.min(1),
	until: z.iso.datetime({ offset: true }),
});
export type AccessException = z.infer<typeof AccessException>;

/** The rights of a post, each once. */
export function rightsOfPost(
	rules: Pick<LifecycleRules, 'posts'>,
	position: string | undefined,
): Set<string> {
	const fitting = rules.posts.filter((post) => post.position === '*' || post.position === position);
	return new Set(fitting.flatMap(({ rights }) => rights));
}

function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}
