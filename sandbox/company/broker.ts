import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

import type { AuthenticateError, Client } from 'aedes' with { 'resolution-mode': 'import' };

import type { BrokerAddress } from './outbox/relay';

export interface EmbeddedBroker extends BrokerAddress {
	/** Called when a client subscribes anew; a session that goes on does not count. */
	onSubscribe(listener: (topicFilters: string[]) => void): void;
	close(): Promise<void>;
}

export interface BrokerOptions {
	host: string;
	port: number;
	/** with it, clients must give it and the password */
	username?: string;
	password?: string;
}

/** CONNACK return code 4 (MQTT 3.1.1, 3.2.2.3). */
const badUserNameOrPassword = 4;

/** An MQTT 3.1.1 broker that keeps sessions in memory: they are gone when it ends. */
export async function startBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
	const { Aedes } = await import('aedes');
	const { username, password = '' } = options;
	const broker = await Aedes.createBroker({
		concurrency: 1_000,
		authenticate: (
			_client: Client,
			givenName: string | undefined,
			givenPassword: Buffer | undefined,
			done: (error: AuthenticateError | null, success: boolean | null) => void,
		) => {
			if (
				username === undefined ||
				(same(givenName ?? '', username) && same(givenPassword?.toString('utf8') ?? '', password))
			) {
				done(null, true);
				return;
			}
			done(
				Object.assign(new Error('Bad user name or password'), { returnCode: badUserNameOrPassword }),
				false,
			);
		},
	});
	const server = createServer({ noDelay: true }, (socket) => broker.handle(socket));
	const port = await new Promise<number>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) =>
			reject(
				error.code === 'EADDRINUSE'
					? new Error(
							`Port ${options.port} on ${options.host} is taken by another program; choose another port for the sandbox's broker.`,
						)
					: error,
			),
		);
		server.listen(options.port, options.host, () => resolve((server.address() as AddressInfo).port));
	});
	return {
		url: `mqtt://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
		...(username === undefined ? {} : { username, password }),
		onSubscribe: (listener) => {
			broker.on('subscribe', (subscriptions) => listener(subscriptions.map(({ topic }) => topic)));
		},
		close: async () => {
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				broker.close();
			});
		},
	};
}

function same(a: string, b: string): boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
}
