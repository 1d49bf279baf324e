import { z } from 'zod/v4';

import { unknownFields } from './schemaFields';

/**
 * Reads what a person or a workflow gives: a field that the form does not have is a mistake, and would be lost. The answer
 * holds every problem at once. `form` is the record as it is read, where it has more fields than `schema`: a record may be
 * given back as it was read, and what the system itself decides is left out.
 */
export function readStrictly<S extends z.ZodType>(
	schema: S,
	value: unknown,
	form: z.core.$ZodType = schema,
): z.ZodSafeParseResult<z.output<S>> {
	const unknown = unknownFields(form, value).map(
		({ field, message }): z.core.$ZodIssue => ({
			code: 'custom',
			path: field.split('.'),
			input: undefined,
			message,
		}),
	);
	const parsed = schema.safeParse(value);
	if (parsed.success && unknown.length === 0) return parsed;
	const issues = [...unknown, ...(parsed.error?.issues ?? [])];
	return { success: false, error: new z.ZodError(issues) as z.ZodError<z.output<S>> };
}
