import { createHash } from 'node:crypto';

import { type Database, type Row, StoreUnavailableError } from './database';
import { StatementError } from './statementError';
import { insertRows } from './statements';

/** A record of the decision log before it has its place. */
export interface LogEntry {
	/** milliseconds since 1970 */
	at: number;
	subject: string;
	operation: string;
	outcome: string;
	/** JSON object; the four above are added to it, so that they are part of what is sealed */
	body: object;
}

export interface LogRecord {
	position: number;
	at: number;
	subject: string;
	operation: string;
	outcome: string;
	/** JSON as it was sealed */
	record: string;
	hash: string;
}

/** Place and hash of one record. Kept elsewhere, it proves later that nothing up to it was changed. */
export interface Seal {
	/** 0: before the first record */
	position: number;
	hash: string;
}

/** Records that share one transaction at most. */
const mostAtOnce = 1_000;
/** Other processes append at the same time; each attempt that loses means that another one won. */
const mostAttempts = 200;

interface Waiting {
	entries: LogEntry[];
	resolve(first: number): void;
	reject(error: Error): void;
}

interface Writer {
	head?: Seal;
	waiting: Waiting[];
	isWriting: boolean;
}

const writers = new WeakMap<Database, Writer>();

/**
 * Appends records to the chain and resolves once they are durable, to the position of the first; the others follow it. Calls
 * that come while a transaction is under way share the next one. All records of a call are there, or none.
 */
export async function appendToLog(database: Database, entries: LogEntry[]): Promise<number> {
	const writer = writers.get(database) ?? { waiting: [], isWriting: false };
	writers.set(database, writer);
	return await new Promise((resolve, reject) => {
		writer.waiting.push({ entries, resolve, reject });
		if (!writer.isWriting) void writeAll(database, writer);
	});
}

async function writeAll(database: Database, writer: Writer): Promise<void> {
	writer.isWriting = true;
	// Whoever calls in the same turn of the event loop shares the first transaction too.
	await Promise.resolve();
	while (writer.waiting.length > 0) {
		const group = takeGroup(writer.waiting);
		try {
			let first = await writeGroup(
				database,
				writer,
				group.flatMap(({ entries }) => entries),
			);
			for (const { entries, resolve } of group) {
				resolve(first);
				first += entries.length;
			}
		} catch (error) {
			delete writer.head;
			const failure = error instanceof Error ? error : new Error(String(error));
			group.forEach(({ reject }) => reject(failure));
		}
	}
	writer.isWriting = false;
}

function takeGroup(waiting: Waiting[]): Waiting[] {
	let size = 0;
	const count = waiting.findIndex(({ entries }, index) => {
		size += entries.length;
		return index > 0 && size > mostAtOnce;
	});
	return waiting.splice(0, count < 0 ? waiting.length : count);
}

async function writeGroup(database: Database, writer: Writer, entries: LogEntry[]): Promise<number> {
	for (let attempt = 1; ; attempt += 1) {
		const head = writer.head ?? (await readHead(database));
		const records = sealed(entries, head);
		const newest = records.at(-1);
		if (newest === undefined) return head.position + 1;
		try {
			await database.transaction([
				{
					// NULL is refused by the column: whoever has not seen the newest record writes nothing at all.
					sql: `UPDATE decision_chain
						SET position = CASE WHEN position = $1 AND hash = $2 THEN CAST($3 AS BIGINT) END, hash = $4
						WHERE name = 'decisions'`,
					parameters: [head.position, head.hash, newest.position, newest.hash],
				},
				...insertRows({
					table: 'decision_log',
					columns: ['position', 'at', 'subject', 'operation', 'outcome', 'record', 'hash'],
					rows: records.map(({ position, at, subject, operation, outcome, record, hash }) => [
						position,
						at,
						subject,
						operation,
						outcome,
						record,
						hash,
					]),
				}),
			]);
			writer.head = { position: newest.position, hash: newest.hash };
			return head.position + 1;
		} catch (error) {
			delete writer.head;
			if (!(error instanceof StatementError)) throw error;
			const seen = await readHead(database);
			if (seen.position === head.position && seen.hash === head.hash) throw error;
			if (attempt >= mostAttempts)
				throw new StoreUnavailableError(
					`The decision log is too busy: ${mostAttempts} attempts to append were overtaken by others.`,
				);
		}
	}
}

/** The seal of the newest record. */
export async function readHead(database: Database): Promise<Seal> {
	return (await readChain(database)).head;
}

interface Chain {
	head: Seal;
	/** the newest record that was removed; the chain goes on from it */
	start: Seal;
}

async function readChain(database: Database): Promise<Chain> {
	const [[row] = []] = await database.transaction([
		{
			sql: `SELECT position, hash, start_position, start_hash FROM decision_chain WHERE name = 'decisions'`,
		},
	]);
	if (row === undefined)
		throw new StoreUnavailableError(
			'The decision log has lost its chain: the row of decision_chain is gone. Restore the state store from a backup.',
		);
	return {
		head: { position: Number(row.position), hash: String(row.hash) },
		start: { position: Number(row.start_position), hash: String(row.start_hash) },
	};
}

function sealed(entries: LogEntry[], head: Seal): LogRecord[] {
	let { position, hash } = head;
	return entries.map(({ at, subject, operation, outcome, body }) => {
		position += 1;
		const record = JSON.stringify({ position, at, subject, operation, outcome, ...body });
		hash = seal(hash, record);
		return { position, at, subject, operation, outcome, record, hash };
	});
}

/** SHA-256 over the seal before and the record. */
function seal(before: string, record: string): string {
	return createHash('sha256').update(before).update('\n').update(record).digest('hex');
}

export interface Verification {
	intact: boolean;
	/** records that were read */
	records: number;
	/** position of the first record that is kept; absent when none is */
	first?: number;
	/** Keep it elsewhere: whoever can write to the store could write a whole new chain, but not this one. */
	head: Seal;
	/** the first record that is not as it was written, or the place where one is missing */
	firstBad?: { position: number; problem: string };
}

/**
 * Reads the whole log and checks each seal. `known`: a seal from an earlier verification, kept elsewhere; the chain must
 * still lead through it.
 */
export async function verifyLog(database: Database, known?: Seal): Promise<Verification> {
	const { head, start } = await readChain(database);
	let before = start;
	let records = 0;
	const answer = (problem?: string, position = before.position + 1): Verification => ({
		intact: problem === undefined,
		records,
		...(records === 0 ? {} : { first: start.position + 1 }),
		head,
		...(problem === undefined ? {} : { firstBad: { position, problem } }),
	});
	if (known !== undefined && known.position < start.position && known.position > 0)
		return answer(
			`the record ${known.position} of the earlier verification was removed with the old ones; verify with a later one`,
			known.position,
		);
	if (known !== undefined && known.position === start.position && known.hash !== start.hash)
		return answer('the records before it are not those of the earlier verification', start.position);
	for await (const page of logPages(database, { after: start.position, upTo: head.position })) {
		for (const found of page) {
			const expected = before.position + 1;
			if (found.position !== expected) return answer('the record is missing');
			if (found.hash !== seal(before.hash, found.record)) return answer('the record was changed');
			if (!isItself(found)) return answer('its columns were changed');
			if (known?.position === found.position && known.hash !== found.hash)
				return answer('the chain is not the one of the earlier verification');
			records += 1;
			before = { position: found.position, hash: found.hash };
		}
	}
	if (before.position < head.position) return answer('the record is missing');
	if (before.hash !== head.hash) return answer('the end of the chain was changed', head.position);
	const [[beyond] = []] = await database.transaction([
		{
			sql: `SELECT MIN(position) AS position FROM decision_log WHERE position <= $1`,
			parameters: [start.position],
		},
	]);
	if (typeof beyond?.position === 'number')
		return answer('the record stands before the beginning of the chain', beyond.position);
	if (known !== undefined && known.position > head.position)
		return answer('the record of the earlier verification is missing', known.position);
	return answer();
}

function isItself({ position, at, subject, operation, outcome, record }: LogRecord): boolean {
	try {
		const body = JSON.parse(record) as Partial<LogRecord>;
		return (
			body.position === position &&
			body.at === at &&
			body.subject === subject &&
			body.operation === operation &&
			body.outcome === outcome
		);
	} catch {
		return false;
	}
}

export interface LogSelection {
	/** positions after this one */
	after?: number;
	upTo?: number;
	/** milliseconds since 1970, included */
	from?: number;
	/** not included */
	until?: number;
	subject?: string;
	operation?: string;
	pageSize?: number;
}

/** The log in order, page by page. While one page is worked on, the store already reads the next. */
export async function* logPages(
	database: Database,
	selection: LogSelection = {},
): AsyncGenerator<LogRecord[]> {
	const { after = 0, pageSize = 5_000 } = selection;
	let reading = readPage(database, { ...selection, after, pageSize });
	for (;;) {
		const page = await reading;
		const newest = page.at(-1);
		if (newest === undefined) return;
		const isLast = page.length < pageSize;
		if (!isLast) {
			reading = readPage(database, { ...selection, after: newest.position, pageSize });
			// It is thrown when the page's turn comes; whoever stops before that has no use for it.
			reading.catch(() => undefined);
		}
		yield page;
		if (isLast) return;
	}
}

async function readPage(
	database: Database,
	{
		after,
		upTo = Number.MAX_SAFE_INTEGER,
		from,
		until,
		subject,
		operation,
		pageSize,
	}: LogSelection & { after: number; pageSize: number },
): Promise<LogRecord[]> {
	const exactly = Object.entries({ subject, operation }).filter(([, value]) => value !== undefined);
	const alike = exactly.map(([column], index) => `AND ${column} = $${index + 6}`).join(' ');
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT * FROM decision_log WHERE position > $1 AND position <= $2 AND at >= $3 AND at < $4
				${alike} ORDER BY position LIMIT $5`,
			parameters: [
				after,
				upTo,
				from ?? Number.MIN_SAFE_INTEGER,
				until ?? Number.MAX_SAFE_INTEGER,
				pageSize,
				...exactly.map(([, value]) => value as string),
			],
		},
	]);
	return rows.map(recordOf);
}

/**
 * Removes the records that are older than an instant, from the beginning on; the chain stays whole and goes on from the last
 * removed one. A younger record keeps all that come after it. Returns how many were removed.
 */
export async function removeOldRecords(database: Database, before: number): Promise<number> {
	const { head, start } = await readChain(database);
	const [[oldest] = []] = await database.transaction([
		{
			sql: 'SELECT MIN(position) AS position FROM decision_log WHERE at >= $1',
			parameters: [before],
		},
	]);
	const kept = oldest?.position;
	// The newest stays in any case: the chain goes on from it.
	const last =
		Math.min(kept === null || kept === undefined ? head.position : Number(kept), head.position) - 1;
	if (last <= start.position) return 0;
	const [, removed = []] = await database.transaction([
		{
			sql: `UPDATE decision_chain SET start_position = $1,
				start_hash = (SELECT hash FROM decision_log WHERE position = $1)
				WHERE name = 'decisions' AND start_position = $2`,
			parameters: [last, start.position],
		},
		{
			sql: `DELETE FROM decision_log WHERE position <=
				(SELECT start_position FROM decision_chain WHERE name = 'decisions') RETURNING position`,
		},
	]);
	return removed.length;
}

function recordOf(row: Row): LogRecord {
	return {
		position: Number(row.position),
		at: Number(row.at),
		subject: String(row.subject),
		operation: String(row.operation),
		outcome: String(row.outcome),
		record: String(row.record),
		hash: String(row.hash),
	};
}
