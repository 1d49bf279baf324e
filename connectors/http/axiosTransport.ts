import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import axios, { isAxiosError, type AxiosResponse } from 'axios';

import {
	TransportError,
	type HttpRequest,
	type HttpResponse,
	type HttpTransport,
} from '../../core/ports/httpTransport';

export interface AxiosTransportOptions {
	/** used where a request names no timeout of its own */
	timeoutMs?: number;
	/** connections kept open to one host */
	connections?: number;
}

/** HTTP outside n8n. Connections are kept alive; every status is an answer; an error never carries a header. */
export function axiosTransport(options: AxiosTransportOptions = {}): HttpTransport & { close(): void } {
	const { timeoutMs = 30_000, connections = 32 } = options;
	const agent = { keepAlive: true, maxSockets: connections, noDelay: true };
	const httpAgent = new HttpAgent(agent);
	const httpsAgent = new HttpsAgent(agent);
	const client = axios.create({
		httpAgent,
		httpsAgent,
		validateStatus: () => true,
		responseType: 'text',
		transformResponse: (text: unknown) => text,
		maxRedirects: 0,
		maxBodyLength: Infinity,
		maxContentLength: Infinity,
	});

	const send = async (request: HttpRequest): Promise<HttpResponse> => {
		const limit = request.timeoutMs ?? timeoutMs;
		// axios' own timeout does not cover a connection that never opens: the signal does.
		const signal = AbortSignal.timeout(limit);
		try {
			const response = await client.request<string>({
				method: request.method,
				url: request.url,
				headers: request.headers,
				params: request.query,
				data: request.body === undefined ? undefined : JSON.stringify(request.body),
				...(request.body === undefined
					? {}
					: { headers: { 'content-type': 'application/json', ...request.headers } }),
				signal,
			});
			return { status: response.status, headers: headersOf(response), body: bodyOf(response) };
		} catch (error) {
			throw new TransportError(reasonOf(error, signal.aborted ? limit : undefined, request));
		}
	};
	return Object.assign(send, {
		close: () => {
			httpAgent.destroy();
			httpsAgent.destroy();
		},
	});
}

function headersOf(response: AxiosResponse<string>): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(response.headers as Record<string, unknown>)) {
		if (value !== null && value !== undefined) headers[name.toLowerCase()] = String(value);
	}
	return headers;
}

/** Some systems send JSON with the wrong content type, and error pages with the right one. */
function bodyOf(response: AxiosResponse<string>): unknown {
	const text = response.data;
	if (!/^\s*[[{"\dtfn-]/.test(text)) return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** The reason and the address without its query, which may hold a secret. The axios error, with its headers, is left behind. */
function reasonOf(error: unknown, timedOutAfter: number | undefined, request: HttpRequest): string {
	const target = `${request.method} ${addressOf(request.url)}`;
	if (timedOutAfter !== undefined) return `no answer to ${target} within ${timedOutAfter} ms`;
	const code = isAxiosError(error) ? error.code : undefined;
	return `${target} failed${code === undefined ? '' : ` with ${code}`}`;
}

function addressOf(url: string): string {
	try {
		const { origin, pathname } = new URL(url);
		return origin + pathname;
	} catch {
		return 'an address that is not a URL';
	}
}
