import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BrokerSettings, checkBroker } from '../../connectors/mqtt/broker';
import { AuthenticationError, PermissionError } from '../../core/ports/errors';
import { spawnBroker, type SpawnedBroker } from '../../sandbox/company/spawnCompany';
import { Authority, type Certificate } from './mqttCertificates';
import { connectProxy, tlsGateway, webSocketGateway, type Gateway, type Proxy } from './mqttGateway';

const signIn = { username: 'n8n', password: 'broker-secret' };
const proxyUser = { username: 'plant', password: 'proxy:secret' };

let folder: string;
let broker: SpawnedBroker;
let authority: Authority;
let client: Certificate;
let proxy: Proxy;
let tls: Gateway;
let webSocket: Gateway;
let mutual: Gateway;
let mutualWebSocket: Gateway;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-tls-'));
	broker = await spawnBroker({ broker: { embedded: true, ...signIn } });
	authority = await Authority.create(folder, 'plant-authority');
	const server = await authority.issue('broker');
	client = await authority.issue('n8n');
	proxy = await connectProxy(proxyUser);
	tls = await tlsGateway(broker.url, server);
	webSocket = await webSocketGateway(broker.url, server);
	const strict = { ...server, ca: authority.ca, requestCert: true };
	mutual = await tlsGateway(broker.url, strict);
	mutualWebSocket = await webSocketGateway(broker.url, strict);
}, 60_000);
afterAll(async () => {
	for (const one of [tls, webSocket, mutual, mutualWebSocket, proxy, broker]) await one.close();
	await rm(folder, { recursive: true });
});

const throughProxy = () => ({ url: proxy.url, ...proxyUser });
const over = (protocol: string, { port }: Gateway, change: object = {}) =>
	BrokerSettings.parse({
		protocol,
		host: '127.0.0.1',
		port,
		ssl: true,
		ca: authority.ca,
		...signIn,
		...change,
	});
const check = async (settings: BrokerSettings) => await checkBroker(settings, 4);

describe.each([
	{ way: 'directly', proxied: () => ({}) },
	{ way: 'through a proxy', proxied: () => ({ proxy: throughProxy() }) },
])('a broker behind TLS, $way', ({ way, proxied }) => {
	const ways: Array<[string, string, () => Gateway]> = [
		['mqtts', 'mqtts', () => tls],
		['mqtt with SSL on', 'mqtt', () => tls],
		['wss', 'wss', () => webSocket],
		['ws with SSL on, as in the form', 'ws', () => webSocket],
	];

	test.each(ways)('is reached by %s', async (_, protocol, gateway) => {
		const { port } = gateway();
		const before = (await proxy.tunnels()).length;
		await check(over(protocol, gateway(), proxied()));
		expect((await proxy.tunnels()).slice(before)).toEqual(way === 'directly' ? [] : [`127.0.0.1:${port}`]);
	});

	test.each(ways)('says that the password is wrong, over %s', async (_, protocol, gateway) => {
		const attempt = check(over(protocol, gateway(), { ...proxied(), password: 'wrong' }));
		await expect(attempt).rejects.toThrow(AuthenticationError);
		await expect(attempt).rejects.toThrow(/refuses this user name or password/);
		await expect(attempt).rejects.not.toThrow(/secret|wrong\b/);
	});

	test.each(ways)('is not trusted without its authority, over %s', async (_, protocol, gateway) => {
		await expect(check(over(protocol, gateway(), { ...proxied(), ca: '' }))).rejects.toThrow(
			/certificate that is not trusted.*CA Certificates in the MQTT credential/,
		);
	});

	test.each([
		['mqtts', () => mutual],
		['wss', () => mutualWebSocket],
	] as const)('that asks for certificates admits ours, over %s', async (protocol, gateway) => {
		await check(over(protocol, gateway(), { ...proxied(), ...client }));
	});

	test.each([
		['mqtts', () => mutual],
		['wss', () => mutualWebSocket],
	] as const)(
		'that asks for certificates refuses a client without one, over %s',
		async (protocol, gateway) => {
			const attempt = check(over(protocol, gateway(), proxied()));
			await expect(attempt).rejects.toThrow(/client certificate.*enter .*certificate and key/i);
		},
	);

	test('that asks for certificates refuses one of another authority', async () => {
		const stranger = await (await Authority.create(folder, 'stranger')).issue('n8n');
		await expect(check(over('mqtts', mutual, { ...proxied(), ...stranger }))).rejects.toThrow(
			/client certificate.*the authority that the broker trusts/,
		);
	});

	test('whose certificate names another host says so', async () => {
		const elsewhere = await tlsGateway(broker.url, await authority.issue('elsewhere', 'DNS:broker.example'));
		await expect(check(over('mqtts', elsewhere, proxied()))).rejects.toThrow(/another host name/);
		await elsewhere.close();
	});

	test('that speaks no TLS says so', async () => {
		const plain = { port: Number(new URL(broker.url).port), close: async () => undefined };
		await expect(check(over('mqtts', plain, proxied()))).rejects.toThrow(
			/does not answer with TLS on this port/,
		);
	});

	test('that has its WebSocket at another path says so', async () => {
		await expect(check(over('wss', webSocket, { ...proxied(), path: '/ws' }))).rejects.toThrow(
			/HTTP 400.*WebSocket Path/,
		);
	});
});

test.each(['mqtt', 'ws'])('a broker without TLS is reached by %s through a proxy', async (protocol) => {
	const plain = await webSocketGateway(broker.url);
	const port = protocol === 'ws' ? plain.port : Number(new URL(broker.url).port);
	await check(BrokerSettings.parse({ protocol, host: '127.0.0.1', port, ...signIn, proxy: throughProxy() }));
	expect((await proxy.tunnels()).at(-1)).toBe(`127.0.0.1:${port}`);
	await plain.close();
});

test('a certificate pasted into one line is read', async () => {
	const oneLine = (text: string) => text.trim().replaceAll('\n', ' ');
	const pasted = { ca: oneLine(authority.ca), cert: oneLine(client.cert), key: oneLine(client.key) };
	await check(over('mqtts', mutual, pasted));
});

describe.each([
	['mqtts', () => tls],
	['wss', () => webSocket],
] as const)('a proxy, over %s', (protocol, gateway) => {
	const attempt = async (change: object) =>
		await check(over(protocol, gateway(), { proxy: { ...throughProxy(), ...change } }));

	test.each([{ password: 'wrong' }, { username: '', password: '' }])(
		'that refuses the sign-in says so, without the password',
		async (change) => {
			await expect(attempt(change)).rejects.toThrow(AuthenticationError);
			await expect(attempt(change)).rejects.toThrow(/HTTP 407.*proxy credential/);
			await expect(attempt(change)).rejects.not.toThrow(/secret|wrong\b/);
		},
	);

	test('that allows no such connection says so', async () => {
		await proxy.refuseWith(403);
		try {
			await expect(attempt({})).rejects.toThrow(PermissionError);
			await expect(attempt({})).rejects.toThrow(
				/does not allow a connection to 127\.0\.0\.1:\d+ \(HTTP 403\)/,
			);
		} finally {
			await proxy.refuseWith(0);
		}
	});

	test('that is not there says so', async () => {
		await expect(attempt({ url: 'http://127.0.0.1:1' })).rejects.toThrow(
			/The proxy http:\/\/127\.0\.0\.1:1 can't be reached: .*proxy credential/,
		);
	});
});

test('the broker behind a proxy is not there: the proxy is named, and what to check', async () => {
	const nowhere = { port: 1, close: async () => undefined };
	await expect(check(over('mqtts', nowhere, { proxy: throughProxy() }))).rejects.toThrow(
		/The proxy .* 127\.0\.0\.1:1.*Check host and port/,
	);
});
