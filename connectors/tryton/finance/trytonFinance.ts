import type { NoInput, ActRequest } from '../../../core/ports/systemConnector';
import type { TrytonFinanceOptions } from '../options';
import { reading, ServedEntities, writing, type Services } from '../servedEntities';
import { TrytonSession } from '../session';
import { accountModel, Accounts } from './accounts';
import { assetLineModel, assetModel, assets } from './assets';
import { Books } from './books';
import { analyticModel, DimensionValues } from './dimensionValues';
import { JournalEntries, moveLineModel, moveModel } from './journalEntries';
import { JournalEntryWrites } from './journalEntryWrites';
import { ledgerPeriods, periodModel } from './ledgerPeriods';
import { actOnPeriods, type PeriodAction } from './periodActions';
import { postEntries } from './postEntries';

/**
 * Tryton's ledger: accounts, periods, moves, analytic accounts and fixed assets of the company that the user is in. Analytic
 * accounts and assets need their modules; without them only these entities are refused.
 */
export class TrytonFinance extends ServedEntities {
	private readonly books: Books;

	constructor(options: TrytonFinanceOptions) {
		const session = new TrytonSession(options);
		const books = new Books(session, options);
		const dimensionValues = new DimensionValues(books);
		const periods = ledgerPeriods(books);
		const entries = new JournalEntries(books, dimensionValues);
		const services: Services = {
			account: {
				...reading<'account'>(new Accounts(books)),
				actions: [],
				models: { '': accountModel, 'type.': 'account.account.type' },
			},
			dimensionValue: {
				...reading<'dimensionValue'>(dimensionValues),
				actions: [],
				models: { '': analyticModel },
			},
			journalEntry: {
				...reading<'journalEntry'>(entries),
				...writing<'journalEntry'>(new JournalEntryWrites(books, entries, dimensionValues)),
				actions: ['post'],
				act: (_action, requests: Array<ActRequest<NoInput>>) => postEntries(books, entries, requests),
				models: { '': moveModel, 'lines.': moveLineModel },
			},
			ledgerPeriod: {
				...reading<'ledgerPeriod'>(periods),
				actions: ['close', 'lock', 'reopen'],
				act: (action, requests) => actOnPeriods(books, periods, action as PeriodAction, requests),
				models: { '': periodModel },
			},
			asset: {
				...reading<'asset'>(assets(books)),
				actions: [],
				models: { '': assetModel, 'lines.': assetLineModel },
			},
		};
		super({
			session,
			services,
			as: 'finance',
			hint: 'It serves accounts, dimension values, journal entries, ledger periods and assets; for orders connect it as ERP, for stock as WMS.',
		});
		this.books = books;
	}

	async check(): Promise<void> {
		await this.books.company();
		await this.books.analytic();
		await this.session.call('model.account.move.search_count', [[]]);
	}
}
