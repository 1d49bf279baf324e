import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { z } from 'zod/v4';

import { problems } from '../../../core/model/problems';
import { FaultPlan, Faults, type FaultSwitch } from './faults';

/** A refusal, as the service's clients see it. */
export class ServiceError extends Error {
	override readonly name = 'ServiceError';
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
	) {
		super(message);
	}
}

export interface Call {
	/** what stands in the place of `:name` in the route's path */
	parameters: Record<string, string>;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	body: unknown;
}

export class Answer {
	constructor(
		readonly status: number,
		readonly body: unknown,
	) {}
}

export interface Route {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** such as `/api/orders/:id` */
	path: string;
	/** an Answer, or the body of a 200 */
	handle(call: Call): unknown;
}

export interface HttpService {
	url: string;
	faults: Faults;
	close(): Promise<void>;
}

const largestBody = 32 * 1024 * 1024;

/** A JSON service on loopback: every path needs the API key, `/admin/faults` sets faults. */
export async function startHttpService(options: {
	host: string;
	port: number;
	apiKey: string;
	routes: Route[];
}): Promise<HttpService> {
	const faults = new Faults();
	const find = router([...options.routes, ...faultRoutes('/admin/faults', faults, FaultPlan)]);
	const isKey = keyCheck(options.apiKey);

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const [path = '/', search = ''] = splitOnce(request.url ?? '/', '?');
		const method = request.method ?? 'GET';
		const fault = faults.meet(method, path);
		if (fault && (await misbehave(fault, request, response))) return;
		const { status, body } = await work(method, path, search, request);
		if (fault?.fault === 'cut-after') {
			response.destroy();
			return;
		}
		send(response, status, body);
	};

	const work = async (
		method: string,
		path: string,
		search: string,
		request: IncomingMessage,
	): Promise<Answer> => {
		try {
			if (!isKey(request.headers['x-api-key'])) {
				throw new ServiceError(401, 'unauthorized', 'The header X-Api-Key is missing or wrong.');
			}
			const found = find(method, path);
			const body = await readJson(request);
			const result = await found.route.handle({
				parameters: found.parameters,
				query: new URLSearchParams(search),
				headers: request.headers,
				body,
			});
			return result instanceof Answer ? result : new Answer(200, result);
		} catch (error) {
			return refusal(error);
		}
	};

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			console.error('sandbox:', error);
			response.destroy();
		});
	});
	server.keepAliveTimeout = 65_000;
	const port = await listen(server, options.host, options.port);
	return {
		url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
		faults,
		close: () => closeServer(server),
	};
}

export function listen(server: Server, host: string, port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reject(
				error.code === 'EADDRINUSE'
					? new Error(
							`Port ${port} on ${host} is taken by another program; choose another port for the sandbox.`,
						)
					: error,
			);
		});
		server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
	});
}

export function closeServer(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > largestBody) throw new ServiceError(413, 'too_large', 'The request body is above 32 MB.');
		chunks.push(chunk);
	}
	if (size === 0) return undefined;
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
	} catch {
		throw new ServiceError(400, 'invalid_json', 'The request body is not JSON.');
	}
}

export function refusal(error: unknown): Answer {
	if (error instanceof ServiceError) {
		return new Answer(error.status, { error: { code: error.code, message: error.message } });
	}
	if (error instanceof z.ZodError) {
		return new Answer(422, {
			error: { code: 'invalid', message: `The request is invalid: ${problems(error)}` },
		});
	}
	console.error('sandbox:', error);
	return new Answer(500, { error: { code: 'internal', message: 'The sandbox failed; its log says why.' } });
}

export function send(response: ServerResponse, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
	});
	response.end(text);
}

/** Returns whether the fault has dealt with the request; otherwise the work goes on. */
async function misbehave(
	plan: FaultPlan,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<boolean> {
	const refuse = (status: number, code: string): true => {
		request.resume();
		send(response, status, { error: { code, message: `The sandbox was told to answer ${status}.` } });
		return true;
	};
	switch (plan.fault) {
		case 'unauthorized':
			return refuse(401, plan.fault);
		case 'forbidden':
			return refuse(403, plan.fault);
		case 'conflict':
			return refuse(409, plan.fault);
		case 'rate-limit':
			response.setHeader('retry-after', String(plan.retryAfterSeconds));
			return refuse(429, plan.fault);
		case 'error':
			return refuse(500, plan.fault);
		case 'hang':
			request.resume();
			return true;
		case 'cut-before':
			response.destroy();
			return true;
		case 'delay':
			await pause(plan.delayMs);
			return false;
		case 'cut-after':
			return false;
	}
}

/** What sets a fault, shows it and ends it. */
export function faultRoutes<Plan extends { requests?: number | undefined; forMs?: number | undefined }>(
	path: string,
	faults: FaultSwitch<Plan>,
	schema: z.ZodType<Plan>,
): Route[] {
	return [
		{ method: 'GET', path, handle: () => faults.state() },
		{
			method: 'POST',
			path,
			handle: ({ body }) => {
				faults.set(schema.parse(body));
				return faults.state();
			},
		},
		{
			method: 'DELETE',
			path,
			handle: () => {
				faults.reset();
				return faults.state();
			},
		},
	];
}

/** Fixed paths are found by name; the few with a parameter are tried one after the other. */
export function router(
	routes: Route[],
): (method: string, path: string) => { route: Route; parameters: Record<string, string> } {
	const fixed = new Map<string, Route>();
	const patterns: Array<{ route: Route; segments: string[] }> = [];
	for (const route of routes) {
		if (route.path.includes(':')) patterns.push({ route, segments: route.path.split('/') });
		else fixed.set(`${route.method} ${route.path}`, route);
	}
	return (method, path) => {
		const route = fixed.get(`${method} ${path}`);
		if (route) return { route, parameters: {} };
		const segments = path.split('/');
		for (const pattern of patterns) {
			if (pattern.route.method !== method) continue;
			const parameters = matchSegments(pattern.segments, segments);
			if (parameters) return { route: pattern.route, parameters };
		}
		throw new ServiceError(
			404,
			'no_such_path',
			`There is no ${method} ${path}; GET /api lists what there is.`,
		);
	};
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
	if (pattern.length !== segments.length) return undefined;
	const parameters: Record<string, string> = {};
	for (const [index, expected] of pattern.entries()) {
		const segment = segments[index] ?? '';
		if (!expected.startsWith(':')) {
			if (segment !== expected) return undefined;
		} else {
			try {
				parameters[expected.slice(1)] = decodeURIComponent(segment);
			} catch {
				throw new ServiceError(400, 'invalid_path', 'The path is not valid percent-encoding.');
			}
		}
	}
	return parameters;
}

/** Compares digests, so that the time taken tells nothing about the key. */
export function keyCheck(apiKey: string): (given: string | string[] | undefined) => boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	const expected = digest(apiKey);
	return (given) => typeof given === 'string' && timingSafeEqual(digest(given), expected);
}

function splitOnce(text: string, separator: string): [string, string] {
	const at = text.indexOf(separator);
	return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
