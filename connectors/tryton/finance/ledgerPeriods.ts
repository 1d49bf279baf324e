import { z } from 'zod/v4';

import { LedgerPeriod, type LedgerPeriodState } from '../../../core/model/ledger';
import { timestampsOf } from '../documentReading';
import { Day, Instant, lastChange, microsecondsOf } from '../values';
import type { Books, Company } from './books';
import { canonical } from './canonical';
import { NumberedRecords } from './numberedRecords';

export const periodModel = 'account.period';

/** Tryton's states of a period. */
const periodStates = {
	open: 'open',
	close: 'closed',
	locked: 'locked',
} as const satisfies Record<string, LedgerPeriodState>;
export const TrytonPeriodState = z.enum(['open', 'close', 'locked']);

const PeriodRow = z.object({
	id: z.number().int(),
	name: z.string(),
	start_date: Day,
	end_date: Day,
	state: TrytonPeriodState,
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
});
type PeriodRow = z.infer<typeof PeriodRow>;

export type LedgerPeriods = NumberedRecords<typeof PeriodRow, LedgerPeriod>;

/** Periods of the company. Adjustment periods are left out: what is posted on a day is never put into one by its date. */
export function ledgerPeriods(books: Books): LedgerPeriods {
	return new NumberedRecords<typeof PeriodRow, LedgerPeriod>({
		session: books.session,
		model: periodModel,
		Row: PeriodRow,
		related: [],
		scope: async () => standardPeriods(await books.company()),
		parts: [],
		searched: ['name'],
		states: periodStates,
		read: async (rows) => {
			const { entity } = await books.company();
			return rows.map((row) => {
				const changedAt = lastChange(row);
				return {
					id: row.id,
					state: row.state,
					changedAt,
					timestamps: timestampsOf(periodModel, [row]),
					document: periodOf(books, row, entity, changedAt),
				};
			});
		},
		overlapSeconds: books.options.overlapSeconds,
	});
}

export function standardPeriods({ id }: Company): unknown[] {
	return [
		['company', '=', id],
		['type', '=', 'standard'],
	];
}

function periodOf({ session }: Books, row: PeriodRow, entity: string, changedAt: Instant) {
	return canonical(session, LedgerPeriod, {
		entity: 'ledgerPeriod',
		key: String(row.id),
		named: `Period "${row.name}"`,
		fields: {
			key: String(row.id),
			name: row.name,
			entity,
			from: row.start_date,
			to: row.end_date,
			state: periodStates[row.state],
			revision: String(microsecondsOf(changedAt)),
		},
	});
}
