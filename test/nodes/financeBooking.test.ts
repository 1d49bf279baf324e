import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { finance, withBooks } from './financeNode';
import type { Outputs } from './nodeContext';

withBooks();

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => await fixture.close());

/** The first of this month: open in the ledger and, until a test closes it, in the accounting calendar. */
const day = `${new Date().toISOString().slice(0, 7)}-01`;
const period = `${day.slice(0, 4)}-P${day.slice(5, 7)}`;

const voucher = (key: string, amount = '12.50', more: object = {}) => ({
	key: `sandbox-erp/delivery/${key}`,
	rule: 'Goods issue',
	entry: {
		entity: 'PLANT',
		date: day,
		currency: 'CNY',
		document: { type: 'delivery', system: 'sandbox-erp', key },
		lines: [
			{ line: '1', account: '6401', debit: amount, credit: '0.00', dimensions: { costCentre: 'CC-200' } },
			{ line: '2', account: '1405', debit: '0.00', credit: amount },
		],
		...more,
	},
});

async function create(vouchers: object[], more: object = {}, goOn = false): Promise<Outputs> {
	const parameters = { system: 'sandbox', voucher: (item: object) => item, person: '', roles: '', ...more };
	return await finance('voucher', 'create', parameters, vouchers, { company: fixture.company, goOn });
}

/** What the ledger itself has of these documents. */
function entriesFor(...documents: string[]) {
	return fixture.company.finance.entries
		.list({ limit: 1_000 })
		.filter(({ body }) => documents.includes(body.source?.key ?? ''));
}

test('200 deliveries become 200 draft entries, and a replay makes none', async () => {
	const keys = Array.from({ length: 200 }, (_, index) => `D-${index}`);
	const vouchers = keys.map((key) => voucher(key));
	const [created = [], existing] = await create(vouchers);
	expect(existing).toEqual([]);
	expect(created.map(({ pairedItem }) => pairedItem)).toEqual(keys.map((_, item) => ({ item })));
	expect(created[0]?.json).toMatchObject({
		voucher: 'sandbox-erp/delivery/D-0',
		ledger: 'sandbox-finance',
		entry: { state: 'draft', date: day, lines: [{ debit: '12.5' }, { credit: '12.5' }] },
	});
	const [again, there = []] = await create([...vouchers].reverse());
	expect(again).toEqual([]);
	expect(there).toHaveLength(200);
	expect(there[199]?.json).toMatchObject({
		voucher: 'sandbox-erp/delivery/D-0',
		entry: { key: (created[0]?.json.entry as { key: string }).key },
		differs: false,
	});
	expect(entriesFor(...keys)).toHaveLength(200);
});

test('the same document twice in one batch makes one entry', async () => {
	const [created = [], existing = []] = await create([voucher('T-1'), voucher('T-1')]);
	expect([created.length, existing.length]).toEqual([1, 1]);
	expect(entriesFor('T-1')).toHaveLength(1);
});

test('a document that has changed since says so, and is not booked again', async () => {
	await create([voucher('C-1', '10.00')]);
	const [, existing = []] = await create([voucher('C-1', '11.00')]);
	expect(existing[0]?.json).toMatchObject({
		differs: true,
		reason: expect.stringMatching(
			/would now give another entry than \S+, which sandbox-finance has/,
		) as string,
	});
	expect(entriesFor('C-1')).toHaveLength(1);
});

test('a crash between ledger and state store is safe: the ledger has the entry, the store learns of it', async () => {
	const [created = []] = await create([voucher('K-1')]);
	const file = join(String(process.env.N8N_USER_FOLDER), '.n8n', 'erp-bridge', 'state.sqlite');
	const store = new DatabaseSync(file);
	store.exec("DELETE FROM vouchers WHERE voucher LIKE '%K-1'");
	store.close();
	const [repeated = []] = await create([voucher('K-1')]);
	expect(repeated[0]?.json.entry).toMatchObject({ key: (created[0]?.json.entry as { key: string }).key });
	expect(entriesFor('K-1')).toHaveLength(1);
	const [, existing = []] = await create([voucher('K-1')]);
	expect(existing).toHaveLength(1);
});

test('what the ledger refuses is the error of its own item with the reason; the others are booked', async () => {
	const unknown = voucher('E-1', '1.00', {
		lines: [
			{ account: '9999', debit: '1.00', credit: '0.00' },
			{ account: '1405', debit: '0.00', credit: '1.00' },
		],
	});
	const lame = voucher('E-2', '1.00', { lines: [{ account: '1405', debit: '1.00', credit: '0.00' }] });
	const [created = [], , refused = []] = await create([unknown, lame, voucher('E-3')], {}, true);
	expect(created).toMatchObject([{ json: { voucher: 'sandbox-erp/delivery/E-3' }, pairedItem: { item: 2 } }]);
	expect(refused).toMatchObject([
		{ json: { error: expect.stringContaining('9999') as string }, pairedItem: { item: 0 } },
		{
			json: {
				error: expect.stringContaining('it does not balance: debit less credit is 1 CNY') as string,
			},
			pairedItem: { item: 1 },
		},
	]);
	expect(entriesFor('E-1', 'E-2')).toEqual([]);
	await expect(create([lame])).rejects.toThrow(
		'Nothing was booked of it; correct its rule and draft it again.',
	);
	await expect(create([{ key: 'E-4' }])).rejects.toThrow('Item 0 is no voucher');
});

describe('when the calendar has closed the day', () => {
	beforeAll(async () => {
		await finance('period', 'close', {
			entity: 'PLANT',
			period,
			modules: ['stock'],
			roles: 'controller',
			by: 'ines.weber',
			reason: 'Stocktaking',
		});
	});

	test('a delivery, which also moves stock, is blocked with the lock, its reason and the next open day', async () => {
		const [created, , blocked = []] = await create([voucher('B-1')]);
		expect(created).toEqual([]);
		const { reason, suggestedDate } = blocked[0]?.json as { reason: string; suggestedDate: string };
		expect(reason).toContain(`${period} of PLANT, which ines.weber has closed for stock (Stocktaking)`);
		expect(suggestedDate > day && suggestedDate.endsWith('-01')).toBe(true);
		expect(blocked[0]?.json).toMatchObject({ key: 'sandbox-erp/delivery/B-1', entry: { date: day } });
		expect(entriesFor('B-1')).toEqual([]);
	});

	test('an invoice, which does not, and whoever has the role, go through', async () => {
		const document = { type: 'invoice', system: 'sandbox-erp', key: 'B-2' };
		const [created = []] = await create([{ ...voucher('B-2', '1.00', { document }), key: 'invoice/B-2' }]);
		expect(created).toHaveLength(1);
		const [byRole = []] = await create([voucher('B-3')], { roles: 'controller' });
		expect(byRole).toHaveLength(1);
	});

	test('a document that was booked before is found all the same', async () => {
		const [, existing = [], blocked] = await create([voucher('D-1')]);
		expect([existing.length, blocked?.length]).toEqual([1, 0]);
	});
});

test('dimension values are those of the ledger, on the day', async () => {
	const year = day.slice(0, 4);
	await finance('ruleSet', 'save', {
		ruleSetName: 'gate',
		rulesFrom: 'json',
		definition: { dimensions: [{ dimension: 'costCentre', documents: ['purchaseOrder'] }] },
	});
	const order = (key: string, costCentre: string) => ({
		key,
		dimensions: { costCentre },
		lines: [{ line: '1' }],
	});
	const [complete = [], incomplete = []] = await finance(
		'dimension',
		'check',
		{
			system: 'sandbox',
			documentType: 'purchaseOrder',
			record: (item: object) => item,
			ruleSet: 'gate',
			day,
			knownValues: true,
		},
		[order('PO-1', 'CC-100'), order('PO-2', 'CC-900'), order('PO-3', 'CC-XXX')],
		{ company: fixture.company },
	);
	expect(complete).toMatchObject([{ json: { document: { key: 'PO-1' } } }]);
	expect(incomplete.map(({ json }) => json.reason)).toEqual([
		`purchaseOrder PO-2: lines.0.dimensions.costCentre: "CC-900" may be used until ${Number(year) - 1}-12-31, not on ${day}.`,
		'purchaseOrder PO-3: lines.0.dimensions.costCentre: "CC-XXX" is no costCentre of the ledger.',
	]);
});
