import type { Database } from './database';
import { allHolding, saveVersion, versionNamed, type SavedVersion } from './savedVersions';

export type SavedPolicy = SavedVersion;

export async function savePolicy(database: Database, name: string, definition: string, at: number) {
	return await saveVersion(database, 'sync_policies', name, definition, at);
}

export async function policyNamed(database: Database, name: string, version?: number) {
	return await versionNamed(database, 'sync_policies', name, version);
}

/** What holds under each name, by name. */
export async function allPolicies(database: Database): Promise<SavedPolicy[]> {
	return await allHolding(database, 'sync_policies');
}
