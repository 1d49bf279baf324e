import { Delegation } from '../approvals/delegation';
import type { Database } from './database';
import { allHolding, saveVersion, type SavedVersion } from './savedVersions';

/** Keeps a delegation as it now is. What it was before stays on record. */
export async function keepDelegation(database: Database, delegation: Delegation, at: number): Promise<void> {
	await saveVersion(database, 'approval_delegations', delegation.id, JSON.stringify(delegation), at);
}

/** Every delegation as it now is, the latest first. */
export async function delegations(database: Database): Promise<Delegation[]> {
	const saved = await allHolding(database, 'approval_delegations');
	return saved.map(delegationOf).sort((a, b) => (a.grantedAt < b.grantedAt ? 1 : -1));
}

function delegationOf({ definition }: SavedVersion): Delegation {
	return Delegation.parse(JSON.parse(definition));
}
