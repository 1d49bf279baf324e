import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network line to a server on loopback that can go down: nobody answers there any more, and open connections break. */
export interface Line {
	url: string;
	down(): Promise<void>;
	up(): Promise<void>;
	close(): Promise<void>;
}

export async function lineTo(target: string): Promise<Line> {
	const { hostname, port, protocol } = new URL(target);
	const sockets = new Set<Socket>();
	const server = createServer((near) => {
		const far = connect(Number(port), hostname);
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(from);
			from.setNoDelay(true).pipe(to);
			from.on('error', () => undefined);
			from.on('close', () => {
				sockets.delete(from);
				to.destroy();
			});
		}
	});
	const listen = async (at: number): Promise<number> =>
		await new Promise((resolve, reject) => {
			server.once('error', reject);
			server.listen(at, '127.0.0.1', () => {
				server.off('error', reject);
				resolve((server.address() as AddressInfo).port);
			});
		});
	const own = await listen(0);
	const down = async (): Promise<void> => {
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return {
		url: `${protocol}//127.0.0.1:${own}`,
		down,
		up: async () => {
			await listen(own);
		},
		close: async () => {
			if (server.listening) await down();
		},
	};
}
