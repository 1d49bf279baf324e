import { parseArgs } from 'node:util';

import type { AccessEvent } from '../core/access/insights/accessEvent';
import { detect } from '../core/access/insights/detect';
import { loadEvents } from '../core/access/insights/eventLoad';
import { countSignals, fillPeriod } from '../core/access/insights/signals';
import { openDuckDb } from '../core/variance/duckdb';
import { generateLog, type GeneratedLog, type LogOptions } from './insights/generator';

/**
 * How well the detector finds what was planted: logs of 500 people over three months, ten of whom misuse their rights in five ways, and the same without
 * them. Each month is judged as it would be at its end. Somebody counts as found when a month's report names them.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			seeds: { type: 'string', default: '20' },
			first: { type: 'string', default: '1' },
			boldness: { type: 'string', default: '1' },
			people: { type: 'string', default: '500' },
		},
	});
	const [seeds, first] = [Number(values.seeds), Number(values.first)];
	const options = { boldness: Number(values.boldness), people: Number(values.people) };
	let found = 0;
	let planted = 0;
	let flagged = 0;
	let flaggedWithoutAbuse = 0;
	let flaggedInCalmLogs = 0;
	const missed: Record<string, number> = {};
	const mistaken: Record<string, number> = {};
	const calm: Record<string, number> = {};
	for (let seed = first; seed < first + seeds; seed += 1) {
		const { named, log } = await namedIn(seed, { ...options, abusers: 10 });
		const all = new Map(named.flat());
		planted += log.abusers.size;
		flagged += all.size;
		for (const [id, abuse] of log.abusers) {
			if (all.has(id)) found += 1;
			else missed[abuse] = (missed[abuse] ?? 0) + 1;
		}
		for (const [id, why] of all) if (!log.abusers.has(id)) mistaken[why] = (mistaken[why] ?? 0) + 1;
		const honest = await namedIn(seed, { ...options, abusers: 0 });
		for (const month of honest.named) {
			flaggedWithoutAbuse = Math.max(flaggedWithoutAbuse, month.length);
			flaggedInCalmLogs += month.length;
			for (const [, why] of month) calm[why] = (calm[why] ?? 0) + 1;
		}
		process.stderr.write(
			`seed ${seed}: ${JSON.stringify({ planted, found, flagged, flaggedWithoutAbuse, missed, mistaken, calm })}\n`,
		);
	}
	const figures = {
		precision: rounded(found / Math.max(1, flagged)),
		recall: rounded(found / Math.max(1, planted)),
	};
	const counts = {
		seeds,
		planted,
		found,
		flagged,
		flaggedWithoutAbuse,
		flaggedInCalmLogs,
		calmMonths: seeds * 3,
	};
	console.log(JSON.stringify({ bench: 'insightsAccuracy', ratios: {}, figures, counts }));
	if (figures.precision < 0.9 || figures.recall < 0.9 || flaggedWithoutAbuse > 1) process.exitCode = 1;
}

/** Who is named at the end of each month, with the first reason. */
async function namedIn(
	seed: number,
	options: LogOptions,
): Promise<{ named: Array<Array<[string, string]>>; log: GeneratedLog }> {
	const log = generateLog(seed, options);
	const engine = await openDuckDb({ memoryMb: 500, threads: 1 });
	try {
		const loaded = await loadEvents(engine, pieces(log.lines), log.people, 'UTC');
		const named: Array<Array<[string, string]>> = [];
		for (const [index, month] of log.months.slice(0, -1).entries()) {
			const period = { from: dayOf(month), until: dayOf(log.months[index + 1] ?? month) };
			await fillPeriod(engine, period);
			const suspects = detect(await countSignals(engine, period));
			named.push(suspects.map(({ p, signals }) => [loaded.people[p]?.id ?? '', signals[0]?.name ?? '']));
		}
		return { named, log };
	} finally {
		await engine.close();
	}
}

async function* pieces(lines: readonly AccessEvent[]): AsyncGenerator<readonly AccessEvent[]> {
	for (let start = 0; start < lines.length; start += 5_000) yield lines.slice(start, start + 5_000);
}

function dayOf(date: string): number {
	return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

function rounded(share: number): number {
	return Math.round(share * 1_000) / 1_000;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
