import { canonicalEntities } from '../model/entities';
import { fieldsOf, valueAt } from '../model/fields';
import { unknownName } from '../model/nearestName';

type Entity = keyof typeof canonicalEntities;

/** Fields that say only that something changed, not what. */
const marks = ['revision', 'changedAt', 'sequence'];

/** The fields of an entity that can be watched, by path. */
export function watchableFields(entity: Entity): string[] {
	return fieldsOf(canonicalEntities[entity])
		.map(({ path }) => path)
		.filter((path) => !marks.includes(path));
}

/** Why the fields cannot be watched; nothing when they can. */
export function watchProblem(entity: Entity, paths: string[]): string | undefined {
	const known = watchableFields(entity);
	const wrong = paths.find((path) => !known.includes(path));
	return wrong === undefined ? undefined : `${wrong}: ${unknownName(wrong, known)}`;
}

/** What of a record counts: the fields at these paths, and that it was cancelled, which always does. */
export function stateOfFields(paths: string[]): (record: unknown) => string {
	return (record) =>
		JSON.stringify([
			valueAt(record as object, 'state') === 'cancelled',
			...paths.map((path) => valueAt(record as object, path) ?? null),
		]);
}
