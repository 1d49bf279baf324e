import { z } from 'zod/v4';

import type { LedgerPeriod, LedgerPeriodState } from '../../../core/model/ledger';
import { ConflictError } from '../../../core/ports/errors';
import type { ActRequest, NoInput, Outcome } from '../../../core/ports/systemConnector';
import { existingDocument, expectVersion } from '../documentActions';
import { expressed, type ReadDocument } from '../documentReading';
import { outcomesOf } from '../outcomes';
import type { TrytonSession } from '../session';
import { Day } from '../values';
import type { Books } from './books';
import { moveModel } from './journalEntries';
import { periodModel, TrytonPeriodState, type LedgerPeriods } from './ledgerPeriods';

export type PeriodAction = 'close' | 'lock' | 'reopen';

/** What each action leaves behind; a period that is there already stays as it is. */
const reached: Record<PeriodAction, LedgerPeriodState[]> = {
	close: ['closed', 'locked'],
	lock: ['locked'],
	reopen: ['open'],
};

/** Buttons that a person would press, by the state in which the period is; absent where Tryton knows no way. */
const buttons: Record<PeriodAction, Partial<Record<LedgerPeriodState, string[]>>> = {
	close: { open: ['close'] },
	lock: { open: ['close', 'lock'], closed: ['lock'] },
	reopen: { closed: ['reopen'] },
};

const done: Record<PeriodAction, string> = { close: 'closed', lock: 'locked', reopen: 'reopened' };

/** Drafts that a refusal names; of more it gives the number. */
const mostNamed = 10;

/** Closes, locks or reopens periods. Each is read back: Tryton answers a button that it ignores like one that worked. */
export async function actOnPeriods(
	books: Books,
	periods: LedgerPeriods,
	action: PeriodAction,
	requests: Array<ActRequest<NoInput>>,
): Promise<Array<Outcome<LedgerPeriod>>> {
	return await outcomesOf(
		'ledgerPeriod',
		requests,
		{ request: ({ key }) => key, record: ({ key }) => key },
		async (request) => await actOnPeriod(books, periods, action, request),
	);
}

async function actOnPeriod(
	{ session }: Books,
	periods: LedgerPeriods,
	action: PeriodAction,
	{ key, expectedVersion }: ActRequest<NoInput>,
): Promise<LedgerPeriod> {
	const kind = { entity: 'ledgerPeriod', name: 'period', read: (one: string) => periods.read(one) };
	const before: ReadDocument<LedgerPeriod> = await existingDocument(session, kind, key);
	const period = expressed(before);
	const about = (hint: string) => session.about({ entity: 'ledgerPeriod', key, hint });
	const named = `Period "${period.name}" of ${session.system}`;
	expectVersion(session, kind, { ...period, number: `"${period.name}"` }, expectedVersion);
	if (reached[action].includes(period.state)) return period;
	const way = buttons[action][period.state];
	if (way === undefined) {
		throw new ConflictError(
			`${named} is locked for good; it cannot be ${done[action]}.`,
			about('Post what is missing into an open period.'),
		);
	}
	if (way.includes('close')) await refuseDrafts(session, before.id, named, about);
	for (const [index, button] of way.entries()) {
		const guarded = index === 0 && expectedVersion !== undefined;
		await session.press(
			periodModel,
			button,
			[before.id],
			guarded ? { _timestamp: before.timestamps } : undefined,
		);
	}
	const after = expressed(
		await existingDocument<LedgerPeriod, ReadDocument<LedgerPeriod>>(session, kind, key),
	);
	if (reached[action].includes(after.state)) return after;
	throw new ConflictError(
		`${named} is ${after.state}; it could not be ${done[action]}.`,
		about('Look at the period in Tryton.'),
	);
}

/** Tryton names one draft only; here are all that must be posted or deleted first. */
async function refuseDrafts(
	session: TrytonSession,
	period: number,
	named: string,
	about: (hint: string) => ReturnType<TrytonSession['about']>,
): Promise<void> {
	const drafts = [
		['period', '=', period],
		['state', '!=', 'posted'],
	];
	const Draft = z.object({ id: z.number().int(), number: z.string() });
	const some = await session.search(moveModel, Draft, drafts, { order: [['id', 'ASC']], limit: mostNamed });
	if (some.length === 0) return;
	const count = some.length < mostNamed ? some.length : await countOf(session, drafts);
	const numbers = some.map(({ number }) => number).join(', ');
	const more = count > some.length ? ` and ${count - some.length} more` : '';
	throw new ConflictError(
		`${named} cannot be closed: ${count === 1 ? 'one entry in it is a draft' : `${count} entries in it are drafts`} (${numbers}${more}).`,
		about('Post or delete them; then close the period again.'),
	);
}

async function countOf(session: TrytonSession, domain: unknown[]): Promise<number> {
	return z
		.number()
		.int()
		.parse(await session.call(`model.${moveModel}.search_count`, [domain]));
}

const PeriodRow = z.object({
	id: z.number().int(),
	name: z.string(),
	start_date: Day,
	end_date: Day,
	state: TrytonPeriodState,
});

/** One period of whatever type, as Tryton has it. */
export async function readPeriod(
	session: TrytonSession,
	id: number,
): Promise<z.infer<typeof PeriodRow> | undefined> {
	return (await session.search(periodModel, PeriodRow, [['id', '=', id]]))[0];
}
