/*
 * Runs in a worker thread: from the compiled file, and in tests from this source, where Node strips the types. It
 * therefore imports types only and takes what it needs from Node itself; with no import left, both are CommonJS.
 */
import type { DatabaseSync as Connection, StatementSync } from 'node:sqlite';

import type { Row, SqlValue, Statement } from './database';
import type { SqliteOutcome, SqliteReply, SqliteRequest } from './sqliteProtocol';

const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
const { parentPort } = process.getBuiltinModule('node:worker_threads');
const { closeSync, mkdirSync, openSync, statSync } = process.getBuiltinModule('node:fs');
const { dirname } = process.getBuiltinModule('node:path');

/** Result codes, https://www.sqlite.org/rescode.html */
const busyCodes = new Set([5 /* BUSY */, 6 /* LOCKED */, 15 /* PROTOCOL */]);
/** The statement's own fault: ERROR, SCHEMA, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE. */
const refusalCodes = new Set([1, 17, 18, 19, 20, 21, 25]);

/** SQLite waits this long by itself for a lock before the patience is looked at again. */
const busyTimeoutMs = 200;
const pauseMs = 10;
const preparedStatements = 256;
const journalSizeLimitBytes = 64 * 1024 * 1024;

/** Quoted text, quoted names and comments stay as they are. */
const quotedOrPlaceholder = /'[^']*'|"[^"]*"|--[^\n]*|\/\*[^]*?\*\/|\$(\d+)/g;

interface Store {
	file: string;
	/** tells whether the file at that path is still the one that is open */
	inode: number;
	connection: Connection;
	prepared: Map<string, Prepared>;
}

interface Prepared {
	statement: StatementSync;
	/** the parameter, counted from 0, that each placeholder stands for */
	order: number[];
	parameterCount: number;
}

let store: Store | undefined;

parentPort?.on('message', (request: SqliteRequest) => {
	parentPort.postMessage(answer(request));
});

function answer(request: SqliteRequest): SqliteReply {
	try {
		if (request.kind === 'close') {
			close(true);
			return { kind: 'done' };
		}
		if (request.kind === 'open') {
			close(false);
			const { file } = request;
			return patiently(request.patienceMs, () => {
				store = open(file);
				return { kind: 'done' };
			});
		}
		const current = verified(store);
		return patiently(request.patienceMs, () => ({
			kind: 'ran',
			outcomes: runTogether(current, request.transactions),
		}));
	} catch (error) {
		close(false);
		return { kind: 'unavailable', code: codeOf(error), reason: (error as Error).message };
	}
}

/** Repeats what another process's lock prevented. A failed attempt leaves no transaction open. */
function patiently(patienceMs: number, attempt: () => SqliteReply): SqliteReply {
	const deadline = performance.now() + patienceMs;
	for (;;) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error)) throw error;
			if (performance.now() >= deadline) return { kind: 'busy' };
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
		}
	}
}

/** The folder is made for its owner only, and so is the file; SQLite gives its side files the file's mode. */
function open(file: string): Store {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	closeSync(openSync(file, 'a', 0o600));
	const connection = new DatabaseSync(file, { timeout: busyTimeoutMs });
	try {
		connection.exec('PRAGMA journal_mode = WAL');
		// With WAL, only FULL has a commit on the disk before it is reported.
		connection.exec('PRAGMA synchronous = FULL');
		connection.exec(`PRAGMA journal_size_limit = ${journalSizeLimitBytes}`);
		return { file, inode: statSync(file).ino, connection, prepared: new Map() };
	} catch (error) {
		connection.close();
		throw error;
	}
}

/** SQLite would go on writing into a file that was deleted, and all of it would be lost. */
function verified(current: Store | undefined): Store {
	if (current === undefined) throw new Error('the file is not open');
	if (statSync(current.file, { throwIfNoEntry: false })?.ino !== current.inode) {
		throw Object.assign(new Error('another file or none is at its path'), { code: 'REPLACED' });
	}
	return current;
}

function close(checkpoint: boolean): void {
	const closing = store;
	store = undefined;
	if (closing === undefined) return;
	try {
		if (checkpoint) closing.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	} finally {
		closing.connection.close();
	}
}

/** One commit, and so one wait for the disk, for all of them; a refused one alone is rolled back. */
function runTogether(current: Store, transactions: Statement[][]): SqliteOutcome[] {
	const { connection } = current;
	const readsOnly = transactions.every((statements) =>
		statements.every(({ sql }) => /^\s*SELECT\b/i.test(sql)),
	);
	try {
		// Readers need not wait for another process's writer; a writer takes the lock first, so it never fails half-way.
		run(current, { sql: readsOnly ? 'BEGIN' : 'BEGIN IMMEDIATE' });
		const outcomes = transactions.map((statements) => runInSavepoint(current, statements));
		run(current, { sql: 'COMMIT' });
		return outcomes;
	} catch (error) {
		if (connection.isTransaction) connection.exec('ROLLBACK');
		throw error;
	}
}

function runInSavepoint(current: Store, statements: Statement[]): SqliteOutcome {
	let sql = '';
	run(current, { sql: 'SAVEPOINT one' });
	try {
		const rows = statements.map((statement) => {
			sql = statement.sql;
			return run(current, statement);
		});
		run(current, { sql: 'RELEASE one' });
		return { rows };
	} catch (error) {
		// Some failures roll everything back by themselves; then nobody in the group may be told otherwise.
		if (!isRefusal(error) || !current.connection.isTransaction) throw error;
		run(current, { sql: 'ROLLBACK TO one' });
		run(current, { sql: 'RELEASE one' });
		return { refused: (error as Error).message, sql };
	}
}

function run(current: Store, { sql, parameters = [] }: Statement): Row[] {
	const { statement, order, parameterCount } = prepare(current, sql);
	if (parameters.length !== parameterCount) {
		const reason = `it takes ${parameterCount} parameters and was given ${parameters.length}`;
		throw Object.assign(new Error(reason), { code: 'ERR_PARAMETERS' });
	}
	return statement.all(...order.map((index) => bindable(parameters[index] as SqlValue))) as Row[];
}

/** node:sqlite binds every number as a float, which a text column would show as `5.0`. */
function bindable(value: SqlValue): SqlValue | bigint {
	return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function prepare({ connection, prepared }: Store, sql: string): Prepared {
	const known = prepared.get(sql);
	const entry = known ?? prepareAnew(connection, sql);
	// A map keeps the order of insertion, so its first key is the one that was used longest ago.
	prepared.delete(sql);
	prepared.set(sql, entry);
	const oldest = prepared.keys().next();
	if (prepared.size > preparedStatements && !oldest.done) prepared.delete(oldest.value);
	return entry;
}

/** SQLite looks named and numbered placeholders up one by one, which is slow with thousands: `$n` becomes a plain `?`. */
function prepareAnew(connection: Connection, sql: string): Prepared {
	const order: number[] = [];
	const plain = sql.replace(quotedOrPlaceholder, (found, number?: string) => {
		if (number === undefined) return found;
		order.push(Number(number) - 1);
		return '?';
	});
	return { statement: connection.prepare(plain), order, parameterCount: new Set(order).size };
}

function isBusy(error: unknown): boolean {
	return busyCodes.has(codeOf(error) as number);
}

/** An error without a result code is one of binding: a parameter too many or of the wrong type. */
function isRefusal(error: unknown): boolean {
	const code = codeOf(error);
	return typeof code === 'number' ? refusalCodes.has(code) : code.startsWith('ERR_');
}

function codeOf(error: unknown): number | string {
	const { errcode, code } = error as { errcode?: number; code?: string };
	return errcode === undefined ? (code ?? '') : errcode & 0xff;
}
