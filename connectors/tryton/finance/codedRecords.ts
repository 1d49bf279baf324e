import type { z } from 'zod/v4';

import type { ChangeCursor, ChangePage } from '../../../core/ports/systemConnector';
import { captureChanges } from '../changeCapture';
import type { ReadDocument } from '../documentReading';
import type { Domain, TrytonSession } from '../session';
import { microsecondsOf } from '../values';
import type { Books } from './books';

export interface CodedRow {
	id: number;
	code: string | null;
}

/** Pages of rows by ascending code; rows that share one are told apart by their number, so that none is skipped. */
export async function* rowsByCode<S extends z.ZodObject>(
	session: TrytonSession,
	{ model, Row, related }: { model: string; Row: S; related: string[] },
	domain: Domain,
	pageSize: number,
): AsyncGenerator<Array<z.infer<S> & CodedRow>> {
	for (let after: Domain = [['code', '>', '']]; ; ) {
		const rows = (await session.search(model, Row, [...after, ...domain], {
			related,
			order: [
				['code', 'ASC'],
				['id', 'ASC'],
			],
			limit: pageSize,
		})) as Array<z.infer<S> & CodedRow>;
		if (rows.length > 0) yield rows;
		const final = rows.at(-1);
		if (final === undefined || rows.length < pageSize) return;
		const sameCode = [
			['code', '=', final.code],
			['id', '>', final.id],
		];
		after = [['OR', ['code', '>', final.code], sameCode]];
	}
}

/** A record as read, whose key is not its number. One that was set aside is as good as deleted. */
export interface ReadCoded<T> extends Pick<ReadDocument<T>, 'id' | 'changedAt' | 'document'> {
	key: string;
	usable: boolean;
}

/** Changes of the rows in scope, those set aside included; `read` takes such rows too. */
export function codedChanges<S extends z.ZodObject, T>(
	{ session, options: { overlapSeconds } }: Books,
	{ model, Row, related }: { model: string; Row: S; related: string[] },
	scope: Domain,
	read: (rows: Array<z.infer<S>>) => Promise<Array<ReadCoded<T>>>,
	cursor: ChangeCursor | undefined,
): AsyncGenerator<ChangePage<T>> {
	return captureChanges<T>(
		{
			session,
			sources: [{ mark: 'a', model, owner: 'id', domain: scope }],
			read: async (ids) => {
				const options = { related, context: { active_test: false } };
				const rows = await session.searchIn(model, Row, 'id', ids, scope, options);
				return (await read(rows)).map(({ id, key, usable, changedAt, document }) => ({
					id,
					change: {
						key,
						changedAt,
						version: microsecondsOf(changedAt),
						...(!usable ? {} : document instanceof Error ? { problem: document } : { record: document }),
					},
				}));
			},
			...(overlapSeconds === undefined ? {} : { overlapSeconds }),
		},
		cursor,
	);
}

/** Those that can be expressed and used. */
export function expressible<T extends object>(read: Array<ReadCoded<T>>): T[] {
	return read.flatMap(({ usable, document }) => (usable && !(document instanceof Error) ? [document] : []));
}

/** The same by key; one that was asked for alone says why it cannot be expressed. */
export function codedByKey<T extends object>(read: Array<ReadCoded<T>>, keys: string[]): Map<string, T> {
	const [only] = read;
	if (keys.length === 1 && only?.usable && only.document instanceof Error) throw only.document;
	return new Map(
		read.flatMap(({ key, usable, document }) =>
			usable && !(document instanceof Error) ? [[key, document] as const] : [],
		),
	);
}
