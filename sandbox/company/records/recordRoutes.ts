import { z } from 'zod/v4';

import { ifMatch, limitOf } from '../http/callTerms';
import { Answer, ServiceError, type Call, type Route } from '../http/service';
import type { BookRecord, RecordBook } from './recordBook';

const Search = z.object({ ids: z.array(z.string()).max(1_000) });

/** The HTTP face of one kind of records: `{path}` with list, changes, search, create, change and its actions. */
export function recordRoutes(path: string, book: RecordBook): Route[] {
	const idOf = ({ parameters }: Call): string => parameters.id ?? '';
	const page = (records: BookRecord[]) => ({ records: records.map(shown) });
	const routes: Route[] = [
		{
			method: 'GET',
			path,
			handle: ({ query }) =>
				page(
					book.list({
						after: query.get('after') ?? undefined,
						search: query.get('search') ?? undefined,
						status: query.get('status') ?? undefined,
						changedSince: query.get('changedSince') ?? undefined,
						limit: limitOf(query),
					}),
				),
		},
		{
			method: 'GET',
			path: `${path}/changes`,
			handle: ({ query }) =>
				page(
					book.changes({
						changedAt: query.get('changedAt') ?? undefined,
						id: query.get('id') ?? undefined,
						limit: limitOf(query),
					}),
				),
		},
		{
			method: 'POST',
			path: `${path}/search`,
			handle: ({ body }) => page(book.some(Search.parse(body).ids)),
		},
		{
			method: 'POST',
			path,
			handle: ({ body, headers }) => {
				const key = headers['idempotency-key'];
				const { record, created } = book.create(body, typeof key === 'string' ? key : undefined);
				return new Answer(created ? 201 : 200, shown(record));
			},
		},
		{
			method: 'GET',
			path: `${path}/:id`,
			handle: (call) => {
				const record = book.get(idOf(call));
				if (record) return shown(record);
				throw new ServiceError(404, 'no_such_record', `There is no ${book.kind.name} "${idOf(call)}".`);
			},
		},
		{
			method: 'PATCH',
			path: `${path}/:id`,
			handle: (call) => shown(book.change(idOf(call), call.body, ifMatch(call))),
		},
	];
	const actions = Object.keys(book.kind.actions ?? {}).map(
		(action): Route => ({
			method: 'POST',
			path: `${path}/:id/${action}`,
			handle: (call) => shown(book.act(idOf(call), action, ifMatch(call))),
		}),
	);
	return [...routes, ...actions];
}

/** A record as the service answers with it. */
export function shown({ id, status, version, changedAt, body }: BookRecord): object {
	const { nextLine: _own, ...fields } = body as Record<string, unknown>;
	return { id, status, version, changedAt, ...fields };
}
