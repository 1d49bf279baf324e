import type { Account, Grant, Right } from '../model/grant';

/** All accounts, rights and grants of a system at one moment. */
export interface AccessSnapshot {
	system: string;
	/** when the reading began, by our clock (ISO 8601) */
	takenAt: string;
	/** false: something is missing, so that nothing follows from what is not in it */
	complete: boolean;
	/** what is missing, for people; present where it is not complete */
	missing?: string;
	accounts: Account[];
	rights: Right[];
	/** of active and inactive accounts; `why` is `unknown`, and `person` is what the system itself says */
	grants: Grant[];
}

export interface AccessCapabilities {
	/** whether rights can be given and taken away */
	writes: boolean;
	/** whether accounts can be made inactive */
	deactivates: boolean;
	/** whether it says when a right or an account was last used */
	tellsUse: boolean;
}

/** Whose account is made. */
export interface AccountDraft {
	login: string;
	name: string;
	email?: string;
	/** number of the employee */
	employee?: string;
}

/** An account and a right of one system, by its own keys. */
export interface RightOfAccount {
	account: string;
	right: string;
}

/**
 * The rights that one system keeps. Every method throws a BridgeError, and nothing else, for whatever the system does. Each change is read back,
 * since real systems answer "ok" to what they ignored: a promise that resolves says how it now is. All are safe to repeat.
 */
export interface AccessSystem {
	/** name under which the system is known */
	readonly system: string;
	accessCapabilities(): AccessCapabilities;
	grants(): Promise<AccessSnapshot>;
	/** The account holds the right afterwards. `NotFoundError` where one of them is not there. */
	grant(request: RightOfAccount): Promise<void>;
	/** The account does not hold the right afterwards; an account or right that is gone counts as revoked. `ConflictError`: the system kept it. */
	revoke(request: RightOfAccount): Promise<void>;
	/** Nobody can sign in with the account afterwards; its rights may be gone with it, so that an open session has none. An account that is gone counts. */
	deactivate(account: string): Promise<void>;
	/** Makes an account without rights and returns its key; one that has the login already is returned as it is. Absent: made elsewhere. */
	open?(draft: AccountDraft): Promise<string>;
}
