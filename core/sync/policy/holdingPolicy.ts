import { NotFoundError } from '../../ports/errors';
import type { Database } from '../../store/database';
import { allPolicies, policyNamed } from '../../store/syncPolicies';
import { readPolicy, type SyncPolicy } from './syncPolicy';

/**
 * The version of a policy that holds now, or the one asked for. It is read anew each time, so that a saved change takes effect on
 * workflows that run.
 */
export async function holdingPolicy(
	database: Database,
	name: string,
	version?: number,
): Promise<{ name: string; version: number; savedAt: number; policy: SyncPolicy }> {
	const saved = await policyNamed(database, name, version);
	if (saved !== undefined) {
		const policy = readPolicy(name, JSON.parse(saved.definition));
		return { name, version: saved.version, savedAt: saved.savedAt, policy };
	}
	const names = (await allPolicies(database)).map((one) => `"${one.name}"`);
	const others = names.length === 0 ? 'none is saved yet' : `saved are ${names.join(', ')}`;
	throw new NotFoundError(
		`There is no sync policy "${name}"${version === undefined ? '' : ` in version ${version}`} in this state store; ${others}.`,
		{
			system: 'sync policy',
			key: name,
			hint: 'Save it with the Sync Policy node, or choose the state store in which it was saved.',
		},
	);
}
