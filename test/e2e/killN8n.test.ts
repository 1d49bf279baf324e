import { inEach, withBenches } from './harness/bench';
import { kills, killTimeoutMs } from './harness/kills';

const changesPerSecond = 75;
const eventsWhileAway = 5_000;

const benches = withBenches('Kills of n8n');
jest.setTimeout(killTimeoutMs);

test(`n8n killed ${kills} times in the middle of a burst loses nothing and applies nothing twice`, async () => {
	await inEach(benches, async ({ host, stream, striker, strikes }) => {
		stream.start(changesPerSecond);
		for (let strike = 0; strike < strikes; strike += 1)
			await striker.midBurst(async () => await host.restart('SIGKILL'));
	});
});

test(`n8n told to stop ${kills} times in the middle of a burst is gone within 10 s and loses nothing`, async () => {
	const durations: number[] = [];
	await inEach(benches, async ({ host, stream, striker, strikes }) => {
		stream.start(changesPerSecond);
		for (let strike = 0; strike < strikes; strike += 1) {
			durations.push(await striker.midBurst(async () => await host.stop('SIGTERM')));
			await host.restart();
		}
	});
	console.info(`n8n was gone after ${Math.round(Math.max(...durations))} ms at most`);
	expect(Math.max(...durations)).toBeLessThan(10_000);
});

test(`${eventsWhileAway} events that come while n8n is away are all done when it is back, ${kills} times`, async () => {
	await inEach(benches, async ({ host, path, stream, striker, strikes }) => {
		for (let strike = 0; strike < strikes; strike += 1) {
			stream.start(changesPerSecond);
			await striker.midBurst(async () => await host.stop('SIGKILL'));
			stream.stop();
			stream.burst(eventsWhileAway);
			await path.company.published();
			await host.restart();
			await path.settled();
		}
	});
});
