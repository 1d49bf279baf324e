import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { addDays } from '../finance/calendar/calendarDate';
import type { Database } from '../store/database';
import {
	acceptancesOf,
	contentsOf,
	dropRun,
	findingsOfRun,
	lastRuns,
	putInForce,
	writeFindings,
	type FindingToKeep,
	type KeptRun,
} from '../store/varianceHistory';
import type { Comparison } from './compare';
import type { VarianceDefinition } from './definition';
import type { CarriedFinding, CarriedOver, Finding, NotKept, SettledFinding } from './finding';
import { definitionPrint, findingId, identityOf, standingOf, Tally, type KeptFinding } from './history';
import { keySeparator } from './statements';

/** Findings that are kept of a report. With more the report is made without what was before. */
export const keptFindings = 100_000;
/** Report days in the trend. */
const trendDays = 90;
/** Findings that are worked on before the event loop gets its turn. */
const findingsAPiece = 50;
/** Findings that are written in one transaction, and so with one wait for the disk. */
const findingsAWrite = 500;
/** How often the run before may be replaced by another while this one is compared with it. */
const attempts = 5;

export interface CarryOverOptions {
	/** days for which reports, and acceptances of what is not found any more, are kept */
	retentionDays: number;
	/** the day it is; a report for a day after the next is not kept, or it would shut out those of the days between */
	today: string;
	/** milliseconds since 1970 */
	at: number;
	/** for tests */
	limit?: number;
}

export type CarryOverResult =
	| { carried: Extract<CarriedOver, { kept: false }> }
	| {
			carried: Extract<CarriedOver, { kept: true }>;
			/** in the order of those given */
			findings: CarriedFinding[];
			/** the most money first */
			settled: SettledFinding[];
	  };

/**
 * Compares a report with the one kept before it under the same name, and keeps it in place of any of the same day. All of it is kept or nothing: the
 * new report takes effect in one statement. Nothing is kept of a report for a day before the last one kept, for a day that is far off, or with more
 * findings than are kept; then the result says so.
 */
export async function carryOver(
	database: Database,
	definition: VarianceDefinition,
	comparison: Pick<Comparison, 'deals'>,
	findings: readonly Finding[],
	options: CarryOverOptions,
): Promise<CarryOverResult> {
	const { asOf: day } = definition;
	if (day > addDays(options.today, 1)) return notKept('futureDay');
	if (findings.filter(({ pending }) => !pending).length > (options.limit ?? keptFindings))
		return notKept('tooManyFindings');
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const runs = await lastRuns(database, definition.name, 2);
		const [last] = runs;
		if (last !== undefined && last.day > day)
			return { carried: { kept: false, because: 'laterDayKept', laterDay: last.day } };
		const base = runs.find((run) => run.day < day);
		const result = await keepBeside(database, definition, comparison, findings, base, options);
		if (result !== undefined) return result;
	}
	throw new Error(
		`The reports of "${definition.name}" changed ${attempts} times while this one was compared with the last. Nothing was kept; run it again when no other run of it is under way.`,
	);
}

function notKept(because: NotKept): CarryOverResult {
	return { carried: { kept: false, because } };
}

/** Undefined when the run before is another by now. */
async function keepBeside(
	database: Database,
	definition: VarianceDefinition,
	comparison: Pick<Comparison, 'deals'>,
	found: readonly Finding[],
	base: KeptRun | undefined,
	{ retentionDays, at }: CarryOverOptions,
): Promise<CarryOverResult | undefined> {
	const { name, asOf: day } = definition;
	const identity = identityOf(definition);
	const restarted = base !== undefined && base.identity !== identity;
	/** what is not found again is left over, and settled */
	const before =
		base === undefined || restarted ? new Map<string, KeptFinding>() : await findingsOfRun(database, base);
	if (before === undefined) return undefined;
	const acceptances = await acceptancesOf(database, name);
	const run = { comparison: name, run: randomUUID() };
	const findings: CarriedFinding[] = [];
	const tallies = { new: new Tally(), stillOpen: new Tally(), accepted: new Tally(), settled: new Tally() };
	let written = 0;
	for (let start = 0; start < found.length; start += findingsAWrite) {
		const open: FindingToKeep[] = [];
		const end = Math.min(start + findingsAWrite, found.length);
		for (let piece = start; piece < end; piece += findingsAPiece) {
			for (const finding of found.slice(piece, Math.min(piece + findingsAPiece, end))) {
				const id = findingId(finding.key);
				const carried = standingOf(id, finding, day, before.get(id), acceptances.get(id));
				before.delete(id);
				if (carried.state !== 'pending') tallies[carried.state].add(carried);
				findings.push(carried);
				open.push(...toKeep(carried, finding));
			}
			await setImmediate();
		}
		await writeFindings(database, run, written, open, at);
		written += open.length;
	}
	const gone = [...before];
	const settled = base === undefined ? [] : await settledOf(database, base, gone, comparison, day);
	for (const finding of settled) tallies.settled.add(finding);
	const states = {
		new: tallies.new.total,
		stillOpen: tallies.stillOpen.total,
		accepted: tallies.accepted.total,
		settled: tallies.settled.total,
	};
	const print = definitionPrint(definition);
	const isKept =
		settled.length === gone.length &&
		(await putInForce(
			database,
			{ ...run, day, identity, definition: print, findings: written, outcome: states },
			base,
			{ at, retentionDays },
		));
	if (!isKept) {
		await dropRun(database, run);
		return undefined;
	}
	const kept = await lastRuns(database, name, trendDays);
	return {
		carried: {
			kept: true,
			...(base === undefined ? {} : { previousDay: base.day }),
			restarted,
			definitionChanged: base !== undefined && !restarted && base.definition !== print,
			states,
			trend: kept.map((one) => ({ day: one.day, ...one.outcome })).reverse(),
		},
		findings,
		settled,
	};
}

function toKeep(carried: CarriedFinding, finding: Finding): FindingToKeep[] {
	const { id, fingerprint, openSince, class: name, atStake, owner } = carried;
	if (openSince === undefined) return [];
	return [
		{
			id,
			fingerprint,
			openSince,
			class: name,
			atStake,
			finding,
			...(owner === undefined ? {} : { owner }),
		},
	];
}

/** The findings that are there no more, with what the sides say of their deals now. Fewer than asked for when the run was replaced meanwhile. */
async function settledOf(
	database: Database,
	base: KeptRun,
	gone: Array<[string, KeptFinding]>,
	comparison: Pick<Comparison, 'deals'>,
	day: string,
): Promise<SettledFinding[]> {
	const contents = await contentsOf(
		database,
		base,
		gone.map(([id]) => id),
	);
	const now = await comparison.deals([...contents.values()].map(({ key }) => key));
	return gone.flatMap(([id, { openSince }]) => {
		const finding = contents.get(id);
		if (finding === undefined) return [];
		const sidesNow = now.get(finding.key.join(keySeparator)) ?? {};
		return [{ ...finding, id, state: 'settled' as const, openSince, settledOn: day, sidesNow }];
	});
}
