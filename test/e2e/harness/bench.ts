import { disagreements, none } from './agreement';
import { Chance } from './chance';
import { N8nHost } from './host';
import { kills, Striker } from './kills';
import { lineTo, type Line } from './line';
import { OrderPath } from './orderPath';
import { OrderStream } from './orderStream';
import { stockCatalogue } from './stockedCompany';

/** A busy company with an n8n of its own, and what strikes it. */
export interface Bench {
	host: N8nHost;
	path: OrderPath;
	/** from n8n to the warehouse */
	line: Line;
	stream: OrderStream;
	striker: Striker;
	/** its share of the strikes */
	strikes: number;
}

/**
 * Strikes take more time than work, so that companies share them: two where a strike costs work itself, more where it is only
 * waited for. Started before the first test of the calling file and stopped after the last.
 */
export function withBenches(what: string, most = 2): Bench[] {
	const benches: Bench[] = [];
	beforeAll(async () => {
		const { seed } = Chance.announced(what);
		const companies = Math.min(most, kills);
		const started = Array.from({ length: companies }, async (_, company) => ({
			...(await startBench(new Chance(seed + company))),
			strikes: Math.ceil(kills / companies),
		}));
		benches.push(...(await Promise.all(started)));
	});
	afterEach(() => {
		for (const { stream } of benches) stream.stop();
	});
	afterAll(async () => {
		for (const { host, path, line } of benches) {
			await host.close();
			await path.close();
			await line.close();
		}
	});
	return benches;
}

async function startBench(chance: Chance): Promise<Omit<Bench, 'strikes'>> {
	const host = await N8nHost.start();
	let line: Line | undefined;
	const path = await OrderPath.start(host, {
		wmsLine: async (wmsUrl) => (line = await lineTo(wmsUrl)).url,
	});
	if (line === undefined) throw new Error('The path has no line to its warehouse.');
	stockCatalogue(path.company);
	const stream = new OrderStream(path.company, chance);
	return { host, path, line, stream, striker: new Striker(path.company, chance) };
}

/** Runs the scenario in all companies at once, then compares both systems of each. */
export async function inEach(benches: Bench[], scenario: (bench: Bench) => Promise<void>): Promise<void> {
	await Promise.all(benches.map(scenario));
	for (const { path, stream } of benches) {
		stream.stop();
		await path.settled();
		expect(disagreements(path)).toEqual(none);
		expect(path.inbox.rows("state = 'dead'")).toEqual([]);
	}
}
