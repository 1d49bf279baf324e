import type { BridgeEvent } from '../../../core/events/event';
import { EmployeeMove, EmploymentDay, LeaveStart } from '../../../core/model/employee';
import { ServiceDatabase, type Statement } from '../database';
import { ServiceError } from '../http/service';
import { Outbox } from '../outbox/outbox';
import { RecordBook, type BookRecord, type RecordKind } from '../records/recordBook';
import { departmentKind, type DepartmentBody } from './departments';
import { employeeKind, type EmployeeBody } from './employees';
import { positionKind, type PositionBody } from './positions';

/** The name under which this HR system is known in events and in the crosswalk. */
export const hrSystem = 'sandbox-hr';

const schema = `
${RecordBook.schema}
CREATE INDEX IF NOT EXISTS employees_by_position ON records (json_extract(body, '$.position'), status) WHERE kind = 'employee';
CREATE TABLE IF NOT EXISTS employee_history (
	employee TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (employee, version)
) STRICT, WITHOUT ROWID;
${Outbox.schema}`;

/** One version of an employee, as it was from `at` on. */
export interface EmployeeVersion {
	version: number;
	at: string;
	employee: unknown;
}

/** The company's people, posts and departments, with every version of each person. */
export class Hr {
	private readonly database: ServiceDatabase;
	private readonly statements: Record<'any' | 'holders' | 'keep' | 'versions' | 'before', Statement>;
	private readonly listeners: Array<() => void> = [];
	private importing = false;
	readonly outbox?: Outbox;
	readonly employees: RecordBook<EmployeeBody>;
	readonly positions: RecordBook<PositionBody>;
	readonly departments: RecordBook<DepartmentBody>;

	constructor(file: string, options: { publish: boolean; topicPrefix: string }) {
		const database = new ServiceDatabase(file, schema);
		this.database = database;
		this.statements = prepare(database);
		if (options.publish) this.outbox = new Outbox(database, options.topicPrefix);
		const book = <Body extends object>(
			kind: RecordKind<Body>,
			written: (event: BridgeEvent) => void = () => undefined,
		): RecordBook<Body> =>
			new RecordBook(
				database,
				hrSystem,
				kind,
				(event) => {
					if (!this.importing) this.outbox?.append(event);
					written(event);
				},
				() => this.tell(),
			);
		this.departments = book(departmentKind);
		this.positions = book(positionKind);
		this.employees = book(
			employeeKind({
				department: (code) => this.departments.get(code),
				position: (code) => this.positions.get(code),
				employee: (number) => this.employees.get(number),
			}),
			(event) => this.follow(event),
		);
	}

	/** Transfers or promotes: only what is given changes. */
	move(number: string, given: unknown, ifVersion?: number): BookRecord<EmployeeBody> {
		const { on, ...changes } = EmployeeMove.parse(given);
		const { status } = this.expect(number);
		if (status === 'left')
			throw new ServiceError(
				409,
				'status',
				`The employee "${number}" has left and cannot be moved; rehire first.`,
			);
		const { complete } = this.employees.kind;
		return this.employees.become(
			number,
			status,
			(before) => {
				const after = complete(changes, before);
				const moved = Object.keys(changes).some(
					(name) => after[name as keyof EmployeeBody] !== before[name as keyof EmployeeBody],
				);
				const assignedOn = on ?? (moved ? today() : before.assignedOn);
				return assignedOn === undefined ? after : { ...after, assignedOn };
			},
			ifVersion,
		);
	}

	startLeave(number: string, given: unknown, ifVersion?: number): BookRecord<EmployeeBody> {
		const { from, until } = LeaveStart.parse(given ?? {});
		return this.employees.become(
			number,
			'onLeave',
			(before) => {
				const first = from ?? before.leave?.from ?? today();
				const last = until ?? before.leave?.until;
				if (last !== undefined && last < first)
					throw new ServiceError(422, 'leave', `until: ${last} is before ${first}, the first day away.`);
				return { ...before, leave: { from: first, ...(last === undefined ? {} : { until: last }) } };
			},
			ifVersion,
		);
	}

	endLeave(number: string, ifVersion?: number): BookRecord<EmployeeBody> {
		if (this.expect(number).status === 'left')
			throw new ServiceError(409, 'status', `The employee "${number}" has left and is not on leave.`);
		return this.employees.become(number, 'active', ({ leave: _ended, ...body }) => body, ifVersion);
	}

	terminate(number: string, given: unknown, ifVersion?: number): BookRecord<EmployeeBody> {
		const { on } = EmploymentDay.parse(given ?? {});
		return this.employees.become(
			number,
			'left',
			({ leave: _ended, ...before }) => {
				const leftOn = on ?? before.leftOn ?? today();
				if (before.hiredOn !== undefined && leftOn < before.hiredOn)
					throw new ServiceError(
						422,
						'leftOn',
						`on: ${leftOn} is before ${before.hiredOn}, when "${number}" was hired.`,
					);
				return { ...before, leftOn };
			},
			ifVersion,
		);
	}

	rehire(number: string, given: unknown, ifVersion?: number): BookRecord<EmployeeBody> {
		const { on } = EmploymentDay.parse(given ?? {});
		if (this.expect(number).status === 'onLeave')
			throw new ServiceError(409, 'status', `The employee "${number}" is on leave and has not left.`);
		return this.employees.become(
			number,
			'active',
			({ leftOn, ...before }) => {
				if (leftOn === undefined) return before;
				const first = on ?? today();
				return { ...before, hiredOn: first, assignedOn: first };
			},
			ifVersion,
		);
	}

	/** From the oldest version on. */
	history(number: string): EmployeeVersion[] {
		this.expect(number);
		return this.statements.versions.all(number).map(({ version, at, record }) => ({
			version: Number(version),
			at: String(at),
			employee: JSON.parse(String(record)) as unknown,
		}));
	}

	/** Called after each commit. */
	onCommit(listener: () => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	get isEmpty(): boolean {
		return this.statements.any.get() === undefined;
	}

	/** All that `work` writes, or nothing. An import: it publishes nothing. */
	import(work: () => void): void {
		this.importing = true;
		try {
			this.database.transaction(work);
		} finally {
			this.importing = false;
		}
	}

	private expect(number: string): BookRecord<EmployeeBody> {
		const record = this.employees.get(number);
		if (record) return record;
		throw new ServiceError(404, 'no_such_record', `There is no employee "${number}".`);
	}

	/** In the commit that changed the employee: keeps the version, and says in the posts who holds them now. */
	private follow({ subject, time, sequence, data }: BridgeEvent): void {
		const version = Number(sequence);
		const before = this.statements.before.get(subject, version);
		this.statements.keep.run(subject, version, time, JSON.stringify(data));
		const posts = [before === undefined ? undefined : JSON.parse(String(before.record)), data].map(
			(employee) => (employee as { position?: string } | undefined)?.position,
		);
		for (const post of new Set(posts)) if (post !== undefined) this.recount(post);
	}

	private recount(post: string): void {
		const position = this.positions.get(post);
		if (position === undefined) return;
		const holders = this.statements.holders.all(post).map(({ id }) => String(id));
		this.positions.become(post, position.status, (body) => ({ ...body, holders }));
	}

	private tell(): void {
		for (const listener of this.listeners) listener();
	}
}

function prepare(database: ServiceDatabase): Hr['statements'] {
	return {
		any: database.prepare('SELECT id FROM records LIMIT 1'),
		holders:
			database.prepare(`SELECT id FROM records WHERE kind = 'employee' AND json_extract(body, '$.position') = ?
			AND status <> 'left' ORDER BY id`),
		keep: database.prepare(
			'INSERT INTO employee_history (employee, version, at, record) VALUES (?, ?, ?, ?)',
		),
		versions: database.prepare(
			'SELECT version, at, record FROM employee_history WHERE employee = ? ORDER BY version',
		),
		before: database.prepare(
			'SELECT record FROM employee_history WHERE employee = ? AND version < ? ORDER BY version DESC LIMIT 1',
		),
	};
}

function today(): string {
	return new Date(Date.now()).toISOString().slice(0, 10);
}
