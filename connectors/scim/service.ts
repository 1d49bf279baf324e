import { z } from 'zod/v4';

import { problems } from '../../core/model/problems';
import { NotFoundError, UnavailableError, type ErrorSubject } from '../../core/ports/errors';
import type { HttpRequest, HttpTransport } from '../../core/ports/httpTransport';
import { errorOfFailure, errorOfResponse } from '../http/errors';
import { ScimUser } from './user';

export interface ScimOptions {
	/** name in events and in the crosswalk */
	system: string;
	/** base address, such as https://directory.example.com/scim/v2 */
	url: string;
	/** bearer token */
	token: string;
	transport: HttpTransport;
	/** for one call */
	timeoutMs?: number;
}

const ErrorBody = z.looseObject({ detail: z.string().nullish() });

/** A group as RFC 7643, 4.2 has it. A member may be a group too. */
export const ScimGroup = z.looseObject({
	id: z.string().min(1),
	displayName: z.string().nullish(),
	members: z.array(z.looseObject({ value: z.string().nullish(), type: z.string().nullish() })).nullish(),
});
export type ScimGroup = z.infer<typeof ScimGroup>;

/** What is listed: the path, and what each is. */
const listed = { Users: ScimUser, Groups: ScimGroup };
type Listed = keyof typeof listed;
type ListedResource<K extends Listed> = z.infer<(typeof listed)[K]>;

const ListResponse = z.looseObject({
	totalResults: z.number().int().min(0),
	Resources: z.array(z.unknown()).nullish(),
});

const Schemas = z.looseObject({
	Resources: z.array(
		z.looseObject({
			id: z.string(),
			attributes: z.array(
				z.looseObject({ name: z.string(), type: z.string(), required: z.boolean().nullish() }),
			),
		}),
	),
});
export type SchemaAttribute = { schema: string; name: string; type: string; required: boolean };

/** Users a page; servers may send fewer. */
const pageSize = 200;
/** How often a list is read when users came or went between its pages. */
const attempts = 3;

/** Calls to a SCIM 2.0 server (RFC 7644): the token goes with each, every failure becomes a BridgeError. */
export class ScimService {
	constructor(private readonly options: ScimOptions) {}

	get system(): string {
		return this.options.system;
	}

	/**
	 * All users that match, by id. A server pages by position, so that one who comes or goes meanwhile may hide another: what was read
	 * must be as many as the server counts, or it is read again, and in the end refused rather than taken for the whole.
	 */
	async users(filter?: string): Promise<ScimUser[]> {
		return await this.all('Users', filter);
	}

	/** All groups with their members, by id; read as users are. */
	async groups(): Promise<ScimGroup[]> {
		return await this.all('Groups');
	}

	async group(id: string): Promise<ScimGroup | undefined> {
		return await this.one('Groups', id);
	}

	private async all<K extends Listed>(kind: K, filter?: string): Promise<Array<ListedResource<K>>> {
		for (let attempt = 1; ; attempt += 1) {
			const { found, total } = await this.readAll(kind, filter);
			if (found.size === total) return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
			const what = kind.toLowerCase();
			if (attempt >= attempts)
				throw new UnavailableError(
					`${this.system} counts ${total} ${what} and delivered ${found.size}; the list is not taken for the whole.`,
					{
						system: this.system,
						entity: 'employee',
						hint: `Try again; if it persists, see in ${this.system} whether the token may read all ${what}.`,
					},
				);
		}
	}

	/** Nothing where there is none. */
	async user(id: string): Promise<ScimUser | undefined> {
		return await this.one('Users', id);
	}

	private async one<K extends Listed>(kind: K, id: string): Promise<ListedResource<K> | undefined> {
		const path = `/${kind}/${encodeURIComponent(id)}`;
		try {
			return (await this.call(listed[kind], { method: 'GET', path }, id)) as ListedResource<K>;
		} catch (error) {
			if (error instanceof NotFoundError) return undefined;
			throw error;
		}
	}

	async create(user: object, key: string): Promise<ScimUser> {
		return await this.call(ScimUser, { method: 'POST', path: '/Users', body: user }, key);
	}

	/** Some servers answer with the user and others with nothing: whoever needs it reads it. */
	async patch(id: string, operations: object[]): Promise<void> {
		await this.change('Users', id, operations);
	}

	async patchGroup(id: string, operations: object[]): Promise<void> {
		await this.change('Groups', id, operations);
	}

	private async change(kind: Listed, id: string, operations: object[]): Promise<void> {
		const body = {
			schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
			Operations: operations,
		};
		await this.call(z.unknown(), { method: 'PATCH', path: `/${kind}/${encodeURIComponent(id)}`, body }, id);
	}

	async attributes(): Promise<SchemaAttribute[]> {
		const { Resources } = await this.call(Schemas, { method: 'GET', path: '/Schemas' });
		return Resources.flatMap(({ id, attributes }) =>
			attributes.map(({ name, type, required }) => ({ schema: id, name, type, required: required === true })),
		);
	}

	/** One user at most: the address and the token are good when it answers. */
	async check(): Promise<void> {
		await this.page('Users', 1, 1, undefined);
	}

	private async readAll<K extends Listed>(
		kind: K,
		filter: string | undefined,
	): Promise<{ found: Map<string, ListedResource<K>>; total: number }> {
		const found = new Map<string, ListedResource<K>>();
		for (let startIndex = 1; ; ) {
			const { total, page } = await this.page(kind, startIndex, pageSize, filter);
			for (const one of page) found.set(one.id, one);
			startIndex += page.length;
			if (page.length === 0 || startIndex > total) return { found, total };
		}
	}

	private async page<K extends Listed>(
		kind: K,
		startIndex: number,
		count: number,
		filter: string | undefined,
	): Promise<{ total: number; page: Array<ListedResource<K>> }> {
		const query = { startIndex, count, ...(filter === undefined ? {} : { filter }) };
		const Response = ListResponse.extend({ Resources: z.array(listed[kind] as z.ZodType).nullish() });
		const { totalResults, Resources } = await this.call(Response, { method: 'GET', path: `/${kind}`, query });
		return { total: totalResults, page: (Resources ?? []) as Array<ListedResource<K>> };
	}

	private async call<S extends z.ZodType>(
		schema: S,
		{ path, ...request }: Pick<HttpRequest, 'method' | 'query' | 'body'> & { path: string },
		key?: string,
	): Promise<z.output<S>> {
		const { url, token, transport, timeoutMs = 30_000, system } = this.options;
		const subject: ErrorSubject = { system, entity: 'employee', ...(key === undefined ? {} : { key }) };
		const response = await transport({
			...request,
			url: url.replace(/\/+$/, '') + path,
			headers: {
				authorization: `Bearer ${token}`,
				accept: 'application/scim+json',
				...(request.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
			},
			timeoutMs,
		}).catch((failure: unknown) => {
			throw errorOfFailure(failure, subject);
		});
		if (response.status < 200 || response.status > 299) {
			const said = ErrorBody.safeParse(jsonOf(response.body)).data?.detail;
			throw errorOfResponse(response, subject, `${system}: ${said ?? `${request.method} ${path} failed`}`);
		}
		const body = schema.safeParse(jsonOf(response.body));
		if (body.success) return body.data;
		throw new UnavailableError(
			`${system} answered ${request.method} ${path} with something else than SCIM: ${problems(body.error)}`,
			{ hint: 'Check that the address is the base address of SCIM 2.0.', ...subject },
		);
	}
}

/** Transports read JSON by its usual media type; `application/scim+json` may come as text. */
function jsonOf(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}

/** A value within a filter (RFC 7644, 3.4.2.2): as JSON text. */
export function filterText(value: string): string {
	return JSON.stringify(value);
}
