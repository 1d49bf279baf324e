import { z } from 'zod/v4';

/** What a schema says of a record's form, as JSON Schema writes it (draft 2020-12). */
export interface Shape {
	type?: string;
	format?: string;
	pattern?: string;
	enum?: unknown[];
	properties?: Record<string, Shape>;
	required?: string[];
	items?: Shape;
	additionalProperties?: Shape | boolean;
}

const shapes = new WeakMap<z.core.$ZodType, Shape>();

/** The form in which a record is given: fields that have a default may be left out. */
export function shapeOf(schema: z.core.$ZodType): Shape {
	const known = shapes.get(schema);
	if (known !== undefined) return known;
	const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
	shapes.set(schema, shape);
	return shape;
}
