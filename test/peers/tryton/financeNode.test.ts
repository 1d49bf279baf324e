import { z } from 'zod/v4';

import { type ManualRun, type NodeStep, runByHand } from '../../e2e/harness/runNode';
import { withN8n } from '../../e2e/harness/withN8n';
import { deliver } from './books';
import { sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

const year = new Date().getFullYear();
const deliveries = 200;
const host = withN8n();
let server: TrytonServer;
let credential: { id: string; name: string };
const people = () => sessionOf(server.url, 'finance');

beforeAll(async () => {
	server = await startTryton({ finance: 'finance' });
	await deliver(people(), deliveries);
	const name = 'Tryton';
	const data = {
		systemName: 'tryton',
		url: server.url,
		database: 'finance',
		username: trytonUser,
		password: trytonPassword,
		legalEntity: 'RIVERSIDE',
	};
	const id = await host().api.createCredential({ name, type: 'erpBridgeTrytonApi', data });
	credential = { id, name };
}, 240_000);

afterAll(async () => {
	await server?.remove();
});

const step = (node: string, resource: string, operation: string, parameters: object): NodeStep => ({
	node,
	parameters: { system: 'tryton', resource, operation, stateStore: 'sqlite', ...parameters },
	credentials: { erpBridgeTrytonApi: credential },
});
const run = async (...steps: NodeStep[]): Promise<ManualRun> => {
	const result = await runByHand(host().api, steps);
	if (result.status !== 'success') throw new Error(result.error);
	return result;
};
const entity = { __rl: true, mode: 'id', value: 'RIVERSIDE' };
const done = { by: 'ines.weber', reason: 'The month is over' };

const Row = z.object({ id: z.number(), state: z.string() });
const moves = () => people().search('account.move', Row, [['number', 'like', 'n8n/%']]);

test('200 deliveries become 200 draft moves in Tryton, and a replay makes none', async () => {
	const calendar = {
		calendars: [{ kind: 'calendarMonths', name: 'Months', firstMonth: 1 }],
		entities: [{ id: 'RIVERSIDE', name: 'Riverside', calendar: 'Months', timeZone: 'UTC' }],
	};
	await run(
		step('finance', 'calendar', 'save', {
			calendarFrom: 'json',
			definition: JSON.stringify(calendar),
			ifSaved: 'replace',
			by: 'ines.weber',
			saveReason: '',
		}),
	);
	const cost = { amount: 'line.quantity * line.unitCost', per: 'line' };
	const rule = {
		name: 'Cost of delivered goods',
		document: 'delivery',
		lines: [
			{ account: '5100', side: 'debit', ...cost, dimensions: { costCentre: { value: 'CC-200' } } },
			{ account: '1400', side: 'credit', ...cost },
		],
		roundingAccount: '5900',
	};
	await run(
		step('finance', 'ruleSet', 'save', {
			ruleSetName: 'trade',
			rulesFrom: 'json',
			definition: JSON.stringify({ vouchers: [rule] }),
		}),
	);
	const book = () =>
		run(
			step('erp', 'delivery', 'getAll', { returnAll: true, filters: { state: 'done' } }),
			step('finance', 'voucher', 'draft', {
				documentType: 'delivery',
				record: '={{ $json }}',
				documentSystem: 'tryton',
				entity,
				ruleSet: { __rl: true, mode: 'name', value: 'trade' },
				currency: 'EUR',
			}),
			step('finance', 'voucher', 'create', { voucher: '={{ $json }}', person: '', roles: '' }),
		);
	const first = await book();
	expect(first.outputs.map(({ length }) => length)).toEqual([deliveries, 0, 0]);
	const made = await moves();
	expect(made).toHaveLength(deliveries);
	expect(new Set(made.map(({ state }) => state))).toEqual(new Set(['draft']));
	const again = await book();
	expect(again.outputs.map(({ length }) => length)).toEqual([0, deliveries, 0]);
	expect(await moves()).toHaveLength(deliveries);
});

test('a period that the node closes and pushes is closed in Tryton', async () => {
	await run(
		step('finance', 'period', 'close', {
			entity,
			period: { __rl: true, mode: 'id', value: `${year - 1}-P02` },
			modules: ['ledger'],
			roles: '',
			...done,
		}),
	);
	const { outputs } = await run(
		step('finance', 'period', 'pushToLedger', { entity, fiscalYear: year - 1, ledgerOptions: {} }),
	);
	expect(outputs).toMatchObject([[{ system: 'tryton', pushed: [{ is: 'closed' }] }], []]);
	const periods = await people().search('account.period', Row, [['name', '=', `${year - 1}-02`]]);
	expect(periods).toMatchObject([{ state: 'close' }]);
});
