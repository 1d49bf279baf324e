import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { inboxSize } from './sync/inboxSize';
import { fullLoads, quickLoads, type Loads } from './sync/loads';
import { measure, type Load, type Measured } from './sync/measurement';
import { report, type Results } from './sync/report';
import { withScene, type Scene, type Side, type Site } from './sync/scene';
import { startOurs, startPeer, useWarehouse } from './sync/sides';

/**
 * Order in the ERP to stock reserved in the warehouse, through Mosquitto and a real n8n: this package against n8n's own MQTT
 * Trigger and HTTP Request. Each side has a broker, an ERP, warehouses and an n8n of its own, all processes of this machine.
 * Only one side is given events at a time; at 5 a second they take short turns, so that what other programs do to the machine
 * meanwhile meets both alike.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const loads = values.quick ? quickLoads : fullLoads;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

	const loadBefore = loadavg()[0] ?? 0;
	const results = await withScene(ourN8n, (ours) =>
		withScene(peerN8n, async (peer) => ({
			at5: await inTurn(ours, peer, loads),
			ours: await measureOurs(ours, loads),
			peer: await measurePeer(peer, loads),
		})),
	);
	const overloaded = loads.peerOverload
		? await withScene(peerN8n, (scene) => overloadPeer(scene, loads))
		: undefined;
	const peer = { ...results.peer, ...overloaded };
	report({ ...results, peer, loads: [loadBefore, loadavg()[0] ?? 0] });
}

const ourN8n: Side = { name: 'this package', start: ({ bulk }) => startOurs(bulk.surroundings) };
const peerN8n: Side = { name: "n8n's own nodes", start: ({ single }) => startPeer(single.surroundings) };

const patienceSeconds = 120;

async function inTurn(ours: Scene, peer: Scene, loads: Loads): Promise<Results['at5']> {
	await told(ours, ours.bulk, { name: 'warm-up', ...loads.warmUp, patienceSeconds });
	await told(peer, peer.single, { name: 'warm-up', ...loads.warmUp, patienceSeconds });
	return await times(loads.turns, async (time) => {
		const load = { orders: loads.ordersInTurn, perSecond: 5, patienceSeconds };
		return {
			ours: await told(ours, ours.bulk, { name: `5-a-second-${time}`, ...load }),
			peer: await told(peer, peer.single, { name: `5-a-second-${time}`, ...load }),
		};
	});
}

async function measureOurs(scene: Scene, loads: Loads): Promise<Results['ours']> {
	const { bulk, single, host } = scene;
	const burst = (site: Site, name: string, orders: number) =>
		told(scene, site, { name, orders, patienceSeconds: 600 });
	const at50 = await times(loads.steadyTimes, (time) =>
		told(scene, bulk, {
			name: `50-a-second-${time}`,
			orders: 50 * loads.steadySeconds,
			perSecond: 50,
			patienceSeconds,
		}),
	);
	const bursts = await times(loads.burstTimes, (time) => burst(bulk, `burst-${time}`, loads.burst));
	const { peak: peakMemoryMb } = await host.n8n.memoryMb();
	const repeated = await told(scene, bulk, { name: 'repeated', ...loads.repeated, patienceSeconds });

	await useWarehouse(host, single.surroundings);
	const burstsSingle = await times(loads.burstTimes, (time) =>
		burst(single, `burst-single-${time}`, loads.burst),
	);

	await useWarehouse(host, bulk.surroundings);
	if (loads.linearWarmUp > 0) await burst(bulk, 'linear-warm-up', loads.linearWarmUp);
	const linear: Measured[] = [];
	for (const [index, orders] of loads.linear.entries())
		linear.push(await burst(bulk, `linear-${index}`, orders));
	const { peak: peakMemoryToTheEndMb } = await host.n8n.memoryMb();
	const inbox = inboxSize(host.folder);
	const memory = { peakMemoryMb, peakMemoryToTheEndMb };
	return { at50, bursts, burstsSingle, repeated, linear, inbox, ...memory };
}

async function measurePeer(scene: Scene, loads: Loads): Promise<Results['peer']> {
	const burst = await told(scene, scene.single, {
		name: 'burst',
		orders: loads.peerBurst,
		patienceSeconds: loads.peerPatienceSeconds,
	});
	const { peak } = await scene.host.n8n.memoryMb();
	return { burst, peakMemoryMb: peak };
}

/** More than the peer can take. */
async function overloadPeer(scene: Scene, loads: Loads): Promise<Pick<Results['peer'], 'at50' | 'repeated'>> {
	const load = (name: string, what: Pick<Load, 'orders' | 'updates' | 'perSecond'>) =>
		told(scene, scene.single, { name, ...what, patienceSeconds: 60 });
	await load('warm-up', loads.warmUp);
	const repeated = await load('repeated', loads.peerRepeated);
	const at50 = await load('50-a-second', { orders: 50 * loads.steadySeconds, perSecond: 50 });
	return { repeated, at50 };
}

async function told(scene: Scene, { warehouse }: Site, load: Load): Promise<Measured> {
	const { host, generator } = scene;
	process.stderr.write(`${scene.side}: ${load.name} ...`);
	const measured = await measure({ host, generator, warehouse }, load);
	const { arrived, events, perSecond } = measured;
	const { now } = await host.n8n.memoryMb();
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
