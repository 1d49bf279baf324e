import { z } from 'zod/v4';

import { limitOf } from '../http/callTerms';
import { ServiceError, type Call, type Route } from '../http/service';
import type { Approvals } from './approvals';
import { recordKinds, type RecordKindName } from './model';

const Ids = z.object({ ids: z.array(z.string()).max(1_000) });
const SomeIds = z.object({ ids: z.array(z.string()).max(1_000).optional() }).prefault({});
const Search = z.object({
	ids: z.array(z.string()).max(1_000).optional(),
	documents: z.array(z.string()).max(1_000).optional(),
});
const Records = z.object({ records: z.array(z.looseObject({ id: z.string() })).max(1_000) });
const Only = z.object({ employees: z.array(z.string()).max(10_000).optional() }).prefault({});

/** The ERP's approvals over HTTP: each kind of record in bulk, and what can be done. */
export function approvalRoutes(approvals: Approvals): Route[] {
	const { records } = approvals;
	const base = '/api/approvals/records/:kind';
	return [
		{
			method: 'GET',
			path: base,
			handle: (call) => ({
				records: records.page(kindOf(call), {
					after: call.query.get('after') ?? undefined,
					status: call.query.get('status') ?? undefined,
					limit: limitOf(call.query),
				}),
			}),
		},
		{
			method: 'POST',
			path: `${base}/search`,
			handle: (call) => {
				const kind = kindOf(call);
				const { ids = [], documents = [] } = Search.parse(call.body);
				const ofDocuments =
					kind === 'tasks' || kind === 'messages' ? records.ofDocuments(kind, documents) : [];
				return { records: [...records.some(kind, ids), ...ofDocuments] };
			},
		},
		{
			method: 'PUT',
			path: base,
			handle: (call) => {
				const kind = kindOf(call);
				const given = Records.parse(call.body).records;
				return { records: records.transaction(() => given.map((record) => records.put(kind, record))) };
			},
		},
		{
			method: 'PUT',
			path: `${base}/:id`,
			handle: (call) => records.put(kindOf(call), { ...(call.body as object), id: call.parameters.id }),
		},
		{
			method: 'DELETE',
			path: `${base}/:id`,
			handle: (call) => {
				records.remove(kindOf(call), call.parameters.id ?? '');
				return {};
			},
		},
		{ method: 'POST', path: '/api/approvals/submit', handle: ({ body }) => approvals.submit(body) },
		{
			method: 'POST',
			path: '/api/approvals/documents/:id/approve',
			handle: ({ parameters, body }) =>
				approvals.approve(parameters.id ?? '', z.object({ user: z.string() }).parse(body).user),
		},
		{
			method: 'POST',
			path: '/api/approvals/reassign',
			handle: ({ body }) => approvals.reassign(Ids.parse(body).ids),
		},
		{ method: 'POST', path: '/api/approvals/deputies', handle: ({ body }) => approvals.bindDeputy(body) },
		{
			method: 'POST',
			path: '/api/approvals/deputies/end',
			handle: ({ body }) => {
				const { position, user } = z.object({ position: z.string(), user: z.string() }).parse(body);
				return approvals.unbindDeputy(position, user);
			},
		},
		{
			method: 'POST',
			path: '/api/approvals/messages/send',
			handle: async ({ body }) => await approvals.send(SomeIds.parse(body).ids),
		},
		{
			method: 'POST',
			path: '/api/approvals/organisation/sync',
			handle: async ({ body }) => await approvals.synchronise(Only.parse(body).employees),
		},
		{
			method: 'POST',
			path: '/api/approvals/organisation/import',
			handle: ({ body }) => approvals.import(body),
		},
	];
}

function kindOf({ parameters }: Call): RecordKindName {
	const { kind = '' } = parameters;
	if (Object.hasOwn(recordKinds, kind)) return kind as RecordKindName;
	throw new ServiceError(
		404,
		'no_such_kind',
		`There are no records of the kind "${kind}" among the approvals.`,
	);
}
