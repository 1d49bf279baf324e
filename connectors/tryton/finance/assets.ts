import Big from 'big.js';
import { z } from 'zod/v4';

import { Asset, type DepreciationRule } from '../../../core/model/asset';
import { subtract } from '../../../core/model/decimal';
import type { ValidationError } from '../../../core/ports/errors';
import { timestampsOf } from '../documentReading';
import { Day, ExactNumber, Instant, lastChange, microsecondsOf } from '../values';
import type { Books, Company } from './books';
import { canonical } from './canonical';
import { NumberedRecords } from './numberedRecords';

export const assetModel = 'account.asset';
export const assetLineModel = 'account.asset.line';

const AssetRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	value: ExactNumber,
	depreciated_amount: ExactNumber,
	residual_value: ExactNumber,
	start_date: Day,
	end_date: Day,
	state: z.enum(['running', 'closed']),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'product.': z.object({ rec_name: z.string() }),
	'move.': z.object({ date: Day }).nullish(),
	'customer_invoice_line.': z.object({ amount: ExactNumber }).nullish(),
});
type AssetRow = z.infer<typeof AssetRow>;

export type Assets = NumberedRecords<typeof AssetRow, Asset>;

/**
 * Assets that are or were in use; drafts are not. Tryton 6.0 depreciates in a straight line by days. The cost is what is left to
 * depreciate on the first day here, so less by what was depreciated elsewhere before; after a change of value in Tryton it
 * is the new one, since Tryton keeps no other.
 */
export function assets(books: Books): Assets {
	const { session } = books;
	return new NumberedRecords<typeof AssetRow, Asset>({
		session,
		model: assetModel,
		Row: AssetRow,
		related: ['product.rec_name', 'move.date', 'customer_invoice_line.amount'],
		scope: async () => [
			['company', '=', (await books.company()).id],
			['state', 'in', ['running', 'closed']],
		],
		parts: [],
		searched: ['number', 'product.rec_name'],
		states: {},
		read: async (rows) => {
			const company = await books.company();
			return rows.map((row) => {
				const changedAt = lastChange(row);
				return {
					id: row.id,
					state: row.state,
					changedAt,
					timestamps: timestampsOf(assetModel, [row]),
					document: assetOf(books, company, row, changedAt),
				};
			});
		},
		overlapSeconds: books.options.overlapSeconds,
	});
}

function assetOf(
	{ session }: Books,
	{ entity, currency }: Company,
	row: AssetRow,
	changedAt: Instant,
): Asset | ValidationError {
	const { id, number, start_date: inService, 'move.': closing } = row;
	const cost = subtract(row.value, row.depreciated_amount);
	const proceeds = row['customer_invoice_line.']?.amount ?? '0';
	return canonical(session, Asset, {
		entity: 'asset',
		key: String(id),
		named: `Asset ${number ?? id}`,
		fields: {
			key: String(id),
			number: number ?? undefined,
			name: row['product.'].rec_name,
			entity,
			currency,
			cost,
			residualValue: row.residual_value,
			inService,
			rule: ruleOf(row),
			disposal:
				row.state === 'closed' && closing ? { on: closing.date, proceeds: absolute(proceeds) } : undefined,
			revision: String(microsecondsOf(changedAt)),
		},
	});
}

/** Absent where the life is no whole number of months, which the canonical rule cannot say. */
function ruleOf({ start_date: from, end_date: to }: AssetRow): DepreciationRule | undefined {
	const first = new Date(`${from}T00:00:00Z`);
	const after = new Date(`${to}T00:00:00Z`);
	after.setUTCDate(after.getUTCDate() + 1);
	const months =
		(after.getUTCFullYear() - first.getUTCFullYear()) * 12 + after.getUTCMonth() - first.getUTCMonth();
	if (after.getUTCDate() !== first.getUTCDate() || months < 1) return undefined;
	return { method: 'straightLine', usefulLifeMonths: months, convention: 'daily' };
}

function absolute(amount: string): string {
	return new Big(amount).abs().toFixed();
}
