/*
 * Runs in a worker thread: from the compiled file, and in tests from this source, where Node strips the types. It
 * therefore imports types only; with no import left, both are CommonJS.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

import type { DuckDbReply, DuckDbRequest } from './duckDbProtocol';
import type { Cell } from './engine';

const { parentPort } = process.getBuiltinModule('node:worker_threads');
const { setTimeout } = process.getBuiltinModule('node:timers/promises');

/** What the main thread reads of one message keeps its event loop busy for a millisecond or two. */
const cellsAPiece = 2_000;

interface Stream {
	connection: DuckDBConnection;
	pieces: AsyncGenerator<Cell[][]>;
}

let instance: DuckDBInstance | undefined;
let session: DuckDBConnection | undefined;
const streams = new Map<number, Stream>();
/** statements that DuckDB works on */
const underWay = new Set<Promise<unknown>>();
const pauseMs = 20;

parentPort?.on('message', (request: DuckDbRequest) => {
	const answered = answer(request);
	if (request.kind === 'run' || request.kind === 'rows' || request.kind === 'more') {
		underWay.add(answered);
		const over = () => underWay.delete(answered);
		answered.then(over, over);
	}
	answered.then(
		(reply) => parentPort.postMessage(reply),
		(error: unknown) =>
			parentPort.postMessage({
				id: request.id,
				kind: 'failed',
				message: error instanceof Error ? error.message : String(error),
			} satisfies DuckDbReply),
	);
});

async function answer(request: DuckDbRequest): Promise<DuckDbReply> {
	const { id } = request;
	switch (request.kind) {
		case 'open': {
			// Loaded here and not before: it is native, and takes its time.
			const { DuckDBInstance } = await import('@duckdb/node-api');
			instance = await DuckDBInstance.create(':memory:', request.settings);
			session = await connected();
			return { id, kind: 'done' };
		}
		case 'run':
			await session?.run(request.sql);
			return { id, kind: 'done' };
		case 'rows': {
			// A connection of its own, so that other statements may run while the rows are read.
			const connection = await connected();
			streams.set(request.stream, { connection, pieces: piecesOf(connection, request.sql) });
			return await nextPiece(id, request.stream);
		}
		case 'more':
			return await nextPiece(id, request.stream);
		case 'drop':
			drop(request.stream);
			return { id, kind: 'done' };
		case 'interrupt':
			await interrupt();
			return { id, kind: 'done' };
		case 'close':
			await interrupt();
			for (const stream of [...streams.keys()]) drop(stream);
			session?.closeSync();
			instance?.closeSync();
			session = undefined;
			instance = undefined;
			return { id, kind: 'done' };
	}
}

async function connected(): Promise<DuckDBConnection> {
	if (instance === undefined) throw new Error('The database is closed.');
	const connection = await instance.connect();
	await connection.run(`SET TimeZone = 'UTC'`);
	return connection;
}

/** A statement that is still being prepared does not hear it, so it is said until nothing runs any more. */
async function interrupt(): Promise<void> {
	while (underWay.size > 0) {
		session?.interrupt();
		for (const { connection } of streams.values()) connection.interrupt();
		await Promise.race([Promise.allSettled(underWay), setTimeout(pauseMs)]);
	}
}

async function nextPiece(id: number, name: number): Promise<DuckDbReply> {
	const stream = streams.get(name);
	if (stream === undefined) return { id, kind: 'piece', rows: [] };
	try {
		const { value, done } = await stream.pieces.next();
		if (done !== true) return { id, kind: 'piece', rows: value };
	} catch (error) {
		drop(name);
		throw error;
	}
	drop(name);
	return { id, kind: 'piece', rows: [] };
}

function drop(name: number): void {
	streams.get(name)?.connection.closeSync();
	streams.delete(name);
}

async function* piecesOf(connection: DuckDBConnection, sql: string): AsyncGenerator<Cell[][]> {
	const result = await connection.stream(sql);
	const rowsAPiece = Math.max(1, Math.floor(cellsAPiece / Math.max(1, result.columnCount)));
	for (;;) {
		const chunk = await result.fetchChunk();
		if (chunk === null || chunk.rowCount === 0) return;
		const rows = chunk.getRows().map((row) => row.map(cellOf));
		for (let start = 0; start < rows.length; start += rowsAPiece) yield rows.slice(start, start + rowsAPiece);
	}
}

function cellOf(value: unknown): Cell {
	if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return value;
	if (typeof value === 'bigint') return Number(value);
	return String(value);
}
