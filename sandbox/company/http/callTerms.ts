import { ServiceError, type Call } from './service';

/** How many records a page shall have; undefined: as the service likes. */
export function limitOf(query: URLSearchParams): number | undefined {
	const text = query.get('limit');
	if (text === null) return undefined;
	const limit = Number(text);
	if (!Number.isInteger(limit) || limit < 1) {
		throw new ServiceError(422, 'invalid', 'limit must be a whole number from 1.');
	}
	return limit;
}

/** The version in `If-Match`, with or without quotes; absent or `*`: any version. */
export function ifMatch({ headers }: Call): number | undefined {
	const text = headers['if-match']?.trim().replace(/^"(.*)"$/, '$1');
	if (text === undefined || text === '*') return undefined;
	const version = Number(text);
	if (!Number.isInteger(version)) {
		throw new ServiceError(422, 'invalid', 'If-Match must be the version number of the record.');
	}
	return version;
}
