import { z } from 'zod/v4';

import { Employee, type EmploymentState } from '../../../core/model/employee';
import { PermissionError } from '../../../core/ports/errors';
import { timestampsOf } from '../documentReading';
import { canonical } from '../finance/canonical';
import { NumberedRecords } from '../finance/numberedRecords';
import type { Domain, TrytonSession } from '../session';
import { Day, dayOf, Instant, lastChange, microsecondsOf } from '../values';

export const employeeModel = 'company.employee';

const EmployeeRow = z.object({
	id: z.number().int(),
	party: z.number().int(),
	start_date: Day.nullable(),
	end_date: Day.nullable(),
	supervisor: z.number().int().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'party.': z.object({ name: z.string().nullable(), code: z.string().nullable() }),
});
type EmployeeRow = z.infer<typeof EmployeeRow>;

const UserRow = z.object({ login: z.string(), employees: z.array(z.number().int()) });
const AddressRow = z.object({ party: z.number().int(), value: z.string().nullable() });

export interface EmployingCompany {
	id: number;
	/** as the legal entity is called here */
	entity: string;
	/** IANA name */
	timeZone: string;
}

/**
 * The company's employees, by their number in the database; the number under which people know them is their party's code. Tryton 6.0 has
 * no departments, positions, ranks or leave. Someone has left after the end date, which passes without a change of the record.
 */
export function employees(
	session: TrytonSession,
	company: () => Promise<EmployingCompany>,
	overlapSeconds: number | undefined,
): NumberedRecords<typeof EmployeeRow, Employee> {
	return new NumberedRecords<typeof EmployeeRow, Employee>({
		session,
		model: employeeModel,
		Row: EmployeeRow,
		related: ['party.name', 'party.code'],
		scope: async () => [['company', '=', (await company()).id]],
		parts: [],
		searched: ['party.name', 'party.code'],
		states: {},
		inState: async (state) => inState(state, todayIn((await company()).timeZone)),
		read: async (rows) => {
			const { entity, timeZone } = await company();
			const today = todayIn(timeZone);
			const logins = await loginsOf(session, rows);
			const addresses = await addressesOf(session, rows);
			return rows.map((row) => {
				const changedAt = lastChange(row);
				const state = stateOf(row, today);
				const key = String(row.id);
				return {
					id: row.id,
					state,
					changedAt,
					timestamps: timestampsOf(employeeModel, [row]),
					document: canonical(session, Employee, {
						entity: 'employee',
						key,
						named: `Employee ${row.id}`,
						fields: {
							key,
							number: row['party.'].code ?? undefined,
							name: row['party.'].name ?? row['party.'].code ?? key,
							email: addresses.get(row.party),
							login: logins.get(row.id),
							entity,
							manager: row.supervisor === null ? undefined : String(row.supervisor),
							state,
							hiredOn: row.start_date ?? undefined,
							leftOn: row.end_date ?? undefined,
							revision: String(microsecondsOf(changedAt)),
						},
					}),
				};
			});
		},
		overlapSeconds,
	});
}

function stateOf({ end_date: end }: EmployeeRow, today: string): EmploymentState {
	return end !== null && end < today ? 'left' : 'active';
}

function inState(state: string, today: string): Domain {
	const day = dayOf(today);
	if (state === 'left') return [['end_date', '<', day]];
	if (state === 'active') return [['OR', ['end_date', '=', null], ['end_date', '>=', day]]];
	return [['id', '<', 0]];
}

/** The first login of each, where the user may read users. */
async function loginsOf(session: TrytonSession, rows: EmployeeRow[]): Promise<Map<number, string>> {
	const ids = rows.map(({ id }) => id);
	try {
		const users = await session.searchIn('res.user', UserRow, 'employees', ids, [], {
			order: [['id', 'ASC']],
		});
		return new Map(
			users.toReversed().flatMap(({ login, employees: own }) => own.map((id) => [id, login] as const)),
		);
	} catch (error) {
		if (error instanceof PermissionError) return new Map();
		throw error;
	}
}

/** The first e-mail address of each party; what is none is left out. */
async function addressesOf(session: TrytonSession, rows: EmployeeRow[]): Promise<Map<number, string>> {
	const parties = rows.map(({ party }) => party);
	const found = await session.searchIn(
		'party.contact_mechanism',
		AddressRow,
		'party',
		parties,
		[['type', '=', 'email']],
		{
			order: [
				['sequence', 'ASC'],
				['id', 'ASC'],
			],
		},
	);
	return new Map(
		found
			.toReversed()
			.flatMap(({ party, value }) =>
				Employee.shape.email.safeParse(value).success && value !== null ? [[party, value] as const] : [],
			),
	);
}

/** The calendar day there now. */
function todayIn(timeZone: string): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(Date.now());
}
