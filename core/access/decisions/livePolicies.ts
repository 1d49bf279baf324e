import type { Database } from '../../store/database';
import { holdingVersion, publishedVersion, type PublishedVersion } from '../../store/accessPolicies';
import { NotFoundError } from '../../ports/errors';
import { emptyDefinition, PolicyDefinition } from '../policies/definition';
import { readAhead } from '../policies/cedarJson';
import { needsIn, policySetOf, type Needs } from '../policies/examine';
import { cedarEngine } from './cedarEngine';
import { compiledEngine } from './compiled/compiledEngine';
import type { DecisionEngine, DecisionEngineFactory } from './engine';

/** One version of a set of policies, ready to decide. It never changes: a request is decided wholly by one. */
export interface LivePolicies {
	name: string;
	/** 0: nothing was published yet */
	version: number;
	definition: PolicyDefinition;
	needs: Needs;
	engine: DecisionEngine;
}

/** Engines by the name that people choose them by. They decide the same; the compiled one is faster, and cedar-wasm what it is measured by. */
export const engines: Record<string, DecisionEngineFactory> = {
	cedar: cedarEngine,
	compiled: compiledEngine,
};
export const defaultEngine = 'compiled';

interface Ready {
	version: number;
	digest: string;
	live: Promise<LivePolicies>;
}

const ready = new WeakMap<Database, Map<string, Ready>>();

/**
 * The version that holds now. The store is asked for its number each time, so a publication counts from the next decision on,
 * in every process; policies are read and prepared once a version.
 */
export async function livePolicies(
	database: Database,
	name: string,
	engine = defaultEngine,
): Promise<LivePolicies> {
	const held = await holdingVersion(database, name);
	const known = ready.get(database) ?? new Map<string, Ready>();
	ready.set(database, known);
	const key = `${engine} ${name}`;
	const kept = known.get(key);
	// The digest too: a store that was restored from a backup may have another version under the same number.
	if (kept !== undefined && kept.version === (held?.version ?? 0) && kept.digest === (held?.digest ?? ''))
		return await kept.live;
	const live = readLive(database, name, held?.version, engine);
	const next = { version: held?.version ?? 0, digest: held?.digest ?? '', live };
	known.set(key, next);
	try {
		return await live;
	} catch (error) {
		if (known.get(key) === next) known.delete(key);
		throw error;
	}
}

async function readLive(
	database: Database,
	name: string,
	version: number | undefined,
	engine: string,
): Promise<LivePolicies> {
	const published = version === undefined ? undefined : await publishedVersion(database, name, version);
	if (published === undefined) return prepare({ name, version: 0, definition: emptyDefinition, engine });
	const read = readVersion(published);
	await readAhead(read.definition);
	return prepare({ ...read, engine });
}

/** A version as it was published. Throws NotFoundError when there is none. */
export async function versionNamed(
	database: Database,
	name: string,
	version?: number,
): Promise<PublishedVersion & { parsed: PolicyDefinition }> {
	const found = await publishedVersion(database, name, version);
	if (found !== undefined) return { ...found, parsed: readVersion(found).definition };
	throw new NotFoundError(
		version === undefined
			? `Nothing was published yet in the policy set "${name}" of this state store.`
			: `The policy set "${name}" has no version ${version} in this state store.`,
		{
			system: 'policies',
			key: name,
			hint: 'Publish policies with the ABAC node, or choose the state store in which they were published.',
		},
	);
}

/** Policies that are not published, ready to decide: to try them out. */
export function prepare({
	name,
	version,
	definition,
	needs = needsIn(definition),
	engine = defaultEngine,
}: {
	name: string;
	version: number;
	definition: PolicyDefinition;
	needs?: Needs;
	engine?: string;
}): LivePolicies {
	const make = Object.hasOwn(engines, engine) ? engines[engine] : undefined;
	if (make === undefined) throw new Error(`There is no decision engine "${engine}".`);
	return { name, version, definition, needs, engine: make(policySetOf(definition)) };
}

/** What was validated when it was published is taken as it is. */
function readVersion({ name, version, definition, needs }: PublishedVersion) {
	return {
		name,
		version,
		definition: JSON.parse(definition) as PolicyDefinition,
		needs: JSON.parse(needs) as Needs,
	};
}
