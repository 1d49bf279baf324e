import { ServiceError } from '../http/service';

/** For `LIKE ... ESCAPE '\'`; null matches all. */
export function likePattern(search: string | undefined): string | null {
	return search === undefined || search === '' ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}

export function pageSize(limit: number | undefined): number {
	return Math.max(1, Math.min(limit ?? 100, 1_000));
}

export function instant(text: string, field: string): number {
	const value = Date.parse(text);
	if (Number.isNaN(value)) {
		throw new ServiceError(
			422,
			'invalid',
			`${field} must be an ISO 8601 instant, such as 2026-01-31T08:00:00.000Z.`,
		);
	}
	return value;
}
