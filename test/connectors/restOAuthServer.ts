import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { ForeignOrder } from './restJsonServer';

export const client = { id: 'n8n', secret: 'only-for-tests-of-oauth' };

/** What the server has seen so far. */
interface Seen {
	/** access tokens given out */
	issued: number;
	/** requests without a token that holds */
	refused: number;
	/** requests with one */
	lists: number;
}

export interface OAuthServer {
	url: string;
	seen(): Promise<Seen>;
	/** Ends all access tokens, as their expiry would. */
	endTokens(): Promise<Seen>;
	add(order: ForeignOrder): Promise<Seen>;
	close(): void;
}

/** json-server behind oidc-provider's client credentials grant, on a free port of loopback. */
export async function startOAuthServer(orders: ForeignOrder[]): Promise<OAuthServer> {
	const child = fork(join(__dirname, 'restOAuthServer.mjs'), {
		env: { ...process.env, OAUTH_SERVER: JSON.stringify({ client, orders }) },
		// It warns at length of what only matters in production.
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
	});
	const died = once(child, 'exit').then(() => {
		throw new Error('The OAuth2 server ended; run restOAuthServer.mjs by hand to see why.');
	});
	const [{ url }] = (await Promise.race([once(child, 'message'), died])) as [{ url: string }];
	died.catch(() => undefined);
	const ask = async (message: object): Promise<Seen> => {
		const answered = once(child, 'message');
		child.send(message);
		return ((await answered) as [Seen])[0];
	};
	return {
		url,
		seen: async () => await ask({}),
		endTokens: async () => await ask({ end: true }),
		add: async (order) => await ask({ add: order }),
		close: () => void child.kill(),
	};
}
