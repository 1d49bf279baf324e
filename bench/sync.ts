import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { N8nHost } from '../test/e2e/harness/host';
import { startChild, type Child } from './sync/childProcess';
import type { Generator } from './sync/generatorProcess';
import { inboxSize } from './sync/inboxSize';
import { fullLoads, quickLoads, type Loads } from './sync/loads';
import { measure, type Load, type Measured, type Scene } from './sync/measurement';
import { startMosquitto } from './sync/mosquitto';
import { report, type Results } from './sync/report';
import { startOurs, startPeer, useWarehouse, type Surroundings } from './sync/sides';
import type { WarehouseOptions, WarehouseProcess } from './sync/warehouseProcess';

/**
 * Order in the ERP to stock reserved in the warehouse, through Mosquitto and a real n8n: this package against n8n's own MQTT
 * Trigger and HTTP Request. Broker, warehouse, ERP and n8n are processes of their own on this machine; the two sides run one
 * after the other, each in a fresh n8n.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const loads = values.quick ? quickLoads : fullLoads;
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-bench-'));
	const closing: Array<() => Promise<unknown>> = [];
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
	try {
		const broker = await startMosquitto(join(folder, 'broker'));
		closing.push(() => broker.close());
		const generator = await startChild<Generator>(join(__dirname, 'sync/generatorProcess.ts'), {
			brokerUrl: broker.url,
		});
		closing.push(() => generator.end());
		const warehouses = [true, false].map(async (bulk) => {
			const options: WarehouseOptions = { folder: join(folder, `wms-${bulk}`), apiKey: 'bench-key', bulk };
			const warehouse = await startChild<WarehouseProcess>(
				join(__dirname, 'sync/warehouseProcess.ts'),
				options,
			);
			closing.push(() => warehouse.end());
			const url = await warehouse.ask('address');
			return { warehouse, surroundings: { broker, warehouse: { url, apiKey: options.apiKey } } };
		});
		const [bulk, single] = (await Promise.all(warehouses)) as [Site, Site];

		const load = loadavg()[0] ?? 0;
		const ours = await withHost(startOurs(bulk.surroundings), (host) =>
			measureOurs({ host, generator, warehouse: bulk.warehouse }, single, loads),
		);
		const peer = await withHost(startPeer(single.surroundings, 'burst'), (host) =>
			measurePeer({ host, generator, warehouse: single.warehouse }, loads),
		);
		const overloaded = loads.peerOverload
			? await withHost(startPeer(single.surroundings, 'overload'), (host) =>
					overloadPeer({ host, generator, warehouse: single.warehouse }, loads),
				)
			: undefined;
		report({ load, ours, peer: { ...peer, ...overloaded } });
	} finally {
		for (const close of closing.reverse()) await close();
	}
}

/** A warehouse, and how n8n reaches it. */
interface Site {
	warehouse: Child<WarehouseProcess>;
	surroundings: Surroundings;
}

async function withHost<T>(starting: Promise<N8nHost>, work: (host: N8nHost) => Promise<T>): Promise<T> {
	const host = await starting;
	try {
		return await work(host);
	} finally {
		await host.close();
	}
}

async function measureOurs(scene: Scene, single: Site, loads: Loads): Promise<Results['ours']> {
	const patienceSeconds = 120;
	await told(scene, 'ours', { name: 'warm-up', ...loads.warmUp, patienceSeconds });
	const at = (perSecond: number) =>
		times(loads.steadyTimes, (time) =>
			told(scene, 'ours', {
				name: `${perSecond}-a-second-${time}`,
				orders: perSecond * loads.steadySeconds,
				perSecond,
				patienceSeconds,
			}),
		);
	const burst = (of: Scene, name: string) =>
		times(loads.burstTimes, (time) =>
			told(of, 'ours', { name: `${name}-${time}`, orders: loads.burst, patienceSeconds }),
		);
	const at5 = await at(5);
	const at50 = await at(50);
	const bursts = await burst(scene, 'burst');
	const repeated = await told(scene, 'ours', { name: 'repeated', ...loads.repeated, patienceSeconds });
	await useWarehouse(scene.host, single.surroundings);
	const burstsSingle = await burst({ ...scene, warehouse: single.warehouse }, 'single-burst');
	await useWarehouse(scene.host, {
		...single.surroundings,
		warehouse: { ...single.surroundings.warehouse, url: await scene.warehouse.ask('address') },
	});
	const linear: Measured[] = [];
	for (const orders of loads.linear)
		linear.push(await told(scene, 'ours', { name: `linear-${orders}`, orders, patienceSeconds: 600 }));
	const { peak } = await scene.host.n8n.memoryMb();
	const inbox = inboxSize(scene.host.folder);
	return { at5, at50, bursts, burstsSingle, repeated, linear, peakMemoryMb: peak, inbox };
}

async function measurePeer(scene: Scene, loads: Loads): Promise<Omit<Results['peer'], 'at50' | 'repeated'>> {
	await told(scene, 'peer', { name: 'peer-warm-up', ...loads.warmUp, patienceSeconds: 60 });
	const at5 = await times(loads.steadyTimes, (time) =>
		told(scene, 'peer', {
			name: `peer-5-a-second-${time}`,
			orders: 5 * loads.steadySeconds,
			perSecond: 5,
			patienceSeconds: 60,
		}),
	);
	const burst = await told(scene, 'peer', {
		name: 'peer-burst',
		orders: loads.peerBurst,
		patienceSeconds: loads.peerPatienceSeconds,
	});
	const { peak } = await scene.host.n8n.memoryMb();
	return { at5, burst, peakMemoryMb: peak };
}

/** More than the peer can take, so in an n8n of its own. */
async function overloadPeer(scene: Scene, loads: Loads): Promise<Pick<Results['peer'], 'at50' | 'repeated'>> {
	const patienceSeconds = 60;
	await told(scene, 'peer', { name: 'overload-warm-up', ...loads.warmUp, patienceSeconds });
	const repeated = await told(scene, 'peer', {
		name: 'peer-repeated',
		...loads.peerRepeated,
		patienceSeconds,
	});
	const at50 = await told(scene, 'peer', {
		name: 'peer-50-a-second',
		orders: 50 * loads.steadySeconds,
		perSecond: 50,
		patienceSeconds,
	});
	return { repeated, at50 };
}

async function told(scene: Scene, side: string, load: Load): Promise<Measured> {
	process.stderr.write(`${side}: ${load.name} ...`);
	const measured = await measure(scene, load);
	const { arrived, events, perSecond } = measured;
	const { now } = await scene.host.n8n.memoryMb();
	process.stderr.write(` ${arrived} of ${events}, ${perSecond.toFixed(1)}/s, n8n ${now.toFixed(0)} MB\n`);
	return measured;
}

async function times<T>(count: number, work: (time: number) => Promise<T>): Promise<T[]> {
	const results: T[] = [];
	for (let time = 1; time <= count; time += 1) results.push(await work(time));
	return results;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
