import { evaluate } from '../../core/model/expression';
import {
	type BridgeError,
	type ErrorSubject,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import type { HttpRequest, HttpResponse, HttpTransport } from '../../core/ports/httpTransport';
import { errorOfFailure, errorOfResponse } from '../http/errors';
import type { RestDescription } from './description';

export type Query = Record<string, string | number>;
export interface Call extends Pick<HttpRequest, 'method' | 'query' | 'body' | 'headers'> {
	/** below the base address, or a whole address on the same host as the base */
	address: string;
}

const longestSaying = 500;

/** Calls to the described system; every failure becomes a BridgeError with the system's own words. */
export class RestCalls {
	readonly system: string;

	constructor(
		private readonly description: RestDescription,
		private readonly transport: HttpTransport,
	) {
		this.system = description.system;
	}

	/** The answer when the call succeeded, by its status and by the description. */
	async call(call: Call, about: Omit<ErrorSubject, 'system'> = {}): Promise<HttpResponse> {
		const subject = { system: this.system, ...about };
		const { address, headers, ...rest } = call;
		const response = await this.transport({
			...rest,
			url: this.urlOf(address, subject),
			headers: { ...this.description.headers, ...headers },
		}).catch((failure: unknown) => {
			throw errorOfFailure(failure, subject);
		});
		const what = `${call.method} ${address.split('?')[0]}`;
		const success = response.status >= 200 && response.status < 300;
		if (!success) throw errorOfResponse(response, subject, await this.saying(response, what));
		// Half an answer, or the page of a sign-on portal or of a maintenance mode.
		if (call.method === 'GET' ? !isStructured(response.body) : isNoAnswer(response.body)) {
			throw new UnavailableError(`${this.system} answered ${what} with something else than JSON.`, {
				hint: `Check that baseUrl is that of ${this.system}'s API and not of another page.`,
				...subject,
			});
		}
		if (await this.failedNevertheless(response)) {
			throw new ValidationError(await this.saying(response, what), {
				hint: 'Correct the record and send it again.',
				...subject,
			});
		}
		return response;
	}

	/** The value of an expression of the description; a failure names its path there. */
	async value(
		expression: string,
		path: string,
		input: unknown,
		bindings: Record<string, unknown> = {},
		about: Omit<ErrorSubject, 'system'> = {},
	): Promise<unknown> {
		try {
			return await evaluate(expression, input, bindings);
		} catch (cause) {
			throw this.wrong(path, `fails: ${(cause as Error).message}`, { ...about, cause });
		}
	}

	/** The description does not fit the system. */
	wrong(path: string, why: string, about: Omit<ErrorSubject, 'system'> = {}): BridgeError {
		return new ValidationError(`${this.system}: ${path} of the description ${why}`, {
			hint: 'Correct the description; the operation Check says what works.',
			...about,
			system: this.system,
		});
	}

	private urlOf(address: string, subject: ErrorSubject): string {
		const base = this.description.baseUrl.replace(/\/+$/, '');
		if (address.startsWith('/')) return base + address;
		// The credential must not go to another host, whatever a system's answer says.
		if (URL.canParse(address) && new URL(address).origin === new URL(base).origin) return address;
		throw new ValidationError(
			`${this.system} names a next page on another host; it was not called, as the credential would go there.`,
			{ hint: "Correct baseUrl of the description to the host that the system's links name.", ...subject },
		);
	}

	private async failedNevertheless({ body }: HttpResponse): Promise<boolean> {
		const { failed } = this.description.errors;
		return failed !== undefined && (await this.value(failed, 'errors.failed', body)) === true;
	}

	private async saying({ body }: HttpResponse, what: string): Promise<string> {
		const { message } = this.description.errors;
		let said: unknown;
		if (message !== undefined) {
			try {
				said = await evaluate(message, body);
			} catch {
				// The failure to report is the system's; its text is a courtesy.
				said = undefined;
			}
		}
		const text = said === undefined || said === null || said === '' ? undefined : textOf(said);
		return `${this.system}: ${text === undefined ? `${what} failed` : text.slice(0, longestSaying)}`;
	}
}

function isStructured(body: unknown): boolean {
	return typeof body === 'object' && body !== null;
}

/** To a change many systems answer nothing, or a word. */
function isNoAnswer(body: unknown): boolean {
	return typeof body === 'string' && /^\s*[<{[]/.test(body);
}

export function withId(path: string, key: string): string {
	return path.replaceAll('{id}', encodeURIComponent(key));
}

export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
