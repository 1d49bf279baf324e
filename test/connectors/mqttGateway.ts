import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

import { createWebSocketStream, WebSocketServer } from 'ws';
import { z } from 'zod/v4';

export interface Gateway {
	port: number;
	close(): Promise<void>;
}

export type GatewayOptions = Pick<TlsOptions, 'cert' | 'key' | 'ca' | 'requestCert'>;

/** TLS in front of a broker that has none. With `requestCert` a client must show a certificate issued by `ca`. */
export async function tlsGateway(brokerUrl: string, options: GatewayOptions): Promise<Gateway> {
	const server = createTlsServer({ ...options, rejectUnauthorized: options.requestCert }, (socket) =>
		join(socket, brokerUrl),
	);
	return await listening(server);
}

/** MQTT over WebSocket at /mqtt, with TLS unless `options` is left out, in front of a broker that has only TCP. */
export async function webSocketGateway(brokerUrl: string, options?: GatewayOptions): Promise<Gateway> {
	const server =
		options === undefined
			? createHttpServer()
			: createHttpsServer({ ...options, rejectUnauthorized: options.requestCert });
	const sockets = new WebSocketServer({ server, path: '/mqtt', handleProtocols: () => 'mqtt' });
	sockets.on('connection', (socket) => join(createWebSocketStream(socket), brokerUrl));
	return await listening(server);
}

export interface Proxy extends Gateway {
	url: string;
	/** host:port of every tunnel asked for with the right password */
	tunnels(): Promise<string[]>;
	/** host:port of everything that went through, in a tunnel or as a plain request */
	requests(): Promise<string[]>;
	/** later tunnels are refused with this status; 0 ends it */
	refuseWith(status: number): Promise<void>;
}

/** An HTTP proxy that opens tunnels for one user. */
export async function connectProxy(user: { username: string; password: string }): Promise<Proxy> {
	const child = fork(path.join(__dirname, 'mqttProxy.mjs'), {
		env: { ...process.env, NODE_OPTIONS: '', PROXY_USER: JSON.stringify(user) },
	});
	const next = async (): Promise<unknown> => ((await once(child, 'message')) as unknown[])[0];
	const { port } = Started.parse(await next());
	const ask = async (question: { refuse?: number }): Promise<z.infer<typeof Answer>> => {
		const answer = next();
		child.send(question);
		return Answer.parse(await answer);
	};
	return {
		url: `http://127.0.0.1:${port}`,
		port,
		tunnels: async () => (await ask({})).tunnels,
		requests: async () => Object.values(await ask({})).flat(),
		refuseWith: async (refuse) => void (await ask({ refuse })),
		close: async () => {
			const gone = once(child, 'exit');
			child.disconnect();
			await gone;
		},
	};
}

const Started = z.object({ port: z.number() });
const Answer = z.object({ tunnels: z.array(z.string()), requests: z.array(z.string()) });

function join(near: Duplex, brokerUrl: string): void {
	const { hostname, port } = new URL(brokerUrl);
	const far = connect({ host: hostname, port: Number(port), noDelay: true });
	near.pipe(far).pipe(near);
	for (const [one, other] of [
		[near, far],
		[far, near],
	] as const) {
		one.on('error', () => undefined);
		one.on('close', () => other.destroy());
	}
}

async function listening(server: Server): Promise<Gateway> {
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
