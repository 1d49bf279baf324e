import type { Domain } from './session';
import { datetimeOf } from './values';

/** Rows made or changed at or after an instant; the date of change is empty until the first one. */
export function changedAfter(instant: string): Domain {
	const at = datetimeOf(instant);
	return ['OR', ['write_date', '>=', at], ['create_date', '>=', at]];
}

/** Rows whose field contains what a person typed. */
export function contains(field: string, text: string): Domain {
	return [field, 'ilike', `%${escapeWildcards(text)}%`];
}

/** Rows whose field begins with a text. */
export function startsWith(field: string, text: string): Domain {
	return [field, 'like', `${escapeWildcards(text)}%`];
}

function escapeWildcards(text: string): string {
	return text.replace(/[\\%_]/g, '\\$&');
}
