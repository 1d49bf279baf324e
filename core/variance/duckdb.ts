import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { identifier, type Cell, type Dialect, type VarianceEngine } from './engine';

export interface DuckDbOptions {
	/** what DuckDB may hold in memory; more goes to the disk. 1,000 MB when left out */
	memoryMb?: number;
	threads?: number;
	/** where a folder of its own is made and removed; the system's temporary folder when left out */
	folder?: string;
}

export interface DuckDbEngine extends VarianceEngine {
	/** its temporary folder */
	readonly folder: string;
}

const dialect: Dialect = {
	decimal: 'DECIMAL(23, 8)',
	bytes: (text) => `strlen(${text})`,
	days: (first, last) => `unnest(generate_series(${first}, ${last}, INTERVAL 1 DAY))`,
	// Casting would round what stands after the eighth place without a word. Up to 18 digits DuckDB reads a hundred times faster.
	number: (text) =>
		`CASE WHEN strlen(${text}) > 10 AND position('.' IN ${text}) > 0 AND strlen(rtrim(${text}, '0')) - position('.' IN ${text}) > 8
			THEN error('more than 8 decimal places') ELSE coalesce(CAST(try_cast(${text} AS DECIMAL(18, 8)) AS DECIMAL(23, 8)), CAST(${text} AS DECIMAL(23, 8))) END`,
};

/**
 * DuckDB in this process, with threads of its own. What exceeds its memory limit goes to a temporary folder, so that size is bounded by
 * the disk. The module is loaded at the first use: it is native, and nodes that compare nothing need it not.
 */
export async function openDuckDb({
	memoryMb = 1_000,
	threads,
	folder = tmpdir(),
}: DuckDbOptions = {}): Promise<DuckDbEngine> {
	const { DuckDBInstance } = await import('@duckdb/node-api');
	const own = await mkdtemp(join(folder, 'erp-bridge-variance-'));
	try {
		const instance = await DuckDBInstance.create(':memory:', {
			memory_limit: `${memoryMb}MB`,
			temp_directory: join(own, 'spill'),
			...(threads === undefined ? {} : { threads: String(threads) }),
			// Only what the comparison needs: nothing is downloaded, and no extension is looked for.
			autoinstall_known_extensions: 'false',
			autoload_known_extensions: 'false',
			preserve_insertion_order: 'false',
		});
		const connection = await instance.connect();
		await connection.run(`SET TimeZone = 'UTC'`);
		return {
			dialect,
			folder: own,
			async run(sql) {
				await connection.run(sql);
			},
			rows: (sql) => pieces(connection, sql),
			async close() {
				// Closing frees everything on the event loop's own thread; dropping the tables first does it on DuckDB's.
				const tables = await connection.runAndReadAll(
					'SELECT table_name FROM duckdb_tables() WHERE temporary',
				);
				for (const [table] of tables.getRows())
					await connection.run(`DROP TABLE ${identifier(String(table))}`);
				connection.closeSync();
				instance.closeSync();
				await rm(own, { recursive: true, force: true });
			},
		};
	} catch (error) {
		await rm(own, { recursive: true, force: true });
		throw error;
	}
}

/** Reading a whole chunk of 2,048 wide rows at once would hold up the event loop. */
const rowsAPiece = 100;

async function* pieces(connection: DuckDBConnection, sql: string): AsyncGenerator<Cell[][]> {
	const result = await connection.stream(sql);
	for (;;) {
		const chunk = await result.fetchChunk();
		if (chunk === null || chunk.rowCount === 0) return;
		for (let start = 0; start < chunk.rowCount; start += rowsAPiece) {
			const piece: Cell[][] = [];
			for (let row = start; row < Math.min(start + rowsAPiece, chunk.rowCount); row += 1)
				piece.push(chunk.getRowValues(row).map(cellOf));
			yield piece;
			await setImmediate();
		}
	}
}

function cellOf(value: unknown): Cell {
	if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return value;
	if (typeof value === 'bigint') return Number(value);
	return String(value);
}
