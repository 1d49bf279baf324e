import { createHash } from 'node:crypto';

import { z } from 'zod/v4';

import {
	AuthenticationError,
	BridgeError,
	ConflictError,
	NotFoundError,
	PermissionError,
	UnavailableError,
	ValidationError,
	type ErrorSubject,
} from '../../core/ports/errors';
import type { HttpResponse } from '../../core/ports/httpTransport';
import { errorOfFailure, errorOfResponse } from '../http/errors';
import type { TrytonOptions } from './options';

/** A search criterion in Tryton's notation, such as `[['state', '=', 'draft']]`. */
export type Domain = unknown[];
export type Context = Record<string, unknown>;

export interface SearchOptions {
	offset?: number;
	limit?: number;
	order?: Array<[field: string, direction: 'ASC' | 'DESC']>;
	context?: Context;
}

/** Identifiers that one search takes; databases bound the parameters of a statement. */
const searchChunk = 500;

const Answer = z.object({ result: z.unknown().optional(), error: z.array(z.unknown()).optional() });
const LoginAnswer = z.tuple([z.number().int(), z.string()]);

interface Login {
	header: string;
	user: number;
	context: Context;
}

/**
 * Logins of this process. A connector lives as long as one execution; a login takes Tryton as long as a hundred calls (it is
 * the hash of the password), so it is shared by all connectors of the same credential.
 */
const logins = new Map<string, Promise<Login>>();
const loginsKept = 200;

/**
 * JSON-RPC with one Tryton database as one user. Logs in when first needed and again when the session has expired; a call that
 * was refused for want of a session was not carried out, so it is safe to send it again.
 */
export class TrytonSession {
	private readonly credential: string;
	private calls = 0;

	constructor(private readonly options: TrytonOptions) {
		const { url, database, user, password } = options;
		this.credential = createHash('sha256')
			.update(JSON.stringify([url, database, user, password]))
			.digest('hex');
	}

	get system(): string {
		return this.options.system;
	}

	/** Where the database is, whoever asks. */
	get address(): string {
		return `${this.options.url.replace(/\/+$/, '')}/${encodeURIComponent(this.options.database)}/`;
	}

	/** The user's number in Tryton. */
	async user(): Promise<number> {
		return (await this.loggedIn()).user;
	}

	/** The company whose records the user sees, or why that is not settled. */
	async company(): Promise<number> {
		const { company } = (await this.loggedIn()).context;
		if (typeof company === 'number') return company;
		throw new ValidationError(
			`User "${this.options.user}" of ${this.system} has no company.`,
			this.about({ hint: 'Choose a company in the preferences of this user in Tryton.' }),
		);
	}

	/** Calls a method such as `model.sale.sale.quote`; the context is added to the parameters. */
	async call(method: string, parameters: unknown[], context: Context = {}): Promise<unknown> {
		const login = await this.loggedIn();
		const first = await this.send(method, [...parameters, { ...login.context, ...context }], login.header);
		if (first.status !== 401) return this.resultOf(first, method);
		const renewed = await this.loggedIn(login);
		const second = await this.send(
			method,
			[...parameters, { ...renewed.context, ...context }],
			renewed.header,
		);
		return this.resultOf(second, method);
	}

	/** The rows that match, with the fields that the schema names; `'product.code'` in `related` reads through a reference. */
	async search<T extends z.ZodObject>(
		model: string,
		schema: T,
		domain: Domain,
		options: SearchOptions & { related?: string[] } = {},
	): Promise<Array<z.infer<T>>> {
		const { offset = 0, limit = null, order = null, context, related = [] } = options;
		const own = Object.keys(schema.shape).filter((name) => !name.endsWith('.'));
		const method = `model.${model}.search_read`;
		const rows = await this.call(method, [domain, offset, limit, order, [...own, ...related]], context);
		const parsed = z.array(schema).safeParse(rows);
		if (!parsed.success) {
			const issue = parsed.error.issues[0];
			throw new ValidationError(
				`${this.system} answered "${method}" with an unexpected ${issue?.path.slice(1).join('.')}: ${issue?.message}.`,
				this.about({ hint: 'Check that this is Tryton 6.0 or a release that answers alike.' }),
			);
		}
		return parsed.data as Array<z.infer<T>>;
	}

	/** `search` for many values of one field, in as many calls as the database needs. */
	async searchIn<T extends z.ZodObject>(
		model: string,
		schema: T,
		field: string,
		values: readonly unknown[],
		domain: Domain = [],
		options: SearchOptions & { related?: string[] } = {},
	): Promise<Array<z.infer<T>>> {
		const rows: Array<z.infer<T>> = [];
		const unique = [...new Set(values)];
		for (let start = 0; start < unique.length; start += searchChunk) {
			const criterion = [field, 'in', unique.slice(start, start + searchChunk)];
			rows.push(...(await this.search(model, schema, [criterion, ...domain], options)));
		}
		return rows;
	}

	/** Makes records and returns their numbers, in the order of `values`. */
	async create(model: string, values: Context[], context?: Context): Promise<number[]> {
		return z.array(z.number().int()).parse(await this.call(`model.${model}.create`, [values], context));
	}

	/** Presses a button, such as `confirm`, on many records. Tryton may ignore it silently: read the state back. */
	async press(model: string, button: string, ids: number[], context?: Context): Promise<void> {
		if (ids.length > 0) await this.call(`model.${model}.${button}`, [ids], context);
	}

	about(subject: Omit<ErrorSubject, 'system'> = {}): ErrorSubject {
		return { system: this.system, ...subject };
	}

	private async loggedIn(expired?: Login): Promise<Login> {
		const current = logins.get(this.credential);
		if (current !== undefined && (await current) !== expired) return current;
		const renewed = logins.get(this.credential);
		if (renewed !== current && renewed !== undefined) return renewed;
		const login = this.logIn();
		if (logins.size >= loginsKept) logins.clear();
		logins.set(this.credential, login);
		login.catch(() => {
			if (logins.get(this.credential) === login) logins.delete(this.credential);
		});
		return login;
	}

	private async logIn(): Promise<Login> {
		const { user: name, password, database, system, url } = this.options;
		// English messages are recognised in `refusal`; without a language Tryton would answer in the user's own.
		const response = await this.send('common.db.login', [name, { password }, 'en']);
		const refused = Answer.safeParse(response.body).data?.error?.[0];
		// PostgreSQL makes it a 404, SQLite an error that carries a path of the server.
		if (response.status === 404 || /^Database .* doesn't exist/.test(String(refused))) {
			throw new NotFoundError(`${url} has no Tryton database "${database}".`, {
				system,
				hint: 'Check the address and the name of the database in the credential.',
			});
		}
		if (response.status === 401 || refused === 'LoginException') {
			throw new AuthenticationError(`${system} refused the user "${name}" of database "${database}".`, {
				system,
				hint: 'Check user and password in the credential.',
			});
		}
		const [user, session] = LoginAnswer.parse(this.resultOf(response, 'common.db.login', LoginAnswer));
		const header = `Session ${Buffer.from(`${name}:${user}:${session}`, 'utf8').toString('base64')}`;
		const preferences = await this.send('model.res.user.get_preferences', [true, {}], header);
		const context = z
			.record(z.string(), z.unknown())
			.parse(this.resultOf(preferences, 'model.res.user.get_preferences', z.record(z.string(), z.unknown())));
		return { header, user, context: { ...context, language: 'en' } };
	}

	private async send(method: string, params: unknown[], authorization?: string): Promise<HttpResponse> {
		const { transport, timeoutMs, system } = this.options;
		this.calls += 1;
		try {
			return await transport({
				method: 'POST',
				url: this.address,
				headers: {
					'content-type': 'application/json',
					...(authorization === undefined ? {} : { authorization }),
				},
				// Exactly these three: with any other member Tryton answers in another shape.
				body: { id: this.calls, method, params },
				...(timeoutMs === undefined ? {} : { timeoutMs }),
			});
		} catch (failure) {
			throw errorOfFailure(failure, { system });
		}
	}

	/** Errors of the server's code come with status 200. */
	private resultOf(response: HttpResponse, method: string, schema: z.ZodType = z.unknown()): unknown {
		if (response.status === 429) {
			throw errorOfResponse(response, this.about(), `${this.system} refused "${method}": too many attempts`);
		}
		if (response.status !== 200)
			throw errorOfResponse(response, this.about(), `${this.system} refused "${method}"`);
		const answer = Answer.safeParse(response.body);
		if (answer.success && answer.data.error !== undefined) throw this.refusal(answer.data.error, method);
		if (!answer.success || !schema.safeParse(answer.data.result).success) {
			throw new UnavailableError(
				`${this.options.url} did not answer "${method}" as a Tryton server does.`,
				this.about({ hint: 'Check that the address in the credential is that of the Tryton server.' }),
			);
		}
		return answer.data.result;
	}

	private refusal([kind, details]: unknown[], method: string): BridgeError {
		const parts = Array.isArray(details) ? details.filter((part) => typeof part === 'string') : [details];
		switch (kind) {
			case 'UserError': {
				const text = parts.filter(Boolean).join(' ');
				// Tryton has one class for both; only the text tells a missing right from a wrong record.
				return /not allowed/i.test(text)
					? new PermissionError(
							`${this.system} refused "${method}": ${text}`,
							this.about({ hint: `Give the user "${this.options.user}" this right in Tryton.` }),
						)
					: new ValidationError(
							`${this.system} refused "${method}": ${text}`,
							this.about({ hint: 'Correct the record and send it again.' }),
						);
			}
			case 'UserWarning':
				return new ValidationError(
					`${this.system} wants a person to confirm a warning before "${method}": ${parts.slice(1).join(' ')}`,
					this.about({ hint: 'Do it once in Tryton and choose "always ignore this warning".' }),
				);
			case 'ConcurrencyException':
				return new ConflictError(
					`${this.system} refused "${method}": the record changed since it was read.`,
					this.about({ hint: 'Read the record again and repeat the change on what it now is.' }),
				);
			default:
				return this.fault(String(kind), method);
		}
	}

	private fault(text: string, method: string): BridgeError {
		const model = /^model\.(.+)\.[^.]+$/.exec(method)?.[1];
		if (model !== undefined && text === `'${model}'`) {
			return new ValidationError(
				`Database "${this.options.database}" of ${this.system} has no "${model}".`,
				this.about({ hint: 'Activate the Tryton module that brings it, or choose another database.' }),
			);
		}
		return new UnavailableError(
			`${this.system} failed in "${method}": ${text}`,
			this.about({ hint: `Try again; if it persists, look into the log of ${this.system}.` }),
		);
	}
}
