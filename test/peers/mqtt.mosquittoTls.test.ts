import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BrokerSettings, checkBroker, negotiateVersion } from '../../connectors/mqtt/broker';
import { Authority, type Certificate } from '../connectors/mqttCertificates';
import { connectProxy, type Proxy } from '../connectors/mqttGateway';
import { startMosquitto, type Mosquitto } from './mosquitto';

const proxyUser = { username: 'plant', password: 'proxy-secret' };

let mosquitto: Mosquitto;
let authority: Authority;
let client: Certificate;
let proxy: Proxy;

beforeAll(async () => {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-mosquitto-tls-'));
	authority = await Authority.create(folder, 'plant-authority');
	client = await authority.issue('n8n');
	const { files } = await authority.issue('broker');
	proxy = await connectProxy(proxyUser);
	mosquitto = await startMosquitto(folder, [
		`cafile ${authority.certificate.files.cert}`,
		`certfile ${files.cert}`,
		`keyfile ${files.key}`,
		'require_certificate true',
	]);
}, 60_000);
afterAll(async () => {
	await mosquitto.stop();
	await proxy.close();
});

describe.each([
	{ way: 'directly', proxied: () => ({}) },
	{ way: 'through a proxy', proxied: () => ({ proxy: { url: proxy.url, ...proxyUser } }) },
])('Mosquitto with mutual TLS, $way', ({ proxied }) => {
	const settings = (change: object = {}) =>
		BrokerSettings.parse({
			protocol: 'mqtts',
			host: '127.0.0.1',
			port: new URL(mosquitto.url).port,
			ssl: true,
			ca: authority.ca,
			cert: client.cert,
			key: client.key,
			...proxied(),
			...change,
		});

	test('admits a client with a certificate, in MQTT 5 and in 3.1.1', async () => {
		expect(await negotiateVersion(settings(), 'auto')).toBe(5);
		await checkBroker(settings(), 4);
	});

	test('refuses a client without one', async () => {
		await expect(checkBroker(settings({ cert: '', key: '' }), 5)).rejects.toThrow(
			/client certificate.*enter .*certificate and key/i,
		);
	});

	test('refuses one of another authority', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-stranger-'));
		const { cert, key } = await (await Authority.create(folder, 'stranger')).issue('n8n');
		await expect(checkBroker(settings({ cert, key }), 5)).rejects.toThrow(
			/client certificate.*the authority that the broker trusts/,
		);
	});

	test('is not trusted without its authority', async () => {
		await expect(checkBroker(settings({ ca: '' }), 5)).rejects.toThrow(/not trusted.*CA Certificates/);
	});
});
