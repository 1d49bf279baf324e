import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
} from 'n8n-workflow';

import { TransportError, type HttpTransport } from '../../core/ports/httpTransport';

/** The contexts that can send requests and read credentials. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | ITriggerFunctions;

export interface FullResponse {
	statusCode: number;
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
}

/** n8n's own request helper, so that its proxy and TLS settings hold. */
export function httpTransportOf(context: RequestContext): HttpTransport {
	return async ({ method, url, headers, query, body, timeoutMs }) => {
		const options: IHttpRequestOptions = {
			method,
			url,
			headers: { accept: 'application/json', ...headers },
			...(query === undefined ? {} : { qs: query }),
			...(body === undefined ? {} : { body: body as IHttpRequestOptions['body'] }),
			json: true,
			timeout: timeoutMs ?? 30_000,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
		};
		let response: FullResponse;
		try {
			response = (await context.helpers.httpRequest(options)) as FullResponse;
		} catch (error) {
			throw noAnswer(error, method, url);
		}
		return { status: response.statusCode, headers: flatten(response.headers), body: response.body };
	};
}

/** The helper's error holds the request with its headers: only code and message may go on. */
export function noAnswer(error: unknown, method: string, url: string): TransportError {
	const { code, message } = error as { code?: string; message?: string };
	return new TransportError(`${method} ${new URL(url).origin}: ${code ?? message ?? 'no answer'}`);
}

export function flatten(headers: FullResponse['headers']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
		),
	);
}
