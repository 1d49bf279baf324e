import { z } from 'zod/v4';

import { UnavailableError } from '../../core/ports/errors';
import { inTurn } from './match/turns';
import type { Context, Domain, TrytonSession } from './session';

/** A record that shall exist once, whoever asks for it and how often. */
export interface Once<T> {
	/** what no two of this process may make at the same time */
	turn: string;
	find(): Promise<T | undefined>;
	make(): Promise<unknown>;
}

/** The record as found before making it, after making it, or after an answer that did not come. */
export async function madeOnce<T>(session: TrytonSession, { turn, find, make }: Once<T>): Promise<T> {
	return await inTurn(`${session.address} ${turn}`, async () => {
		const known = await find();
		if (known !== undefined) return known;
		try {
			await make();
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			// Whatever keeps us from looking, the first failure is the one to tell of: the caller tries again.
			const done = await find().catch(() => undefined);
			if (done === undefined) throw error;
			return done;
		}
		const made = await find();
		if (made !== undefined) return made;
		throw new UnavailableError(
			`${session.system} made a record and does not show it.`,
			session.about({ hint: 'Check that the user may read what it makes; then try again.' }),
		);
	});
}

const KeyedRow = z.object({
	id: z.number().int(),
	state: z.string(),
	create_uid: z.number().int().nullable(),
});

/**
 * The document that bears the idempotency key: the first one made. Tryton has no constraint that keeps a second one out, so one
 * that was made at the same time by another n8n, or by a call that was given up and went through, is deleted again: our own
 * drafts only, never what a person copied.
 */
export async function keyedDocument(
	session: TrytonSession,
	model: string,
	criterion: Domain,
): Promise<number | undefined> {
	const rows = await session.search(model, KeyedRow, [criterion], { order: [['id', 'ASC']] });
	const [first, ...later] = rows;
	if (later.length > 0) {
		const user = await session.user();
		const own = later.filter(({ state, create_uid: maker }) => state === 'draft' && maker === user);
		if (own.length > 0) await session.call(`model.${model}.delete`, [own.map(({ id }) => id)]);
	}
	return first?.id;
}

const Filled = z.record(z.string(), z.unknown());

/** What Tryton's own form would fill in after these fields were given, and the `computed` fields that it works out from them. */
export async function filledIn(
	session: TrytonSession,
	model: string,
	given: Context,
	fields: string[],
	computed: string[] = [],
): Promise<Record<string, unknown>> {
	const answers = z.array(Filled).parse(await session.call(`model.${model}.on_change`, [given, fields]));
	const form = Object.assign({}, ...answers) as Record<string, unknown>;
	if (computed.length === 0) return form;
	const values = await session.call(`model.${model}.on_change_with`, [given, computed]);
	return { ...form, ...Filled.parse(values) };
}

const Added = z.object({
	add: z.array(z.tuple([z.number(), z.looseObject({ id: z.number().int() })])).default([]),
});

/** Numbers of the records that a form puts into a list that was empty. */
export function addedTo(list: unknown): number[] {
	return (Added.safeParse(list).data?.add ?? []).map(([, { id }]) => id);
}
