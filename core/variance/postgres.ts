import { Client, type ClientConfig, type FieldDef, type QueryArrayConfig } from 'pg';

import { failureOf } from '../store/postgresFailure';
import type { PostgresConfig } from '../store/postgres';
import { BridgeError, UnavailableError, ValidationError } from '../ports/errors';
import { columnsOf, type Side } from './definition';
import { identifier, literal, type Cell, type Source, type VarianceEngine } from './engine';
import { isBeyond, isNoDay, isNoNumber, postgresDialect } from './postgresDialect';

export type PostgresDatabase = Pick<
	PostgresConfig,
	'host' | 'port' | 'database' | 'user' | 'password' | 'ssl'
>;

export interface PostgresOptions {
	/** how long one statement may run; an hour when left out */
	statementTimeoutMs?: number;
	/** ends what runs, and all that is asked afterwards, with an error */
	signal?: AbortSignal;
}

/** The lines of a side: those of a table or view, or the rows of one SELECT. */
export type PostgresLines = { table: string; schema?: string } | { query: string };

/** A database's column, by the type that counts for a comparison. */
type ColumnType = 'exact' | 'money' | 'day' | 'moment' | 'instant' | 'text';

export interface PostgresEngine extends VarianceEngine {
	/** how the database is called in messages */
	readonly place: string;
	/** The columns that the lines have, with their types. Throws ValidationError when there is no such table, or the query is not one SELECT. */
	columns(lines: PostgresLines, name: string): Promise<Map<string, ColumnType>>;
	/** Runs a statement that only reads, apart from the comparison's own; a failed one does not end anything else. */
	look(sql: string): Promise<Cell[][]>;
	/** Rows of the lines in pages, each column as text; for a comparison that runs elsewhere. */
	pages(lines: PostgresLines, columns: string[]): AsyncGenerator<Array<Record<string, Cell>>>;
}

const defaultTimeoutMs = 60 * 60_000;
const connectTimeoutMs = 10_000;
const cellsAPiece = 4_000;

/**
 * A comparison inside a PostgreSQL database (13 or later), where the lines are already. All sides are read in one transaction that is
 * READ ONLY and REPEATABLE READ: no statement of it can write but into temporary tables, which the database itself sees to, and all sides
 * are seen as they were at one moment. The tables are gone with the session. The user needs the right to read, and TEMPORARY on the
 * database. PgBouncer must be in session mode. Throws UnavailableError when the database is away, refuses the user or takes too long.
 */
export async function openPostgresEngine(
	{ host, port, database, user, password, ssl }: PostgresDatabase,
	{ statementTimeoutMs = defaultTimeoutMs, signal }: PostgresOptions = {},
): Promise<PostgresEngine> {
	const session = new PostgresSession(
		{
			host,
			port,
			database,
			user,
			password,
			ssl: ssl ?? false,
			application_name: 'n8n-nodes-erp-bridge',
			connectionTimeoutMillis: connectTimeoutMs,
			keepAlive: true,
		},
		`PostgreSQL database "${database}" at ${host}:${port}`,
	);
	const cancel = () => void session.cancel();
	try {
		await session.open(statementTimeoutMs);
		if (signal?.aborted === true) await session.cancel();
		signal?.addEventListener('abort', cancel, { once: true });
		const dialect = postgresDialect(await session.upperCollation());
		return {
			dialect,
			place: session.place,
			async declare(tables) {
				try {
					for (const { name, select, readsSource } of tables) {
						await session.resolveFirst(readsSource === true ? 'source' : 'own');
						await session.one(`CREATE TEMP TABLE ${identifier(name)} AS ${select} WITH NO DATA`);
					}
				} catch (error) {
					if (error instanceof BridgeError) throw error;
					throw refused(
						`The ${session.place} does not take the comparison's temporary tables: ${(error as Error).message}. Nothing was reported. Grant the user TEMPORARY on the database.`,
					);
				}
				await session.beginReading();
			},
			async fill({ name, select, readsSource }) {
				await session.resolveFirst(readsSource === true ? 'source' : 'own');
				await session.one(`INSERT INTO pg_temp.${identifier(name)} ${select}`);
				await session.resolveFirst('own');
				await session.one(`ANALYZE pg_temp.${identifier(name)}`);
			},
			// A transaction that only reads cannot drop it; it goes with the session.
			empty: async () => undefined,
			rows: (sql) => session.rows(sql, 'own'),
			columns: (lines, name) => session.columns(lines, name),
			look: (sql) => session.look(sql),
			async *pages(lines, columns) {
				await session.beginReading();
				const cells = columns.map((column) => `CAST(${identifier(column)} AS text)`).join(', ');
				for await (const rows of session.rows(`SELECT ${cells} FROM ${fromOf(lines)}`, 'source'))
					yield rows.map((row) =>
						Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
					);
			},
			async close() {
				signal?.removeEventListener('abort', cancel);
				await session.close();
			},
		};
	} catch (error) {
		await session.close();
		throw error;
	}
}

/**
 * A table, a view or the rows of a query as one side's lines. Columns with exact types, days and moments are taken as they are; all others as their text, with the
 * checks that hold for files. What cannot be kept ends the comparison with the key, the column and the value of the first such line.
 */
export async function postgresSource(
	engine: PostgresEngine,
	lines: PostgresLines,
	side: Side,
): Promise<Source> {
	const types = await checkedColumns(engine, lines, side);
	const text = (column: string) => `CAST(${identifier(column)} AS text)`;
	const exact = (column: string) => {
		const type = types.get(column);
		if (type === 'money') return `CAST(${identifier(column)} AS numeric)`;
		return type === 'exact' ? `CAST(${identifier(column)} AS numeric)` : undefined;
	};
	return {
		from: fromOf(lines),
		text,
		exact,
		day(column, businessDay) {
			const type = types.get(column);
			if (type === 'day' || type === 'moment') return `CAST(${identifier(column)} AS date)`;
			if (type !== 'instant') return undefined;
			return businessDay(identifier(column));
		},
		explain: async (error) =>
			error instanceof BridgeError
				? error
				: await explained(engine, { error, lines, side, text, exact, types }),
	};
}

/** Rows of a table, view or query in pages, for a side of a comparison that runs elsewhere. Throws ValidationError when a column is missing. */
export async function postgresPages(
	engine: PostgresEngine,
	lines: PostgresLines,
	side: Side,
): Promise<AsyncGenerator<Array<Record<string, Cell>>>> {
	await checkedColumns(engine, lines, side);
	return engine.pages(lines, columnsOf(side));
}

/** What the lines are called in messages. */
export function nameOfLines(lines: PostgresLines): string {
	return 'query' in lines ? 'the query' : `the table "${tableOf(lines)}"`;
}

async function checkedColumns(
	engine: PostgresEngine,
	lines: PostgresLines,
	side: Side,
): Promise<Map<string, ColumnType>> {
	const types = await engine.columns(lines, side.name);
	const missing = columnsOf(side).filter((column) => !types.has(column));
	if (missing.length > 0)
		throw refused(
			`${capital(nameOfLines(lines))} of the side "${side.name}" has no column ${missing.map((one) => `"${one}"`).join(', ')}; it has ${[...types.keys()].map((one) => `"${one}"`).join(', ')}. Nothing was reported. Name the columns as the database does.`,
		);
	return types;
}

interface Failure {
	error: Error;
	lines: PostgresLines;
	side: Side;
	text(column: string): string;
	exact(column: string): string | undefined;
	types: Map<string, ColumnType>;
}

/** Looks for the first cell that cannot be kept; PostgreSQL itself tells neither the line nor the column. */
async function explained(engine: PostgresEngine, failure: Failure): Promise<Error> {
	const { error, lines, side, text, exact, types } = failure;
	const { key, date } = side.columns;
	const checks = [
		...(['quantity', 'price', 'amount', 'tax', 'rate', 'cost', 'debit', 'credit'] as const).flatMap(
			(field) => {
				const column = side.columns[field];
				if (column === undefined) return [];
				const number = exact(column);
				const bad = number === undefined ? isNoNumber(text(column)) : isBeyond(number);
				return [
					{
						column,
						bad,
						wrong: 'is not a number with at most 15 digits before the decimal point and 8 after it',
					},
				];
			},
		),
		...(date === undefined || types.get(date) !== 'text'
			? []
			: [{ column: date, bad: isNoDay(text(date)), wrong: 'is not a day such as 2026-03-31' }]),
	];
	const shown = key.map((column) => `coalesce(${text(column)}, '')`).join(` || ' / ' || `);
	for (const { column, bad, wrong } of checks) {
		const sql = `SELECT ${shown}, ${text(column)} FROM ${fromOf(lines)} WHERE ${bad} ORDER BY 1 LIMIT 1`;
		const [found] = await engine.look(sql).catch(() => []);
		if (found !== undefined)
			return refused(
				`${capital(nameOfLines(lines))} of the side "${side.name}", key "${found[0]}", column "${column}": "${found[1]}" ${wrong}. Nothing was reported. Correct it there, or leave the line out of a query.`,
			);
	}
	return refused(
		`${capital(nameOfLines(lines))} of the side "${side.name}" cannot be read from the ${engine.place}: ${error.message}. Nothing was reported.`,
	);
}

function tableOf({ table, schema }: { table: string; schema?: string }): string {
	return schema === undefined ? table : `${schema}.${table}`;
}

/** A query stands in brackets, on lines of its own so that a comment at its end does not reach further. */
function fromOf(lines: PostgresLines): string {
	if ('query' in lines) return `(\n${lines.query.trim().replace(/;$/, '')}\n) AS given`;
	const { table, schema } = lines;
	return schema === undefined ? identifier(table) : `${identifier(schema)}.${identifier(table)}`;
}

/** By the oid of the type, pg_type.dat of PostgreSQL's source. */
const columnTypes: Record<number, ColumnType> = {
	20: 'exact',
	21: 'exact',
	23: 'exact',
	1700: 'exact',
	790: 'money',
	1082: 'day',
	1114: 'moment',
	1184: 'instant',
};

const asText = (value: string) => value;
const cellParsers: Record<number, (value: string) => Cell> = {
	16: (value) => value === 't',
	20: Number,
	21: Number,
	23: Number,
};
const types = { getTypeParser: (type: number) => cellParsers[type] ?? asText };

/** One session, and the transaction in it that only reads. */
class PostgresSession {
	private readonly client: Client;
	private isReading = false;
	/** a statement of the open transaction has failed, so that it takes no other */
	private hasFailed = false;
	private cursors = 0;
	private searchPath = '"$user", public';
	private resolved: 'own' | 'source' | undefined;
	private processId = 0;
	private busy = 0;
	/** why nothing can be asked any more */
	private lost: Error | undefined;

	constructor(
		private readonly config: ClientConfig,
		readonly place: string,
	) {
		this.client = new Client(config);
		// Each statement learns of a lost connection by itself; unheard, the event would end the process.
		this.client.on('error', () => undefined);
	}

	async open(statementTimeoutMs: number): Promise<void> {
		try {
			await this.client.connect();
		} catch (error) {
			throw this.away(error);
		}
		const [[encoding, path, pid] = []] = await this.run(
			`SELECT current_setting('server_encoding'), current_setting('search_path'), pg_backend_pid()`,
		);
		if (encoding !== 'UTF8')
			throw refused(
				`The ${this.place} has the encoding ${encoding}; a comparison runs in one with UTF8. Nothing was reported. Compare files, or read its sides into another database.`,
			);
		this.processId = Number(pid);
		if (typeof path === 'string' && path.trim() !== '') this.searchPath = path;
		for (const setting of [
			`statement_timeout = ${statementTimeoutMs}`,
			`DateStyle = 'ISO, YMD'`,
			`TimeZone = 'UTC'`,
			`standard_conforming_strings = on`,
			`extra_float_digits = 1`,
			`client_encoding = 'UTF8'`,
		])
			await this.run(`SET ${setting}`);
	}

	/** Rules for capital letters of all alphabets. */
	async upperCollation(): Promise<string | undefined> {
		const known = ['pg_c_utf8', 'und-x-icu', 'C.utf8', 'en_US.utf8'];
		const rows = await this.run(
			`SELECT collname FROM pg_collation WHERE collname IN (${known.map(literal).join(', ')})
				AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))`,
		);
		const there = new Set(rows.map(([name]) => name));
		return known.find((name) => there.has(name));
	}

	async beginReading(): Promise<void> {
		if (this.isReading) return;
		await this.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
		this.isReading = true;
	}

	/** Which tables a bare name finds first: a side's may be called like one of the comparison's own. */
	async resolveFirst(first: 'own' | 'source'): Promise<void> {
		if (this.resolved === first) return;
		const path = first === 'own' ? `pg_temp, ${this.searchPath}` : `${this.searchPath}, pg_temp`;
		await this.run(`SET search_path = ${path}`);
		this.resolved = first;
	}

	/** One statement and no more, whatever stands in it: only then PostgreSQL takes it in its extended protocol. */
	async one(sql: string): Promise<Cell[][]> {
		return await this.run(sql, true);
	}

	async *rows(sql: string, first: 'own' | 'source'): AsyncGenerator<Cell[][]> {
		this.cursors += 1;
		const cursor = `piece_${this.cursors}`;
		await this.resolveFirst(first);
		await this.one(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`);
		await this.resolveFirst('own');
		let size = 100;
		try {
			for (;;) {
				const rows = await this.run(`FETCH ${size} FROM ${cursor}`);
				if (rows.length === 0) return;
				size = Math.max(20, Math.floor(cellsAPiece / Math.max(1, rows[0]?.length ?? 1)));
				yield rows;
			}
		} finally {
			if (this.lost === undefined) await this.run(`CLOSE ${cursor}`).catch(() => undefined);
		}
	}

	async columns(lines: PostgresLines, name: string): Promise<Map<string, ColumnType>> {
		if ('query' in lines && !/^\s*(\(|--|\/\*|select|with|values|table)/i.test(lines.query))
			throw refused(
				`The query of the side "${name}" is not a SELECT. Nothing was run. Give one statement that reads, such as SELECT order_no, amount FROM invoices.`,
			);
		try {
			const fields = await this.apart(async () => {
				await this.resolveFirst('source');
				const { fields: found } = await this.query(`SELECT * FROM ${fromOf(lines)} LIMIT 0`, true);
				return found;
			});
			return new Map(fields.map((field) => [field.name, columnTypes[field.dataTypeID] ?? 'text']));
		} catch (error) {
			if (error instanceof BridgeError) throw error;
			const { message, code } = error as Error & { code?: string };
			const advice =
				code === '42601'
					? 'It must be one SELECT, without anything before or after it.'
					: 'Correct it, or grant the user the right to read.';
			throw refused(
				`${capital(nameOfLines(lines))} of the side "${name}" cannot be read from the ${this.place}: ${message}. Nothing was reported. ${advice}`,
			);
		}
	}

	async look(sql: string): Promise<Cell[][]> {
		return await this.apart(async () => {
			await this.resolveFirst('source');
			return await this.one(sql);
		});
	}

	/** In a transaction of its own that only reads, or apart from what else the open one does. */
	private async apart<T>(work: () => Promise<T>): Promise<T> {
		if (this.hasFailed) await this.run('ROLLBACK');
		if (this.hasFailed) this.isReading = false;
		const within = this.isReading;
		await this.run(within ? 'SAVEPOINT apart' : 'BEGIN READ ONLY');
		this.resolved = undefined;
		try {
			return await work();
		} finally {
			await this.run(within ? 'ROLLBACK TO apart' : 'ROLLBACK').catch(() => undefined);
			this.resolved = undefined;
			this.hasFailed = false;
		}
	}

	/** The server ends what runs when another session asks it to. */
	async cancel(): Promise<void> {
		if (this.lost !== undefined) return;
		this.lost = new UnavailableError('The comparison was cancelled. Nothing was reported.', {
			system: 'variance',
		});
		await this.endStatement();
	}

	async close(): Promise<void> {
		this.lost ??= new UnavailableError('The comparison is over.', { system: 'variance' });
		if (this.busy > 0) await this.endStatement();
		await this.client.end().catch(() => undefined);
	}

	private async endStatement(): Promise<void> {
		if (this.busy === 0 || this.processId === 0) return;
		const other = new Client(this.config);
		other.on('error', () => undefined);
		try {
			await other.connect();
			await other.query(`SELECT pg_cancel_backend(${this.processId})`);
		} catch {
			// Without the server there is nothing left to end.
		} finally {
			await other.end().catch(() => undefined);
		}
	}

	private async run(sql: string, alone = false): Promise<Cell[][]> {
		return (await this.query(sql, alone)).rows;
	}

	private async query(sql: string, alone = false): Promise<{ rows: Cell[][]; fields: FieldDef[] }> {
		if (this.lost !== undefined) throw this.lost;
		this.busy += 1;
		try {
			const query: QueryArrayConfig & { queryMode?: 'extended' } = {
				text: sql,
				rowMode: 'array',
				types,
				...(alone ? { queryMode: 'extended' } : {}),
			};
			const { rows, fields } = await this.client.query<Cell[]>(query);
			return { rows, fields };
		} catch (error) {
			this.hasFailed = true;
			throw this.lost ?? this.failure(error as Error & { code?: string });
		} finally {
			this.busy -= 1;
		}
	}

	/** A statement's own fault stays as it is, for the source to explain. */
	private failure(error: Error & { code?: string }): Error {
		if (error.code === '57014')
			return new UnavailableError(
				`The ${this.place} ended the comparison, because a statement took longer than it may. Nothing was reported. Compare fewer lines, index or pre-select them in a view, or allow more time.`,
				{ system: 'postgres', cause: error },
			);
		const { kind } = failureOf(error);
		// A query that would write (25006), and one that asks for what is not there or not allowed (42).
		const isOwnFault = kind === 'refused' || /^(25006|42)/.test(error.code ?? '');
		return isOwnFault ? error : this.away(error);
	}

	private away(error: unknown): UnavailableError {
		const { reason, advice } = failureOf(error);
		return new UnavailableError(
			`The ${this.place} does not serve the comparison: ${reason}. Nothing was reported. ${advice}`,
			{ system: 'postgres', cause: error },
		);
	}
}

function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function refused(message: string): ValidationError {
	return new ValidationError(message, { system: 'postgres' });
}
