import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod/v4';

import { eventOf, type BridgeEvent, type EventChange, type EventEntity } from '../../../core/events/event';
import type { Row, ServiceDatabase, Statement } from '../database';
import { ServiceError } from '../http/service';
import { instant, likePattern, pageSize } from './query';

/** One kind of record that a service keeps. */
export interface RecordKind<Body extends object> {
	/** as people say it, such as `purchase order` */
	name: string;
	entity: EventEntity;
	/** before the running number, such as `PO`; absent: whoever makes the record chooses its id */
	prefix?: string;
	/** the id that is chosen; its `code` where absent */
	idOf?(given: Record<string, unknown>): string;
	/** fields that may be given; all are optional in a change */
	fields: z.ZodObject;
	/** status of a new record */
	first: string;
	/** what can be done with a record, and the status to which each leads */
	actions?: Record<string, string>;
	/** from which status a record may go to which */
	transitions: Record<string, string[]>;
	/** status in which the fields may still change */
	open: string[];
	/** the whole record from what is given and, for a change, what it was; throws ServiceError */
	complete(given: Record<string, unknown>, before: Body | undefined): Body;
	/** refuses, by throwing a ServiceError, what may not be made or changed now; not asked when nothing changes */
	admit?(body: Body): void;
	/** further fields that come with a status; throws ServiceError when it cannot be reached */
	onStatus?(body: Body, status: string, at: string): Body;
	/** the record as its event carries it */
	canonical(record: BookRecord<Body>): unknown;
}

export interface BookRecord<Body extends object = object> {
	id: string;
	status: string;
	/** 1 when created, one more with each change */
	version: number;
	changedAt: string;
	lastChange: EventChange;
	body: Body;
}

export interface RecordQuery {
	after?: string | undefined;
	limit?: number | undefined;
	search?: string | undefined;
	status?: string | undefined;
	/** ISO 8601 instant, inclusive */
	changedSince?: string | undefined;
}

/** The records of one kind. Each change and the event that tells of it are one commit. */
export class RecordBook<Body extends object = object> {
	static readonly schema = `
CREATE TABLE IF NOT EXISTS records (
	kind TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL, changed_at INTEGER NOT NULL,
	last_change TEXT NOT NULL, idempotency_key TEXT, body TEXT NOT NULL,
	PRIMARY KEY (kind, id), UNIQUE (kind, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_change ON records (kind, changed_at, id);`;

	private readonly statements: ReturnType<typeof prepare>;

	/** `publish` is called within the transaction of each change. */
	constructor(
		private readonly database: ServiceDatabase,
		/** the service's name in events */
		private readonly system: string,
		readonly kind: RecordKind<Body>,
		private readonly publish: (event: BridgeEvent) => void,
		private readonly committed: () => void,
		/** the moment of what is being brought in from before; now when there is none */
		private readonly dated: () => number | undefined = () => undefined,
	) {
		this.statements = prepare(database);
	}

	get(id: string): BookRecord<Body> | undefined {
		const row = this.statements.one.get(this.kind.entity, id);
		return row && recordOf<Body>(row);
	}

	some(ids: string[]): Array<BookRecord<Body>> {
		return ids.map((id) => this.get(id)).filter((record) => record !== undefined);
	}

	/** By ascending id. */
	list({ after = '', limit, search, status, changedSince }: RecordQuery = {}): Array<BookRecord<Body>> {
		const pattern = likePattern(search);
		const since = changedSince === undefined ? 0 : instant(changedSince, 'changedSince');
		const wanted = status ?? null;
		return this.statements.list
			.all(this.kind.entity, after, since, wanted, wanted, pattern, pattern, pattern, pageSize(limit))
			.map((row) => recordOf<Body>(row));
	}

	/** After (changedAt, id), oldest change first, each as it now is. */
	changes(query: { changedAt?: string | undefined; id?: string | undefined; limit?: number | undefined }) {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.changes
			.all(this.kind.entity, since, query.id ?? '', pageSize(query.limit))
			.map((row) => recordOf<Body>(row));
	}

	/** The same idempotency key makes one record, however often it is sent. */
	create(given: unknown, idempotencyKey?: string): { record: BookRecord<Body>; created: boolean } {
		return this.commit(() => {
			const { kind, statements } = this;
			const known = idempotencyKey && statements.byIdempotencyKey.get(kind.entity, idempotencyKey);
			if (known) return { record: recordOf<Body>(known), created: false };
			const fields = kind.fields.parse(given);
			const id = this.idFor(fields);
			const body = kind.complete(fields, undefined);
			kind.admit?.(body);
			statements.insert.run(
				kind.entity,
				id,
				kind.first,
				this.clock(),
				idempotencyKey ?? null,
				JSON.stringify(body),
			);
			return { record: this.announce(id), created: true };
		});
	}

	/** `ifVersion` refuses the change with 409 when the record is no longer at that version. */
	change(id: string, given: unknown, ifVersion?: number): BookRecord<Body> {
		return this.commit(() => {
			const record = this.expect(id, ifVersion);
			const { kind } = this;
			const body = kind.complete(namedFields(kind.fields, given), record.body);
			if (isDeepStrictEqual(JSON.parse(JSON.stringify(body)), record.body)) return record;
			if (!kind.open.includes(record.status)) {
				throw new ServiceError(
					409,
					'status',
					`The ${kind.name} "${id}" is ${record.status}; its fields stay as they are.`,
				);
			}
			kind.admit?.(body);
			return this.write(record, record.status, body);
		});
	}

	confirm(id: string, ifVersion?: number): BookRecord<Body> {
		return this.act(id, 'confirm', ifVersion);
	}

	cancel(id: string, ifVersion?: number): BookRecord<Body> {
		return this.act(id, 'cancel', ifVersion);
	}

	act(id: string, action: string, ifVersion?: number): BookRecord<Body> {
		const status = this.kind.actions?.[action];
		if (status === undefined)
			throw new ServiceError(422, 'action', `There is no ${action} for a ${this.kind.name}.`);
		return this.move(id, status, ifVersion);
	}

	/** A record that is there already stays as it is. */
	move(id: string, status: string, ifVersion?: number): BookRecord<Body> {
		return this.become(id, status, (body) => body, ifVersion);
	}

	/** A status and the fields that come with it, in one change; a record that is so already stays as it is. */
	become(id: string, status: string, fill: (before: Body) => Body, ifVersion?: number): BookRecord<Body> {
		return this.commit(() => {
			const record = this.expect(id, ifVersion);
			const stays = record.status === status;
			if (!stays && !this.kind.transitions[record.status]?.includes(status)) {
				throw new ServiceError(
					409,
					'status',
					`The ${this.kind.name} "${id}" is ${record.status} and cannot become ${status}.`,
				);
			}
			const body = fill(record.body);
			if (stays && isDeepStrictEqual(JSON.parse(JSON.stringify(body)), record.body)) return record;
			return this.write(record, status, body);
		});
	}

	/** As somebody who edits the database writes it: nothing is checked, and nobody hears of it. */
	overwrite(id: string, edit: (body: Body) => Body): void {
		const { body } = this.expect(id, undefined);
		this.statements.overwrite.run(JSON.stringify(edit(body)), this.kind.entity, id);
	}

	private write({ id, version }: BookRecord<Body>, status: string, body: Body): BookRecord<Body> {
		const at = this.clock();
		const before = this.get(id);
		const moved = status !== before?.status;
		const whole =
			moved && this.kind.onStatus ? this.kind.onStatus(body, status, new Date(at).toISOString()) : body;
		this.statements.update.run(
			status,
			version + 1,
			at,
			status === 'cancelled' ? 'cancelled' : 'changed',
			JSON.stringify(whole),
			this.kind.entity,
			id,
		);
		return this.announce(id);
	}

	private expect(id: string, ifVersion: number | undefined): BookRecord<Body> {
		const record = this.get(id);
		if (!record) throw new ServiceError(404, 'no_such_record', `There is no ${this.kind.name} "${id}".`);
		if (ifVersion !== undefined && ifVersion !== record.version) {
			throw new ServiceError(
				409,
				'version',
				`The ${this.kind.name} "${id}" is at version ${record.version}, not ${ifVersion}; read it again and repeat the change.`,
			);
		}
		return record;
	}

	private idFor(fields: Record<string, unknown>): string {
		const { prefix, name, entity } = this.kind;
		if (prefix === undefined) {
			const code = this.kind.idOf?.(fields) ?? String(fields.code);
			if (this.get(code)) throw new ServiceError(409, 'taken', `There is a ${name} "${code}" already.`);
			return code;
		}
		const number = Number(this.statements.count.get(entity)?.records ?? 0) + 1;
		return `${prefix}-${String(number).padStart(8, '0')}`;
	}

	private announce(id: string): BookRecord<Body> {
		const record = this.get(id);
		if (!record) throw new Error(`${this.kind.name} ${id} vanished within its transaction`);
		this.publish(
			eventOf({
				system: this.system,
				entity: this.kind.entity,
				change: record.lastChange,
				key: id,
				sequence: record.version,
				record: this.kind.canonical(record),
				changedAt: record.changedAt,
			}),
		);
		return record;
	}

	private commit<T>(work: () => T): T {
		const result = this.database.transaction(work);
		this.committed();
		return result;
	}

	/** Milliseconds that never run backwards, so that a change is never dated before an earlier one. */
	private clock(): number {
		return (
			this.dated() ?? Math.max(Date.now(), Number(this.statements.latest.get(this.kind.entity)?.latest ?? 0))
		);
	}
}

/** Only what is given: a field's default is for new records. */
function namedFields(fields: z.ZodObject, given: unknown): Record<string, unknown> {
	const named = Object.keys(z.record(z.string(), z.unknown()).parse(given));
	const parsed = Object.entries(fields.partial().parse(given));
	return Object.fromEntries(parsed.filter(([name]) => named.includes(name)));
}

function recordOf<Body extends object>(row: Row): BookRecord<Body> {
	return {
		id: String(row.id),
		status: String(row.status),
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
		lastChange: row.last_change as EventChange,
		body: JSON.parse(String(row.body)) as Body,
	};
}

function prepare(
	database: ServiceDatabase,
): Record<
	'one' | 'byIdempotencyKey' | 'list' | 'changes' | 'insert' | 'update' | 'overwrite' | 'count' | 'latest',
	Statement
> {
	return {
		one: database.prepare('SELECT * FROM records WHERE kind = ? AND id = ?'),
		byIdempotencyKey: database.prepare('SELECT * FROM records WHERE kind = ? AND idempotency_key = ?'),
		list: database.prepare(`SELECT * FROM records WHERE kind = ? AND id > ? AND changed_at >= ?
			AND (? IS NULL OR status = ?) AND (? IS NULL OR id LIKE ? ESCAPE '\\' OR body LIKE ? ESCAPE '\\')
			ORDER BY id LIMIT ?`),
		changes: database.prepare(`SELECT * FROM records WHERE kind = ? AND (changed_at, id) > (?, ?)
			ORDER BY changed_at, id LIMIT ?`),
		insert: database.prepare(`INSERT INTO records (kind, id, status, version, changed_at, last_change,
			idempotency_key, body) VALUES (?, ?, ?, 1, ?, 'created', ?, ?)`),
		update:
			database.prepare(`UPDATE records SET status = ?, version = ?, changed_at = ?, last_change = ?, body = ?
			WHERE kind = ? AND id = ?`),
		overwrite: database.prepare('UPDATE records SET body = ? WHERE kind = ? AND id = ?'),
		count: database.prepare('SELECT count(*) AS records FROM records WHERE kind = ?'),
		latest: database.prepare('SELECT max(changed_at) AS latest FROM records WHERE kind = ?'),
	};
}
