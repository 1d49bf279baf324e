import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { spawnBroker, type SpawnedBroker } from '../../../sandbox/company/spawnCompany';
import { Authority } from '../../connectors/mqttCertificates';
import { connectProxy, tlsGateway, webSocketGateway } from '../../connectors/mqttGateway';
import { describeMqtt } from './suite';

/** What a plant's firewall leaves: an authority of its own, client certificates, one proxy with sign-in. */
describe.each([
	['WebSocket with TLS', 'ws', webSocketGateway],
	['TLS', 'mqtts', tlsGateway],
] as const)('%s', (name, protocol, gatewayTo) => {
	describeMqtt(
		`${name}, with a client certificate, through a proxy`,
		async () => {
			const authority = await Authority.create(
				await mkdtemp(join(tmpdir(), 'erp-bridge-tls-')),
				'plant-authority',
			);
			const first = await spawnBroker();
			let running: SpawnedBroker | undefined = first;
			const gateway = await gatewayTo(first.url, {
				...(await authority.issue('broker')),
				ca: authority.ca,
				requestCert: true,
			});
			const user = { username: 'plant', password: 'proxy-secret' };
			const proxy = await connectProxy(user);
			const { cert, key } = await authority.issue('n8n');
			return {
				url: first.url,
				way: {
					protocol,
					port: gateway.port,
					ssl: true,
					ca: authority.ca,
					cert,
					key,
					proxy: { url: proxy.url, ...user },
				},
				async start() {
					running ??= await spawnBroker({ ports: { broker: Number(new URL(first.url).port) } });
				},
				async stop() {
					await running?.close();
					running = undefined;
				},
				async kill() {
					await running?.kill();
					running = undefined;
				},
			};
		},
		4,
	);
});
