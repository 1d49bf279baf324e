import { allFields, fieldTree, type PolicyEntity, type TreeField } from './fieldTree';
import { ruleFor, type SyncPolicy } from './syncPolicy';

/**
 * What of a record is pushed: the listed fields, and those that no record is without, so that what arrives is a whole
 * canonical record with its identity. Undefined when the entity is not pushed at all.
 */
export function pushedPart(
	policy: SyncPolicy,
	entity: PolicyEntity,
	record: Record<string, unknown>,
): Record<string, unknown> | undefined {
	const { sync, fields } = ruleFor(policy, entity);
	if (sync !== 'push') return undefined;
	return fields === undefined ? record : part(record, fieldTree(entity), new Set(fields));
}

/** The paths of an entity that a policy may leave out. What an object cannot be without comes with the object. */
export function optionalPaths(entity: PolicyEntity): string[] {
	return allFields(entity)
		.filter(({ required }) => !required)
		.map(({ path }) => path);
}

/** Values in a record, the empty ones not counted: what "fields not sent" counts. */
export function valueCount(value: unknown): number {
	if (value === undefined || value === null) return 0;
	if (typeof value !== 'object') return 1;
	return Object.values(value).reduce((sum: number, one) => sum + valueCount(one), 0);
}

function part(
	record: Record<string, unknown>,
	fields: TreeField[],
	listed: ReadonlySet<string>,
): Record<string, unknown> {
	const kept: Record<string, unknown> = {};
	for (const field of fields) {
		const value = record[field.name];
		if (value === undefined) continue;
		if (listed.has(field.path) || (field.required && isPlain(field))) {
			kept[field.name] = value;
			continue;
		}
		if (!field.required && !hasListed(field, listed)) continue;
		const inner = partOf(value, field, listed);
		if (field.required || !isEmpty(inner)) kept[field.name] = inner;
	}
	return kept;
}

function partOf(value: unknown, field: TreeField, listed: ReadonlySet<string>): unknown {
	if (Array.isArray(value)) return value.map((one) => partOf(one, field, listed));
	if (typeof value !== 'object' || value === null) return value;
	if (!field.open) return part(value as Record<string, unknown>, field.fields, listed);
	return Object.fromEntries(Object.entries(value).filter(([name]) => listed.has(`${field.path}.${name}`)));
}

function isPlain({ fields, open }: TreeField): boolean {
	return fields.length === 0 && !open;
}

function hasListed(field: TreeField, listed: ReadonlySet<string>): boolean {
	if (field.open) return [...listed].some((path) => path.startsWith(`${field.path}.`));
	return field.fields.some((inner) => listed.has(inner.path) || hasListed(inner, listed));
}

/** An object of which nothing is pushed. An empty list says something: there are none. */
function isEmpty(value: unknown): boolean {
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
	);
}
