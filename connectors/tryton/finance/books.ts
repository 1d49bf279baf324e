import { z } from 'zod/v4';

import { ValidationError } from '../../../core/ports/errors';
import { once } from '../once';
import type { TrytonFinanceOptions } from '../options';
import type { TrytonSession } from '../session';

/** Whose books are kept, and in which currency. */
export interface Company {
	id: number;
	/** as the legal entity is called here */
	entity: string;
	currency: string;
	currencyId: number;
}

const CompanyRow = z.object({
	id: z.number().int(),
	currency: z.number().int(),
	'currency.': z.object({ code: z.string() }),
	'party.': z.object({ name: z.string().nullable() }),
});

/** The books of the one company that the user is in. */
export class Books {
	/** asked for once, since a company keeps its name and currency */
	readonly company = once(() => this.readCompany());
	/** whether the database has analytic accounts, which are a module of their own */
	readonly analytic = once(() => this.readAnalytic());

	constructor(
		readonly session: TrytonSession,
		readonly options: Pick<TrytonFinanceOptions, 'entity' | 'journal' | 'overlapSeconds'>,
	) {}

	private async readCompany(): Promise<Company> {
		const { session, options } = this;
		const id = await session.company();
		const [row] = await session.search('company.company', CompanyRow, [['id', '=', id]], {
			related: ['currency.code', 'party.name'],
		});
		if (row === undefined) {
			throw new ValidationError(
				`Company ${id} of ${session.system} cannot be read.`,
				session.about({ hint: 'Let the user read companies and currencies in Tryton.' }),
			);
		}
		const entity = options.entity ?? row['party.'].name ?? String(id);
		return { id, entity, currency: row['currency.'].code, currencyId: row.currency };
	}

	private async readAnalytic(): Promise<boolean> {
		const fields = await this.session.call('model.account.move.line.fields_get', [['analytic_lines']]);
		return 'analytic_lines' in z.record(z.string(), z.unknown()).parse(fields);
	}
}
