import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const scimToken = 'only-for-tests';
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface ScimServer {
	/** address of the server; SCIM is at `/scim/v2` */
	url: string;
	/** The directory's own administrator: all users, changed or new users by id, users gone. */
	people(): Promise<Array<Record<string, unknown> & { id: string }>>;
	put(users: object[]): Promise<string[]>;
	remove(ids: string[]): Promise<void>;
	/**
	 * `shown`: only so many users are there, it says; `delivered`: it counts all and delivers no more than these; `lying`: changes of groups are
	 * answered with "ok" and not made
	 */
	answers(limits: { shown?: number; delivered?: number; lying?: boolean }): Promise<void>;
	close(): Promise<void>;
}

/** A SCIM server of the scimmy packages in a process of its own, on a free port of loopback. */
export async function startScimServer(): Promise<ScimServer> {
	const child = fork(join(__dirname, 'scimServer.mjs'), {
		execArgv: [],
		env: { ...process.env, NODE_OPTIONS: '', SCIM_TOKEN: scimToken },
	});
	const gone = once(child, 'exit');
	const ended = gone.then(([code]) => {
		throw new Error(`The SCIM server ended with ${String(code)}; its message is above.`);
	});
	ended.catch(() => undefined);
	const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
	const url = `http://127.0.0.1:${port}`;
	const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		const response = await fetch(`${url}${path}`, {
			method,
			headers: { 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new Error(`The SCIM server refused ${method} ${path}: ${await response.text()}`);
		return await response.json();
	};
	return {
		url,
		people: async () => (await call('GET', '/people')) as Array<Record<string, unknown> & { id: string }>,
		put: async (users) => (await call('PUT', '/people', users)) as string[],
		remove: async (ids) => void (await call('DELETE', '/people', ids)),
		answers: async (limits) => void (await call('PUT', '/people/answers', limits)),
		close: async () => {
			child.kill();
			await gone;
		},
	};
}
