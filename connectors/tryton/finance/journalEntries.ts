import Big from 'big.js';
import { z } from 'zod/v4';

import { JournalEntry } from '../../../core/model/journalEntry';
import { timestampsOf, type ReadDocument } from '../documentReading';
import { numberIn } from '../invoices';
import { Day, ExactNumber, Instant, lastChange, microsecondsOf } from '../values';
import type { Books, Company } from './books';
import { canonical } from './canonical';
import type { DimensionValues } from './dimensionValues';
import { readDocument } from './documentMark';
import { NumberedRecords } from './numberedRecords';

export const moveModel = 'account.move';
export const moveLineModel = 'account.move.line';
const analyticLineModel = 'analytic_account.line';

const MoveRow = z.object({
	id: z.number().int(),
	number: z.string(),
	post_number: z.string().nullable(),
	date: Day,
	period: z.number().int(),
	description: z.string().nullable(),
	/** the record of Tryton that the move books, as `account.invoice,7` */
	origin: z.string().nullable(),
	state: z.enum(['draft', 'posted']),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'journal.': z.object({ code: z.string().nullable() }),
});
type MoveRow = z.infer<typeof MoveRow>;

const LineRow = z.object({
	id: z.number().int(),
	move: z.number().int(),
	debit: ExactNumber,
	credit: ExactNumber,
	amount_second_currency: ExactNumber.nullable(),
	description: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'account.': z.object({ code: z.string().nullable(), name: z.string() }),
	'party.': z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullish(),
	'second_currency.': z.object({ code: z.string() }).nullish(),
});
type LineRow = z.infer<typeof LineRow>;
const lineRelated = ['account.code', 'account.name', 'party.code', 'party.name', 'second_currency.code'];

const AnalyticRow = z.object({
	id: z.number().int(),
	move_line: z.number().int(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'account.': z.object({ code: z.string().nullable(), root: z.number().int() }),
});
type AnalyticRow = z.infer<typeof AnalyticRow>;

/** A move as Tryton has it, beside what it is canonically. */
export interface ReadMove extends ReadDocument<JournalEntry> {
	period: number;
	/** whether the amounts are those of a second currency */
	foreign: boolean;
	/** the rows that put a line on values of dimensions, by the line's number */
	analytic: Map<number, number[]>;
}

/**
 * Moves of the company as journal entries. An entry is in the second currency where all of its lines have the same one, otherwise
 * in the company's. A negative amount, as a cancelling move has it, stands on the other side.
 */
export class JournalEntries extends NumberedRecords<typeof MoveRow, JournalEntry> {
	constructor(books: Books, dimensionValues: DimensionValues) {
		super({
			session: books.session,
			model: moveModel,
			Row: MoveRow,
			related: ['journal.code'],
			scope: async () => [['company', '=', (await books.company()).id]],
			parts: [{ mark: 'l', model: moveLineModel, owner: 'move' }],
			partField: 'lines',
			searched: ['number', 'post_number', 'description'],
			states: { draft: 'draft', posted: 'posted' },
			read: async (rows) => await readMoves(books, dimensionValues, rows),
			overlapSeconds: books.options.overlapSeconds,
		});
	}

	override async read(key: string): Promise<ReadMove | undefined> {
		return (await super.read(key)) as ReadMove | undefined;
	}

	override async withIds(ids: number[]): Promise<ReadMove[]> {
		return (await super.withIds(ids)) as ReadMove[];
	}
}

async function readMoves(
	books: Books,
	dimensionValues: DimensionValues,
	rows: MoveRow[],
): Promise<ReadMove[]> {
	if (rows.length === 0) return [];
	const { session } = books;
	const company = await books.company();
	const moves = rows.map(({ id }) => id);
	const lines = await session.searchIn(moveLineModel, LineRow, 'move', moves, [], {
		related: lineRelated,
		order: [['id', 'ASC']],
	});
	const analytic = (await books.analytic())
		? await session.searchIn(analyticLineModel, AnalyticRow, 'move_line.move', moves, [], {
				related: ['account.code', 'account.root'],
				order: [['id', 'ASC']],
			})
		: [];
	const dimensions: Map<number, string> =
		analytic.length === 0 ? new Map() : await dimensionValues.dimensions();
	const byMove = Map.groupBy(lines, ({ move }) => move);
	const byLine = Map.groupBy(analytic, ({ move_line: line }) => line);
	return rows.map((row) => {
		const own = byMove.get(row.id) ?? [];
		const put = own.flatMap(({ id }) => byLine.get(id) ?? []);
		const changedAt = [row, ...own, ...put].map(lastChange).sort().at(-1) ?? '';
		const foreign = foreignCurrency(own);
		return {
			id: row.id,
			state: row.state,
			period: row.period,
			foreign: foreign !== undefined,
			analytic: new Map(own.map(({ id }) => [id, (byLine.get(id) ?? []).map((one) => one.id)])),
			changedAt,
			timestamps: timestampsOf(moveModel, [row], timestampsOf(moveLineModel, own)),
			document: entryOf(books, company, row, own, byLine, dimensions, changedAt, foreign),
		};
	});
}

function foreignCurrency(lines: LineRow[]): string | undefined {
	const currencies = new Set(
		lines.map((line) => (line.amount_second_currency === null ? undefined : line['second_currency.']?.code)),
	);
	return currencies.size === 1 ? [...currencies][0] : undefined;
}

function entryOf(
	{ session }: Books,
	{ entity, currency }: Company,
	row: MoveRow,
	lines: LineRow[],
	analytic: Map<number, AnalyticRow[]>,
	dimensions: Map<number, string>,
	changedAt: Instant,
	foreign: string | undefined,
) {
	const problems: Record<string, string> = {};
	const number = row.post_number ?? row.number;
	return canonical(session, JournalEntry, {
		entity: 'journalEntry',
		key: String(row.id),
		named: `Move ${number}`,
		fields: {
			key: String(row.id),
			number,
			state: row.state,
			entity,
			date: row.date,
			period: String(row.period),
			journal: row['journal.'].code ?? undefined,
			currency: foreign ?? currency,
			...originOf(session.system, row.origin),
			...readDocument(row.description),
			revision: String(microsecondsOf(changedAt)),
			lines: lines.map((line, index) => {
				const { 'account.': account, 'party.': party } = line;
				problems[`lines.${index}.account`] = `account "${account.name}" has no code`;
				problems[`lines.${index}.partner.code`] = `party "${party?.name}" has no code`;
				const values = (analytic.get(line.id) ?? []).map(
					({ 'account.': { code, root } }) => [dimensions.get(root) ?? String(root), code ?? ''] as const,
				);
				for (const [dimension] of values)
					problems[`lines.${index}.dimensions.${dimension}`] =
						`it is split among values or on one without a code`;
				const split = (dimension: string) => values.filter(([one]) => one === dimension).length > 1;
				return {
					line: String(line.id),
					account: account.code,
					...sides(foreign === undefined ? undefined : line.amount_second_currency, line),
					partner: party ? { code: party.code, name: party.name ?? undefined } : undefined,
					description: line.description ?? undefined,
					dimensions:
						values.length === 0
							? undefined
							: Object.fromEntries(values.map(([name, code]) => [name, split(name) ? '' : code])),
				};
			}),
		},
		problems,
	});
}

/** Kinds of records that Tryton itself books, by its models. */
const origins = { 'account.invoice': 'invoice', 'account.asset': 'asset' };

function originOf(system: string, origin: string | null): Pick<JournalEntry, 'document'> {
	for (const [model, type] of Object.entries(origins)) {
		const number = numberIn(origin, model);
		if (number !== undefined) return { document: { system, type, key: String(number) } };
	}
	return {};
}

function sides(second: string | null | undefined, { debit, credit }: LineRow) {
	const amount = second == null ? new Big(debit).minus(credit) : new Big(second);
	const size = amount.abs().toFixed();
	return amount.lt('0') ? { debit: '0', credit: size } : { debit: size, credit: '0' };
}
