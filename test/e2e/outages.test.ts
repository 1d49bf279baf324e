import { setTimeout as pause } from 'node:timers/promises';

import { inEach, withBenches } from './harness/bench';
import { kills, killTimeoutMs } from './harness/kills';
import { holdLocked } from './harness/lock';

const changesPerSecond = 60;
const warehouseDownMs = 10_000;
const storeLockedMs = 5_000;

const benches = withBenches('Outages of warehouse and store', 4);
jest.setTimeout(killTimeoutMs);

async function repeat(times: number, strike: () => Promise<void>): Promise<void> {
	for (let time = 0; time < times; time += 1) await strike();
}

test(`a warehouse that is down for 10 s and a store that is locked for 5 s, ${kills} times each at any moment, cost nothing but time`, async () => {
	const before = benches.map(({ host }) => host.n8n.pid);
	await inEach(benches, async ({ path, line, stream, striker, strikes }) => {
		stream.start(changesPerSecond);
		const warehouseDown = async (): Promise<void> => {
			await line.down();
			await pause(warehouseDownMs);
			await line.up();
		};
		const storeLocked = async (): Promise<void> => await holdLocked(path.inbox.file, storeLockedMs);
		await Promise.all([
			repeat(strikes, async () => await striker.midBurst(warehouseDown)),
			repeat(strikes, async () => await striker.midBurst(storeLocked, 1_000)),
		]);
	});
	expect(benches.map(({ host }) => host.n8n.pid)).toEqual(before);
});
