import type {
	ApprovalAuthorisations,
	ApprovalDocument,
	ApprovalFlow,
	ApprovalNotification,
	ApprovalOrganisation,
	ApprovalTask,
	MailRoute,
} from '../model/approval';

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

/** Whether a connector's system holds documents for approval. */
export function holdsApprovals(connector: object): connector is ApprovalSystem {
	return 'waiting' in connector && 'flows' in connector;
}
