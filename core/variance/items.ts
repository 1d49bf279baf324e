import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { csvSource } from './csv';
import { columnsOf, type Side } from './definition';
import type { DuckDbEngine } from './duckdb';
import type { Source } from './engine';

const linesAPiece = 1_000;

/**
 * Records as one side's lines. They pass through a file of the engine's, so that the same checks hold as for files; row 2 of the message is the first record.
 * The event loop gets its turn after each thousand.
 */
export async function recordSource(
	engine: DuckDbEngine,
	records: Array<Record<string, unknown>>,
	side: Side,
): Promise<Source> {
	const columns = columnsOf(side).filter(
		(column) => records.length === 0 || records.some((record) => record[column] !== undefined),
	);
	const file = join(engine.folder, `${side.name}-records.csv`);
	const stream = createWriteStream(file);
	stream.write(`${columns.map(quoted).join(',')}\n`);
	for (let start = 0; start < records.length; start += linesAPiece) {
		const piece = records
			.slice(start, start + linesAPiece)
			.map((record) => columns.map((column) => quoted(record[column])).join(','))
			.join('\n');
		if (!stream.write(`${piece}\n`)) await once(stream, 'drain');
		await setImmediate();
	}
	stream.end();
	await once(stream, 'finish');
	return await csvSource(engine, { file, name: `items of ${side.name}`, delimiter: ',' }, side);
}

function quoted(value: unknown): string {
	const text =
		value === null || value === undefined
			? ''
			: typeof value === 'object'
				? JSON.stringify(value)
				: String(value);
	return `"${text.replaceAll('"', '""')}"`;
}
