export interface HttpRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	url: string;
	headers?: Record<string, string>;
	query?: Record<string, string | number>;
	/** sent as JSON */
	body?: unknown;
	timeoutMs?: number;
}

export interface HttpResponse {
	status: number;
	/** lower-case names */
	headers: Record<string, string>;
	/** parsed when it is JSON, text otherwise */
	body: unknown;
}

/**
 * Sends one request and returns whatever answer came, of any status. Throws TransportError when none came:
 * name resolution, refused or cut connection, timeout.
 */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

export class TransportError extends Error {
	override readonly name = 'TransportError';
}
