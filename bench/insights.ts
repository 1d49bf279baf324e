import { parseArgs } from 'node:util';

import type { AccessEvent } from '../core/access/insights/accessEvent';
import { accessInsights } from '../core/access/insights/insights';
import { insightFiles } from '../core/access/insights/reportThread';
import type { HeldRight } from '../core/access/review/heldRight';
import { reviewRights } from '../core/access/review/review';
import { random } from '../sandbox/demo/random';

const day = 86_400_000;
const from = Date.parse('2026-03-01T00:00:00Z');

/**
 * Review and graph at size: 10,000 people with 200,000 rights and 10 million lines over three months, and a quarter of that, so that the growth shows. Memory is the
 * process's highest resident set, DuckDB's and the thread's that draws included.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const size = values.quick ? 0.1 : 1;
	const small = await measure(2_500 * size, 2_500_000 * size);
	const large = await measure(10_000 * size, 10_000_000 * size);
	const peakMb = process.resourceUsage().maxRSS / 1_024;
	const ratios = {
		graphTimePerSize: rounded(large.graphSeconds / small.graphSeconds / 4),
		reviewTimePerSize: rounded(large.reviewSeconds / small.reviewSeconds / 4),
	};
	const figures = { ...large, peakMb: Math.round(peakMb) };
	console.log(
		JSON.stringify({
			bench: 'insights',
			ratios,
			figures,
			counts: { lines: 10_000_000 * size, people: 10_000 * size, rights: 200_000 * size },
		}),
	);
}

async function measure(people: number, lines: number) {
	const rights = rightsOf(people);
	const reviewSeconds = await seconds(async () => {
		reviewRights(rights, { administratorLimit: 3, unusedDays: 90, at: from + 92 * day });
	});
	const graphSeconds = await seconds(async () => {
		const insights = await accessInsights({
			events: linesOf(people, lines),
			people: Array.from({ length: people }, (_, index) => ({
				id: `E${index}`,
				peerGroup: `post ${index % 200}`,
			})),
			from: '2026-05-01',
			to: '2026-05-31',
			timeZone: 'Asia/Shanghai',
		});
		await insightFiles(insights, 'en');
		process.stderr.write(`${lines} lines: ${insights.people.length} named of ${insights.watched}\n`);
	});
	return { reviewSeconds, graphSeconds };
}

async function seconds(work: () => Promise<void>): Promise<number> {
	const began = process.hrtime.bigint();
	await work();
	return rounded(Number(process.hrtime.bigint() - began) / 1e9);
}

function rightsOf(people: number): HeldRight[] {
	const chance = random(1);
	return Array.from({ length: people * 20 }, (_, index) => ({
		system: `system ${index % 4}`,
		account: `u${index % people}`,
		person: `E${index % people}`,
		post: `post ${(index % people) % 200}`,
		right: `thing${chance.integer(1, 100)}.${chance.pick(['create', 'change', 'approve', 'view', 'post'])}`,
		since: '2025-01-01',
	}));
}

/** Day after day, as a log is written; everybody's work is in their own hours. */
async function* linesOf(people: number, lines: number): AsyncGenerator<AccessEvent[]> {
	const chance = random(2);
	const days = 92;
	const aDay = Math.floor(lines / days);
	for (let date = 0; date < days; date += 1) {
		for (let done = 0; done < aDay; done += 5_000) {
			yield Array.from({ length: Math.min(5_000, aDay - done) }, (): AccessEvent => {
				const person = chance.integer(0, people - 1);
				return {
					at: from + date * day + chance.integer(0, 9 * 3_600) * 1_000,
					person: `E${person}`,
					operation: `thing${(person % 200) % 97}.${chance.pick(['create', 'change', 'approve', 'view', 'export'])}`,
					resource: `thing/${chance.integer(1, 50_000)}`,
					outcome: chance.chance(0.01) ? 'deny' : 'permit',
					place: `site ${person % 20}`,
				};
			});
		}
	}
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
