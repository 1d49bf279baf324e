import { randomUUID } from 'node:crypto';

import { firstOfMonth, lastOfMonth } from '../../core/finance/calendar/calendarDate';
import type { Company } from '../../sandbox/company/company';
import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { type ManualRun, runByHand } from './harness/runNode';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
let company: Company;

beforeAll(async () => {
	fixture = await quietCompany({ seed: false });
	({ company } = fixture);
	for (let month = 1; month <= 12; month += 1) {
		const code = firstOfMonth(2026, month).slice(0, 7);
		company.finance.periods.create({
			code,
			name: code,
			from: firstOfMonth(2026, month),
			to: lastOfMonth(2026, month),
		});
	}
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await fixture?.close();
});

type Item = Record<string, unknown>;

const finance = async (
	resource: string,
	operation: string,
	parameters: Item,
	input?: Item,
): Promise<ManualRun> =>
	await runByHand(
		host().api,
		[{ node: 'finance', parameters: { resource, operation, stateStore: 'sqlite', ...parameters } }],
		input,
	);
const entity = { __rl: true, mode: 'list', value: 'PLANT' };
const march = { __rl: true, mode: 'id', value: '2026-P03' };
const done = { by: 'ines.weber', reason: 'March is closed' };
const period = async (operation: string, parameters: Item, input?: Item): Promise<ManualRun> =>
	await finance('period', operation, { entity, ...parameters }, input);

const calendars = {
	calendar: [{ name: 'Months', kind: 'calendarMonths', firstMonth: 1, yearNamedAfter: 'end' }],
};
const plant = {
	id: 'PLANT',
	name: 'Plant',
	calendar: 'Months',
	timeZone: 'Asia/Shanghai',
	cutOff: '06:00',
	parent: '',
};
const saved = { calendarFrom: 'fields', calendars, by: 'ines.weber', saveReason: '' };

test('the accounting calendar is filled in a form and saved; a wrong one is refused with what is wrong', async () => {
	await expect(
		finance('calendar', 'save', { ...saved, entities: { entity: [plant] } }),
	).resolves.toMatchObject({ status: 'success', items: [{ version: 1, isNew: true }] });
	const cyclic = [
		{ ...plant, parent: 'GROUP' },
		{ ...plant, id: 'GROUP', parent: 'PLANT' },
	];
	const { status, error } = await finance('calendar', 'save', { ...saved, entities: { entity: cyclic } });
	expect(status).toBe('error');
	expect(error).toContain('entity "PLANT", parent: entity "PLANT" is its own ancestor');
	expect(error).toContain('entity "GROUP", parent: entity "GROUP" is its own ancestor');
	await expect(finance('calendar', 'get', { version: 0 })).resolves.toMatchObject({
		items: [
			{ version: 1, savedBy: 'ines.weber', definition: { entities: [{ id: 'PLANT', cutOff: '06:00' }] } },
		],
	});
});

test('a moment falls into a period by time zone and cut-off', async () => {
	await expect(
		period('get', { moment: '={{ DateTime.fromISO("2026-03-31T21:59:00Z") }}' }),
	).resolves.toMatchObject({ items: [{ date: '2026-03-31', period: { key: '2026-P03' } }] });
	await expect(
		period('get', { moment: '={{ $json.at }}' }, { at: '2026-03-31T22:00:00Z' }),
	).resolves.toMatchObject({
		items: [{ date: '2026-04-01', period: { key: '2026-P04' }, states: { sales: 'open' } }],
	});
});

const delivery = { key: 'D-1', postedOn: '2026-03-31' };
const check = async (parameters: Item = {}): Promise<Item[][]> => {
	const asked = { module: 'sales', moment: '={{ $json.postedOn }}', person: '', roles: '', ...parameters };
	return (await period('checkPosting', asked, delivery)).outputs;
};

test('four who close a period at once close it once; what is posted there is blocked, with reason and another day', async () => {
	expect(await check()).toMatchObject([[{ key: 'D-1', posting: { allowed: true } }], []]);
	const runs = await Promise.all(
		['a', 'b', 'c', 'd'].map(
			async (by) =>
				await period('close', {
					period: march,
					modules: ['sales', 'ledger'],
					roles: 'controller',
					...done,
					by,
				}),
		),
	);
	const changed = runs.flatMap(({ items }) => items.map((item) => item.changed));
	expect(changed.filter((modules) => (modules as string[]).length > 0)).toEqual([['sales', 'ledger']]);
	expect(changed).toHaveLength(4);
	const [allowed, [blocked] = []] = await check();
	expect(allowed).toEqual([]);
	expect(blocked).toMatchObject({
		key: 'D-1',
		posting: {
			allowed: false,
			suggestedDate: '2026-04-01',
			reason: expect.stringMatching(
				/^2026-03-31 is in 2026-P03 of PLANT, which [abcd] has closed for sales \(March is closed\)\. /,
			),
		},
	});
	expect(await check({ roles: '={{ ["controller"] }}' })).toMatchObject([
		[{ posting: { allowed: true } }],
		[],
	]);
});

test('an exception lets its person through until it is withdrawn', async () => {
	const { items, error } = await period('grantException', {
		period: march,
		modules: ['sales', 'ledger'],
		grantedTo: 'person',
		person: 'li.wei',
		until: '={{ $now.plus({ hours: 1 }).toISO() }}',
		...done,
	});
	expect(error).toBeUndefined();
	expect(items).toMatchObject([{ person: 'li.wei', modules: ['sales', 'ledger'] }]);
	expect(await check({ person: 'li.wei' })).toMatchObject([[{ posting: { allowed: true } }], []]);
	expect(await check({ person: 'wang.fang' })).toMatchObject([[], [{ key: 'D-1' }]]);
	const exception = { __rl: true, mode: 'id', value: String(items[0]?.exception) };
	await finance('period', 'withdrawException', { exception, ...done });
	expect(await check({ person: 'li.wei' })).toMatchObject([[], [{ key: 'D-1' }]]);
});

const ledger = { system: 'sandbox', fiscalYear: 2026, ledgerOptions: {} };
const stateOf = (code: string) => company.finance.periods.get(code)?.status;

test('the ledger is closed from the calendar, and what somebody reopens there by hand is found', async () => {
	await expect(period('findDrift', ledger)).resolves.toMatchObject({
		outputs: [[], [{ kind: 'moreOpen', ledgerPeriod: '2026-03', expected: 'closed', actual: 'open' }]],
	});
	await expect(period('pushToLedger', ledger)).resolves.toMatchObject({
		outputs: [
			[{ system: 'sandbox-finance', inStep: 12, pushed: [{ ledgerPeriod: '2026-03', is: 'closed' }] }],
			[],
		],
	});
	expect(stateOf('2026-03')).toBe('closed');
	company.finance.periods.act('2026-03', 'reopen');
	const { outputs } = await period('findDrift', ledger);
	expect(outputs).toMatchObject([
		[],
		[
			{
				message:
					'Period "2026-03" of sandbox-finance (2026-03-01 to 2026-03-31) is open, but the calendar has 2026-P03 of PLANT closed.',
			},
		],
	]);
	await period('pushToLedger', ledger);
	await expect(period('findDrift', ledger)).resolves.toMatchObject({ outputs: [[{ inStep: 12 }], []] });
});

test('a period is reopened here and in the ledger; the audit trail tells who did what', async () => {
	await expect(
		period('reopen', { period: march, modules: ['sales', 'ledger'], ...done, reason: 'A late invoice' }),
	).resolves.toMatchObject({ items: [{ changed: ['sales', 'ledger'], states: { sales: 'open' } }] });
	await period('pushToLedger', ledger);
	expect(stateOf('2026-03')).toBe('open');
	expect(await check()).toMatchObject([[{ posting: { allowed: true } }], []]);
	const { items } = await finance('period', 'audit', {
		returnAll: true,
		limit: 50,
		filters: { period: '2026-P03' },
	});
	expect(items.map(({ action, by, reason }) => [action, by === 'ines.weber', reason])).toEqual([
		['reopen', true, 'A late invoice'],
		['withdrawException', true, 'March is closed'],
		['grantException', true, 'March is closed'],
		['softClose', false, 'March is closed'],
	]);
});

test('a day in no period is an error that names calendar and entity, and no item is let through', async () => {
	const custom = {
		calendars: [
			{
				kind: 'custom',
				name: 'Own',
				periods: [{ year: 2026, number: 1, from: '2026-01-01', to: '2026-12-31' }],
			},
		],
		entities: [{ id: 'PLANT', name: 'Plant', calendar: 'Own', timeZone: 'UTC' }],
	};
	const definition = JSON.stringify(custom);
	await expect(
		finance('calendar', 'save', { calendarFrom: 'json', definition, by: 'ines.weber', saveReason: '' }),
	).resolves.toMatchObject({ status: 'success' });
	const { error, outputs } = await period(
		'checkPosting',
		{ module: 'sales', moment: '={{ $json.postedOn }}', person: '', roles: '' },
		{ postedOn: '2027-01-01' },
	);
	expect(error).toContain(
		'2027-01-01 is in no period of the calendar "Own" of PLANT. Add the period or correct the date.',
	);
	expect(outputs).toEqual([]);
});

test('Finance Trigger: a period that is closed in the ledger starts the workflow', async () => {
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: `Watch ${randomUUID()}`,
		nodes: [
			{
				id: randomUUID(),
				name: 'Watch',
				type: 'n8n-nodes-erp-bridge.financeTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {
					system: 'sandbox',
					entity: 'ledgerPeriod',
					events: ['created', 'changed'],
					interval: 1,
					startFrom: 'beginning',
					stateStore: 'sqlite',
					options: {},
				},
				credentials: { [sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name } },
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	await api.publish(id);
	const told = async () => {
		const given: Item[] = [];
		for (const execution of await api.executions({ workflowId: id, status: ['success', 'error'] }))
			given.push(...itemsOf(await api.execution(execution.id), 'Watch'));
		return given;
	};
	await until('the periods that are there', async () => (await told()).length >= 12);
	company.finance.periods.act('2026-01', 'close');
	await until('the closed period', async () => (await told()).length > 12);
	expect((await told()).filter(({ data }) => (data as { state: string }).state === 'closed')).toMatchObject([
		{
			type: 'erp-bridge.ledgerPeriod.changed',
			subject: '2026-01',
			data: { from: '2026-01-01', state: 'closed' },
		},
	]);
});
