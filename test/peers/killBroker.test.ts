import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { disagreements, none } from '../e2e/harness/agreement';
import { Chance } from '../e2e/harness/chance';
import { kills, killTimeoutMs, Striker } from '../e2e/harness/kills';
import { OrderPath } from '../e2e/harness/orderPath';
import { OrderStream } from '../e2e/harness/orderStream';
import { stockCatalogue } from '../e2e/harness/stockedCompany';
import { until } from '../e2e/harness/until';
import { withN8n } from '../e2e/harness/withN8n';
import { startMosquitto, type Mosquitto } from './mosquitto';

const changesPerSecond = 150;

const host = withN8n();
jest.setTimeout(killTimeoutMs);

let folder: string;
let broker: Mosquitto;
let path: OrderPath;
let stream: OrderStream;
let striker: Striker;

beforeAll(async () => {
	const chance = Chance.announced('Kills of the broker');
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-kill-broker-'));
	broker = await startMosquitto(folder);
	path = await OrderPath.start(host(), { brokerUrl: broker.url });
	stockCatalogue(path.company);
	stream = new OrderStream(path.company, chance);
	striker = new Striker(path.company, chance);
});
afterEach(() => stream.stop());
afterAll(async () => {
	await path.close();
	await broker.stop();
	await rm(folder, { recursive: true, force: true });
});

/** Resolves to the moment at which the warehouse first answers a change that the ERP makes from now on. */
async function nextChangeReserved(): Promise<number> {
	const changes = new Set<string>();
	return await new Promise((resolve) => {
		path.company.erp.onCommit((commits) => {
			for (const { order } of commits) changes.add(`${order.id}@${order.version}`);
		});
		path.company.warehouse.onCommit((commits) => {
			const answer = commits.find(({ reservation }) =>
				changes.has(`${reservation.order}@${reservation.sequence}`),
			);
			if (answer !== undefined) resolve(answer.committedAt);
		});
	});
}

const median = (numbers: number[]): number =>
	numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

test(`a broker killed ${kills} times in the middle of a burst loses nothing and applies nothing twice, and work goes on within a second`, async () => {
	stream.start(changesPerSecond);
	const pauses: number[] = [];
	for (let strike = 0; strike < kills; strike += 1) {
		await striker.midBurst(async () => {
			await broker.kill();
			const reserved = nextChangeReserved();
			await broker.restart();
			const back = performance.now();
			pauses.push((await reserved) - back);
		});
	}
	stream.stop();
	await path.settled();
	// States that were replaced at once are sent again last.
	await until('the states that were replaced at once', () => disagreements(path).lost.length === 0);
	expect(disagreements(path)).toEqual(none);
	expect(path.inbox.rows("state = 'dead'")).toEqual([]);
	console.info(
		`${stream.changes} changes. Back at work after the broker's return: ${Math.round(median(pauses))} ms in the middle, ${Math.round(Math.max(...pauses))} ms at most`,
	);
	expect(median(pauses)).toBeLessThan(1_000);
});
