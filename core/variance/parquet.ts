import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { ValidationError } from '../ports/errors';
import { columnsOf, type Side } from './definition';
import { isNoNumber } from './duckDbDialect';
import type { DuckDbEngine } from './duckdb';
import { allRows, identifier, literal, type Source } from './engine';

export interface ParquetFile {
	file: string;
	/** how it is called in messages; the file's name when left out */
	name?: string;
	/** how many rows there must be */
	expectedRows?: number;
}

/** A Parquet file begins and ends with these bytes (Apache Parquet format, "File format"). */
const magic = 'PAR1';
const advice = 'Nothing was reported. Mend the file, or have it written again';

/**
 * A Parquet file as one side's lines. Decimals and whole numbers are exact. A binary floating-point number counts as the shortest decimal that
 * stands for it, as `12.35` does: one that came from arithmetic and has more than 8 decimal places is refused. A timestamp that is adjusted to
 * UTC is an instant, another one the day that it says. Columns are looked for at once; what cannot be kept ends the comparison with row and column.
 */
export async function parquetSource(engine: DuckDbEngine, parquet: ParquetFile, side: Side): Promise<Source> {
	const { file } = parquet;
	const name = parquet.name ?? basename(file);
	const before = await stat(file).catch(() => undefined);
	if (before === undefined || !before.isFile())
		throw refused(
			`The file "${name}" of the side "${side.name}" is not there, or must not be read. Nothing was reported. Check its path on n8n's machine`,
		);
	await checkFrame(file, before.size, name);
	const from = `read_parquet(${literal(file)})`;
	const described = await allRows(
		engine,
		`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${from})`,
	).catch((error: Error) => {
		throw refused(
			`The file "${name}" of the side "${side.name}" cannot be read: ${error.message}. ${advice}`,
		);
	});
	const types = new Map(described.map(([column, type]) => [String(column), String(type)]));
	const missing = columnsOf(side).filter((column) => !types.has(column));
	if (missing.length > 0)
		throw refused(
			`The file "${name}" of the side "${side.name}" has no column ${missing.map((one) => `"${one}"`).join(', ')}; it has ${[...types.keys()].map((one) => `"${one}"`).join(', ')}. Nothing was reported. Name the columns as the file does`,
		);
	const nested = columnsOf(side).find((column) => /\[|STRUCT|MAP|UNION|BLOB/.test(types.get(column) ?? ''));
	if (nested !== undefined)
		throw refused(
			`The file "${name}", column "${nested}", holds ${types.get(nested)} and not single values. ${advice} with a column for each`,
		);
	if (parquet.expectedRows !== undefined) {
		const [[rows] = []] = await allRows(engine, `SELECT CAST(count(*) AS DOUBLE) FROM ${from}`);
		if (rows !== parquet.expectedRows)
			throw refused(
				`The file "${name}" has ${rows} rows where ${parquet.expectedRows} are expected, so it was cut or is not the right one. ${advice}`,
			);
	}
	const text = (column: string) => `CAST(${identifier(column)} AS VARCHAR)`;
	return {
		from,
		text,
		day(column, businessDay) {
			const type = types.get(column) ?? '';
			if (type === 'DATE') return identifier(column);
			if (type === 'TIMESTAMP WITH TIME ZONE') return businessDay(identifier(column));
			return type.startsWith('TIMESTAMP') ? `CAST(${identifier(column)} AS DATE)` : undefined;
		},
		async unchanged() {
			const now = await stat(file).catch(() => undefined);
			if (now?.size !== before.size || now.mtimeMs !== before.mtimeMs)
				throw refused(
					`The file "${name}" was changed while it was read. Nothing was reported. Run the comparison again when it is complete`,
				);
		},
		explain: async (error) => await explained(engine, { error, name, side, from, text, types }),
	};
}

/** A file that was cut lacks its end, where Parquet keeps what it needs to be read at all. */
async function checkFrame(file: string, size: number, name: string): Promise<void> {
	const handle = await open(file);
	try {
		const bytesAt = async (position: number) => {
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, position));
			return buffer.subarray(0, bytesRead).toString('latin1');
		};
		if ((await bytesAt(0)) !== magic)
			throw refused(
				`The file "${name}" is not a Parquet file. Nothing was reported. Choose the kind of file that it is`,
			);
		if (size < 12 || (await bytesAt(size - 4)) !== magic)
			throw refused(`The file "${name}" was cut: it ends without the mark of a Parquet file. ${advice}`);
	} finally {
		await handle.close();
	}
}

interface Failure {
	error: Error;
	name: string;
	side: Side;
	from: string;
	text(column: string): string;
	types: Map<string, string>;
}

/** Looks at the file once more, row by row, for the first cell that cannot be kept. */
async function explained(engine: DuckDbEngine, failure: Failure): Promise<Error> {
	const { error, name, side, from, text, types } = failure;
	const { date } = side.columns;
	const cell = 'cell';
	const checks = [
		...(['quantity', 'price', 'amount', 'tax', 'rate', 'cost', 'debit', 'credit'] as const).flatMap(
			(field) => {
				const column = side.columns[field];
				const wrong = 'is not a number with at most 15 digits before the decimal point and 8 after it';
				return column === undefined ? [] : [{ column, bad: isNoNumber(cell), wrong }];
			},
		),
		...(date === undefined || types.get(date) !== 'VARCHAR'
			? []
			: [
					{
						column: date,
						bad: `nullif(trim(${cell}), '') IS NOT NULL AND try_cast(substr(trim(${cell}), 1, 10) AS DATE) IS NULL`,
						wrong: 'is not a day such as 2026-03-31',
					},
				]),
	];
	for (const { column, bad, wrong } of checks) {
		const rows = `SELECT file_row_number + 1 AS row, ${text(column)} AS cell FROM ${from.replace(/\)$/, ', file_row_number = true)')}`;
		const sql = `SELECT CAST(row AS DOUBLE), cell FROM (${rows}) AS numbered WHERE ${bad} ORDER BY row LIMIT 1`;
		const [found] = await allRows(engine, sql).catch(() => []);
		if (found !== undefined)
			return refused(
				`The file "${name}", row ${found[0]}, column "${column}": "${found[1]}" ${wrong}. ${advice}`,
			);
	}
	return refused(`The file "${name}" of the side "${side.name}" cannot be read: ${error.message}. ${advice}`);
}

function refused(message: string): ValidationError {
	return new ValidationError(message.endsWith('.') ? message : `${message}.`, { system: 'file' });
}
