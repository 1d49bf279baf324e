import { randomUUID } from 'node:crypto';

import type { LedgerPeriod } from '../../model/ledger';
import { ValidationError } from '../../ports/errors';
import type { SystemConnector } from '../../ports/systemConnector';
import {
	compareWithLedger,
	periodsInLedger,
	type Drift,
	type LedgerAction,
	type LedgerComparison,
	type LedgerView,
} from './ledgerDrift';
import { periodContaining, periodsOfYear } from './fiscalCalendar';
import { unknownEntity } from './booksChange';
import { lineage, postingDate, type PlacedEntity } from './legalEntity';
import type { Books, Refusal } from './periodLock';

/** What is compared, as far as the ledger does not say it itself. */
export interface LedgerQuestion extends Pick<LedgerView, 'entity' | 'softClosed'> {
	/** how the ledger calls the legal entity; absent: by its id or its name */
	entityInLedger?: string;
	/** fiscal year; absent: this one, and the one before where the ledger has periods of it */
	year?: number;
	now: Date;
}

export interface LedgerResult extends LedgerComparison {
	system: string;
	years: number[];
}

const ledgerActions = ['close', 'lock', 'reopen'] as const;

/** Reads the ledger's periods and compares them with the calendar. */
export async function readDrift(
	ledger: SystemConnector,
	books: Books,
	question: LedgerQuestion,
): Promise<LedgerResult | Refusal> {
	const capabilities = ledger.capabilities().entities.ledgerPeriod;
	if (capabilities?.read !== true)
		throw new ValidationError(
			`${ledger.system} shows no ledger periods. Choose the system that keeps the ledger.`,
			{
				system: ledger.system,
				entity: 'ledgerPeriod',
			},
		);
	const periods: LedgerPeriod[] = [];
	for await (const page of ledger.list('ledgerPeriod')) periods.push(...page);
	const [own] = lineage(books.organisation, question.entity) ?? [];
	if (own === undefined) return { refused: unknownEntity(books.organisation, question.entity) };
	const { id, name } = own.entity;
	const namesInLedger = question.entityInLedger === undefined ? [id, name] : [question.entityInLedger];
	const theirs = periodsInLedger(periods, { namesInLedger });
	if (theirs.length === 0 && periods.length > 0) {
		const others = [...new Set(periods.map(({ entity }) => `"${entity}"`))].join(', ');
		return {
			refused: `${ledger.system} has periods of ${others} and none of "${namesInLedger.join('" or "')}". Give the name that it uses in the option Entity in Ledger.`,
		};
	}
	const years = yearsOf(own, question, theirs);
	if ('refused' in years) return years;
	const view: LedgerView = {
		entity: id,
		softClosed: question.softClosed,
		namesInLedger,
		...years,
		system: ledger.system,
		can: ledgerActions.filter((action) => capabilities.actions.includes(action)),
	};
	const comparison = compareWithLedger(books, view, periods);
	return 'refused' in comparison ? comparison : { system: ledger.system, ...years, ...comparison };
}

function yearsOf(
	{ entity, calendar }: PlacedEntity,
	{ year, now }: LedgerQuestion,
	theirs: LedgerPeriod[],
): { years: number[] } | Refusal {
	if (year !== undefined) return { years: [year] };
	const today = postingDate(entity, now);
	const current = periodContaining(calendar, today);
	if (current === undefined)
		return {
			refused: `Today, ${today}, is in no period of the calendar "${calendar.name}" of ${entity.id}. Add the period, or name the fiscal year.`,
		};
	const before = periodsOfYear(calendar, current.year - 1);
	const [first, last] = [before.at(0), before.at(-1)];
	const isThere =
		first !== undefined &&
		last !== undefined &&
		theirs.some(({ from, to }) => from <= last.to && to >= first.from);
	return { years: isThere ? [current.year - 1, current.year] : [current.year] };
}

/** A period of the ledger that was changed, as it was and as it was read back. */
export interface PushedPeriod {
	period: string;
	ledgerPeriod: string;
	name: string;
	from: string;
	to: string;
	was: LedgerPeriod['state'];
	is: LedgerPeriod['state'];
}

export interface PushResult extends LedgerResult {
	pushed: PushedPeriod[];
	/** what the ledger said to the changes that it refused, by the key of its period */
	refusals: Map<string, string>;
}

/**
 * Makes the ledger's own periods what the calendar says, then reads them back: what is told is what the ledger has, not what it
 * was asked for. Safe to repeat. A period that the ledger refuses keeps its neighbours from nothing. Throws when the ledger is away.
 */
export async function pushToLedger(
	ledger: SystemConnector,
	books: Books,
	question: LedgerQuestion,
): Promise<PushResult | Refusal> {
	const before = await readDrift(ledger, books, question);
	if ('refused' in before) return before;
	const refusals = new Map<string, string>();
	const due = before.drifts.filter(({ actions }) => actions.length > 0);
	// Ledgers want periods reopened from the last one backwards, and closed from the first one on.
	await act(ledger, 'reopen', due.toReversed(), refusals);
	await act(ledger, 'close', due, refusals);
	await act(ledger, 'lock', due, refusals);
	if (due.length === 0) return { ...before, pushed: [], refusals };
	const after = await readDrift(ledger, books, question);
	if ('refused' in after) return after;
	return { ...after, pushed: changed(before, after), refusals };
}

async function act(
	ledger: SystemConnector,
	action: LedgerAction,
	drifts: Drift[],
	refusals: Map<string, string>,
): Promise<void> {
	const keys = drifts
		.filter(({ actions }) => actions.includes(action))
		.flatMap(({ ledgerPeriod }) => (ledgerPeriod === undefined ? [] : [ledgerPeriod.key]))
		.filter((key) => !refusals.has(key));
	if (keys.length === 0) return;
	const outcomes = await ledger.act(
		'ledgerPeriod',
		action,
		// A period may be closed again after it was reopened, so each order has a key of its own.
		keys.map((key) => ({ key, idempotencyKey: randomUUID(), input: {} })),
	);
	for (const outcome of outcomes) {
		if (!('error' in outcome)) continue;
		if (outcome.error.retryable) throw outcome.error;
		refusals.set(outcome.key, outcome.error.message);
	}
}

function changed(before: LedgerResult, after: LedgerResult): PushedPeriod[] {
	const now = new Map(
		[...after.inStep, ...after.drifts].flatMap(({ ledgerPeriod }) =>
			ledgerPeriod === undefined ? [] : [[ledgerPeriod.key, ledgerPeriod.state] as const],
		),
	);
	return before.drifts.flatMap(({ period, ledgerPeriod, actions }) => {
		const is = now.get(ledgerPeriod?.key ?? '');
		if (actions.length === 0 || ledgerPeriod === undefined || period === undefined) return [];
		const { key, name, from, to, state: was } = ledgerPeriod;
		return is === undefined || is === was ? [] : [{ period, ledgerPeriod: key, name, from, to, was, is }];
	});
}
