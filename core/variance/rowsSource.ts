import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

import { csvSource } from './csv';
import type { Side } from './definition';
import type { DuckDbEngine } from './duckdb';
import type { Source } from './engine';

const rowsAPiece = 1_000;

/**
 * Rows that come in pages, as one side's lines. They pass through a file of the engine's, never all in memory, so that the same checks hold as for
 * files; row 2 of a message is the first row. The event loop gets its turn after each thousand.
 */
export async function rowsSource(
	engine: DuckDbEngine,
	side: Side,
	name: string,
	columns: string[],
	pages: AsyncIterable<Array<Record<string, unknown>>> | Array<Array<Record<string, unknown>>>,
): Promise<Source> {
	const file = join(engine.folder, `${side.name}-rows.csv`);
	await pipeline(async function* () {
		yield `${columns.map(quoted).join(',')}\n`;
		for await (const page of pages)
			for (let start = 0; start < page.length; start += rowsAPiece) {
				const rows = page.slice(start, start + rowsAPiece);
				yield rows.map((row) => `${columns.map((column) => quoted(row[column])).join(',')}\n`).join('');
				await setImmediate();
			}
	}, createWriteStream(file));
	return await csvSource(engine, { file, name, delimiter: ',' }, side);
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
