import { z } from 'zod/v4';

import { compare } from '../../../core/model/decimal';
import { JournalEntryDraft, type JournalEntry } from '../../../core/model/journalEntry';
import { BridgeError, ConflictError, UnavailableError, ValidationError } from '../../../core/ports/errors';
import type {
	CreateRequest,
	Outcome,
	UpdateRequest,
	UpsertRequest,
} from '../../../core/ports/systemConnector';
import { existingDocument, expectVersion } from '../documentActions';
import { expressed } from '../documentReading';
import { inTurn } from '../match/turns';
import { naming } from '../naming';
import { outcomesOf } from '../outcomes';
import { problemsOf } from '../problems';
import type { Context } from '../session';
import type { Books } from './books';
import type { DimensionValues } from './dimensionValues';
import { entryReferences } from './entryReferences';
import { moveModel, type JournalEntries, type ReadMove } from './journalEntries';
import { moveValues, type MoveValues, type Resolved } from './moveValues';

type Line = JournalEntryDraft['lines'][number];
type PresentLine = JournalEntry['lines'][number];

/** Moves that are made in one transaction. */
const movesAtATime = 50;

const KeyedRow = z.object({
	id: z.number().int(),
	number: z.string(),
	state: z.string(),
	create_uid: z.number().int().nullable(),
});

/** Before the idempotency key in the number of a move, so that no number of a sequence of Tryton's is taken for one. */
const numberPrefix = 'n8n/';

/**
 * Makes and changes draft moves. The idempotency key is the move's number, as `n8n/tryton-erp/delivery/17`: it is not the number in the
 * books, which Tryton gives when the move is posted; people can search it; and a move that somebody copies gets another.
 * Tryton has no index on it, so keys are looked up many at a time. The business document stands at the end of the description.
 */
export class JournalEntryWrites {
	constructor(
		private readonly books: Books,
		private readonly entries: JournalEntries,
		private readonly dimensionValues: DimensionValues,
	) {}

	/** Many entries in a handful of calls; where Tryton refuses them together, one by one. */
	async create(requests: Array<CreateRequest<JournalEntryDraft>>): Promise<Array<Outcome<JournalEntry>>> {
		const made = await this.make(requests);
		return requests.map(({ idempotencyKey: key }) => {
			const entry = made.get(key);
			return entry instanceof BridgeError || entry === undefined
				? { key, error: named(entry ?? this.unseen(), key) }
				: { key: entry.key, value: entry };
		});
	}

	async update(requests: Array<UpdateRequest<JournalEntryDraft>>): Promise<Array<Outcome<JournalEntry>>> {
		return await outcomesOf(
			'journalEntry',
			requests,
			{ request: ({ key }) => key, record: ({ key }) => key },
			async ({ key, changes, expectedVersion }) => await this.alter(key, changes, expectedVersion),
		);
	}

	async upsert(requests: Array<UpsertRequest<JournalEntryDraft>>): Promise<Array<Outcome<JournalEntry>>> {
		const expected = requests.filter(({ expectedVersion }) => expectedVersion !== undefined);
		const there = await this.soften(expected, (some) => this.found(some.map((one) => one.idempotencyKey)));
		const absent = new Set(
			expected.flatMap(({ idempotencyKey }) =>
				there instanceof BridgeError || there.has(idempotencyKey) ? [] : [idempotencyKey],
			),
		);
		const made =
			there instanceof BridgeError
				? new Map<string, JournalEntry | BridgeError>()
				: await this.make(requests.filter(({ idempotencyKey }) => !absent.has(idempotencyKey)));
		return await outcomesOf(
			'journalEntry',
			requests,
			{ request: ({ idempotencyKey }) => idempotencyKey, record: ({ key }) => key },
			async ({ idempotencyKey, draft, expectedVersion }) => {
				if (there instanceof BridgeError) throw there;
				if (absent.has(idempotencyKey)) throw this.notThere(idempotencyKey);
				const entry = made.get(idempotencyKey) ?? this.unseen();
				if (entry instanceof BridgeError) throw entry;
				return await this.alter(entry.key, draft, expectedVersion);
			},
		);
	}

	/** The entries by idempotency key, as they are now, or why there is none. What is there already stays as it is. */
	private async make(
		requests: Array<CreateRequest<JournalEntryDraft>>,
	): Promise<Map<string, JournalEntry | BridgeError>> {
		const results = new Map<string, JournalEntry | BridgeError>();
		const wanted = new Map(requests.map((request) => [request.idempotencyKey, request.draft]));
		if (wanted.size === 0) return results;
		const keys = [...wanted.keys()];
		const failure = await this.soften(keys, async () => {
			await inTurn(`${this.books.session.address} ${moveModel} keys`, async () => {
				const known = await this.found(keys);
				const missing = keys.filter((key) => !known.has(key));
				const values = await this.resolved(missing, wanted, results);
				for (let start = 0; start < values.length; start += movesAtATime)
					await this.createSome(values.slice(start, start + movesAtATime), results);
			});
			const found = await this.found(keys);
			const read = new Map((await this.entries.withIds([...found.values()])).map((move) => [move.id, move]));
			for (const [key, id] of found) {
				const move = read.get(id);
				if (move === undefined) continue;
				results.set(key, move.document);
			}
		});
		if (failure instanceof BridgeError)
			for (const key of keys) if (!(results.get(key) instanceof BridgeError)) results.set(key, failure);
		return results;
	}

	private async resolved(
		keys: string[],
		wanted: Map<string, JournalEntryDraft>,
		results: Map<string, BridgeError | JournalEntry>,
	): Promise<Array<{ key: string; values: Context }>> {
		const drafts = new Map<string, JournalEntryDraft>();
		for (const key of keys) {
			const parsed = JournalEntryDraft.safeParse(wanted.get(key));
			if (parsed.success) drafts.set(key, parsed.data);
			else results.set(key, this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]));
		}
		if (drafts.size === 0) return [];
		const company = await this.books.company();
		const references = await entryReferences(this.books, this.dimensionValues, [...drafts.values()]);
		return [...drafts].flatMap(([key, draft]) => {
			const resolved = moveValues(company, draft, references);
			if (!('values' in resolved)) {
				results.set(key, this.unresolved(resolved, draft.date));
				return [];
			}
			const { header, lines } = resolved.values;
			const values = { ...header, number: `${numberPrefix}${key}`, lines: [['create', lines]] };
			return [{ key, values }];
		});
	}

	private async createSome(
		moves: Array<{ key: string; values: Context }>,
		results: Map<string, BridgeError | JournalEntry>,
	): Promise<void> {
		const { session } = this.books;
		const failure = await this.soften(moves, async () => {
			await session.create(
				moveModel,
				moves.map(({ values }) => values),
			);
		});
		if (!(failure instanceof BridgeError)) return;
		// What Tryton refused it did not do: one of them is at fault, and the others are made without it.
		if (!failure.retryable && moves.length > 1)
			for (const move of moves) await this.createSome([move], results);
		else for (const { key } of moves) results.set(key, failure);
	}

	/**
	 * The numbers of the moves that bear the keys, the first made of each. Tryton has no constraint that keeps a second one out, so one
	 * that was made at the same time by another n8n, or by a call that was given up and went through, is deleted again: our
	 * own drafts only.
	 */
	private async found(keys: string[]): Promise<Map<string, number>> {
		const { session } = this.books;
		const { id: company } = await this.books.company();
		const numbers = keys.map((key) => `${numberPrefix}${key}`);
		const rows = await session.searchIn(moveModel, KeyedRow, 'number', numbers, [['company', '=', company]]);
		const moves = new Map<string, number>();
		const doubled: typeof rows = [];
		for (const row of rows.sort((a, b) => a.id - b.id)) {
			const key = row.number.slice(numberPrefix.length);
			if (moves.has(key)) doubled.push(row);
			else moves.set(key, row.id);
		}
		if (doubled.length > 0) {
			const user = await session.user();
			const own = doubled.filter(({ state, create_uid: maker }) => state === 'draft' && maker === user);
			if (own.length > 0) await session.call(`model.${moveModel}.delete`, [own.map(({ id }) => id)]);
		}
		return moves;
	}

	private async alter(
		key: string,
		given: Partial<JournalEntryDraft>,
		expectedVersion: string | undefined,
	): Promise<JournalEntry> {
		const { session } = this.books;
		const parsed = JournalEntryDraft.partial().safeParse(given);
		if (!parsed.success) throw this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]);
		const changes = parsed.data as Partial<JournalEntryDraft>;
		return await inTurn(`${session.address} ${moveModel} ${key}`, async () => {
			const before = await this.existing(key);
			const entry = expressed(before);
			expectVersion(session, entryKind, entry, expectedVersion);
			const values = await this.differences(changes, before, entry);
			if (values === undefined) return entry;
			if (before.state !== 'draft') {
				throw new ConflictError(
					`Journal entry ${entry.number ?? key} of ${session.system} is posted; only a draft can change.`,
					session.about({ hint: 'Cancel the move in Tryton and make another entry.' }),
				);
			}
			try {
				await session.call(`model.${moveModel}.write`, [[before.id], values], {
					_timestamp: before.timestamps,
				});
			} catch (error) {
				if (!(error instanceof UnavailableError) || !(await this.isDone(key, changes))) throw error;
			}
			return expressed(await this.existing(key));
		});
	}

	/** Whether the change went through although its answer did not come. */
	private async isDone(key: string, changes: Partial<JournalEntryDraft>): Promise<boolean> {
		try {
			const read = await this.existing(key);
			return (await this.differences(changes, read, expressed(read))) === undefined;
		} catch {
			return false;
		}
	}

	/** What is to be written so that the entry reads as the changes say; `undefined` where it does already. */
	private async differences(
		changes: Partial<JournalEntryDraft>,
		read: ReadMove,
		entry: JournalEntry,
	): Promise<Context | undefined> {
		const target: JournalEntryDraft = { ...asDraft(entry), ...changes };
		const pairs = this.paired(target.lines, entry.lines);
		const kept = new Set(pairs.map(({ same }) => same?.line));
		const gone = entry.lines.filter(({ line }) => !kept.has(line)).map(({ line }) => Number(line));
		const changed = pairs.filter(({ line, same }) => same === undefined || differs(line, same));
		const { date, currency, journal, entity, description, document } = target;
		const moved = date !== entry.date || currency !== entry.currency;
		const same =
			!moved &&
			journal === entry.journal &&
			entity === entry.entity &&
			description === entry.description &&
			JSON.stringify(document) === JSON.stringify(entry.document);
		if (same && changed.length === 0 && gone.length === 0) return undefined;
		const { header, lines } = await this.newValues(target);
		// Amounts in the company's currency depend on all lines, and rows on dimensions bear the day.
		const whole = moved || read.foreign;
		const commands: unknown[] = gone.length === 0 ? [] : [['delete', gone]];
		const made: Context[] = [];
		for (const [index, { line, same: present }] of pairs.entries()) {
			const values = lines[index] as Context;
			if (present === undefined) made.push(values);
			else if (whole || differs(line, present)) {
				const rows = read.analytic.get(Number(present.line)) ?? [];
				const fresh = (values.analytic_lines as unknown[] | undefined) ?? [];
				const analytic =
					values.analytic_lines === undefined
						? {}
						: { analytic_lines: [...(rows.length > 0 ? [['delete', rows]] : []), ...fresh] };
				commands.push(['write', [Number(present.line)], { ...values, ...analytic }]);
			}
		}
		if (made.length > 0) commands.push(['create', made]);
		return { ...header, ...(commands.length === 0 ? {} : { lines: commands }) };
	}

	private async newValues(draft: JournalEntryDraft): Promise<MoveValues> {
		const references = await entryReferences(this.books, this.dimensionValues, [draft]);
		const resolved = moveValues(await this.books.company(), draft, references);
		if ('values' in resolved) return resolved.values;
		throw this.unresolved(resolved, draft.date);
	}

	/** A line without identifier is the first free one that is equal, if any. */
	private paired(wanted: Line[], present: PresentLine[]): Array<{ line: Line; same?: PresentLine }> {
		const named = new Set(wanted.map(({ line }) => line));
		const free = present.filter(({ line }) => !named.has(line));
		return wanted.map((line, index) => {
			if (line.line !== undefined) {
				const same = present.find((one) => one.line === line.line);
				if (same === undefined)
					throw this.refusal(
						[`lines.${index}.line: there is no line "${line.line}"`],
						'Read the entry again; a new line has no "line".',
					);
				return { line, same };
			}
			const at = free.findIndex((one) => !differs(line, one));
			const [same] = at < 0 ? [] : free.splice(at, 1);
			return { line, ...(same === undefined ? {} : { same }) };
		});
	}

	private async existing(key: string): Promise<ReadMove> {
		const { session } = this.books;
		return await existingDocument(session, { ...entryKind, read: (one) => this.entries.read(one) }, key);
	}

	/** What the work gives, or the failure that it ended in. */
	private async soften<I, T>(input: I, work: (input: I) => Promise<T>): Promise<T | BridgeError> {
		try {
			return await work(input);
		} catch (error) {
			if (error instanceof BridgeError) return error;
			throw error;
		}
	}

	private unresolved(resolved: Exclude<Resolved, { values: MoveValues }>, date: string): BridgeError {
		if ('problems' in resolved) return this.refusal(resolved.problems);
		return closedPeriod(this.books, resolved.closed, date);
	}

	private refusal(problems: string[], hint = 'Correct the entry and send it again.'): ValidationError {
		const { session } = this.books;
		return new ValidationError(
			`${session.system} cannot take this journal entry: ${problems.join('; ')}.`,
			session.about({ hint }),
		);
	}

	private notThere(idempotencyKey: string): ConflictError {
		const { session } = this.books;
		return new ConflictError(
			`${session.system} has no journal entry that was made under the key "${idempotencyKey}".`,
			session.about({ hint: 'Leave the expected revision empty to make it.' }),
		);
	}

	private unseen(): UnavailableError {
		const { session } = this.books;
		return new UnavailableError(
			`${session.system} made a journal entry and does not show it.`,
			session.about({ hint: 'Check that the user may read what it makes; then try again.' }),
		);
	}
}

/** As the shared steps on documents name it. */
export const entryKind = { entity: 'journalEntry', name: 'journal entry' };

/** That the day's period takes no entries any more. */
export function closedPeriod(
	{ session }: Books,
	{
		name,
		start_date: from,
		end_date: to,
		state,
	}: { name: string; start_date: string; end_date: string; state: string },
	date: string,
): ConflictError {
	const locked = state === 'locked';
	return new ConflictError(
		`${session.system} takes no entry on ${date}: its period "${name}" (${from} to ${to}) is ${locked ? 'locked for good' : 'closed'}.`,
		session.about({
			hint: locked
				? 'Choose a day in an open period.'
				: 'Choose a day in an open period, or reopen the period and send the entry again.',
		}),
	);
}

function named(error: BridgeError, key: string): BridgeError {
	return naming('journalEntry', error, key) as BridgeError;
}

function asDraft({
	entity,
	date,
	journal,
	currency,
	description,
	document,
	lines,
}: JournalEntry): JournalEntryDraft {
	return { entity, date, journal, currency, description, document, lines };
}

function differs(line: Line, present: PresentLine): boolean {
	return (
		line.account !== present.account ||
		compare(line.debit, present.debit) !== 0 ||
		compare(line.credit, present.credit) !== 0 ||
		line.partner?.code !== present.partner?.code ||
		line.description !== present.description ||
		dimensionsText(line) !== dimensionsText(present)
	);
}

function dimensionsText({ dimensions = {} }: Pick<Line, 'dimensions'>): string {
	return JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
}
