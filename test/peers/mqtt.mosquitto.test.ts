import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeMqtt } from '../conformance/mqtt/suite';
import { startMosquitto } from './mosquitto';

describeMqtt(
	'Mosquitto',
	async () => {
		const mosquitto = await startMosquitto(await mkdtemp(join(tmpdir(), 'erp-bridge-mosquitto-')));
		let running = true;
		return {
			url: mosquitto.url,
			async start() {
				if (!running) await mosquitto.restart();
				running = true;
			},
			async stop() {
				running = false;
				await mosquitto.stop();
			},
			async kill() {
				running = false;
				await mosquitto.kill();
			},
		};
	},
	5,
);
