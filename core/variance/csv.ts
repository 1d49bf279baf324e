import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { ValidationError } from '../ports/errors';
import { columnsOf, type Side } from './definition';
import { isNoNumber } from './duckDbDialect';
import type { DuckDbEngine } from './duckdb';
import { allRows, identifier, literal, type Source } from './engine';

export interface CsvFile {
	file: string;
	/** how it is called in messages; the file's name when left out */
	name?: string;
	/** `gb18030` includes GBK and GB2312 */
	encoding?: 'utf-8' | 'gb18030' | 'utf-16le';
	/** found in the heading when left out */
	delimiter?: ',' | ';' | '\t' | '|';
	/** what stands between whole and decimals; a point when left out */
	decimalMark?: '.' | ',';
	/** how many rows there must be; a file that was cut at the end of a row cannot be told otherwise */
	expectedRows?: number;
}

const headBytes = 64 * 1024;
const delimiters = [',', ';', '\t', '|'] as const;
const advice = 'Nothing was reported. Mend the file, or have it written again';

/**
 * A CSV file as one side's lines. The columns are looked for at once; broken rows and cells end the comparison when they are read, with file,
 * row and column: half a report is none.
 */
export async function csvSource(engine: DuckDbEngine, csv: CsvFile, side: Side): Promise<Source> {
	const name = csv.name ?? basename(csv.file);
	const file = await inUtf8(engine, csv, name, side);
	const before = await stat(file);
	const head = await headOf(file, name);
	const delimiter = csv.delimiter ?? delimiterOf(head);
	const heading = fieldsOf(head, delimiter);
	const missing = columnsOf(side).filter((column) => !heading.includes(column));
	if (missing.length > 0)
		throw refused(
			`The file "${name}" of the side "${side.name}" has no column ${missing.map((one) => `"${one}"`).join(', ')}; row 1 has ${heading.map((one) => `"${one}"`).join(', ')}. Nothing was reported. Name the columns as the file does`,
		);
	const twice = heading.find((column, index) => heading.indexOf(column) < index);
	if (twice !== undefined && columnsOf(side).includes(twice))
		throw refused(`The file "${name}" has the column "${twice}" twice in row 1. ${advice}.`);
	const unique = heading.map((column, index) =>
		heading.indexOf(column) < index ? `${column}\u001f${index}` : column,
	);
	const columns = unique.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ');
	const options = `header = true, auto_detect = false, delim = ${literal(delimiter)}, quote = '"', escape = '"', strict_mode = true, null_padding = false, columns = {${columns}}`;
	const from = (more = '') => `read_csv(${literal(file)}, ${options}${more})`;
	const text = (column: string) => identifier(column);
	const comma = csv.decimalMark === ',';
	const source: Source = {
		from: from(),
		text,
		...(comma ? { decimal: (column: string) => `replace(replace(${text(column)}, '.', ''), ',', '.')` } : {}),
		unchanged: async () => {
			const now = await stat(file).catch(() => undefined);
			if (now?.size !== before.size || now.mtimeMs !== before.mtimeMs)
				throw refused(
					`The file "${name}" was changed while it was read. Nothing was reported. Run the comparison again when it is complete`,
				);
		},
		explain: async (error) => await explained(engine, { error, name, side, from, comma }),
	};
	if (csv.expectedRows !== undefined) {
		const rows = await allRows(engine, `SELECT count(*) FROM ${from()}`).catch(async (error: Error) => {
			throw await source.explain(error);
		});
		if (rows[0]?.[0] !== csv.expectedRows)
			throw refused(
				`The file "${name}" has ${rows[0]?.[0]} rows where ${csv.expectedRows} are expected, so it was cut or is not the right one. ${advice}.`,
			);
	}
	return source;
}

interface Failure {
	error: Error;
	name: string;
	side: Side;
	from(more?: string): string;
	comma: boolean;
}

/** Looks at the file once more, row by row, for what broke; DuckDB itself does not tell the row of a wrong cell. */
async function explained(engine: DuckDbEngine, failure: Failure): Promise<Error> {
	const { error, name, side, from } = failure;
	const broken = /CSV Error on Line: (\d+)[\s\S]*?\n(Expected Number of Columns: \d+ Found: \d+|[^\n]*)/.exec(
		error.message,
	);
	if (/not utf-?8|unicode \(utf-?8\)|invalid unicode/i.test(error.message)) {
		const row = /Line: (\d+)/.exec(error.message)?.[1];
		return refused(
			`The file "${name}"${row === undefined ? '' : `, row ${row},`} is not UTF-8, or was cut inside a character. Nothing was reported. Choose its encoding, such as GBK, or have it written again`,
		);
	}
	if (broken !== null) {
		const [, row = '?'] = broken;
		const found = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(error.message);
		const what =
			found === null
				? /quote/i.test(error.message)
					? 'has a quotation mark that is not closed'
					: 'cannot be read'
				: `has ${found[2]} columns where row 1 has ${found[1]}`;
		return refused(`The file "${name}", row ${row}, ${what}. ${advice}.`);
	}
	const checks = [
		...(['quantity', 'price', 'amount', 'tax', 'rate', 'cost', 'debit', 'credit'] as const).flatMap(
			(field) => {
				const column = side.columns[field];
				return column === undefined ? [] : [{ column, bad: numberIsBad(failure), number: true }];
			},
		),
		...(side.columns.date === undefined
			? []
			: [{ column: side.columns.date, bad: dateIsBad(), number: false }]),
	];
	for (const { column, bad, number } of checks) {
		const sql = `SELECT row, cell FROM (SELECT row_number() OVER () + 1 AS row, ${identifier(column)} AS cell FROM ${from(', parallel = false')}) AS numbered WHERE ${bad} ORDER BY row LIMIT 1`;
		const [found] = await allRows(engine, sql).catch(() => []);
		if (found === undefined) continue;
		const [row, cell] = found;
		const wrong = number ? numberProblem(String(cell), failure.comma) : 'is not a day such as 2026-03-31';
		return refused(`The file "${name}", row ${row}, column "${column}": "${cell}" ${wrong}. ${advice}.`);
	}
	return refused(`The file "${name}" of the side "${side.name}" cannot be read: ${error.message}`);
}

function numberIsBad({ comma }: Failure): string {
	return isNoNumber(comma ? `replace(replace(cell, '.', ''), ',', '.')` : 'cell');
}

function dateIsBad(): string {
	const trimmed = `nullif(trim(cell), '')`;
	return `${trimmed} IS NOT NULL AND (try_cast(substr(${trimmed}, 1, 10) AS DATE) IS NULL OR (length(${trimmed}) > 10 AND try_cast(${trimmed} AS TIMESTAMPTZ) IS NULL))`;
}

function numberProblem(cell: string, comma: boolean): string {
	const text = cell.trim();
	if (!comma && /^[-+]?[\d.]*,\d{1,8}$/.test(text))
		return 'is not a number with a decimal point; choose the comma as decimal mark';
	if (!Number.isNaN(Number(text)))
		return /\.\d{9,}/.test(text)
			? 'has more than 8 decimal places'
			: 'is beyond 15 digits before the decimal point';
	return 'is not a number';
}

/** The file itself, or a copy in UTF-8 in the engine's folder. */
async function inUtf8(
	engine: DuckDbEngine,
	{ file, encoding = 'utf-8' }: CsvFile,
	name: string,
	side: Side,
): Promise<string> {
	const found = await stat(file).catch(() => undefined);
	if (found === undefined || !found.isFile())
		throw refused(
			`The file "${name}" of the side "${side.name}" is not there, or must not be read. Nothing was reported. Check its path on n8n's machine`,
		);
	if (encoding === 'utf-8') return file;
	const copy = join(engine.folder, `${side.name}.csv`);
	try {
		await pipeline(
			createReadStream(file),
			async function* (pieces: AsyncIterable<Buffer>) {
				const decoder = new TextDecoder(encoding, { fatal: true });
				for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
				yield decoder.decode();
			},
			createWriteStream(copy),
		);
	} catch (error) {
		if (error instanceof TypeError)
			throw refused(
				`The file "${name}" is not ${encoding}, or was cut inside a character. Nothing was reported. Choose its encoding, or have it written again`,
			);
		throw error;
	}
	return copy;
}

async function headOf(file: string, name: string): Promise<string> {
	const handle = await open(file);
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
		const bytes = buffer.subarray(0, bytesRead);
		if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
			throw refused(
				`The file "${name}" is UTF-16. Nothing was reported. Choose UTF-16 as its encoding, or save it as UTF-8`,
			);
		const end = bytes.indexOf('\n');
		const line = end === -1 ? bytes : bytes.subarray(0, end);
		const text = new TextDecoder('utf-8', { fatal: true });
		const decoded = (() => {
			try {
				return text.decode(line).replace(/\r$/, '');
			} catch {
				throw refused(
					`The file "${name}", row 1, is not UTF-8. Nothing was reported. Choose its encoding, such as GBK`,
				);
			}
		})();
		if (decoded.trim() === '') throw refused(`The file "${name}" has no heading in row 1. ${advice}.`);
		return decoded;
	} finally {
		await handle.close();
	}
}

/** The columns of a file as its first row names them, for somebody to choose from; none when the row cannot be read. */
export async function headingOf({ file, encoding = 'utf-8', delimiter }: CsvFile): Promise<string[]> {
	const handle = await open(file);
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
		const [head = ''] = new TextDecoder(encoding).decode(buffer.subarray(0, bytesRead)).split(/\r?\n/);
		return fieldsOf(head, delimiter ?? delimiterOf(head)).filter((field) => field !== '');
	} finally {
		await handle.close();
	}
}

function delimiterOf(head: string): string {
	const bare = head.replaceAll(/"(?:[^"]|"")*"/g, '');
	return [...delimiters].sort((a, b) => bare.split(b).length - bare.split(a).length)[0] ?? ',';
}

function fieldsOf(head: string, delimiter: string): string[] {
	const fields: string[] = [];
	let field = '';
	let quoted = false;
	for (let index = 0; index < head.length; index += 1) {
		const character = head[index] ?? '';
		if (quoted && character === '"' && head[index + 1] === '"') {
			field += '"';
			index += 1;
		} else if (character === '"') quoted = !quoted;
		else if (character === delimiter && !quoted) {
			fields.push(field);
			field = '';
		} else field += character;
	}
	return [...fields, field].map((one) => one.trim());
}

function refused(message: string): ValidationError {
	return new ValidationError(message.endsWith('.') ? message : `${message}.`, { system: 'file' });
}
