import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	NodeHelpers,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INode,
	type INodeCredentialDescription,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { Finance } from '../../nodes/Finance/Finance.node';
import { SyncPolicy } from '../../nodes/SyncPolicy/SyncPolicy.node';

const node = new Finance();
const { description } = node;

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-finance-'));
	process.env.N8N_USER_FOLDER = folder;
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

type Parameters = INode['parameters'];

const nodeWith = (parameters: Parameters): INode => ({
	id: 'finance',
	name: 'Finance',
	type: 'n8n-nodes-erp-bridge.finance',
	typeVersion: 1,
	position: [0, 0],
	parameters:
		NodeHelpers.getNodeParameters(description.properties, parameters, true, false, null, description) ?? {},
});

/** Credentials that n8n asks for with these parameters. */
function credentialsOf(parameters: Parameters): string[] {
	const shown = nodeWith(parameters);
	return (description.credentials ?? [])
		.filter((credential) => NodeHelpers.displayParameter(shown.parameters, credential, shown, description))
		.map(({ name }) => name);
}

/** Runs the node on items with n8n's own defaults for what is not given; `={{ $json }}` stands for an item's field. */
async function run(
	parameters: Parameters,
	items: object[] = [{}],
	continueOnFail = false,
): Promise<INodeExecutionData[][]> {
	const shown = nodeWith(parameters);
	const functions = {
		getInputData: () => items.map((json) => ({ json })),
		getNode: () => shown,
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			const value = shown.parameters[name] ?? fallback;
			return typeof value === 'string' && value.startsWith('={{ $json.')
				? (items[index] as Record<string, unknown>)[value.slice(10, -3)]
				: value;
		},
		continueOnFail: () => continueOnFail,
	} as unknown as IExecuteFunctions;
	return await node.execute.call(functions);
}

const one = async (parameters: Parameters) => (await run(parameters))[0]?.[0]?.json;

const save = (parameters: Parameters) => ({
	resource: 'calendar',
	operation: 'save',
	by: 'ines.weber',
	...parameters,
});
const period = (operation: string, parameters: Parameters) => ({
	resource: 'period',
	operation,
	entity: 'PLANT',
	...parameters,
});
const done = { by: 'ines.weber', reason: 'March is closed' };

/** A group by weeks, a plant by months whose night shift ends at six. */
const form: Parameters = {
	calendars: {
		calendar: [
			{ name: 'months', kind: 'calendarMonths', firstMonth: 1 },
			{
				name: 'weeks',
				kind: 'weeks',
				pattern: '4-4-5',
				yearEndMonth: 12,
				yearEndWeekday: 7,
				yearEndRule: 'nearestToMonthEnd',
			},
		],
	},
	entities: {
		entity: [
			{ id: 'GROUP', name: 'Group', calendar: 'weeks', timeZone: 'Europe/Berlin', cutOff: '', parent: '' },
			{
				id: 'PLANT',
				name: 'Plant',
				calendar: 'months',
				timeZone: 'Asia/Shanghai',
				cutOff: '06:00',
				parent: 'GROUP',
			},
		],
	},
};

test('asks for a ledger’s credential only where it talks to one', () => {
	expect(credentialsOf({ resource: 'period', operation: 'close' })).toEqual([]);
	expect(credentialsOf({ resource: 'calendar', operation: 'save', stateStore: 'postgres' })).toEqual([
		'postgres',
	]);
	expect(credentialsOf({ resource: 'period', operation: 'findDrift' })).toEqual(['erpBridgeSandboxApi']);
	expect(credentialsOf({ resource: 'period', operation: 'pushToLedger', system: 'tryton' })).toEqual([
		'erpBridgeTrytonApi',
	]);
});

test.each([new Finance(), new SyncPolicy()])(
	'lists of $description.displayName that need no credential are shown without one',
	(given) => {
		const { properties } = given.description;
		const resources = properties.find(({ name }) => name === 'resource')?.options ?? [];
		for (const resource of resources.flatMap((option) => ('value' in option ? [option.value] : []))) {
			const operations = properties.filter(
				({ name, displayOptions }) =>
					name === 'operation' && displayOptions?.show?.resource?.includes(resource),
			);
			for (const option of operations.flatMap(({ options = [] }) => options)) {
				const operation = 'value' in option ? option.value : '';
				const parameters =
					NodeHelpers.getNodeParameters(
						properties,
						{ resource, operation },
						true,
						false,
						null,
						given.description,
					) ?? {};
				const shown = { ...nodeWith({}), parameters };
				const isShown = (property: INodeProperties | INodeCredentialDescription) =>
					NodeHelpers.displayParameter(parameters, property, shown, given.description);
				if ((given.description.credentials ?? []).some(isShown)) continue;
				const lists = properties
					.filter((property) => property.type === 'resourceLocator' && isShown(property))
					.flatMap(({ modes = [] }) => modes.filter(({ type }) => type === 'list'));
				for (const { typeOptions } of lists)
					expect(typeOptions).toMatchObject({ skipCredentialsCheckInRLC: true });
			}
		}
	},
);

describe('the accounting calendar', () => {
	test('is saved from the form by versions; the same again makes none; what Get gives can be saved', async () => {
		const [first, again] = [await one(save(form)), await one(save(form))];
		expect(first).toMatchObject({ version: 1, isNew: true });
		expect(again).toMatchObject({ version: 1, isNew: false });
		const saved = await one({ resource: 'calendar', operation: 'get' });
		expect(saved).toMatchObject({
			version: 1,
			savedBy: 'ines.weber',
			definition: {
				calendars: [
					{ kind: 'calendarMonths', name: 'months', firstMonth: 1 },
					{ kind: 'weeks', pattern: '4-4-5', yearEnd: { month: 12, weekday: 7 } },
				],
				entities: [
					{ id: 'GROUP', cutOff: '00:00' },
					{ id: 'PLANT', parent: 'GROUP' },
				],
			},
		});
		const definition = JSON.stringify(saved?.definition);
		await expect(one(save({ calendarFrom: 'json', definition }))).resolves.toMatchObject({ isNew: false });
		await expect(one({ resource: 'calendar', operation: 'get', version: 7 })).rejects.toThrow(
			'There is no version 7 of the accounting calendar; versions are 1 to 1.',
		);
	});

	const months = { kind: 'calendarMonths', name: 'months', firstMonth: 1 };
	const plant = { id: 'PLANT', name: 'Plant', calendar: 'months', timeZone: 'UTC' };
	const custom = (...days: Array<[string, string]>) => ({
		kind: 'custom',
		name: 'own',
		periods: days.map(([from, to], index) => ({ year: 2026, number: index + 1, from, to })),
	});

	test.each([
		[
			'a cyclic tree',
			{
				calendars: [months],
				entities: [
					{ ...plant, parent: 'B' },
					{ ...plant, id: 'B', parent: 'PLANT' },
				],
			},
			['entity "PLANT", parent: entity "PLANT" is its own ancestor', 'entity "B", parent: '],
		],
		[
			'a gap and an overlap',
			{
				calendars: [
					custom(['2026-01-01', '2026-01-31'], ['2026-02-02', '2026-02-28'], ['2026-02-28', '2026-03-31']),
				],
				entities: [],
			},
			[
				'calendar "own", periods.1.from: leaves a gap after 2026-P01, which ends on 2026-01-31',
				'calendar "own", periods.2.from: overlaps with 2026-P02, which ends on 2026-02-28',
			],
		],
		[
			'a misspelt field',
			{ calendars: [{ ...months, fristMonth: 4 }], entities: [plant] },
			['calendar "months": Unrecognized key: "fristMonth"'],
		],
		[
			'an unknown calendar and time zone',
			{ calendars: [months], entities: [{ ...plant, timeZone: 'Asia/Suzhou' }] },
			['entity "PLANT", timeZone: must be a time zone of the IANA list, such as "Asia/Shanghai"'],
		],
		[
			'a day that is none',
			{ calendars: [custom(['2026-01-01', '2026-02-30'])], entities: [] },
			['periods.0.to: '],
		],
	])('%s is refused with what is wrong, and the former one holds', async (_, definition, messages) => {
		const refused = one(save({ calendarFrom: 'json', definition: JSON.stringify(definition) }));
		for (const message of messages) await expect(refused).rejects.toThrow(message);
		await expect(one({ resource: 'calendar', operation: 'get' })).resolves.toMatchObject({ version: 1 });
	});
});

describe('a period', () => {
	test('is found by day, by local time and by instant, cut-off included', async () => {
		const found = async (moment: string) => await one(period('get', { moment }));
		await expect(found('2026-03-31')).resolves.toMatchObject({
			date: '2026-03-31',
			period: { key: '2026-P03' },
		});
		// Until six the night shift belongs to the day before.
		await expect(found('2026-04-01T05:59:00')).resolves.toMatchObject({ date: '2026-03-31' });
		await expect(found('2026-03-31T22:00:00Z')).resolves.toMatchObject({
			date: '2026-04-01',
			period: { key: '2026-P04', from: '2026-04-01', to: '2026-04-30' },
			states: { sales: 'open', ledger: 'open' },
		});
		await expect(found('31.3.2026')).rejects.toThrow('"31.3.2026" is no moment and no day');
		await expect(one(period('get', { entity: 'OTHER', moment: '2026-03-31' }))).rejects.toThrow(
			'There is no legal entity "OTHER"; there are GROUP, PLANT.',
		);
	});

	const check = (parameters: Parameters) =>
		period('checkPosting', { module: 'sales', moment: '={{ $json.date }}', ...parameters });
	const asked = [{ date: '2026-03-31' }, { date: '2026-04-01' }];

	test('that is closed parts what may be posted from what may not, and says why and when it may', async () => {
		await expect(
			one(period('close', { period: '2026-P03', modules: ['sales'], roles: 'controller', ...done })),
		).resolves.toMatchObject({
			changed: ['sales'],
			unchanged: [],
			states: { sales: 'softClosed', ledger: 'open' },
		});
		await expect(
			one(period('close', { period: '2026-P03', modules: ['sales'], roles: 'controller', ...done })),
		).resolves.toMatchObject({ changed: [], unchanged: ['sales'] });
		const [allowed, blocked] = await run(check({}), asked);
		expect(allowed).toMatchObject([
			{ json: { date: '2026-04-01', posting: { allowed: true } }, pairedItem: { item: 1 } },
		]);
		expect(blocked).toMatchObject([
			{
				json: {
					posting: {
						allowed: false,
						suggestedDate: '2026-04-01',
						reason:
							'2026-03-31 is in 2026-P03 of PLANT, which ines.weber has closed for sales (March is closed). The next day that is open is 2026-04-01.',
						violations: [{ entity: 'PLANT', module: 'sales', state: 'softClosed' }],
					},
				},
				pairedItem: { item: 0 },
			},
		]);
		expect((await run(check({ roles: 'clerk, controller' }), asked))[1]).toEqual([]);
	});

	test('an item that cannot be judged is never among the allowed ones', async () => {
		const [allowed, blocked] = await run(check({}), [{ date: 'soon' }, { date: '2026-04-01' }], true);
		expect(allowed).toMatchObject([{ json: { date: '2026-04-01' } }]);
		expect(blocked).toMatchObject([
			{ json: { date: 'soon', error: expect.stringContaining('"soon" is no moment') } },
		]);
	});

	test('lets an exception through until it is withdrawn', async () => {
		const granted = await one(
			period('grantException', {
				period: '2026-P03',
				modules: ['sales'],
				person: 'li.wei',
				until: '2099-01-01',
				...done,
			}),
		);
		// A day lasts to the end of the plant's business day: six the next morning in Shanghai.
		expect(granted).toMatchObject({ person: 'li.wei', until: '2099-01-01T22:00:00.000Z' });
		const exception = String(granted?.exception);
		expect((await run(check({ person: 'li.wei' }), asked))[1]).toEqual([]);
		expect((await run(check({ person: 'wang.fang' }), asked))[1]).toHaveLength(1);
		const withdraw = { resource: 'period', operation: 'withdrawException', exception, ...done };
		await expect(one(withdraw)).resolves.toMatchObject({ changed: true, modules: ['sales'] });
		await expect(one(withdraw)).resolves.toMatchObject({ changed: false });
		expect((await run(check({ person: 'li.wei' }), asked))[1]).toHaveLength(1);
		await expect(one({ ...withdraw, exception: 'EX-999' })).rejects.toThrow('There is no exception "EX-999"');
	});

	test('closed keeps its days: a calendar that moves them is refused', async () => {
		const moved = JSON.parse(JSON.stringify(form)) as typeof form;
		(moved.entities as { entity: Array<{ calendar: string }> }).entity[1]!.calendar = 'weeks';
		await expect(one(save(moved))).rejects.toThrow(
			'Closed periods must keep their days: 2026-P03 of PLANT (2026-03-01 to 2026-03-31) would be 2026-02-23 to 2026-03-29.',
		);
	});

	test('is locked after those before it, and then neither reopened nor excepted', async () => {
		const lock = (key: string) => period('lock', { period: key, modules: ['sales'], ...done });
		await expect(one(lock('2026-P03'))).rejects.toThrow(
			'2026-P03 of PLANT cannot be closed for good for sales before 2026-P01, 2026-P02.',
		);
		for (const key of ['2026-P01', '2026-P02', '2026-P03'])
			await expect(one(lock(key))).resolves.toMatchObject({ changed: ['sales'] });
		await expect(one(lock('2026-P03'))).resolves.toMatchObject({ changed: [] });
		await expect(one(period('reopen', { period: '2026-P03', modules: ['sales'], ...done }))).rejects.toThrow(
			'closed for good for sales; that cannot be changed',
		);
		const exception = {
			period: '2026-P03',
			modules: ['sales'],
			person: 'li.wei',
			until: '2099-01-01',
			...done,
		};
		await expect(one(period('grantException', exception))).rejects.toThrow('no exception counts there');
		const [, blocked] = await run(check({ roles: 'controller' }), asked);
		expect(blocked).toMatchObject([{ json: { posting: { violations: [{ state: 'hardClosed' }] } } }]);
	});

	test('of the year are listed with what is closed', async () => {
		const [items = []] = await run(period('getAll', { fiscalYear: 2026 }));
		expect(items).toHaveLength(12);
		expect(items[2]?.json).toMatchObject({ period: { key: '2026-P03' }, states: { sales: 'hardClosed' } });
	});

	test('refuses what is missing, by its name', async () => {
		await expect(one(period('close', { period: '2026-P05', ...done, reason: ' ' }))).rejects.toThrow(
			'Wrong parameter: reason: must say why.',
		);
		await expect(one(period('close', { period: '2026-P05', ...done, modules: [] }))).rejects.toThrow(
			'modules: choose at least one module',
		);
		await expect(one(period('close', { period: '2026-13', ...done }))).rejects.toThrow(
			'The calendar "months" of PLANT has no period "2026-13"; periods are written as 2026-P03.',
		);
	});

	test('has its history: who did what, the newest first, filtered', async () => {
		const audit = async (filters: Parameters, more: Parameters = {}) =>
			(await run({ resource: 'period', operation: 'audit', returnAll: true, filters, ...more }))[0]?.map(
				({ json }) => json,
			);
		const all = (await audit({})) ?? [];
		expect(all.map(({ action }) => action)).toEqual([
			'hardClose',
			'hardClose',
			'hardClose',
			'withdrawException',
			'grantException',
			'softClose',
			'saveCalendar',
		]);
		await expect(audit({ actions: ['grantException', 'withdrawException'] })).resolves.toMatchObject([
			{ period: '2026-P03', modules: ['sales'], by: 'ines.weber' },
			{ period: '2026-P03', person: 'li.wei', reason: 'March is closed' },
		]);
		await expect(audit({ period: '2026-P01', by: '', entity: 'PLANT' })).resolves.toMatchObject([
			{ version: expect.any(Number), at: expect.any(String), action: 'hardClose' },
		]);
		await expect(audit({ since: '2099-01-01T00:00:00Z' })).resolves.toEqual([]);
		await expect(audit({ since: 'then' })).rejects.toThrow('filters.since');
		await expect(audit({}, { returnAll: false, limit: 2 })).resolves.toHaveLength(2);
	});
});

test('pickers offer the legal entities and their periods with what is closed', async () => {
	const editor = (parameters: Parameters) =>
		({ getCurrentNodeParameter: (name: string) => parameters[name] }) as unknown as ILoadOptionsFunctions;
	const { searchLegalEntities, searchPeriods } = node.methods.listSearch;
	await expect(searchLegalEntities?.call(editor({}), 'pla')).resolves.toEqual({
		results: [{ name: 'PLANT · Plant · months', value: 'PLANT' }],
	});
	const { results = [] } = (await searchPeriods?.call(editor({ entity: 'PLANT' }))) ?? {};
	expect(results).toHaveLength(36);
	await expect(searchPeriods?.call(editor({ entity: 'NOBODY' }))).resolves.toEqual({ results: [] });
});
