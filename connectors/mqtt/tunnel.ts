import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { z } from 'zod/v4';

import { AuthenticationError, PermissionError, UnavailableError } from '../../core/ports/errors';

/** An HTTP proxy that opens tunnels with CONNECT (RFC 9110, 9.3.6), and how to get in. */
export const ProxySettings = z.object({
	url: z
		.string()
		.trim()
		.regex(
			/^https?:\/\/[^/@\s]+\/?$/i,
			'must be http:// or https://, the host and the port, and nothing else',
		),
	username: z.string().default(''),
	password: z.string().default(''),
});
export type ProxySettings = z.infer<typeof ProxySettings>;

export interface TunnelTarget {
	host: string;
	port: number;
	/** absent: the tunnel carries plain text */
	tls?: ConnectionOptions;
}

const openTimeoutMs = 10_000;

/**
 * A connection to the target through the proxy, usable at once: what is written waits until the tunnel is open. It fails with
 * the port's errors where the proxy refuses, and with the socket's own where the target does.
 */
export class Tunnel extends Duplex {
	private inner: Socket | undefined;

	constructor(
		private readonly proxy: ProxySettings,
		private readonly target: TunnelTarget,
	) {
		super();
	}

	override _construct(ready: (error?: Error | null) => void): void {
		openTunnel(this.proxy, this.target).then(
			(socket) => {
				this.inner = socket;
				socket.on('data', (chunk: Buffer) => {
					if (!this.push(chunk)) socket.pause();
				});
				socket.on('end', () => this.push(null));
				socket.on('error', (error) => this.destroy(error));
				socket.on('close', () => this.destroy());
				ready();
			},
			(error: Error) => ready(error),
		);
	}

	override _read(): void {
		this.inner?.resume();
	}

	override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		this.inner?.write(chunk, encoding, done);
	}

	override _final(done: (error?: Error | null) => void): void {
		this.inner?.end(done);
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.inner?.destroy();
		done(error);
	}
}

async function openTunnel(proxy: ProxySettings, target: TunnelTarget): Promise<Socket> {
	const socket = await connectThrough(proxy, target);
	if (target.tls === undefined) return socket;
	return await new Promise((resolve, reject) => {
		const secure = connectTls({
			...(isIP(target.host) === 0 ? { servername: target.host } : { host: target.host }),
			...target.tls,
			socket,
		});
		secure.once('error', reject);
		secure.once('close', () => reject(new Error('the connection was closed while TLS began')));
		secure.once('secureConnect', () => resolve(secure));
	});
}

async function connectThrough(proxy: ProxySettings, { host, port }: TunnelTarget): Promise<Socket> {
	const { protocol, hostname } = new URL(proxy.url);
	const proxyPort = portOf(proxy);
	const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
	const system = `${protocol}//${hostname}:${proxyPort}`;
	const signIn =
		proxy.username === ''
			? {}
			: {
					'proxy-authorization': `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`,
				};
	return await new Promise((resolve, reject) => {
		const open = (protocol === 'https:' ? secureRequest : request)({
			host: hostname.replace(/^\[|\]$/g, ''),
			port: proxyPort,
			method: 'CONNECT',
			path: address,
			headers: { host: address, ...signIn },
			agent: false,
		});
		open.setTimeout(openTimeoutMs, () =>
			open.destroy(new Error(`no answer within ${openTimeoutMs / 1_000} s`)),
		);
		open.once('error', (error: Error) => {
			const { message } = error;
			const absent = 'syscall' in error && ['connect', 'getaddrinfo'].includes(String(error.syscall));
			reject(
				absent
					? new ProxyAbsent(
							`The proxy ${system} can't be reached: ${message}. Check the address in the proxy credential.`,
							{ system, cause: error },
						)
					: new UnavailableError(
							`The proxy ${system} gave no answer about ${address}: ${message}. Check host and port in the MQTT credential, and that the proxy may reach them.`,
							{ system, cause: error },
						),
			);
		});
		const answered = (status: number, socket: Socket, rest: Buffer) => {
			socket.setTimeout(0);
			if (status >= 200 && status < 300) {
				if (rest.length > 0) socket.unshift(rest);
				resolve(socket);
				return;
			}
			socket.destroy();
			reject(refusal(status, system, address));
		};
		open.once('connect', ({ statusCode = 0 }, socket, rest) => answered(statusCode, socket as Socket, rest));
		open.once('response', ({ statusCode = 0, socket }) => answered(statusCode, socket, Buffer.alloc(0)));
		open.end();
	});
}

function refusal(status: number, system: string, address: string): Error {
	if (status === 407) {
		return new AuthenticationError(
			`The proxy ${system} refuses the user name or password (HTTP 407). Correct them in the proxy credential.`,
			{ system },
		);
	}
	if (status === 403 || status === 405) {
		return new PermissionError(
			`The proxy ${system} does not allow a connection to ${address} (HTTP ${status}). Ask its administrator to allow it, or use a port that is allowed, mostly 443.`,
			{ system },
		);
	}
	return new UnavailableError(
		`The proxy ${system} could not connect to ${address} (HTTP ${status}). Check host and port in the MQTT credential, and that the proxy may reach them.`,
		{ system },
	);
}

/** Throws when the proxy is not there or refuses the sign-in. Which connections it allows is not asked. */
export async function checkProxy(proxy: ProxySettings): Promise<void> {
	const { hostname } = new URL(proxy.url);
	try {
		(await connectThrough(proxy, { host: hostname, port: portOf(proxy) })).destroy();
	} catch (error) {
		if (error instanceof AuthenticationError || error instanceof ProxyAbsent) throw error;
	}
}

/** What the address leaves out is the scheme's own port. */
export function portOf({ url }: ProxySettings): number {
	const { protocol, port } = new URL(url);
	return Number(port) || (protocol === 'https:' ? 443 : 80);
}

class ProxyAbsent extends UnavailableError {}
