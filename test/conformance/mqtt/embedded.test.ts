import { spawnBroker, type SpawnedBroker } from '../../../sandbox/company/spawnCompany';
import { describeMqtt } from './suite';

describeMqtt(
	'the embedded broker',
	async () => {
		let running: SpawnedBroker | undefined;
		const first = await spawnBroker();
		const { port } = new URL(first.url);
		running = first;
		return {
			url: first.url,
			async start() {
				running ??= await spawnBroker({ ports: { broker: Number(port) } });
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
