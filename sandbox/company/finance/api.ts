import { fieldsOf } from '../http/describedFields';
import { ServiceError, type Route } from '../http/service';
import type { RecordBook } from '../records/recordBook';
import { recordRoutes } from '../records/recordRoutes';
import { financeSystem, type Finance } from './finance';

/** The ledger's HTTP face. */
export function financeRoutes(finance: Finance): Route[] {
	const books = {
		accounts: finance.accounts,
		dimensions: finance.dimensions,
		periods: finance.periods,
		assets: finance.assets,
		entries: finance.entries,
	} as unknown as Record<string, RecordBook>;
	return [
		{ method: 'GET', path: '/api', handle: () => description(finance, books) },
		{
			method: 'GET',
			path: '/api/balances',
			handle: ({ query }) => {
				const period = query.get('period');
				if (period !== null) return finance.trialBalance(period);
				throw new ServiceError(422, 'invalid', 'period: give the code of a period, such as 2026-01.');
			},
		},
		...Object.entries(books).flatMap(([name, book]) => recordRoutes(`/api/${name}`, book)),
	];
}

function description(finance: Finance, books: Record<string, RecordBook>): unknown {
	return {
		system: financeSystem,
		note: 'Sandbox: a stand-in, not a real ledger.',
		entities: Object.fromEntries(
			Object.entries(books).map(([name, { kind }]) => [name, { fields: fieldsOf(kind.fields, kind.fields) }]),
		),
		capabilities: {
			bulk: false,
			bulkSize: 1,
			optimisticLocking: true,
			publishes: finance.outbox !== undefined,
		},
	};
}
