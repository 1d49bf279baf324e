import type { z } from 'zod/v4';

import type { HttpTransport } from '../../../core/ports/httpTransport';
import type { Entities, EntityName, Outcome, SystemConnector } from '../../../core/ports/systemConnector';

/** How the kit wants a connector to be made. */
export interface ConnectionOptions {
	/** instead of the system's own address: the fault proxy before it */
	url: string;
	transport: HttpTransport;
	/** for one call */
	timeoutMs: number;
	/** with a password or key that the system does not accept */
	wrongCredential?: boolean;
}

/** What a test needs of an entity's subject, beside reading. */
export type Ability = 'make' | 'change' | 'manyRecords' | 'remove' | 'decimals';

export interface ServedEntity {
	/** false where `capabilities()` says that its changes cannot be polled */
	changes?: false;
	/**
	 * What the subject cannot give, and why. Tests that need it are left out; what is neither given nor named here fails.
	 */
	cannot?: Partial<Record<Ability, string>>;
}

export interface ServedWork {
	cannot?: {
		/** to be sent on an outdated version */
		version?: string;
		/** to be answered with "ok" and ignored; for actions */
		ignoring?: string;
	};
}

/** What the connector offers, known before anything runs: the kit compares it with `capabilities()`. */
export interface Served {
	entities: Partial<Record<EntityName, ServedEntity>>;
	/** each action and each write, by its name and its entity: `confirm salesOrder`, `create receipt` */
	works: Record<string, ServedWork>;
}

/** A call as it comes to the fault proxy. */
export interface ProxiedCall {
	method: string;
	/** with the query */
	path: string;
	body: string;
}

/** A running system and its connector, as the kit needs them. What is made here is made in the system itself, not through the connector. */
export interface Subject {
	/** the system's own HTTP address */
	upstream: string;
	connect(options: ConnectionOptions): SystemConnector;
	/** what no error may show; credential headers are added by the kit */
	secrets: string[];
	/** as the fault proxy sees one call answered, milliseconds; timeouts in the tests are this long (2,000 when absent) */
	timeoutMs?: number;
	/**
	 * Runs the work while the system's clock is, and always was, off ours by this much. Whose clock is moved depends on which of
	 * the two the test can move.
	 */
	skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T>;
	/** Runs the work after the system's own clock jumped by this much; then it is put right. */
	jumped<T>(offsetMs: number, work: () => Promise<T>): Promise<T>;
	/**
	 * What the system would answer to this call (status 200, JSON) if it said "ok" and did nothing; undefined for calls
	 * that change nothing. Needed where the connector offers actions.
	 */
	ignoring?(call: ProxiedCall): Promise<string | undefined>;
	entities: AnyEntity[];
	/** actions and writes that the connector offers */
	works: Work[];
	close(): Promise<void>;
}

/** Records of one entity. */
export interface EntitySubject<E extends EntityName> {
	entity: E;
	/** the canonical schema */
	schema: z.ZodType<Entities[E]>;
	keyOf(record: Entities[E]): string;
	/** of keys, as the system sorts them; by code point when absent */
	compare?(a: string, b: string): number;
	/** Makes records, all in one transaction; their keys. */
	make?(count: number): Promise<string[]>;
	/** Changes these records, all in one transaction, so that they read differently. */
	change?(keys: string[]): Promise<void>;
	/** Takes these records away, as the system does that: deletes them, or sets them aside. */
	remove?(keys: string[]): Promise<void>;
	/** Records that are more than the connector reads in one page of changes. */
	manyRecords?: number;
	/**
	 * Makes a record that holds the decimal, and says where. `values` are the decimals that the system can hold exactly: those that a
	 * binary floating point number changes belong among them.
	 */
	decimals?: {
		values: string[];
		make(value: string): Promise<string>;
		read(record: Entities[E]): string | undefined;
	};
}

export type AnyEntity = { [E in EntityName]: EntitySubject<E> }[EntityName];

/** Something that a connector does once for an idempotency key: an action, or a write. */
export interface Work {
	/** the action or write: `confirm`, `match`, `create`, `upsert` */
	does: string;
	entity: EntityName;
	/** where it takes many calls of a slow system: the faults meet every second, third ... of them; each when absent */
	stride?: number;
	/** a version that no record is ever at, where a record of the work cannot change and still be worked on */
	otherVersion?: string;
	/** the system keeps no versions of these records: one that is expected is refused as a ValidationError */
	unversioned?: true;
	/** A new request, on records that no other request touches. */
	request(): Promise<WorkRequest>;
	/** A request that the system refuses because of its content. */
	refused(): Promise<WorkRequest>;
	/** Sends them all in one call of the connector. */
	run(connector: SystemConnector, requests: WorkRequest[]): Promise<Array<Outcome<unknown>>>;
}

export interface WorkRequest {
	/** key of the record, where the caller knows it before */
	key?: string;
	/** what the connector takes */
	sent: object;
	/** How many times its effect is in the system, as the system itself says. */
	applied(): Promise<number>;
	/**
	 * The next change of the same record, expected at this version. For works that can follow one another on one record. Without
	 * it the record is changed by the entity's `change`, and the request sent on the version before.
	 */
	next?(expectedVersion: string): WorkRequest;
}
