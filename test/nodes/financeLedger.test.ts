import { Finance } from '../../nodes/Finance/Finance.node';
import { connectorOf } from '../../nodes/shared/systems';
import { quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { editor, run } from './nodeContext';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => await fixture.close());

const finance = new Finance();
const today = new Date().toISOString().slice(0, 10);
const inLedger = (resource: string, operation: string, given: Record<string, unknown> = {}) =>
	run(finance, fixture.company, { system: 'sandbox', resource, operation, ...given });
const rent = {
	date: today,
	currency: 'CNY',
	lines: [
		{ account: '6602', debit: '18500.00', credit: '0.00' },
		{ account: '1002', debit: '0.00', credit: '18500.00' },
	],
};

test('a journal entry is made once, changed while it is a draft, posted, and then found by its state', async () => {
	const make = { record: JSON.stringify(rent), idempotencyKey: 'rent-1' };
	const [draft] = await inLedger('journalEntry', 'create', make);
	expect(draft).toMatchObject({ state: 'draft', lines: [{ debit: '18500' }, { credit: '18500' }] });
	expect(await inLedger('journalEntry', 'create', make)).toEqual([draft]);
	const journalEntry = { __rl: true, mode: 'list', value: draft?.['key'] };
	const [changed] = await inLedger('journalEntry', 'update', {
		journalEntry,
		record: JSON.stringify({ description: '房租' }),
		expectedVersion: '1',
	});
	expect(changed).toEqual({ ...draft, description: '房租', revision: '2' });
	const [posted] = await inLedger('journalEntry', 'post', { journalEntry });
	expect(posted).toMatchObject({ state: 'posted', number: expect.stringContaining('JV-') });
	expect(await inLedger('journalEntry', 'post', { journalEntry })).toEqual([posted]);
	expect(await inLedger('journalEntry', 'get', { journalEntry })).toEqual([posted]);
	const found = await inLedger('journalEntry', 'getAll', {
		filters: { state: 'posted', search: '房租' },
		limit: 100,
	});
	expect(found).toContainEqual(posted);
});

test('a journal entry from a form of the ledger, upserted, is one', async () => {
	const context = editor(fixture.company, {
		system: 'sandbox',
		resource: 'journalEntry',
		operation: 'upsert',
	});
	const { fields } = await finance.methods.resourceMapping.loadRecordForm.call(context);
	expect(fields.filter(({ required }) => required).map(({ id }) => id)).toEqual(
		expect.arrayContaining(['date', 'lines']),
	);
	const given = {
		recordFrom: 'fields',
		fields: { mappingMode: 'defineBelow', value: { ...rent, lines: JSON.stringify(rent.lines) } },
		idempotencyKey: 'rent-2',
	};
	const [first] = await inLedger('journalEntry', 'upsert', given);
	expect(await inLedger('journalEntry', 'upsert', given)).toEqual([first]);
});

test('an entry that does not balance stays a draft, and the node says by how much', async () => {
	const [draft] = await inLedger('journalEntry', 'create', {
		record: { ...rent, lines: rent.lines.slice(0, 1) },
		idempotencyKey: 'rent-3',
	});
	const attempt = inLedger('journalEntry', 'post', { journalEntry: draft?.['key'] });
	await expect(attempt).rejects.toThrow(/debits of 18500 CNY and credits of 0 CNY differ/);
});

test.each([
	['account', '库存商品', '1405'],
	['asset', 'Forklift', 'FA-1006'],
	['dimensionValue', '仓库改造', 'project/P-001'],
	['ledgerPeriod', today.slice(0, 7), today.slice(0, 7)],
])('a record of %s is found in the live list, then read by its key', async (resource, typed, key) => {
	const picker = finance.description.properties.find(
		({ name, type }) => name === resource && type === 'resourceLocator',
	);
	const method = picker?.modes?.[0]?.typeOptions?.searchListMethod ?? '';
	const { results } = await (
		finance.methods.listSearch[method] as NonNullable<(typeof finance.methods.listSearch)[string]>
	).call(editor(fixture.company, { system: 'sandbox' }), typed);
	expect(results).toMatchObject([{ value: key }]);
	const [record] = await inLedger(resource, 'get', { [resource]: { __rl: true, mode: 'list', value: key } });
	expect(record).toMatchObject({ key });
	const many = await inLedger(resource, 'getAll', {
		returnAll: true,
		conditions: { condition: [{ field: 'key', operator: 'is', value: key }] },
	});
	expect(many).toEqual([record]);
});

test('a sandbox credential without the address of the ledger says what to fill in', async () => {
	const context = editor(fixture.company, {});
	const { financeUrl: _missing, ...older } = await context.getCredentials('erpBridgeSandboxApi');
	const attempt = connectorOf(
		{ ...context, getCredentials: async () => older } as never,
		'finance',
		'sandbox',
	);
	await expect(attempt).rejects.toMatchObject({
		name: 'ValidationError',
		message: 'The sandbox credential has no Finance Address.',
		subject: { hint: expect.stringContaining('http://127.0.0.1:5674') },
	});
});
