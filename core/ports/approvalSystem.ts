import type {
	ApprovalAuthorisations,
	ApprovalDocument,
	ApprovalFlow,
	ApprovalNotification,
	ApprovalOrganisation,
	ApprovalTask,
	MailRoute,
	PositionBinding,
	PositionMapping,
	SyncRun,
} from '../model/approval';
import type { Employee } from '../model/employee';
import type { Position } from '../model/organisation';

export interface WaitingQuery {
	/** waiting since before this instant; absent: all that wait */
	before?: string;
}

/**
 * A system that holds documents until somebody approves them. All reads are of many records at once: how many requests they make
 * depends on the number of pages, never on the number of documents. Errors are BridgeErrors.
 */
export interface ApprovalSystem {
	readonly system: string;
	flows(): Promise<ApprovalFlow[]>;
	/** Documents that wait, page by page, by ascending key. */
	waiting(query?: WaitingQuery): AsyncIterable<ApprovalDocument[]>;
	/** Those among the keys that wait. */
	documents(keys: string[]): Promise<ApprovalDocument[]>;
	/** All tasks of these documents. */
	tasks(documents: string[]): Promise<ApprovalTask[]>;
	/** All messages about these documents. */
	notifications(documents: string[]): Promise<ApprovalNotification[]>;
	organisation(): Promise<ApprovalOrganisation>;
	authorisations(): Promise<ApprovalAuthorisations>;
	/** Undefined where the system does not say where its mail goes. */
	mailRoute(): Promise<MailRoute | undefined>;
}

/** A user who decides for a position for a while. */
export interface Deputy {
	position: string;
	/** login */
	user: string;
	/** instant after which the binding no longer holds */
	until: string;
	/** documents above it stay with others */
	maxAmount?: string;
	reason: string;
}

/** A system in which who decides can be changed. What was written is read back; errors are BridgeErrors. */
export interface ApprovalChanges {
	/** ConflictError when the user holds the position anyway. */
	bindDeputy(deputy: Deputy): Promise<PositionBinding>;
	/** Ends the binding and withdraws the open tasks that came with it. Success also when there is none. */
	unbindDeputy(position: string, user: string): Promise<void>;
	/** Gives tasks to whoever holds the steps' positions now and has none yet, and tells them. How many tasks were given. */
	assignAnew(documents: string[]): Promise<number>;
}

/** A system that takes its users and who holds which position from HR. Errors are BridgeErrors. */
export interface OrganisationTarget {
	/** Writes these people, and binds each to the position that the mapping names. The run is kept there too. */
	importOrganisation(employees: Employee[], positions: Position[]): Promise<SyncRun>;
	/** Reads back what it wrote. */
	putMapping(mapping: PositionMapping): Promise<PositionMapping>;
	/** The user is this employee's from then on; reads back what it wrote. NotFoundError when there is no such user. */
	linkUser(user: string, employee: string): Promise<void>;
}

export function takesOrganisation(connector: object): connector is OrganisationTarget {
	return 'importOrganisation' in connector && 'putMapping' in connector;
}

export function changesApprovals(connector: object): connector is ApprovalChanges {
	return 'bindDeputy' in connector && 'assignAnew' in connector;
}

/** Whether a connector's system holds documents for approval. */
export function holdsApprovals(connector: object): connector is ApprovalSystem {
	return 'waiting' in connector && 'flows' in connector;
}
