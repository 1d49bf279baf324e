import { setTimeout as pause } from 'node:timers/promises';

import { disagreements, none } from './harness/agreement';
import { Chance } from './harness/chance';
import { N8nHost } from './harness/host';
import { kills, killTimeoutMs, Striker } from './harness/kills';
import { lineTo, type Line } from './harness/line';
import { holdLocked } from './harness/lock';
import { OrderPath } from './harness/orderPath';
import { OrderStream } from './harness/orderStream';
import { stockCatalogue } from './harness/stockedCompany';

const changesPerSecond = 60;
const warehouseDownMs = 10_000;
const storeLockedMs = 5_000;

/** Outages take their time and little else, so that several companies, each with an n8n of its own, suffer them at once. */
const companies = Math.min(2, kills);
const outages = Math.ceil(kills / companies);

jest.setTimeout(killTimeoutMs);

interface Bench {
	host: N8nHost;
	path: OrderPath;
	line: Line;
	stream: OrderStream;
	striker: Striker;
}
const benches: Bench[] = [];

beforeAll(async () => {
	const chance = Chance.announced('Outages of warehouse and store');
	for (let company = 0; company < companies; company += 1) {
		const host = await N8nHost.start();
		const lines: Line[] = [];
		const path = await OrderPath.start(host, {
			wmsLine: async (wmsUrl) => {
				lines.push(await lineTo(wmsUrl));
				return lines[0]?.url ?? '';
			},
		});
		stockCatalogue(path.company);
		benches.push({
			host,
			path,
			line: lines[0] as Line,
			stream: new OrderStream(path.company, chance),
			striker: new Striker(path.company, chance),
		});
	}
});
afterAll(async () => {
	for (const { host, path, line, stream } of benches) {
		stream.stop();
		await host.close();
		await path.close();
		await line.close();
	}
});

async function repeat(times: number, action: () => Promise<void>): Promise<void> {
	for (let time = 0; time < times; time += 1) await action();
}

test(`a warehouse that is down for 10 s and a store that is locked for 5 s, ${kills} times each at any moment, cost nothing but time`, async () => {
	await Promise.all(
		benches.map(async ({ host, path, line, stream, striker }) => {
			const { pid } = host.n8n;
			stream.start(changesPerSecond);
			await Promise.all([
				repeat(
					outages,
					async () =>
						await striker.midBurst(async () => {
							await line.down();
							await pause(warehouseDownMs);
							await line.up();
						}),
				),
				repeat(
					outages,
					async () =>
						await striker.midBurst(async () => await holdLocked(path.inbox.file, storeLockedMs), 1_000),
				),
			]);
			stream.stop();
			await path.settled();
			expect(disagreements(path)).toEqual(none);
			expect(path.inbox.rows("state = 'dead'")).toEqual([]);
			expect(host.n8n.pid).toBe(pid);
		}),
	);
});
