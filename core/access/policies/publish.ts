import { ValidationError } from '../../ports/errors';
import { publishedVersion, publishVersion, type PublishedVersion } from '../../store/accessPolicies';
import type { Database } from '../../store/database';
import { changed, refuseProblems, type Changed, type PolicyChange } from './change';
import { emptyDefinition, type PolicyDefinition } from './definition';

/** Who publishes, and why. */
export interface Publisher {
	by: string;
	reason: string;
	/** milliseconds since 1970 */
	at: number;
}

export interface Publishing {
	/** false: the policies are already as they should be */
	isNew: boolean;
	version: number;
	definition: PolicyDefinition;
	warnings: Changed['warnings'];
}

/** What holds under a name; before anything was published version 0, which has no policy. */
export async function holdingDefinition(
	database: Database,
	name: string,
	version?: number,
): Promise<{ version: number; definition: PolicyDefinition; published?: PublishedVersion }> {
	const published = await publishedVersion(database, name, version);
	return published === undefined
		? { version: 0, definition: emptyDefinition }
		: {
				version: published.version,
				definition: JSON.parse(published.definition) as PolicyDefinition,
				published,
			};
}

/** Makes a change to the policies that hold, checks the whole, and lets it hold from the next decision on. */
export async function publish(
	database: Database,
	name: string,
	change: PolicyChange,
	{ by, reason, at }: Publisher,
): Promise<Publishing> {
	const held = await holdingDefinition(database, name);
	const { definition, problems, warnings, needs } = await changed(held.definition, change);
	refuseProblems({ problems, warnings, needs });
	const text = JSON.stringify(definition);
	if (held.published?.definition === text)
		return { isNew: false, version: held.version, definition, warnings };
	const { version } = await publishVersion(database, {
		name,
		definition: text,
		needs: JSON.stringify(needs),
		publishedAt: at,
		publishedBy: by,
		reason,
		after: held.version,
	});
	return { isNew: true, version, definition, warnings };
}

/**
 * Brings an earlier version back, as a new one: the history stays whole. Without a number the one before the one that holds;
 * again, and it is the one before that.
 */
export async function rollBack(
	database: Database,
	name: string,
	to: number | undefined,
	{ by, reason, at }: Publisher,
): Promise<{ version: number; restoredVersion: number }> {
	const { published: held } = await holdingDefinition(database, name);
	if (held === undefined)
		throw refusal(name, 'Nothing was published yet, so there is nothing to go back to.');
	const target = to ?? (held.restoredVersion ?? held.version) - 1;
	if (target < 1) throw refusal(name, `Version ${held.version} holds, and there is no version before it.`);
	const { published: earlier } = await holdingDefinition(database, name, target);
	if (earlier === undefined)
		throw refusal(name, `There is no version ${target}; version ${held.version} holds.`);
	const { version } = await publishVersion(database, {
		name,
		definition: earlier.definition,
		needs: earlier.needs,
		publishedAt: at,
		publishedBy: by,
		reason,
		restoredVersion: earlier.restoredVersion ?? earlier.version,
		after: held.version,
	});
	return { version, restoredVersion: earlier.restoredVersion ?? earlier.version };
}

function refusal(name: string, message: string): ValidationError {
	return new ValidationError(`The policy set "${name}" stays as it is. ${message}`, {
		system: 'policies',
		key: name,
	});
}
