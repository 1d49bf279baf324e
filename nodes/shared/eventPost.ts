import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Post } from '../../connectors/https/publisher';
import { portOf, type ProxySettings } from '../../connectors/mqtt/tunnel';
import { TransportError } from '../../core/ports/httpTransport';

interface FullResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

const timeoutMs = 30_000;

/** Posts text as it stands, since its signature is over the bytes, with n8n's own request helper. */
export function postOf(context: Pick<IExecuteFunctions, 'helpers'>, proxy?: ProxySettings): Post {
	return async (url, headers, body) => {
		const options: IHttpRequestOptions = {
			method: 'POST',
			url,
			headers: { accept: 'application/json', ...headers },
			body,
			timeout: timeoutMs,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			...(proxy === undefined ? {} : { proxy: proxyOption(proxy) }),
		};
		let response: FullResponse;
		try {
			response = (await context.helpers.httpRequest(options)) as FullResponse;
		} catch (error) {
			// The helper's error holds the request with its headers: only code and message may go on.
			const { code, message } = error as { code?: string; message?: string };
			throw new TransportError(code ?? message ?? 'no answer');
		}
		return {
			status: response.statusCode,
			headers: Object.fromEntries(
				Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
			),
			body: jsonOf(response.body),
		};
	};
}

function proxyOption(proxy: ProxySettings): IHttpRequestOptions['proxy'] {
	const { protocol, hostname } = new URL(proxy.url);
	const { username, password } = proxy;
	return {
		protocol: protocol.replace(':', ''),
		host: hostname,
		port: portOf(proxy),
		...(username === '' ? {} : { auth: { username, password } }),
	};
}

function jsonOf(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}
