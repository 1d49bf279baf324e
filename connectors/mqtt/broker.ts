import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod/v4';

import { AuthenticationError, PermissionError, UnavailableError } from '../../core/ports/errors';

/** Where the broker is and how to get in; the shape of n8n's own `mqtt` credential. */
export const BrokerSettings = z.object({
	protocol: z.enum(['mqtt', 'mqtts', 'ws', 'wss']).default('mqtt'),
	host: z.string().min(1, 'The MQTT credential has no host.'),
	port: z.coerce.number().int().min(1).max(65_535).default(1883),
	username: z.string().default(''),
	password: z.string().default(''),
	ssl: z.boolean().default(false),
	passwordless: z.boolean().default(false),
	ca: z.string().default(''),
	cert: z.string().default(''),
	key: z.string().default(''),
	rejectUnauthorized: z.boolean().default(true),
});
export type BrokerSettings = z.infer<typeof BrokerSettings>;

export type ProtocolVersion = 4 | 5;
/** `auto`: 5 where the broker has it, 3.1.1 otherwise */
export type ProtocolChoice = 'auto' | ProtocolVersion;

/** Address for people and for keys: never holds a secret. */
export function addressOf({ protocol, host, port }: BrokerSettings): string {
	return `${protocol}://${host}:${port}`;
}

export function clientOptions(settings: BrokerSettings, protocolVersion: ProtocolVersion): IClientOptions {
	const secure = settings.ssl
		? {
				ca: pem(settings.ca),
				cert: pem(settings.cert),
				key: pem(settings.key),
				rejectUnauthorized: settings.rejectUnauthorized,
			}
		: {};
	return {
		protocolVersion,
		reconnectPeriod: 250,
		connectTimeout: 10_000,
		keepalive: 30,
		resubscribe: false,
		...(settings.username === '' ? {} : { username: settings.username, password: settings.password }),
		...Object.fromEntries(Object.entries(secure).filter(([, value]) => value !== undefined)),
	};
}

/** Creates the client without connecting, so that listeners are in place before the first packet comes. */
export function createClient(settings: BrokerSettings, options: IClientOptions): MqttClient {
	const client = mqtt.connect(addressOf(settings), { ...options, manualConnect: true });
	client.on('error', () => undefined);
	return client;
}

/** The protocol version to speak: asks the broker once with a short-lived connection of its own. */
export async function negotiateVersion(
	settings: BrokerSettings,
	choice: ProtocolChoice,
): Promise<ProtocolVersion> {
	if (choice !== 'auto') return choice;
	try {
		await checkBroker(settings, 5);
		return 5;
	} catch (error) {
		if (error instanceof UnsupportedVersion) return 4;
		throw error;
	}
}

class UnsupportedVersion extends Error {}

/** Connects once and leaves. Throws what is wrong with address, credential or version. */
export async function checkBroker(settings: BrokerSettings, version: ProtocolVersion): Promise<void> {
	const client = createClient(settings, {
		...clientOptions(settings, version),
		reconnectPeriod: 0,
		clean: true,
	});
	try {
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', (error) => reject(connectionError(settings, error)));
			client.once('close', () => reject(connectionError(settings, new Error('the connection was closed'))));
			client.connect();
		});
	} finally {
		await client.endAsync(true);
	}
}

/** CONNACK reasons (MQTT 3.1.1, 3.2.2.3; MQTT 5.0, 3.2.2.2) and socket errors, in the words of the port. */
export function connectionError(settings: BrokerSettings, error: Error): Error {
	const code = 'code' in error ? error.code : undefined;
	const subject = { system: addressOf(settings), cause: error };
	if (code === 1 || code === 132) return new UnsupportedVersion(error.message);
	if (code === 4 || code === 134) {
		return new AuthenticationError(
			`The MQTT broker ${subject.system} refuses this user name or password.`,
			subject,
		);
	}
	if (code === 5 || code === 135) {
		return new PermissionError(
			`The MQTT broker ${subject.system} does not admit this user or client id.`,
			subject,
		);
	}
	return new UnavailableError(
		`The MQTT broker ${subject.system} can't be reached: ${error.message || String(code)}. Check that it runs and that host, port and protocol are right.`,
		subject,
	);
}

/** A field pasted into a form may have lost its line breaks; PEM needs them. */
function pem(text: string): string | undefined {
	if (text.trim() === '') return undefined;
	const match = /^(-----BEGIN [^-]+-----)([\s\S]+?)(-----END [^-]+-----)\s*$/.exec(text.trim());
	if (match === null || text.includes('\n')) return text;
	const [, head = '', body = '', tail = ''] = match;
	return [head, ...body.trim().split(/\s+/), tail].join('\n');
}
