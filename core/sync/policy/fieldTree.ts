import { z } from 'zod/v4';

import { canonicalEntities } from '../../model/entities';

export type PolicyEntity = keyof typeof canonicalEntities;

/** One field of a canonical entity, or of an object within it. A list of objects has the fields of its objects. */
export interface TreeField {
	/** such as `lines.item.gtin`; the positions within lists are left out */
	path: string;
	name: string;
	/** no record, or no object that has it, is without it */
	required: boolean;
	/** its own fields are not known beforehand; any name may stand below it */
	open: boolean;
	/** empty for a plain value or a list of them */
	fields: TreeField[];
}

interface ObjectSchema {
	properties?: Record<string, ObjectSchema>;
	additionalProperties?: unknown;
	required?: string[];
	items?: ObjectSchema;
}

const known = new Map<PolicyEntity, TreeField[]>();

/** The fields of an entity as its schema has them, in the schema's order. */
export function fieldTree(entity: PolicyEntity): TreeField[] {
	const fields =
		known.get(entity) ??
		// As output: a field with a default is never absent.
		fieldsWithin(z.toJSONSchema(canonicalEntities[entity], { io: 'output' }) as ObjectSchema, '');
	known.set(entity, fields);
	return fields;
}

/** Every field of the entity, each object before what is in it. */
export function allFields(entity: PolicyEntity): TreeField[] {
	const walk = (fields: TreeField[]): TreeField[] =>
		fields.flatMap((field) => [field, ...walk(field.fields)]);
	return walk(fieldTree(entity));
}

export function isField(entity: PolicyEntity, path: string): boolean {
	return allFields(entity).some(
		(field) => field.path === path || (field.open && path.startsWith(`${field.path}.`)),
	);
}

function fieldsWithin({ properties = {}, required = [] }: ObjectSchema, parent: string): TreeField[] {
	return Object.entries(properties).map(([name, schema]) => {
		const path = parent === '' ? name : `${parent}.${name}`;
		return {
			path,
			name,
			required: required.includes(name),
			open: typeof schema.additionalProperties === 'object',
			fields: fieldsWithin(schema.items ?? schema, path),
		};
	});
}
