import type { Item } from '../model/item';
import type { Reservation, StockLevel } from '../model/reservation';
import type { SalesOrder } from '../model/salesOrder';
import type { BridgeError } from './errors';

/** The canonical entities by name. A connector serves some of them. */
export interface Entities {
	salesOrder: SalesOrder;
	item: Item;
	reservation: Reservation;
	stockLevel: StockLevel;
}
export type EntityName = keyof Entities;

/** The actions by entity, with what each takes. */
export interface Actions {
	/** Make the warehouse hold exactly `lines` for the order, as far as stock allows. No lines: release all. */
	reservation: { match: ReservationMatch };
}
export type ActionName<E extends keyof Actions> = keyof Actions[E];

/** Totals by item in the warehouse's own code and base unit; each item at most once. */
export interface ReservationMatch {
	/** the order's sequence; the warehouse keeps it and ignores lower ones */
	sequence: number;
	/** reserve what is there and leave the rest on back order; otherwise an item is reserved whole or not at all */
	allowPartial: boolean;
	lines: Array<{ item: string; quantity: string }>;
}

export interface ActRequest<Input> {
	/** the record's key; for a reservation the order's key */
	key: string;
	/** the same key makes the same thing at most once */
	idempotencyKey: string;
	/** refuse with ConflictError when the record is no longer at this revision; absent: record must not exist yet or do not care */
	expectedVersion?: string;
	input: Input;
}

/** One record's result. A failed record never takes its neighbours with it. */
export type Outcome<T> = { key: string; value: T } | { key: string; error: BridgeError };

/** A record as the system now has it, and when it last changed by the system's clock (ISO 8601). */
export interface Change<T> {
	key: string;
	changedAt: string;
	/** absent when the record was deleted */
	record?: T;
	/** set instead of `record` when the system's record cannot be expressed canonically: why, naming the field */
	problem?: BridgeError;
	/** the system's own version number of the record where it keeps one */
	version?: number;
}

/** Position in a system's changes: opaque text made by the connector, kept by the caller. */
export type ChangeCursor = string;

export interface ChangePage<T> {
	changes: Array<Change<T>>;
	/** where to go on once these changes are safe */
	cursor: ChangeCursor;
}

export interface Capabilities {
	/** entities served, and what can be done with each */
	entities: Partial<Record<EntityName, { read: boolean; changes: boolean; actions: string[] }>>;
	/** records a bulk call takes; 1 when the system takes one record a call */
	bulkSize: number;
	/** whether the system itself tells of changes (webhook or broker) */
	pushesChanges: boolean;
	/** whether it honours `expectedVersion` */
	optimisticLocking: boolean;
}

export interface ListQuery {
	/** only records changed at or after this instant */
	changedSince?: string;
	/** text that a person typed into a picker */
	search?: string;
	/** only records with one of these global trade item numbers; for items */
	gtins?: string[];
	/** records a page; the connector may choose fewer */
	pageSize?: number;
}

export interface FieldDescription {
	name: string;
	type: string;
	required: boolean;
}

/**
 * One connected system, in canonical terms. Every method throws a BridgeError, and nothing else, for
 * whatever the system does. Decimals are strings; times are UTC. After a state change the state is
 * read back: a returned value is what the system now holds, not what was asked of it.
 */
export interface SystemConnector {
	/** name in events and in the crosswalk */
	readonly system: string;
	capabilities(): Capabilities;
	/** The records that exist among `keys`; an unknown key is simply absent. */
	get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>>;
	/** All records that match, in pages, by ascending key. */
	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>>;
	/**
	 * All changes after the cursor up to now, then ends. Records that share a timestamp are never skipped;
	 * a record may be reported again (overlap), never missed. No cursor: from the beginning.
	 */
	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>>;
	/** Carries an action out on many records; as many outcomes as requests, in their order. */
	act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>>;
	/** The system's own field list, for drift detection. */
	describe(entity: EntityName): Promise<FieldDescription[]>;
	/** Throws when the address or the credential is wrong. */
	check(): Promise<void>;
}
