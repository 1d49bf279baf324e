import type { Asset } from '../model/asset';
import type { Delivery, DeliveryDraft } from '../model/delivery';
import type { Employee, EmployeeDraft, EmployeeMove, EmploymentDay, LeaveStart } from '../model/employee';
import type { Invoice, InvoiceDraft } from '../model/invoice';
import type { Item, ItemDraft } from '../model/item';
import type { JournalEntry, JournalEntryDraft } from '../model/journalEntry';
import type { Account, DimensionValue, LedgerPeriod } from '../model/ledger';
import type { Movement, MovementDraft } from '../model/movement';
import type { Department, Position } from '../model/organisation';
import type { Partner, PartnerDraft } from '../model/partner';
import type { PurchaseOrder, PurchaseOrderDraft } from '../model/purchaseOrder';
import type { Receipt, ReceiptDraft } from '../model/receipt';
import type { Reservation, StockLevel } from '../model/reservation';
import type { SalesOrder, SalesOrderDraft } from '../model/salesOrder';
import type { Shipment, ShipmentDraft } from '../model/shipment';
import type { BridgeError } from './errors';

/** The canonical entities by name. A connector serves some of them. */
export interface Entities {
	salesOrder: SalesOrder;
	purchaseOrder: PurchaseOrder;
	item: Item;
	partner: Partner;
	delivery: Delivery;
	invoice: Invoice;
	reservation: Reservation;
	stockLevel: StockLevel;
	shipment: Shipment;
	receipt: Receipt;
	movement: Movement;
	account: Account;
	dimensionValue: DimensionValue;
	journalEntry: JournalEntry;
	ledgerPeriod: LedgerPeriod;
	asset: Asset;
	employee: Employee;
	position: Position;
	department: Department;
}
export type EntityName = keyof Entities;

/** What a record of each entity is made from: what the system itself decides is left out. */
export interface Drafts {
	salesOrder: SalesOrderDraft;
	purchaseOrder: PurchaseOrderDraft;
	item: ItemDraft;
	partner: PartnerDraft;
	delivery: DeliveryDraft;
	invoice: InvoiceDraft;
	shipment: ShipmentDraft;
	receipt: ReceiptDraft;
	movement: MovementDraft;
	journalEntry: JournalEntryDraft;
	employee: EmployeeDraft;
}
export type WritableEntity = keyof Drafts;
export type WriteName = 'create' | 'update' | 'upsert';

export interface CreateRequest<D> {
	/** the same key makes one record at most, however often it is sent */
	idempotencyKey: string;
	draft: D;
}

export interface UpdateRequest<D> {
	key: string;
	/** the same key makes the same change at most once, where the system keeps such keys */
	idempotencyKey?: string;
	/** refuse with ConflictError when the record is no longer at this revision; absent: change it whatever it is */
	expectedVersion?: string;
	/** the fields that change, whole: `lines` are all lines as they shall be; absent fields stay */
	changes: Partial<D>;
}

/**
 * The record is found by its code where whoever makes it chooses the code (item, partner, employee), otherwise by the
 * idempotency key under which it was made. It is made when it is not there, and changed when it differs.
 */
export interface UpsertRequest<D> {
	idempotencyKey: string;
	expectedVersion?: string;
	draft: D;
}

/** The actions by entity, with what each takes. */
export interface Actions {
	/** Make the warehouse hold exactly `lines` for the order, as far as stock allows. No lines: release all. */
	reservation: { match: ReservationMatch };
	salesOrder: { confirm: NoInput; cancel: NoInput };
	purchaseOrder: { confirm: NoInput; cancel: NoInput };
	/** `confirm` books the goods issue */
	delivery: { confirm: NoInput; cancel: NoInput };
	/** `confirm` posts it */
	invoice: { confirm: NoInput; cancel: NoInput };
	shipment: { ship: NoInput; cancel: NoInput };
	receipt: { receive: NoInput; cancel: NoInput };
	journalEntry: { post: NoInput };
	/** `lock` is for good */
	ledgerPeriod: { close: NoInput; lock: NoInput; reopen: NoInput };
	employee: {
		move: EmployeeMove;
		startLeave: LeaveStart;
		endLeave: NoInput;
		terminate: EmploymentDay;
		rehire: EmploymentDay;
	};
}
export type ActionName<E extends keyof Actions> = keyof Actions[E];

/** For an action that needs to know the record only. */
export type NoInput = Record<string, never>;

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

export interface EntityCapabilities {
	read: boolean;
	changes: boolean;
	actions: string[];
	/** absent: none */
	writes?: WriteName[];
	/** `described`: records take the `native` fields that `describe` says can be written; `any`: whatever name; absent: none */
	native?: 'described' | 'any';
}

export interface Capabilities {
	/** entities served, and what can be done with each */
	entities: Partial<Record<EntityName, EntityCapabilities>>;
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
	/** only records in this canonical state; for entities that have one */
	state?: string;
	/** text that a person typed into a picker */
	search?: string;
	/** only records with one of these global trade item numbers; for items */
	gtins?: string[];
	/** records a page; the connector may choose fewer */
	pageSize?: number;
	/** with the system's own fields in `native`, where it has any */
	native?: boolean;
}

export interface ReadOptions {
	/** with the system's own fields in `native`, where it has any */
	native?: boolean;
}

/** A field as the system itself has it. */
export interface FieldDescription {
	name: string;
	/** the system's own word for what it holds, such as `string`, `numeric`, `selection` */
	type: string;
	/** whether every record has it */
	required: boolean;
	/** what people call it in the system */
	label?: string;
	/** the values that it may have, where there is a list of them */
	options?: Array<{ name: string; value: string }>;
	/** present when a record that is made or changed may carry it */
	write?: FieldWriting;
}

export interface FieldWriting {
	/** whether the system refuses a new record without it */
	required: boolean;
	/** path of the canonical field that becomes this one, such as `partner.code`; absent: the record's `native` carries it */
	as?: string;
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
	get<E extends EntityName>(
		entity: E,
		keys: string[],
		options?: ReadOptions,
	): Promise<Map<string, Entities[E]>>;
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
	/**
	 * Make or change many records; as many outcomes as requests, in their order. Each outcome is the record as the system
	 * now has it. A connector without a method, or without the entity among its `writes`, cannot do it.
	 */
	create?<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>>;
	update?<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>>;
	upsert?<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>>;
	/** The system's own field list: for drift detection, and for forms that offer what this system has. */
	describe(entity: EntityName): Promise<FieldDescription[]>;
	/** Throws when the address or the credential is wrong. */
	check(): Promise<void>;
}
