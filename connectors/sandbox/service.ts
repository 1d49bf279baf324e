import { z } from 'zod/v4';

import { problems } from '../../core/model/problems';
import { UnavailableError, type ErrorSubject } from '../../core/ports/errors';
import type { HttpRequest, HttpTransport } from '../../core/ports/httpTransport';
import type { FieldDescription } from '../../core/ports/systemConnector';
import { errorOfFailure, errorOfResponse } from '../http/errors';

export interface SandboxOptions {
	/** address of the service, such as http://127.0.0.1:8081 */
	url: string;
	apiKey: string;
	transport: HttpTransport;
	/** name in events and in the crosswalk */
	system?: string;
	/** for one call */
	timeoutMs?: number;
}

const ErrorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

const Fields = z.array(
	z.object({
		name: z.string(),
		type: z.string(),
		required: z.boolean(),
		options: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
		write: z.object({ required: z.boolean() }).optional(),
	}),
);
export const ServiceDescription = z.object({
	entities: z.record(z.string(), z.object({ fields: Fields })),
	capabilities: z.object({ bulk: z.boolean(), bulkSize: z.number().int().positive() }),
});
export type ServiceDescription = z.infer<typeof ServiceDescription>;

/** Calls to one of the sandbox's services: the key goes with each, every failure becomes a BridgeError. */
export class SandboxService {
	constructor(
		readonly system: string,
		private readonly options: SandboxOptions,
	) {}

	/** The answer's body when the call succeeded and the body is what `schema` says. */
	async call<S extends z.ZodType>(
		schema: S,
		request: Pick<HttpRequest, 'method' | 'query' | 'body' | 'headers'> & { path: string },
		about: Omit<ErrorSubject, 'system'> = {},
	): Promise<z.output<S>> {
		const { url, apiKey, transport, timeoutMs = 30_000 } = this.options;
		const subject = { system: this.system, ...about };
		const { path, headers, ...rest } = request;
		const response = await transport({
			...rest,
			url: url.replace(/\/+$/, '') + path,
			headers: { ...headers, 'x-api-key': apiKey },
			timeoutMs,
		}).catch((failure: unknown) => {
			throw errorOfFailure(failure, subject);
		});
		if (response.status < 200 || response.status > 299) {
			const refusal = ErrorBody.safeParse(response.body);
			const said = refusal.success ? refusal.data.error.message : `${request.method} ${path} failed`;
			throw errorOfResponse(response, subject, `${this.system}: ${said}`);
		}
		const body = schema.safeParse(response.body);
		if (!body.success) {
			throw new UnavailableError(
				`${this.system} answered ${request.method} ${path} with something else than expected: ${problems(body.error)}`,
				{ hint: `Check that the address is that of ${this.system} and not of another program.`, ...subject },
			);
		}
		return body.data;
	}

	description(about?: Omit<ErrorSubject, 'system'>): Promise<ServiceDescription> {
		return this.call(ServiceDescription, { method: 'GET', path: '/api' }, about);
	}

	/** Fields of the service's own entities, each named `entity.field` but for the first. */
	async fields(main: string, parts: string[] = []): Promise<FieldDescription[]> {
		const { entities } = await this.description();
		return [main, ...parts].flatMap((name) =>
			(entities[name]?.fields ?? []).map((field) =>
				name === main ? field : { ...field, name: `${name}.${field.name}` },
			),
		);
	}
}

export function chunksOf<T>(records: T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
		records.slice(index * size, (index + 1) * size),
	);
}
