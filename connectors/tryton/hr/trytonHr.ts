import { z } from 'zod/v4';

import { ValidationError } from '../../../core/ports/errors';
import { once } from '../once';
import type { TrytonFinanceOptions } from '../options';
import { reading, ServedEntities, type Services } from '../servedEntities';
import { TrytonSession } from '../session';
import { employeeModel, employees, type EmployingCompany } from './employees';

const CompanyRow = z.object({
	id: z.number().int(),
	timezone: z.string().nullable(),
	'party.': z.object({ name: z.string().nullable() }),
});

/**
 * Tryton's employees of the company that the user is in, to read. A changed name or e-mail address is the party's and does not show
 * among the changes of employees, only when everyone is read.
 */
export class TrytonHr extends ServedEntities {
	private readonly company: () => Promise<EmployingCompany>;

	constructor(options: Omit<TrytonFinanceOptions, 'journal'>) {
		const session = new TrytonSession(options);
		const company = once(async (): Promise<EmployingCompany> => {
			const id = await session.company();
			const [row] = await session.search('company.company', CompanyRow, [['id', '=', id]], {
				related: ['party.name'],
			});
			if (row === undefined)
				throw new ValidationError(
					`Company ${id} of ${session.system} cannot be read.`,
					session.about({ hint: 'Let the user read companies in Tryton.' }),
				);
			const entity = options.entity ?? row['party.'].name ?? String(id);
			return { id, entity, timeZone: row.timezone ?? 'UTC' };
		});
		const services: Services = {
			employee: {
				...reading<'employee'>(employees(session, company, options.overlapSeconds)),
				actions: [],
				models: { '': employeeModel, 'party.': 'party.party' },
				hint: 'Enter, change and end employees in Tryton itself.',
			},
		};
		super({
			session,
			services,
			as: 'HR',
			hint: 'It serves employees; Tryton 6.0 keeps no departments and positions.',
		});
		this.company = company;
	}

	async check(): Promise<void> {
		await this.company();
		await this.session.call(`model.${employeeModel}.search_count`, [[]]);
	}
}
