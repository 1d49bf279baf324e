import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Pool, type PoolClient } from 'pg';

import { type Database, type Row, type SqlValue, type Statement, StoreUnavailableError } from './database';
import { migrate } from './migrations';
import { type PostgresFailure, failureOf } from './postgresFailure';
import { StatementError } from './statementError';

export interface PostgresConfig {
	host: string;
	port: number;
	database: string;
	user: string;
	password: string;
	ssl?: boolean | ConnectionOptions;
	/** where the tables live; `erp_bridge` when absent. Created at the first opening when the user may do so. */
	schema?: string;
	/** how long a call waits for a lock or for the server to come back; 30 s when absent */
	patienceMs?: number;
}

const defaultSchema = 'erp_bridge';
const defaultPatienceMs = 30_000;
const connections = 6;
const connectTimeoutMs = 10_000;
/** A statement that runs longer is hung: the largest the store sends take well under a second. */
const statementTimeoutMs = 60_000;
/** Waiting times before another attempt, the last again and again; a random half is taken off, so that hosts do not retry in step. */
const backoffMs = [50, 200, 800];
const longestBackoffMs = 2_000;

const openPools = new Map<string, SharedPool>();

/**
 * Opens the state store in a PostgreSQL database (13 or later), and creates its tables when they are not there. Handles
 * with the same configuration share one pool. PgBouncer must be in session mode: the search path belongs to the connection.
 */
export async function openPostgres(config: PostgresConfig): Promise<Database> {
	const identity = JSON.stringify(config);
	const shared = openPools.get(identity) ?? new SharedPool(config, () => openPools.delete(identity));
	openPools.set(identity, shared);
	shared.handles += 1;
	let closed = false;
	const database: Database = {
		dialect: 'postgres',
		async transaction(statements) {
			if (closed)
				throw new StoreUnavailableError(`The state store in ${shared.place} was already closed here.`);
			return statements.length === 0 ? [] : await shared.transaction(statements);
		},
		async close() {
			if (closed) return;
			closed = true;
			await shared.release();
		},
	};
	try {
		await shared.ready(database);
	} catch (error) {
		await database.close();
		throw error;
	}
	return database;
}

class SharedPool {
	handles = 0;
	readonly place: string;
	private readonly pool: Pool;
	private readonly schema: string;
	private readonly patienceMs: number;
	private readonly underWay = new Set<Promise<unknown>>();
	private prepared: Promise<void> | undefined;

	constructor(
		config: PostgresConfig,
		private readonly onEnd: () => void,
	) {
		const { host, port, database, user, password, ssl, schema = defaultSchema } = config;
		if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
			throw new StoreUnavailableError(
				`"${schema}" can't be the schema of the state store: use lower-case letters, digits and underscores.`,
			);
		}
		this.schema = schema;
		this.patienceMs = config.patienceMs ?? defaultPatienceMs;
		this.place = `PostgreSQL database "${database}" at ${host}:${port}`;
		const settings = {
			search_path: schema,
			default_transaction_isolation: 'read\\ committed',
			lock_timeout: this.patienceMs,
			statement_timeout: statementTimeoutMs,
			idle_in_transaction_session_timeout: statementTimeoutMs,
		};
		this.pool = new Pool({
			host,
			port,
			database,
			user,
			password,
			ssl: ssl ?? false,
			options: Object.entries(settings)
				.map(([name, value]) => `-c ${name}=${value}`)
				.join(' '),
			application_name: 'n8n-nodes-erp-bridge',
			max: connections,
			connectionTimeoutMillis: connectTimeoutMs,
			// The server's own limit answers first; this one is for a connection that went silent.
			query_timeout: statementTimeoutMs + connectTimeoutMs,
			keepAlive: true,
			allowExitOnIdle: true,
			types: { getTypeParser: (type: number) => parsers[type] ?? asText },
		});
		// An idle connection that breaks leaves the pool by itself; unheard, the event would end the process.
		this.pool.on('error', () => undefined);
	}

	/** Schema and tables, once for all handles. After a failure the next opening tries again. */
	async ready(database: Database): Promise<void> {
		this.prepared ??= this.prepare(database);
		try {
			await this.prepared;
		} catch (error) {
			this.prepared = undefined;
			throw error;
		}
	}

	/** The last handle waits for the calls that are under way. */
	async release(): Promise<void> {
		this.handles -= 1;
		if (this.handles > 0) return;
		this.onEnd();
		await Promise.allSettled(this.underWay);
		await this.pool.end();
	}

	async transaction(statements: Statement[]): Promise<Row[][]> {
		const call = this.repeat(statements);
		this.underWay.add(call);
		try {
			return await call;
		} finally {
			this.underWay.delete(call);
		}
	}

	/**
	 * A connection lost during COMMIT leaves unknown whether it was applied. Running the transaction again is right all the
	 * same: every statement of the store carries its own condition (ON CONFLICT, WHERE), so it finds its work done.
	 */
	private async repeat(statements: Statement[]): Promise<Row[][]> {
		const deadline = performance.now() + this.patienceMs;
		let mayBeApplied = false;
		for (let attempt = 0; ; attempt++) {
			const outcome = await this.attempt(statements);
			if ('rows' in outcome) return outcome.rows;
			const { failure, sql } = outcome;
			mayBeApplied ||= failure.connectionLost && outcome.couldCommit;
			if (failure.kind === 'refused') throw new StatementError(failure.reason, sql);
			const backoff = backoffMs[attempt] ?? longestBackoffMs;
			const now = performance.now();
			if (failure.kind === 'lasting' || now + backoff > deadline) {
				throw new StoreUnavailableError(this.explain(failure, mayBeApplied));
			}
			await pause(backoff * (0.5 + Math.random() / 2));
		}
	}

	private async attempt(statements: Statement[]): Promise<AttemptOutcome> {
		let sql = '';
		let couldCommit = false;
		let client: PoolClient;
		try {
			client = await this.pool.connect();
		} catch (error) {
			return { failure: failureOf(error), sql, couldCommit };
		}
		// A client whose connection breaks between two queries says so here; the query after reports it.
		const heard = () => undefined;
		client.on('error', heard);
		let broken = false;
		try {
			const rows: Row[][] = [];
			const alone = statements.length === 1;
			if (!alone) await client.query('BEGIN');
			for (const statement of statements) {
				sql = statement.sql;
				couldCommit = alone;
				rows.push((await client.query<Row>(sql, statement.parameters)).rows);
			}
			couldCommit = true;
			if (!alone) await client.query('COMMIT');
			return { rows };
		} catch (error) {
			const failure = failureOf(error);
			broken = failure.connectionLost || !(await rollBack(client));
			return { failure, sql, couldCommit };
		} finally {
			client.off('error', heard);
			client.release(broken);
		}
	}

	private async prepare(database: Database): Promise<void> {
		const [found = []] = await database.transaction([
			{ sql: 'SELECT nspname FROM pg_namespace WHERE nspname = $1', parameters: [this.schema] },
		]);
		// Looked for first: CREATE SCHEMA IF NOT EXISTS wants the right to create even when the schema exists.
		if (found.length === 0) {
			await database.transaction([
				{ sql: 'SELECT pg_advisory_xact_lock(4917302550)' },
				{ sql: `CREATE SCHEMA IF NOT EXISTS ${this.schema}` },
			]);
		}
		await migrate(database);
	}

	private explain({ reason, advice }: PostgresFailure, mayBeApplied: boolean): string {
		const effect = mayBeApplied
			? 'whether the last change was written is not known, and repeating it is safe'
			: 'nothing was written';
		return `The state store in ${this.place} cannot be used (${reason}); ${effect}. ${advice}`;
	}
}

type AttemptOutcome = { rows: Row[][] } | { failure: PostgresFailure; sql: string; couldCommit: boolean };

async function rollBack(client: PoolClient): Promise<boolean> {
	try {
		await client.query('ROLLBACK');
		return true;
	} catch {
		// The server rolls back what a closed connection left open; the caller closes this one.
		return false;
	}
}

function asText(text: string): string {
	return text;
}

/** PostgreSQL's types by object id. Booleans are 1 and 0, as in SQLite; what is not named here stays text. */
const parsers: Record<number, (text: string) => SqlValue> = {
	16: (text) => (text === 't' ? 1 : 0),
	20: Number,
	21: Number,
	23: Number,
	26: Number,
	700: Number,
	701: Number,
};
