import { z } from 'zod/v4';

import { canonicalEntities } from '../../model/entities';
import { problems } from '../../model/problems';
import { ValidationError } from '../../ports/errors';
import { allFields, isField, type PolicyEntity } from './fieldTree';

/** Under this name nodes refer to a policy. */
export const PolicyName = z
	.string()
	.min(1, 'choose a policy, or give it a name')
	.max(100)
	.refine((name) => name === name.trim(), 'must not begin or end with a space');

/** Seconds for which a record read on demand is kept. 0: it is not kept, but those who ask at once share one request. */
const TimeToLive = z.number().int().min(0).max(2_592_000);

export const SyncMode = z.enum(['push', 'pull', 'none']);
export type SyncMode = z.infer<typeof SyncMode>;

/** What becomes of one entity. */
export const SyncRule = z.strictObject({
	/**
	 * `push`: changes of the pushed fields are sent; the whole record may be read on demand. `pull`: nothing is sent, records
	 * are read on demand. `none`: neither.
	 */
	sync: SyncMode,
	/** paths of the pushed fields, such as `partner` or `lines.unitPrice`; absent: all. Those that no record lacks are always pushed. */
	fields: z.array(z.string()).min(1, 'name a field, or leave "fields" out to push all').optional(),
	/** instead of the policy's own */
	timeToLive: TimeToLive.optional(),
});
export type SyncRule = z.infer<typeof SyncRule>;

const entityNames = Object.keys(canonicalEntities) as PolicyEntity[];

/** Which entities and fields are pushed, and which are read on demand. An entity without a rule is read on demand. */
export const SyncPolicy = z
	.strictObject({
		/** seconds */
		timeToLive: TimeToLive.default(300),
		entities: z.record(z.string(), SyncRule),
	})
	.superRefine(({ entities }, context) => {
		for (const [entity, { sync, fields }] of Object.entries(entities)) {
			if (!isPolicyEntity(entity)) {
				context.addIssue({
					code: 'custom',
					path: ['entities', entity],
					message: `there is no entity "${entity}"; known are ${entityNames.join(', ')}`,
				});
				continue;
			}
			if (fields === undefined) continue;
			if (sync !== 'push') {
				context.addIssue({
					code: 'custom',
					path: ['entities', entity, 'fields'],
					message: `fields are for "push" only, and ${entity} is "${sync}"`,
				});
			}
			for (const field of fields.filter((one) => !isField(entity, one))) {
				const paths = allFields(entity).map(({ path }) => path);
				context.addIssue({
					code: 'custom',
					path: ['entities', entity, 'fields'],
					message: `${entity} has no field "${field}"; it has ${paths.join(', ')}`,
				});
			}
		}
	});
export type SyncPolicy = z.infer<typeof SyncPolicy>;

/** The policy, checked. Throws a ValidationError that names every entity and field at fault. */
export function readPolicy(name: string, definition: unknown): SyncPolicy {
	const parsed = SyncPolicy.safeParse(definition);
	if (parsed.success) return parsed.data;
	throw new ValidationError(
		`The sync policy "${name}" can't be used: ${problems(parsed.error)} Correct it and save it again.`,
		{ system: 'sync policy', key: name },
	);
}

/** The rule for an entity, with the time to live that holds for it. */
export function ruleFor(
	{ entities, timeToLive }: SyncPolicy,
	entity: PolicyEntity,
): SyncRule & { timeToLive: number } {
	return { timeToLive, ...(entities[entity] ?? { sync: 'pull' as const }) };
}

export function isPolicyEntity(name: string): name is PolicyEntity {
	return Object.hasOwn(canonicalEntities, name);
}
