import { z } from 'zod/v4';

import { Answer, ServiceError, type Call, type Route } from '../http/service';
import type { ErpRecord, RecordBook } from './recordBook';

const Search = z.object({ ids: z.array(z.string()).max(1_000) });

/** The HTTP face of one kind of records: `{path}` with list, changes, search, create, change, confirm and cancel. */
export function recordRoutes(path: string, book: RecordBook, { limitOf, ifMatch }: RouteTerms): Route[] {
	const idOf = ({ parameters }: Call): string => parameters.id ?? '';
	const page = (records: ErpRecord[]) => ({ records: records.map(shown) });
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
	if (book.kind.confirmed === undefined) return routes;
	return [
		...routes,
		{
			method: 'POST',
			path: `${path}/:id/confirm`,
			handle: (call) => shown(book.confirm(idOf(call), ifMatch(call))),
		},
		{
			method: 'POST',
			path: `${path}/:id/cancel`,
			handle: (call) => shown(book.cancel(idOf(call), ifMatch(call))),
		},
	];
}

export interface RouteTerms {
	limitOf(query: URLSearchParams): number | undefined;
	ifMatch(call: Call): number | undefined;
}

function shown({ id, status, version, changedAt, body }: ErpRecord): object {
	const { nextLine: _own, ...fields } = body as Record<string, unknown>;
	return { id, status, version, changedAt, ...fields };
}
