import { canonicalEntities } from './entities';
import { applyMapping, readMapping, type FieldMapping } from './fieldMapping';
import { fieldProblems, type FieldProblem } from './problems';
import { ReadTrace } from './readTrace';
import { shapedAs, unknownFields } from './schemaFields';

export type CanonicalEntity = keyof typeof canonicalEntities;

/** A record on its way, with all that is wrong with it so far. */
export interface MappingStep {
	record: Record<string, unknown>;
	problems: FieldProblem[];
	/** fields of the source that hold something and that the mapping does not read */
	unmapped: string[];
}

/** A mapping whose fields are those of the canonical entity. Throws ValidationError with all that is wrong with it. */
export function readCanonicalMapping(given: unknown, entity: CanonicalEntity): FieldMapping {
	return readMapping(given, canonicalEntities[entity]);
}

/** What the mapping makes of a system's record, in the shapes of the entity. `judged` says whether it is one. */
export async function mapToEntity(
	mapping: FieldMapping,
	entity: CanonicalEntity,
	source: Record<string, unknown>,
): Promise<MappingStep> {
	const trace = new ReadTrace(copyOf(source));
	const { value, problems } = await applyMapping(mapping, trace.record);
	const record = shapedAs(canonicalEntities[entity], value, problems) as Record<string, unknown>;
	return { record, problems, unmapped: trace.unread() };
}

/** The step as the canonical record, or with every problem of it: unknown fields, missing ones, wrong values. */
export function judged(entity: CanonicalEntity, step: MappingStep): MappingStep & { valid: boolean } {
	const schema = canonicalEntities[entity];
	const parsed = schema.safeParse(step.record);
	const told = new Set(step.problems.map(({ field }) => field));
	const found = [
		...unknownFields(schema, step.record),
		...(parsed.success ? [] : fieldProblems(parsed.error, step.record)),
	].filter(({ field }) => !isWithin(field, told));
	const problems = [...step.problems, ...found];
	const valid = parsed.success && problems.length === 0;
	return { ...step, record: valid ? parsed.data : step.record, problems, valid };
}

/** What the mapping makes of a canonical record for a system. */
export async function mapFromEntity(
	mapping: FieldMapping,
	canonical: Record<string, unknown>,
): Promise<MappingStep> {
	const trace = new ReadTrace(copyOf(canonical));
	const { value, problems } = await applyMapping(mapping, trace.record);
	return { record: value, problems, unmapped: trace.unread() };
}

function copyOf(record: Record<string, unknown>): Record<string, unknown> {
	return JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
}

/** Whether the field, or one that it lies in, was told of already: what follows from a problem is none of its own. */
function isWithin(field: string, told: ReadonlySet<string>): boolean {
	const names = field.split('.');
	return names.some((_, index) => told.has(names.slice(0, index + 1).join('.')));
}
