import { createHash } from 'node:crypto';
import type { z } from 'zod/v4';

import { problems } from '../../model/problems';
import {
	Evaluation,
	Evaluations,
	mostResults,
	Searches,
	usualResults,
	type Decision,
	type SearchKind,
	type SearchResults,
} from './messages';

/** What decides, and knows whom and what there is to decide about. */
export interface Decider {
	/** One decision, kept in the log. Throws when nothing can be decided; then it is denied. */
	decide(evaluation: Evaluation): Promise<Decision>;
	/** What `decide` would say, kept nowhere: a search is no attempt. */
	wouldPermit(evaluations: Evaluation[]): Promise<boolean[]>;
	/** ids of all subjects or resources of a type, in an order that stays; none for a type that it does not know */
	ids(kind: 'subject' | 'resource', type: string): Promise<string[]>;
	/** names of all actions on a type of resource, in an order that stays */
	actions(resourceType: string): Promise<string[]>;
}

export const endpoints = {
	evaluation: '/access/v1/evaluation',
	evaluations: '/access/v1/evaluations',
	searchSubject: '/access/v1/search/subject',
	searchResource: '/access/v1/search/resource',
	searchAction: '/access/v1/search/action',
} as const;
export type Endpoint = keyof typeof endpoints;

/** A deny is an answer like any other (200); 400 is for what is no AuthZEN request, its body says what is wrong with it. */
export type Answer =
	| { status: 200; body: Decision | { evaluations: Decision[] } | SearchResults }
	| { status: 400; body: string };

/** Answers a request of the OpenID AuthZEN Authorization API 1.0. */
export async function answerAuthZen(endpoint: Endpoint, body: unknown, decider: Decider): Promise<Answer> {
	try {
		switch (endpoint) {
			case 'evaluation':
				return { status: 200, body: await decided(decider, read(Evaluation, body)) };
			case 'evaluations':
				return { status: 200, body: await evaluations(decider, body) };
			case 'searchSubject':
				return { status: 200, body: await searched(decider, 'subject', body) };
			case 'searchResource':
				return { status: 200, body: await searched(decider, 'resource', body) };
			case 'searchAction':
				return { status: 200, body: await searched(decider, 'action', body) };
		}
	} catch (error) {
		if (error instanceof BadRequest) return { status: 400, body: error.message };
		throw error;
	}
}

/** Where a policy enforcement point finds the endpoints; `base` is the decision point's own address. */
export function metadata(base: string): Record<string, string> {
	const at = (path: string) => `${base.replace(/\/+$/, '')}${path}`;
	return {
		policy_decision_point: base.replace(/\/+$/, ''),
		access_evaluation_endpoint: at(endpoints.evaluation),
		access_evaluations_endpoint: at(endpoints.evaluations),
		search_subject_endpoint: at(endpoints.searchSubject),
		search_resource_endpoint: at(endpoints.searchResource),
		search_action_endpoint: at(endpoints.searchAction),
	};
}

class BadRequest extends Error {}

function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
	const parsed = schema.safeParse(body);
	if (!parsed.success) throw new BadRequest(`This is no AuthZEN request: ${problems(parsed.error)}`);
	return parsed.data;
}

async function decided(decider: Decider, evaluation: Evaluation): Promise<Decision> {
	try {
		return await decider.decide(evaluation);
	} catch (error) {
		return { decision: false, context: { error: { status: 500, message: messageOf(error) } } };
	}
}

/** Without evaluations the request is one by itself, and so is the answer. */
async function evaluations(decider: Decider, body: unknown): Promise<Decision | { evaluations: Decision[] }> {
	const { evaluations: items = [], options, ...defaults } = read(Evaluations, body);
	if (items.length === 0) return await decided(decider, read(Evaluation, body));
	const semantic = options?.evaluations_semantic ?? 'execute_all';
	const answers: Decision[] = [];
	for (const item of items) {
		const whole = Evaluation.safeParse({ ...defaults, ...item });
		const answer = whole.success
			? await decided(decider, whole.data)
			: { decision: false, context: { error: { status: 400, message: problems(whole.error) } } };
		answers.push(answer);
		if (semantic === 'deny_on_first_deny' && !answer.decision) break;
		if (semantic === 'permit_on_first_permit' && answer.decision) break;
	}
	return { evaluations: answers };
}

/** Decisions that are asked for at a time, so that a page that is full early costs little. */
const candidatesAtOnce = 200;

async function searched(decider: Decider, kind: SearchKind, body: unknown): Promise<SearchResults> {
	const { page: { token, limit } = {}, ...wanted } = read(Searches[kind], body);
	const request = fingerprint({ kind, ...wanted });
	const begun = token === undefined || token === '' ? undefined : placeIn(token, request, limit);
	const size = begun?.size ?? Math.min(limit ?? usualResults, mostResults);
	let next = begun?.position ?? 0;
	const candidates = await candidatesFor(decider, kind, wanted as Wanted);
	const results: SearchResults['results'] = [];
	while (next < candidates.length && results.length < size) {
		const some = candidates.slice(next, next + candidatesAtOnce);
		const permitted = await decider.wouldPermit(some.map(({ evaluation }) => evaluation));
		for (const [index, { result }] of some.entries()) {
			if (results.length === size) break;
			if (permitted[index] === true) results.push(result);
			next += 1;
		}
	}
	const isEnd = next >= candidates.length || size === 0;
	return {
		page: { next_token: isEnd ? '' : tokenOf({ position: next, size }, request), count: results.length },
		results,
	};
}

type Wanted = Omit<Evaluation, 'action'> & { action?: Evaluation['action'] };
interface Candidate {
	evaluation: Evaluation;
	result: SearchResults['results'][number];
}

async function candidatesFor(decider: Decider, kind: SearchKind, wanted: Wanted): Promise<Candidate[]> {
	const { subject, resource, action } = wanted;
	if (kind === 'action') {
		const names = await decider.actions(resource.type);
		return names.map((name) => ({ evaluation: { ...wanted, action: { name } }, result: { name } }));
	}
	if (action === undefined) return [];
	const { type } = kind === 'subject' ? subject : resource;
	const ids = await decider.ids(kind, type);
	return ids.map((id) => ({
		evaluation: { ...wanted, action, [kind]: { ...wanted[kind], id } },
		result: { type, id },
	}));
}

/** Where a search goes on, and how many results a page of it has. */
interface Place {
	position: number;
	size: number;
}

/** A token goes with the request that it came from: with another one, results would be left out. */
function tokenOf({ position, size }: Place, request: string): string {
	return Buffer.from(`${position}.${size}.${request}`).toString('base64url');
}

/** A limit may be left out with a token, as in the standard's own example (8.2.3), and stays what it was; another one is refused. */
function placeIn(token: string, request: string, limit: number | undefined): Place {
	const [position = '', size = '', of] = Buffer.from(token, 'base64url').toString().split('.');
	const isOurs = of === request && /^\d+$/.test(position) && /^[1-9]\d{0,3}$/.test(size);
	if (!isOurs || (limit !== undefined && Math.min(limit, mostResults) !== Number(size)))
		throw new BadRequest(
			'page.token is none of this search; send the same request that it came from, or begin without a token.',
		);
	return { position: Number(position), size: Number(size) };
}

function fingerprint(request: object): string {
	return createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 32);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
