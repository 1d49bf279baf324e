import type { Duplex } from 'node:stream';

import mqtt, { MqttClient, type IClientOptions } from 'mqtt';
import { z } from 'zod/v4';

import { AuthenticationError, BridgeError, PermissionError, UnavailableError } from '../../core/ports/errors';
import { ProxySettings, Tunnel } from './tunnel';

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
	/** of the WebSocket; other protocols have none */
	path: z.string().regex(/^\//, 'must begin with /').default('/mqtt'),
	proxy: ProxySettings.optional(),
});
export type BrokerSettings = z.infer<typeof BrokerSettings>;

export type ProtocolVersion = 4 | 5;
/** `auto`: 5 where the broker has it, 3.1.1 otherwise */
export type ProtocolChoice = 'auto' | ProtocolVersion;

type Scheme = BrokerSettings['protocol'];
const secureSchemes: Record<Scheme, Scheme> = { mqtt: 'mqtts', mqtts: 'mqtts', ws: 'wss', wss: 'wss' };

/** With SSL on, the protocol is the encrypted one, whichever was chosen: n8n's credential form offers no `wss`. */
export function schemeOf({ protocol, ssl }: BrokerSettings): Scheme {
	return ssl ? secureSchemes[protocol] : protocol;
}

/** Address for people and for keys: never holds a secret. */
export function addressOf(settings: BrokerSettings): string {
	return `${schemeOf(settings)}://${settings.host}:${settings.port}`;
}

export function clientOptions(settings: BrokerSettings, protocolVersion: ProtocolVersion): IClientOptions {
	return {
		protocolVersion,
		reconnectPeriod: 250,
		connectTimeout: 10_000,
		keepalive: 30,
		resubscribe: false,
		...(settings.username === '' ? {} : { username: settings.username, password: settings.password }),
		...tlsOptions(settings),
	};
}

interface TlsOptions {
	ca?: string;
	cert?: string;
	key?: string;
	rejectUnauthorized?: boolean;
}

function tlsOptions({ ssl, ca, cert, key, rejectUnauthorized }: BrokerSettings): TlsOptions {
	if (!ssl) return {};
	const options = { ca: pem(ca), cert: pem(cert), key: pem(key), rejectUnauthorized };
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Creates the client without connecting, so that listeners are in place before the first packet comes. */
export function createClient(settings: BrokerSettings, options: IClientOptions): MqttClient {
	const scheme = schemeOf(settings);
	const overWebSocket = scheme === 'ws' || scheme === 'wss';
	const tunnel = tunnelOf(settings);
	const client =
		tunnel !== undefined && !overWebSocket
			? new MqttClient(tunnel, { ...options, protocol: scheme, manualConnect: true })
			: mqtt.connect(`${addressOf(settings)}${overWebSocket ? settings.path : ''}`, {
					...options,
					...(tunnel === undefined ? {} : { wsOptions: { createConnection: tunnel } }),
					manualConnect: true,
				});
	client.on('error', () => undefined);
	reportStreamErrors(client);
	return client;
}

function tunnelOf(settings: BrokerSettings): (() => Duplex) | undefined {
	const { proxy, host, port } = settings;
	if (proxy === undefined) return undefined;
	const encrypted = schemeOf(settings) === 'mqtts' || schemeOf(settings) === 'wss';
	return () => new Tunnel(proxy, { host, port, ...(encrypted ? { tls: tlsOptions(settings) } : {}) });
}

/** MQTT.js passes on a stream's error only when it has a code, so a proxy's or WebSocket server's refusal would be lost. */
function reportStreamErrors(client: MqttClient): void {
	const build = client['streamBuilder'];
	client['streamBuilder'] = (...given: Parameters<typeof build>) => {
		const stream = build(...given);
		stream.on('error', (error: Error) => {
			if (!('code' in error)) client.emit('error', error);
		});
		return stream;
	};
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
			client.once('close', () => reject(connectionError(settings, new ConnectionClosed())));
			client.connect();
		});
	} finally {
		await client.endAsync(true);
	}
}

/**
 * CONNACK reasons (MQTT 3.1.1, 3.2.2.3; MQTT 5.0, 3.2.2.2), TLS and socket errors, in the words of the port. What the
 * proxy refused comes in these words already.
 */
export function connectionError(settings: BrokerSettings, error: Error): Error {
	if (error instanceof BridgeError) return error;
	const code = 'code' in error ? error.code : undefined;
	const subject = { system: addressOf(settings), cause: error };
	const broker = `The MQTT broker ${subject.system}`;
	if (code === 1 || code === 132) return new UnsupportedVersion(error.message);
	if (code === 4 || code === 134)
		return new AuthenticationError(`${broker} refuses this user name or password.`, subject);
	if (code === 5 || code === 135)
		return new PermissionError(`${broker} does not admit this user or client id.`, subject);
	if (refusesClientCertificate.test(String(code))) {
		return new AuthenticationError(
			`${broker} asks for a client certificate and does not accept what it got. Enter client certificate and key in the MQTT credential, issued by the authority that the broker trusts.`,
			subject,
		);
	}
	const cause = causeOf(String(code), error.message);
	if (cause !== undefined) return new UnavailableError(`${broker} ${cause}`, subject);
	const closed = error instanceof ConnectionClosed || code === 'EPIPE' || code === 'ECONNRESET';
	const hint =
		settings.ssl && closed
			? 'If it asks for a client certificate, enter certificate and key in the MQTT credential, issued by the authority that the broker trusts. Otherwise check that it runs and that host, port and protocol are right.'
			: 'Check that it runs and that host, port and protocol are right.';
	return new UnavailableError(
		`${broker} can't be reached: ${error.message || String(code)}. ${hint}`,
		subject,
	);
}

/** The other side ended the connection before it said anything about MQTT. */
export class ConnectionClosed extends Error {
	constructor() {
		super('the connection was closed');
	}
}

const refusesClientCertificate =
	/CERTIFICATE_REQUIRED|SSL(V3)?_ALERT_(NO|BAD|UNSUPPORTED|UNKNOWN)_?CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)|ALERT_HANDSHAKE_FAILURE/;

/** Why TLS or the WebSocket did not come about, with what to change; undefined when it was something else. */
function causeOf(code: string, message: string): string | undefined {
	switch (code) {
		case 'DEPTH_ZERO_SELF_SIGNED_CERT':
		case 'SELF_SIGNED_CERT_IN_CHAIN':
		case 'UNABLE_TO_GET_ISSUER_CERT':
		case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
		case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
		case 'CERT_SIGNATURE_FAILURE':
			return `shows a certificate that is not trusted (${code}). Enter its authority as CA Certificates in the MQTT credential.`;
		case 'ERR_TLS_CERT_ALTNAME_INVALID':
			return `shows a certificate for another host name. Enter the host that the certificate names in the MQTT credential.`;
		case 'CERT_HAS_EXPIRED':
		case 'CERT_NOT_YET_VALID':
			return `shows a certificate that is not valid now (${code}). Renew it, or set the clock of this host right.`;
		case 'ERR_SSL_WRONG_VERSION_NUMBER':
		case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
			return 'does not answer with TLS on this port. Enter its TLS port, or switch SSL off in the MQTT credential.';
		default:
	}
	if (/before secure TLS connection was established/.test(message))
		return 'does not answer with TLS on this port. Enter its TLS port, or switch SSL off in the MQTT credential.';
	const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
	return status === undefined
		? undefined
		: `does not take MQTT over WebSocket at this path (HTTP ${status}). Check the option WebSocket Path and the port.`;
}

/** A field pasted into a form may have lost its line breaks; PEM needs them. */
function pem(text: string): string | undefined {
	if (text.trim() === '') return undefined;
	const match = /^(-----BEGIN [^-]+-----)([\s\S]+?)(-----END [^-]+-----)\s*$/.exec(text.trim());
	if (match === null || text.includes('\n')) return text;
	const [, head = '', body = '', tail = ''] = match;
	return [head, ...body.trim().split(/\s+/), tail].join('\n');
}
