import type { z } from 'zod/v4';

import { Decimal } from './decimal';
import { shapeOf, type Shape } from './shape';

/** What a field holds. A decimal is text, so that no digit is lost. */
export type FieldKind = 'text' | 'decimal' | 'number' | 'boolean' | 'date' | 'dateTime' | 'options' | 'list';

/** One field of a canonical record; a field of a part is named with the part, such as `partner.code`. */
export interface Field {
	path: string;
	kind: FieldKind;
	/** whether a record must have it */
	required: boolean;
	/** the values that it may have, where there is a list of them */
	options?: string[];
}

/** All fields of a record, in the order of its schema. Lists (lines, units, roles) are one field each. */
export function fieldsOf(schema: z.core.$ZodType): Field[] {
	return fieldsWithin(shapeOf(schema), '', true);
}

function fieldsWithin({ properties = {}, required = [] }: Shape, prefix: string, needed: boolean): Field[] {
	return Object.entries(properties).flatMap(([name, shape]): Field[] => {
		const path = `${prefix}${name}`;
		const must = needed && required.includes(name);
		if (shape.properties !== undefined) return fieldsWithin(shape, `${path}.`, must);
		const kind = kindOf(shape);
		if (kind === undefined) return [];
		const options = kind === 'options' ? { options: (shape.enum ?? []).map(String) } : {};
		return [{ path, kind, required: must, ...options }];
	});
}

function kindOf(shape: Shape): FieldKind | undefined {
	switch (shape.type) {
		case 'array':
			return 'list';
		case 'boolean':
			return 'boolean';
		case 'integer':
		case 'number':
			return 'number';
		case 'string':
			return textKind(shape);
		default:
			return undefined;
	}
}

function textKind({ enum: values, format, pattern }: Shape): FieldKind {
	if (values !== undefined) return 'options';
	if (format === 'date') return 'date';
	if (format === 'date-time') return 'dateTime';
	return pattern === shapeOf(Decimal).pattern ? 'decimal' : 'text';
}

/** The value at a path such as `partner.code`; undefined where a part of it is not there. */
export function valueAt(record: object, path: string): unknown {
	if (!path.includes('.')) return (record as Record<string, unknown>)[path];
	const [head = '', ...rest] = path.split('.');
	const value = (record as Record<string, unknown>)[head];
	if (rest.length === 0) return value;
	// A system's own names may hold points.
	if (head === 'native') return (value as Record<string, unknown> | undefined)?.[rest.join('.')];
	return typeof value === 'object' && value !== null ? valueAt(value, rest.join('.')) : undefined;
}

/** The record that has these values at these paths, and nothing else. */
export function recordOf(values: Iterable<[string, unknown]>): Record<string, unknown> {
	const record: Record<string, unknown> = {};
	for (const [path, value] of values) {
		const parts = path.startsWith('native.') ? ['native', path.slice('native.'.length)] : path.split('.');
		const last = parts.pop() ?? '';
		let target = record;
		for (const part of parts) {
			const nested = target[part];
			target[part] = typeof nested === 'object' && nested !== null ? nested : {};
			target = target[part] as Record<string, unknown>;
		}
		target[last] = value;
	}
	return record;
}

/** Only these fields of a record, those that it has. */
export function withFields(record: object, paths: string[]): Record<string, unknown> {
	return recordOf(
		paths
			.map((path): [string, unknown] => [path, valueAt(record, path)])
			.filter(([, value]) => value !== undefined),
	);
}
