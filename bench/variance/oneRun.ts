import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { compare } from '../../core/variance/compare';
import { csvSource } from '../../core/variance/csv';
import { openDuckDb } from '../../core/variance/duckdb';
import type { Files } from './data';
import { byHand } from './byHand';
import { definition } from './definition';
import { watchEventLoop } from './eventLoop';

export interface Order {
	side: 'ours' | 'hand';
	files: Files;
	folder: string;
	memoryMb: number;
}

export interface Outcome {
	seconds: number;
	peakMemoryMb: number;
	/** longest time for which the event loop stood still by its own doing, waiting for memory or for the disk */
	blockedMs: number;
	/** longest time for which it stood still, waiting for a processor that others had included */
	lateMs: number;
	classes: Record<string, number>;
	/** of the first file's lines: how many, and how many in each outcome */
	lines?: { read: number; placed: number };
}

/** One comparison in a process of its own, so that its memory is its own. */
async function run({ side, files, folder, memoryMb }: Order): Promise<Outcome> {
	const loop = watchEventLoop();
	const start = performance.now();
	const { classes, lines } =
		side === 'ours' ? await ours(files, folder, memoryMb) : await hand(files, folder, memoryMb);
	const seconds = (performance.now() - start) / 1_000;
	const { blockedMs, lateMs } = loop.end();
	const peakMemoryMb = process.resourceUsage().maxRSS / 1_024;
	return {
		seconds,
		peakMemoryMb,
		blockedMs,
		lateMs,
		classes,
		...(lines === undefined ? {} : { lines }),
	};
}

type Counted = Pick<Outcome, 'classes' | 'lines'>;

async function ours(files: Files, folder: string, memoryMb: number): Promise<Counted> {
	const engine = await openDuckDb({ folder, memoryMb });
	try {
		const sources = [];
		for (const side of definition.sides) {
			const file = files[side.name as keyof Files];
			sources.push(await csvSource(engine, { file }, side));
		}
		const comparison = await compare(engine, definition, sources);
		const classes: Record<string, number> = {};
		for await (const findings of comparison.findings())
			for (const finding of findings) classes[finding.class] = (classes[finding.class] ?? 0) + 1;
		const { matched, sides } = comparison.summary;
		const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
		return {
			classes: { ...classes, matched },
			lines: {
				read: sum(sides.map(({ lines }) => lines)),
				placed: sum(sides.map((one) => one.matched + one.different + one.ambiguous + one.pending)),
			},
		};
	} finally {
		await engine.close();
	}
}

async function hand(files: Files, folder: string, memoryMb: number): Promise<Counted> {
	const spill = await mkdtemp(join(folder, 'by-hand-'));
	const instance = await DuckDBInstance.create(':memory:', {
		memory_limit: `${memoryMb}MB`,
		temp_directory: spill,
	});
	try {
		const connection = await instance.connect();
		await connection.run(byHand(files));
		const reader = await connection.runAndReadAll(
			'SELECT class, count(*)::INTEGER FROM differences GROUP BY class',
		);
		return {
			classes: Object.fromEntries(reader.getRows().map(([name, count]) => [String(name), Number(count)])),
		};
	} finally {
		instance.closeSync();
		await rm(spill, { recursive: true, force: true });
	}
}

process.once('message', (order: Order) => {
	run(order).then(
		(outcome) => process.send?.(outcome, () => process.exit(0)),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
});
