import { z } from 'zod/v4';

/*
 * The information model of the OpenID AuthZEN Authorization API 1.0. Keys that it does not name are let through: a later version may
 * add some, and they decide nothing here.
 */

const Name = z.string().min(1).max(1_000);
/** zod's own record takes an object with a key "constructor" for none. */
const Plain = z.custom<Record<string, unknown>>(
	(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
	'must be an object',
);
const Properties = Plain.optional();

export const Subject = z.object({ type: Name, id: Name, properties: Properties });
export type Subject = z.infer<typeof Subject>;

export const Resource = z.object({ type: Name, id: Name, properties: Properties });
export type Resource = z.infer<typeof Resource>;

export const Action = z.object({ name: Name, properties: Properties });
export type Action = z.infer<typeof Action>;

export const Evaluation = z.object({
	subject: Subject,
	action: Action,
	resource: Resource,
	context: Properties,
});
export type Evaluation = z.infer<typeof Evaluation>;

/** Evaluations that one request may carry. */
export const mostEvaluations = 1_000;

export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof semantics)[number];

/** What an evaluation of many leaves out, it takes from the request around it. */
export const Evaluations = z.object({
	subject: z.unknown().optional(),
	action: z.unknown().optional(),
	resource: z.unknown().optional(),
	context: z.unknown().optional(),
	evaluations: z.array(Plain).max(mostEvaluations).optional(),
	options: z.object({ evaluations_semantic: z.enum(semantics).optional() }).optional(),
});

/** Results of a search that one page may have, and has when nobody asks for another number. */
export const mostResults = 1_000;
export const usualResults = 100;

const Page = z.object({
	token: z.string().max(1_000).optional(),
	limit: z.number().int().min(0).optional(),
});
const search = { context: Properties, page: Page.optional() };
const OfType = z.object({ type: Name, properties: Properties });

/** What is looked for has no id; one that is given says nothing. */
export const Searches = {
	subject: z.object({ subject: OfType, action: Action, resource: Resource, ...search }),
	resource: z.object({ subject: Subject, action: Action, resource: OfType, ...search }),
	action: z.object({ subject: Subject, resource: Resource, ...search }),
};
export type SearchKind = keyof typeof Searches;

export interface Decision {
	decision: boolean;
	/** why, for whoever has to explain it */
	context?: Record<string, unknown>;
}

export interface SearchResults {
	page: { next_token: string; count: number };
	results: Array<{ type: string; id: string } | { name: string }>;
}
