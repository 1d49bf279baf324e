import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, one of which could be faster than n8n's boot. */
const range = { from: 15_000, to: 32_000 };

/** A loopback port that nothing listens on now. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const port = randomInt(range.from, range.to);
		if (await isFree(port)) return port;
	}
	throw new Error(`Found no free port between ${range.from} and ${range.to} on 127.0.0.1.`);
}

/** Whether a server could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
