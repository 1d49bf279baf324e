import { disagreements, none } from './harness/agreement';
import { Chance } from './harness/chance';
import { kills, killTimeoutMs, Striker } from './harness/kills';
import { OrderPath } from './harness/orderPath';
import { OrderStream } from './harness/orderStream';
import { stockCatalogue } from './harness/stockedCompany';
import { withN8n } from './harness/withN8n';

const changesPerSecond = 150;

const host = withN8n();
jest.setTimeout(killTimeoutMs);

let path: OrderPath;
let stream: OrderStream;
let striker: Striker;

beforeAll(async () => {
	const chance = Chance.announced('Kills of n8n');
	path = await OrderPath.start(host());
	stockCatalogue(path.company);
	stream = new OrderStream(path.company, chance);
	striker = new Striker(path.company, chance);
});
afterEach(() => stream.stop());
afterAll(async () => await path.close());

async function expectNothingLostNorDoubled(): Promise<void> {
	stream.stop();
	await path.settled();
	expect(disagreements(path)).toEqual(none);
	expect(path.inbox.rows("state = 'dead'")).toEqual([]);
}

test(`n8n killed ${kills} times in the middle of a burst loses nothing and applies nothing twice`, async () => {
	stream.start(changesPerSecond);
	for (let strike = 0; strike < kills; strike += 1)
		await striker.midBurst(async () => await host().restart('SIGKILL'));
	await expectNothingLostNorDoubled();
});

test(`n8n told to stop ${kills} times in the middle of a burst is gone within 10 s and loses nothing`, async () => {
	stream.start(changesPerSecond);
	const durations: number[] = [];
	for (let strike = 0; strike < kills; strike += 1) {
		durations.push(await striker.midBurst(async () => await host().stop('SIGTERM')));
		await host().restart();
	}
	console.info(`n8n was gone after ${Math.round(Math.max(...durations))} ms at most`);
	expect(Math.max(...durations)).toBeLessThan(10_000);
	await expectNothingLostNorDoubled();
});

test('5,000 events that come while n8n is away are all done when it is back', async () => {
	stream.burst(500);
	await striker.midBurst(async () => await host().stop('SIGKILL'));
	stream.burst(5_000);
	await path.company.published();
	await host().restart();
	await expectNothingLostNorDoubled();
});
