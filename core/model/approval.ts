import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { CurrencyCode, Key, PartnerReference, Revision, Text } from './references';

const instant = z.iso.datetime();

/** What waits for a decision. */
export const ApprovalKind = z.enum(['salesOrder', 'purchaseOrder', 'invoice']);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** Which step a document begins with. The first active rule that fits decides. */
export const ApprovalRule = z.object({
	key: Key,
	state: z.enum(['active', 'inactive']),
	/** inclusive, in the flow's currency */
	from: Decimal,
	/** exclusive; absent: no upper bound */
	below: Decimal.optional(),
	/** branches; absent: all of them */
	regions: z.array(Text.min(1)).optional(),
	/** key of the step */
	step: Key,
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

export const ApprovalStep = z.object({
	key: Key,
	name: Text.min(1),
	state: z.enum(['active', 'inactive']),
	/** key of the position, as the system with the flow knows it; absent: none was entered */
	position: Key.optional(),
	/** key of the step after it; absent: the document is approved */
	next: Key.optional(),
});
export type ApprovalStep = z.infer<typeof ApprovalStep>;

export const ApprovalFlow = z.object({
	key: Key,
	name: Text.min(1),
	kind: ApprovalKind,
	state: z.enum(['active', 'inactive']),
	currency: CurrencyCode,
	rules: z.array(ApprovalRule),
	steps: z.array(ApprovalStep),
	changedAt: instant.optional(),
	revision: Revision.optional(),
});
export type ApprovalFlow = z.infer<typeof ApprovalFlow>;

/** A document that waits. */
export const ApprovalDocument = z.object({
	kind: ApprovalKind,
	key: Key,
	number: Text.min(1),
	/** in `currency`, with tax as the system's limits count it */
	amount: Decimal,
	currency: CurrencyCode,
	region: Text.min(1).optional(),
	partner: PartnerReference,
	/** login */
	submittedBy: Key,
	submittedAt: instant,
	/** key of the step where it waits; absent: the system found none */
	step: Key.optional(),
	waitingSince: instant,
});
export type ApprovalDocument = z.infer<typeof ApprovalDocument>;

/** What one user has been given to decide. */
export const ApprovalTask = z.object({
	key: Key,
	/** key of the document */
	document: Key,
	step: Key,
	/** login */
	user: Key,
	state: z.enum(['open', 'done', 'withdrawn']),
	createdAt: instant,
});
export type ApprovalTask = z.infer<typeof ApprovalTask>;

/** A message about a task. `queued`: not handed to the mail server yet; `stuck`: the system has given up trying. */
export const ApprovalNotification = z.object({
	key: Key,
	document: Key,
	task: Key,
	user: Key,
	to: Text.optional(),
	state: z.enum(['queued', 'sent', 'bounced', 'rejected', 'stuck']),
	madeAt: instant,
	attempts: z.number().int().min(0),
	attemptedAt: instant.optional(),
	/** what the mail server, or the connection to it, said last */
	error: Text.optional(),
});
export type ApprovalNotification = z.infer<typeof ApprovalNotification>;

/** A user of the system that holds the flow. */
export const ApprovalUser = z.object({
	/** login */
	key: Key,
	name: Text.min(1),
	email: Text.optional(),
	/** number of the employee in HR */
	employee: Key.optional(),
	state: z.enum(['active', 'locked']),
	/** what the organisation sync last wrote of this user */
	synced: z.object({ at: instant, position: Key.optional() }).optional(),
});
export type ApprovalUser = z.infer<typeof ApprovalUser>;

/** A user who decides for a position. `manual`: a person bound them, and HR need not agree. */
export const PositionBinding = z.object({
	position: Key,
	user: Key,
	origin: z.enum(['sync', 'manual']),
	since: instant,
	/** for a deputy; absent: until it is taken away */
	until: instant.optional(),
	/** of a deputy: documents above it are for others, in whatever currency */
	maxAmount: Decimal.optional(),
});
export type PositionBinding = z.infer<typeof PositionBinding>;

export const ApprovalPosition = z.object({
	key: Key,
	name: Text.min(1),
	state: z.enum(['active', 'closed']),
});
export type ApprovalPosition = z.infer<typeof ApprovalPosition>;

/** Which position of the system a position of HR becomes. */
export const PositionMapping = z.object({ hr: Key, position: Key });
export type PositionMapping = z.infer<typeof PositionMapping>;

/** One run of the organisation sync. `failed`: it broke off; `partial`: records were left out. */
export const SyncRun = z.object({
	key: Key,
	startedAt: instant,
	finishedAt: instant,
	state: z.enum(['succeeded', 'partial', 'failed']),
	read: z.number().int().min(0),
	written: z.number().int().min(0),
	errors: z.array(
		z.object({
			/** of HR; absent: the run itself */
			employee: Key.optional(),
			position: Key.optional(),
			message: Text,
		}),
	),
});
export type SyncRun = z.infer<typeof SyncRun>;

/** Who decides, as the system with the flow knows it, and how it learns that from HR. */
export const ApprovalOrganisation = z.object({
	positions: z.array(ApprovalPosition),
	users: z.array(ApprovalUser),
	bindings: z.array(PositionBinding),
	/** absent where the system has no sync of its own */
	sync: z
		.object({
			state: z.enum(['on', 'off']),
			mappings: z.array(PositionMapping),
			/** the latest first */
			runs: z.array(SyncRun),
		})
		.optional(),
});
export type ApprovalOrganisation = z.infer<typeof ApprovalOrganisation>;

/** A partner whose documents only holders of an extra authorisation may approve. */
export const SpecialPartner = z.object({
	partner: Key,
	authorisation: Key,
	reason: Text.optional(),
	/** logins */
	holders: z.array(Key),
});
export type SpecialPartner = z.infer<typeof SpecialPartner>;

/** Up to which amount, inclusive, somebody may approve. A user's own limit goes before that of the position. */
export const ApproverLimit = z.object({
	user: Key.optional(),
	position: Key.optional(),
	limit: Decimal,
	currency: CurrencyCode,
});
export type ApproverLimit = z.infer<typeof ApproverLimit>;

export const ApprovalAuthorisations = z.object({
	specialPartners: z.array(SpecialPartner),
	limits: z.array(ApproverLimit),
	/** whether whoever submitted a document may not approve it */
	submitterExcluded: z.boolean(),
});
export type ApprovalAuthorisations = z.infer<typeof ApprovalAuthorisations>;

/** Where the system hands over its mail. */
export const MailRoute = z.object({
	host: z.string().min(1),
	port: z.number().int().min(1).max(65_535),
	secure: z.boolean().optional(),
	/** whether the system's queue is being worked off */
	queue: z.enum(['running', 'stopped']).optional(),
});
export type MailRoute = z.infer<typeof MailRoute>;

/** What a mail server said when it was called and nothing was sent. */
export const MailHandshake = z.object({
	host: z.string(),
	port: z.number(),
	state: z.enum(['ready', 'timeout', 'unreachable', 'refused']),
	at: instant,
	says: z.string(),
});
export type MailHandshake = z.infer<typeof MailHandshake>;
