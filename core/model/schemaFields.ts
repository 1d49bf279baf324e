import Big from 'big.js';
import { z } from 'zod/v4';

import { unknownName } from './nearestName';
import type { FieldProblem } from './problems';

/** A schema without what only says that a value may be absent. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
	if (schema instanceof z.ZodOptional) return bare(schema.unwrap());
	if (schema instanceof z.ZodDefault) return bare(schema.removeDefault());
	return schema;
}

/** The fields of an object schema by name; undefined when the schema is none. */
export function fieldsOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> | undefined {
	const object = bare(schema);
	return object instanceof z.ZodObject ? (object.shape as Record<string, z.core.$ZodType>) : undefined;
}

/** Whether the schema takes fields of any name. */
export function takesAnyField(schema: z.core.$ZodType): boolean {
	return bare(schema) instanceof z.ZodRecord;
}

/** What a list schema's elements are; undefined when the schema is no list. */
export function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
	const list = bare(schema);
	return list instanceof z.ZodArray ? (list.element as z.core.$ZodType) : undefined;
}

/** Every field of the value that the schema does not have, and that parsing would drop without a word. */
export function unknownFields(schema: z.core.$ZodType, value: unknown, path: string[] = []): FieldProblem[] {
	const element = elementOf(schema);
	if (element !== undefined && Array.isArray(value))
		return value.flatMap((one, index) => unknownFields(element, one, [...path, String(index)]));
	const fields = fieldsOf(schema);
	if (fields === undefined || !isObject(value)) return [];
	return Object.entries(value).flatMap(([name, inner]) => {
		const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
		if (field !== undefined) return unknownFields(field, inner, [...path, name]);
		return [{ field: [...path, name].join('.'), message: unknownField(name, fields) }];
	});
}

export function unknownField(name: string, known: Record<string, unknown>): string {
	return unknownName(name, Object.keys(known));
}

/** Digits that every decimal fraction keeps on its way through a JSON number (IEEE 754 binary64). */
const exactDigits = 15;

/**
 * The value in the shapes that the schema asks for, where nothing is guessed by it: null becomes absent, a single value a list
 * of one, a number its digits where text is wanted. A number with more digits than it keeps exactly stays, and is told.
 */
export function shapedAs(
	schema: z.core.$ZodType,
	value: unknown,
	told: FieldProblem[],
	path: string[] = [],
): unknown {
	if (value === null || value === undefined) return undefined;
	const element = elementOf(schema);
	if (element !== undefined) {
		const list = Array.isArray(value) ? (value as unknown[]) : [value];
		return list.map((one, index) => shapedAs(element, one, told, [...path, String(index)]));
	}
	const fields = fieldsOf(schema);
	if (fields !== undefined) {
		if (!isObject(value)) return value;
		const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
			const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
			return [name, field === undefined ? inner : shapedAs(field, inner, told, [...path, name])];
		});
		return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
	}
	if (typeof value !== 'number' || bare(schema)._zod.def.type !== 'string') return value;
	const number = new Big(String(value));
	if (number.c.length <= exactDigits) return number.toFixed();
	told.push({
		field: path.join('.'),
		message: `is a number of more than ${exactDigits} digits, which JSON does not keep exactly; give it as text`,
	});
	return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
