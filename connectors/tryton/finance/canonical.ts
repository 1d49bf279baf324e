import type { z } from 'zod/v4';

import { ValidationError } from '../../../core/ports/errors';
import { problemsOf } from '../problems';
import type { TrytonSession } from '../session';

interface Expressed {
	entity: string;
	key: string;
	/** how people know the record in Tryton, at the beginning of a sentence */
	named: string;
	fields: object;
	/** problems in Tryton's terms, by the canonical field at fault */
	problems?: Record<string, string>;
}

/** The canonical record, or why Tryton's record is none. */
export function canonical<T>(
	session: TrytonSession,
	schema: z.ZodType<T>,
	{ entity, key, named, fields, problems }: Expressed,
): T | ValidationError {
	const parsed = schema.safeParse(fields);
	// JSON has no `undefined`: without them, a record is equal to what an event carries.
	if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as T;
	return new ValidationError(
		`${named} of ${session.system} cannot be passed on: ${problemsOf(parsed.error, problems)}`,
		session.about({ entity, key, hint: 'Correct the record in Tryton.' }),
	);
}
