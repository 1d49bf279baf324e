import type { z } from 'zod/v4';

/** Every problem on one line: `data.lines.0.quantity: must not be negative; ...`. */
export function problems(error: z.ZodError, root?: string): string {
	const shown = error.issues.slice(0, 20).map(({ path, message }) => {
		const field = [...(root === undefined ? [] : [root]), ...path].join('.');
		return field === '' ? message : `${field}: ${message}`;
	});
	const hidden = error.issues.length - shown.length;
	return `${shown.join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}.`;
}

/** One thing wrong with one field of a record. */
export interface FieldProblem {
	/** path to the field, such as `lines.0.quantity`; empty for the record itself */
	field: string;
	message: string;
}

/** Every problem with its field, in the order of the schema; `value` is what was judged. */
export function fieldProblems(error: z.ZodError, value: unknown): FieldProblem[] {
	return error.issues.map(({ path, message }) => ({
		field: path.map(String).join('.'),
		message: path.length > 0 && isAbsent(value, path) ? 'must be filled' : message,
	}));
}

/** `code: must be filled; lines.0.quantity: must not be negative`. */
export function describeProblems(found: FieldProblem[]): string {
	return found.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
}

function isAbsent(value: unknown, path: PropertyKey[]): boolean {
	const found = path.reduce<unknown>(
		(parent, name) =>
			typeof parent === 'object' && parent !== null
				? (parent as Record<PropertyKey, unknown>)[name]
				: undefined,
		value,
	);
	return found === undefined;
}
