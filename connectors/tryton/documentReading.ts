import { BridgeError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges, type ChangeSource } from './changeCapture';
import { changedAfter, contains } from './criteria';
import type { Domain, TrytonSession } from './session';
import { microsecondsOf, type Instant } from './values';

/** What documents of every kind share in canonical form. */
export interface CanonicalDocument {
	key: string;
	number?: string | undefined;
	revision?: string | undefined;
}

/** A document as Tryton has it, beside what it is canonically. */
export interface ReadDocument<T> {
	id: number;
	/** Tryton's own word for it */
	state: string;
	changedAt: Instant;
	/** Tryton's marks of the versions of the rows, for a change that must not meet another */
	timestamps: Record<string, string>;
	/** the canonical document, or why it is none */
	document: T | BridgeError;
}

/** Reads documents by the numbers that are among the keys; those that can be expressed, by key. */
export async function documentsByKey<T extends CanonicalDocument>(
	keys: string[],
	read: (ids: number[]) => Promise<Array<ReadDocument<T>>>,
): Promise<Map<string, T>> {
	const documents = new Map<string, T>();
	for (const { document } of await read(numbersIn(keys))) {
		if (!(document instanceof Error)) documents.set(document.key, document);
		// One that cannot be expressed is left out, so that its neighbours go through; asked for alone, it says why.
		else if (keys.length === 1) throw document;
	}
	return documents;
}

/** Database numbers among keys; whatever else is asked for does not exist. */
export function numbersIn(keys: string[]): number[] {
	return keys.filter((key) => /^[1-9]\d{0,8}$/.test(key)).map(Number);
}

/** How documents of one kind are looked for. */
export interface Listing<Row, T> {
	/** canonical state by Tryton's own */
	states: Record<string, string>;
	/** fields in which a person's text is looked for */
	searched: string[];
	/** field that holds the rows which belong to the document; absent where none do */
	parts?: string;
	/** criteria of a canonical state, where it is no field of Tryton's */
	inState?: ((state: string) => Promise<Domain>) | undefined;
	/** criteria beside those of the query */
	domain?: Domain;
	rows(domain: Domain, limit: number): Promise<Row[]>;
	complete(rows: Row[]): Promise<Array<ReadDocument<T>>>;
}

const defaultPageSize = 100;

/** Documents by ascending number. Those that cannot be expressed are left out; `changes` names them. */
export async function* listedDocuments<Row extends { id: number }, T extends object>(
	{ pageSize = defaultPageSize, search, state, changedSince }: ListQuery,
	{ states, searched, parts, inState, domain: own = [], rows: rowsOf, complete }: Listing<Row, T>,
): AsyncGenerator<T[]> {
	const domain: Domain = [...own];
	if (changedSince !== undefined) {
		const changed = changedAfter(changedSince);
		domain.push(parts === undefined ? changed : ['OR', changed, [parts, 'where', changed]]);
	}
	if (state !== undefined && inState !== undefined) {
		domain.push(...(await inState(state)));
	} else if (state !== undefined) {
		domain.push(['state', 'in', Object.keys(states).filter((name) => states[name] === state)]);
	}
	if (search !== undefined) domain.push(['OR', ...searched.map((field) => contains(field, search))]);
	for (let last = 0; ; ) {
		const rows = await rowsOf([['id', '>', last], ...domain], pageSize);
		const page = (await complete(rows)).map(({ document }) => document);
		const documents = page.filter((document): document is T => !(document instanceof BridgeError));
		if (documents.length > 0) yield documents;
		const final = rows.at(-1);
		if (final === undefined || rows.length < pageSize) return;
		last = final.id;
	}
}

/** The canonical document, or the reason why it is none. */
export function expressed<T>({ document }: ReadDocument<T>): T {
	if (document instanceof BridgeError) throw document;
	return document;
}

/** Tryton's marks of the versions of rows, by model and number. */
export function timestampsOf(
	model: string,
	rows: Array<{ id: number; _timestamp: string | null }>,
	more: Record<string, string> = {},
): Record<string, string> {
	const known = rows.flatMap(({ id, _timestamp: mark }) => (mark === null ? [] : [[`${model},${id}`, mark]]));
	return { ...more, ...(Object.fromEntries(known) as Record<string, string>) };
}

export function changesOf<T extends object>(
	session: TrytonSession,
	sources: [ChangeSource, ...ChangeSource[]],
	read: (ids: number[]) => Promise<Array<ReadDocument<T>>>,
	cursor: ChangeCursor | undefined,
	overlapSeconds: number | undefined,
): AsyncGenerator<ChangePage<T>> {
	return captureChanges<T>(
		{
			session,
			sources,
			read: async (ids) =>
				(await read(ids)).map(({ id, changedAt, document }) => ({
					id,
					change: {
						key: String(id),
						changedAt,
						version: microsecondsOf(changedAt),
						...(document instanceof Error ? { problem: document } : { record: document }),
					},
				})),
			...(overlapSeconds === undefined ? {} : { overlapSeconds }),
		},
		cursor,
	);
}
