import { z } from 'zod/v4';

import { Decimal } from '../../../core/model/decimal';
import { Key, Text } from '../../../core/model/references';

/** The ERP's own words for approval; the connector translates them into canonical ones. */
const instant = z.iso.datetime();
const currency = z.string().regex(/^[A-Z]{3}$/);

export const Flow = z.object({
	id: Key,
	name: Text,
	document: z.enum(['salesOrder', 'purchaseOrder', 'invoice']),
	active: z.boolean(),
	currency,
	rules: z.array(
		z.object({
			id: Key,
			active: z.boolean(),
			from: Decimal,
			below: Decimal.optional(),
			branches: z.array(Text).optional(),
			step: Key,
		}),
	),
	steps: z.array(
		z.object({
			id: Key,
			name: Text,
			active: z.boolean(),
			/** null: nobody was entered */
			approver: Key.nullable(),
			/** null: approved after this one */
			next: Key.nullable(),
		}),
	),
	changedAt: instant.optional(),
});
export type Flow = z.infer<typeof Flow>;

export const Post = z.object({ id: Key, name: Text, open: z.boolean() });
export const User = z.object({
	/** login */
	id: Key,
	name: Text,
	email: Text.optional(),
	/** number in HR */
	employee: Key.optional(),
	locked: z.boolean().default(false),
	/** the sync locked the user, and may unlock it */
	lockedBySync: z.boolean().default(false),
	syncedAt: instant.optional(),
	/** position in HR when it was last synchronised */
	syncedPosition: Key.optional(),
});
export type User = z.infer<typeof User>;

export const Binding = z.object({
	id: Key,
	position: Key,
	user: Key,
	origin: z.enum(['sync', 'manual']),
	since: instant,
	until: instant.optional(),
	/** of a deputy: orders above it are for others */
	maxAmount: Decimal.optional(),
	reason: Text.optional(),
});
export type Binding = z.infer<typeof Binding>;

/** `id` is the position in HR. */
export const MappingRule = z.object({ id: Key, position: Key });
export const Run = z.object({
	id: Key,
	startedAt: instant,
	finishedAt: instant,
	result: z.enum(['ok', 'partly', 'failed']),
	read: z.number().int().min(0),
	written: z.number().int().min(0),
	errors: z.array(z.object({ employee: Key.optional(), position: Key.optional(), message: Text })),
});
export type Run = z.infer<typeof Run>;

/** `id` is the customer's code. */
export const SpecialCustomer = z.object({
	id: Key,
	authorisation: Key,
	reason: Text.optional(),
	holders: z.array(Key),
});
export const Limit = z.object({
	id: Key,
	user: Key.optional(),
	position: Key.optional(),
	limit: Decimal,
	currency,
});

/** Kept under the id `settings`. */
export const Settings = z.object({
	id: z.literal('settings'),
	/** a sales order from this amount on cannot be confirmed before it is approved; absent: none needs approval */
	approvalFrom: Decimal.optional(),
	submitterExcluded: z.boolean(),
	mailHost: z.string(),
	mailPort: z.number().int(),
	/** stopped: messages are made and nobody hands them over */
	mailQueue: z.enum(['running', 'stopped']),
	mailTimeoutMs: z.number().int().positive(),
	/** how often a message is tried before it is given up */
	mailAttempts: z.number().int().positive(),
	sender: z.string(),
	hrInterface: z.enum(['on', 'off']),
	/** where the interface reads HR */
	hrUrl: z.string(),
	/** the company's own addresses when it was last started: what equals them follows them */
	startedWith: z.object({ hrUrl: z.string(), mailPort: z.number().int() }).optional(),
});
export type Settings = z.infer<typeof Settings>;

export const WaitingDocument = z.object({
	id: Key,
	document: z.enum(['salesOrder', 'purchaseOrder', 'invoice']).default('salesOrder'),
	number: Text,
	amount: Decimal,
	currency,
	branch: Text.optional(),
	customer: z.object({ code: Key, name: Text }),
	submittedBy: Key,
	submittedAt: instant,
	status: z.enum(['waiting', 'approved', 'rejected']),
	/** null: the flow led nowhere */
	step: Key.nullable(),
	waitingSince: instant,
	decisions: z.array(z.object({ step: Key, user: Key, at: instant })).default([]),
});
export type WaitingDocument = z.infer<typeof WaitingDocument>;

export const Task = z.object({
	id: Key,
	document: Key,
	step: Key,
	position: Key,
	user: Key,
	status: z.enum(['open', 'done', 'withdrawn']),
	createdAt: instant,
});
export type Task = z.infer<typeof Task>;

export const Message = z.object({
	id: Key,
	document: Key,
	task: Key,
	user: Key,
	to: Text.optional(),
	status: z.enum(['queued', 'sent', 'bounced', 'rejected', 'stuck']),
	madeAt: instant,
	attempts: z.number().int().min(0),
	attemptedAt: instant.optional(),
	error: Text.optional(),
});
export type Message = z.infer<typeof Message>;

/** Every kind of record, under the name that it has in the API. */
export const recordKinds = {
	flows: Flow,
	positions: Post,
	users: User,
	bindings: Binding,
	mappings: MappingRule,
	runs: Run,
	specialCustomers: SpecialCustomer,
	limits: Limit,
	settings: Settings,
	documents: WaitingDocument,
	tasks: Task,
	messages: Message,
} as const;
export type RecordKinds = { [K in keyof typeof recordKinds]: z.infer<(typeof recordKinds)[K]> };
export type RecordKindName = keyof RecordKinds;

/** What is given to name a deputy. */
export const NewDeputy = z.object({
	position: Key,
	user: Key,
	until: instant,
	maxAmount: Decimal.optional(),
	reason: Text.min(1),
});

/** What is given to submit an order for approval. */
export const Submission = z.object({
	/** a sales order of this ERP */
	order: Key,
	/** login */
	submittedBy: Key,
	branch: Text.optional(),
});
