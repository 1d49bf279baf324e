import { z } from 'zod/v4';

import { TrytonHr } from '../../../connectors/tryton/hr/trytonHr';
import { dayOf } from '../../../connectors/tryton/values';
import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { Employee } from '../../../core/model/employee';
import { connectorConformance } from '../../conformance/connector/suite';
import { sessionOf } from './company';
import { byNumber, jumped, manyRecords, secrets, skewed, wrongPassword } from './conformanceSubject';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const people = () => sessionOf(server.url, 'hr');
let last = 0;

/** Employees as people enter them: a party each, then the employee. */
async function employ(count: number, values: object = {}): Promise<string[]> {
	const company = await people().company();
	const parties = await people().create(
		'party.party',
		Array.from({ length: count }, () => ({ name: `Person ${(last += 1)}`, code: `E${1_000 + last}` })),
	);
	const made = await people().create(
		'company.employee',
		parties.map((party) => ({ party, company, start_date: dayOf('2020-01-01'), ...values })),
	);
	return made.map(String);
}

connectorConformance(
	'Tryton as HR',
	{
		entities: { employee: { cannot: { decimals: 'it has none' } } },
		works: {},
	},
	async () => {
		server = await startTryton({ hr: 'wms' }, { movableClock: true });
		return {
			upstream: server.url,
			connect: ({ wrongCredential, ...options }) =>
				new TrytonHr({
					...options,
					system: 'tryton-hr',
					database: 'hr',
					user: trytonUser,
					password: wrongCredential ? wrongPassword : trytonPassword,
				}),
			secrets,
			timeoutMs: 3_000,
			skewed,
			jumped: jumped(server),
			entities: [
				{
					entity: 'employee',
					schema: Employee,
					keyOf: ({ key }) => key,
					compare: byNumber,
					make: async (count) => await employ(count),
					change: async (keys) => {
						const date = new Date(Date.UTC(2000, 0, 1 + (last += 1))).toISOString().slice(0, 10);
						const values = { start_date: dayOf(date) };
						await people().call('model.company.employee.write', [keys.map(Number), values]);
					},
					remove: async (keys) => {
						await people().call('model.company.employee.delete', [keys.map(Number)]);
					},
					manyRecords,
				},
			],
			works: [],
			close: () => server.remove(),
		};
	},
);

describe("Tryton's employees", () => {
	let own: TrytonServer;
	const transport = axiosTransport();
	const hr = () =>
		new TrytonHr({
			system: 'tryton-hr',
			url: own.url,
			database: 'hr',
			user: trytonUser,
			password: trytonPassword,
			transport,
		});
	beforeAll(async () => {
		own = await startTryton({ hr: 'wms' });
		server = own;
	});
	afterAll(async () => {
		transport.close();
		await own.remove();
	});

	test('have name, number, e-mail, user, manager and dates; someone has left after the last day', async () => {
		const [manager = ''] = await employ(1);
		const [key = ''] = await employ(1, { supervisor: Number(manager), end_date: dayOf('2024-06-30') });
		const Row = z.object({ party: z.number().int() });
		const [row] = await people().search('company.employee', Row, [['id', '=', Number(key)]]);
		await people().create('party.contact_mechanism', [
			{ party: row?.party, type: 'email', value: 'person@example.com' },
		]);
		const company = await people().company();
		await people().create('res.user', [
			{
				name: 'Person',
				login: 'person',
				companies: [['add', [company]]],
				company,
				employees: [['add', [Number(key)]]],
			},
		]);
		const person = (await hr().get('employee', [key])).get(key);
		expect(person).toMatchObject({
			key,
			number: expect.stringMatching(/^E\d+$/),
			name: expect.stringMatching(/^Person/),
			email: 'person@example.com',
			login: 'person',
			entity: 'Riverside Appliances',
			manager,
			state: 'left',
			hiredOn: '2020-01-01',
			leftOn: '2024-06-30',
		});
		const listed = async (state: string) => {
			const keys: string[] = [];
			for await (const page of hr().list('employee', { state })) keys.push(...page.map((one) => one.key));
			return keys;
		};
		expect(await listed('left')).toEqual([key]);
		expect(await listed('active')).toEqual([manager]);
		expect(await listed('onLeave')).toEqual([]);
	});
});
