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
	 * Runs the work while the system's clock is off ours by this much. Whose clock is moved depends on which of the two the
	 * test can move.
	 */
	skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T>;
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
	/** Makes records, all in one transaction; their keys. Absent: the system alone makes them. */
	make?(count: number): Promise<string[]>;
	/** Changes these records, all in one transaction, so that they read differently. */
	change?(keys: string[]): Promise<void>;
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
	/** as a person would say it: `match a reservation` */
	name: string;
	entity: EntityName;
	/** where it takes many calls of a slow system: the faults meet every second, third ... of them; each when absent */
	stride?: number;
	/** A new request, on records that no other request touches. */
	request(): Promise<WorkRequest>;
	/** A request that the system refuses because of its content. */
	refused(): Promise<WorkRequest>;
	/** Sends them all in one call of the connector. */
	run(connector: SystemConnector, requests: WorkRequest[]): Promise<Array<Outcome<unknown>>>;
}

export interface WorkRequest {
	/** key of the outcome, where the caller knows it before */
	key?: string;
	/** what the connector takes */
	sent: unknown;
	/** How many times its effect is in the system, as the system itself says. */
	applied(): Promise<number>;
	/**
	 * The next change of the same record, expected at this version. For works that can follow one another on one record, where
	 * the connector honours versions.
	 */
	next?(expectedVersion: string): WorkRequest;
}
