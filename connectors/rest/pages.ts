import type { Call, Query, RestCalls } from './calls';
import { textOf } from './calls';
import type { Entity, Paging } from './description';

/** One answer of a list. */
export interface RecordPage {
	records: unknown[];
	/** whether the answer says, or does not exclude, that there are more */
	more: boolean;
}

/**
 * Reads a list in the system's own paging until its end. A page that brings the same as the one before means that the
 * paging does not work: it is refused rather than read for ever.
 */
export async function* readPages(
	calls: RestCalls,
	name: string,
	{ list }: Entity,
	query: Query,
	pageSize?: number,
): AsyncIterable<RecordPage> {
	const { paging } = list;
	const size: Query =
		paging.style === 'none' || paging.size === undefined
			? {}
			: { [paging.size.parameter]: Math.min(pageSize ?? paging.size.value, paging.size.value) };
	const about = { entity: name };
	const fixed = { ...list.query, ...query, ...size };
	let call: Call = { method: 'GET', address: list.path, query: { ...fixed, ...firstPosition(paging) } };
	let before: string | undefined;
	let read = 0;
	for (let page = 0; ; page += 1) {
		const response = await calls.call(call, about).catch((error: Error & { name: string }) => {
			// Some systems answer 404 beyond the last page.
			if (paging.style === 'page' && page > 0 && error.name === 'NotFoundError') return undefined;
			throw error;
		});
		if (response === undefined) return;
		const records = await recordsOf(calls, name, list.records, response.body);
		const content = JSON.stringify(records);
		if (records.length > 0 && content === before) {
			throw calls.wrong(
				`entities.${name}.list.paging`,
				'does not move on: two pages hold the same records',
				about,
			);
		}
		before = content;
		read += records.length;
		const next = await following(calls, name, paging, { call, fixed, page, read, records, response });
		if (records.length > 0 || next !== undefined) yield { records, more: next !== undefined };
		if (next === undefined) return;
		call = next;
	}
}

function firstPosition(paging: Paging): Query {
	if (paging.style === 'page') return { [paging.parameter]: paging.first };
	if (paging.style === 'offset') return { [paging.parameter]: 0 };
	return {};
}

async function recordsOf(
	calls: RestCalls,
	name: string,
	expression: string,
	body: unknown,
): Promise<unknown[]> {
	const path = `entities.${name}.list.records`;
	const found = await calls.value(expression, path, body, {}, { entity: name });
	if (Array.isArray(found)) return found as unknown[];
	// JSONata gives a list of one as its only element, and an empty list of a path as nothing.
	if (found === undefined && expression !== '$') return [];
	if (typeof found === 'object' && found !== null && !Array.isArray(body)) {
		const inside = await calls.value(`$type(${expression})`, path, body, {}, { entity: name });
		if (inside === 'array') return [found];
	}
	if (Array.isArray(body) && typeof found === 'object' && found !== null) return [found];
	throw calls.wrong(path, `selects ${found === undefined ? 'nothing' : 'no list'} in the answer`, {
		entity: name,
	});
}

interface Answered {
	call: Call;
	fixed: Query;
	/** of the answer, from 0 */
	page: number;
	/** records so far */
	read: number;
	records: unknown[];
	response: { headers: Record<string, string>; body: unknown };
}

/** The call for the next page; undefined at the end. */
async function following(
	calls: RestCalls,
	name: string,
	paging: Paging,
	{ call, fixed, page, read, records, response }: Answered,
): Promise<Call | undefined> {
	switch (paging.style) {
		case 'none':
			return undefined;
		// A short page is not the last: a system may give fewer than it was asked for.
		case 'page':
			return records.length === 0
				? undefined
				: { ...call, query: { ...fixed, [paging.parameter]: paging.first + page + 1 } };
		case 'offset':
			return records.length === 0 ? undefined : { ...call, query: { ...fixed, [paging.parameter]: read } };
		case 'cursor': {
			const path = `entities.${name}.list.paging.next`;
			const next = await calls.value(paging.next, path, response.body, {}, { entity: name });
			return next === undefined || next === null || next === ''
				? undefined
				: { ...call, query: { ...fixed, [paging.parameter]: textOf(next) } };
		}
		case 'link': {
			const address = nextLink(response.headers['link'] ?? '');
			return address === undefined ? undefined : { method: 'GET', address };
		}
	}
}

/** The target of the link whose relation is "next" (RFC 8288, 3). */
export function nextLink(header: string): string | undefined {
	for (const [, target, parameters] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
		if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters ?? '')) return target;
	}
	return undefined;
}
