import { once } from 'node:events';
import {
	createServer,
	request as httpRequest,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ProxiedCall } from './subject';

/** What goes wrong with one call. `after`: the system has done the work, and only the answer is lost. */
export type Fault =
	/** no answer, ever; the system never heard of the call, or has carried it out */
	| { fault: 'silence'; when: 'before' | 'after' }
	/** the connection is cut without an answer */
	| { fault: 'cut'; when: 'before' | 'after' }
	/** this status instead of the system's answer, from a gateway for example */
	| { fault: 'status'; when: 'before' | 'after'; status: number; headers?: Record<string, string> }
	/** the connection is cut in the middle of the body */
	| { fault: 'half-answer' }
	/** a whole answer of HTTP whose JSON ends in the middle */
	| { fault: 'truncated-json' }
	/** status 200 and a page for people, as sign-on portals and maintenance modes give */
	| { fault: 'page' }
	/** calls that `answer` answers are never carried out; others pass */
	| { fault: 'ignored'; answer: (call: ProxiedCall) => Promise<string | undefined> }
	/** the system's own answer in small pieces, over this many milliseconds */
	| { fault: 'slow'; overMs: number };

export interface FaultProxy {
	url: string;
	/** calls since the proxy started */
	readonly calls: number;
	/** values of credential headers that passed, and what they contain when decoded */
	readonly credentials: ReadonlySet<string>;
	/** The fault meets `times` calls (one when absent), after `skip` calls have passed unharmed. */
	inject(fault: Fault, rule?: { skip?: number; times?: number }): void;
	/** From now on every call passes. Returns how many calls met the fault. */
	heal(): number;
	close(): Promise<void>;
}

/** A proxy on loopback before one HTTP system, which hands everything through until it is told to do harm. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
	const credentials = new Set<string>();
	const open = new Set<ServerResponse>();
	let plan: { fault: Fault; skip: number; times: number } | undefined;
	let calls = 0;
	let met = 0;

	const next = (): Fault | undefined => {
		calls += 1;
		if (plan === undefined) return undefined;
		if (plan.skip > 0) {
			plan.skip -= 1;
			return undefined;
		}
		if (plan.times === 0) return undefined;
		plan.times -= 1;
		met += 1;
		return plan.fault;
	};

	const server = createServer((incoming, outgoing) => {
		open.add(outgoing);
		outgoing.once('close', () => open.delete(outgoing));
		collectCredentials(incoming.headers, credentials);
		serve(incoming, outgoing, upstream, next()).catch(() => outgoing.destroy());
	});
	// A connection that idles must not close just as the next call is sent.
	server.keepAliveTimeout = 600_000;
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		get calls() {
			return calls;
		},
		credentials,
		inject: (fault, { skip = 0, times = 1 } = {}) => {
			plan = { fault, skip, times };
			met = 0;
		},
		heal: () => {
			plan = undefined;
			for (const outgoing of open) outgoing.destroy();
			return met;
		},
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

async function serve(
	incoming: IncomingMessage,
	outgoing: ServerResponse,
	upstream: string,
	fault: Fault | undefined,
): Promise<void> {
	const body = await wholeBody(incoming);
	if (fault !== undefined && 'when' in fault && fault.when === 'before') return harm(outgoing, fault);
	if (fault?.fault === 'ignored') {
		const { method = 'GET', url = '/' } = incoming;
		const answer = await fault.answer({ method, path: url, body: body.toString('utf8') });
		if (answer !== undefined) {
			outgoing.writeHead(200, { 'content-type': 'application/json' }).end(answer);
			return;
		}
	}
	const { status, headers, content } = await forward(incoming, body, upstream);
	if (fault === undefined || fault.fault === 'ignored') {
		outgoing.writeHead(status, headers).end(content);
		return;
	}
	const half = content.subarray(0, Math.floor(content.length / 2));
	switch (fault.fault) {
		case 'half-answer':
			outgoing.writeHead(status, { ...headers, 'content-length': content.length }).flushHeaders();
			outgoing.write(half, () => outgoing.destroy());
			return;
		case 'truncated-json':
			outgoing.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
			return;
		case 'page':
			outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
			return;
		case 'slow':
			return trickle(outgoing.writeHead(status, headers), content, fault.overMs);
		default:
			return harm(outgoing, fault);
	}
}

/** What takes no answer of the system. Silence lasts until the caller gives up or the proxy is healed. */
function harm(outgoing: ServerResponse, fault: Extract<Fault, { when: string }>): void {
	if (fault.fault === 'cut') outgoing.destroy();
	if (fault.fault === 'status') {
		outgoing
			.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers })
			.end(`status ${fault.status}`);
	}
}

async function trickle(outgoing: ServerResponse, content: Buffer, overMs: number): Promise<void> {
	const pieces = 5;
	const size = Math.ceil(content.length / pieces);
	for (let piece = 0; piece < pieces; piece += 1) {
		await new Promise((resolve) => setTimeout(resolve, overMs / pieces));
		outgoing.write(content.subarray(piece * size, (piece + 1) * size));
	}
	outgoing.end();
}

async function wholeBody(message: IncomingMessage): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of message) pieces.push(piece as Buffer);
	return Buffer.concat(pieces);
}

async function forward(
	incoming: IncomingMessage,
	body: Buffer,
	upstream: string,
): Promise<{ status: number; headers: IncomingHttpHeaders; content: Buffer }> {
	const {
		host: _host,
		connection: _connection,
		'transfer-encoding': _encoding,
		...headers
	} = incoming.headers;
	const outgoing = httpRequest(upstream.replace(/\/+$/, '') + (incoming.url ?? '/'), {
		method: incoming.method,
		// Uncompressed, so that half an answer is half its text.
		headers: { ...headers, 'accept-encoding': 'identity', 'content-length': body.length },
		agent: false,
	});
	outgoing.end(body);
	const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
	const content = await wholeBody(answer);
	const { 'transfer-encoding': _chunked, connection: _kept, ...answered } = answer.headers;
	return {
		status: answer.statusCode ?? 502,
		headers: { ...answered, 'content-length': String(content.length) },
		content,
	};
}

function collectCredentials(headers: IncomingHttpHeaders, credentials: Set<string>): void {
	for (const [name, value] of Object.entries(headers)) {
		if (!/authorization|cookie|key|token|secret/i.test(name) || name === 'idempotency-key') continue;
		const text = String(value);
		credentials.add(text);
		const encoded = text.split(' ').at(-1) ?? '';
		credentials.add(encoded);
		const decoded = Buffer.from(encoded, 'base64').toString('utf8');
		// `user:secret` and `login:user:session`: the last part is the secret.
		if (/^[\x20-\x7e]+:[\x20-\x7e]+$/.test(decoded)) credentials.add(decoded.split(':').at(-1) ?? '');
	}
}
