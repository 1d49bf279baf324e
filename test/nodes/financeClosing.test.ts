import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Finance } from '../../nodes/Finance/Finance.node';
import { type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runItems, type Outputs } from './nodeContext';

const node = new Finance();
const userFolder = process.env.N8N_USER_FOLDER;
let folder: string;
let fixture: Fixture;
const day = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'finance-'));
	process.env.N8N_USER_FOLDER = folder;
	fixture = await quietCompany();
});
afterAll(async () => {
	await fixture.close();
	if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
	else process.env.N8N_USER_FOLDER = userFolder;
	await rm(folder, { recursive: true, force: true });
});

async function finance(
	resource: string,
	operation: string,
	parameters: Record<string, unknown>,
	items: object[] = [{}],
): Promise<Outputs> {
	const given = { system: 'sandbox', resource, operation, stateStore: 'sqlite', ...parameters };
	return await runItems(node, given, items, { company: fixture.company });
}

const organisation = (name: string) => ({
	calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1 }],
	entities: [{ id: 'PLANT', name, calendar: 'months', timeZone: 'Asia/Shanghai', cutOff: '00:00' }],
});
const saveCalendar = async (name: string, ifSaved: string) => {
	const definition = organisation(name);
	const parameters = { calendarFrom: 'json', definition, ifSaved, by: 'ines.weber', saveReason: '' };
	const [[saved] = []] = await finance('calendar', 'save', parameters);
	return saved?.json;
};

test('a calendar to start with is saved once, and never in place of another', async () => {
	expect(await saveCalendar('First', 'keep')).toMatchObject({ version: 1, isNew: true });
	const kept = await saveCalendar('Second', 'keep');
	expect(kept).toMatchObject({ version: 1, isNew: false, definition: { entities: [{ name: 'First' }] } });
	expect(await saveCalendar('Third', 'replace')).toMatchObject({
		version: 2,
		isNew: true,
		definition: { entities: [{ name: 'Third' }] },
	});
});

const voucher = (key: string) => ({
	key: `sandbox-erp/delivery/${key}`,
	entry: {
		entity: 'PLANT',
		date: day,
		currency: 'CNY',
		document: { type: 'delivery', system: 'sandbox-erp', key },
		lines: [
			{ line: '1', account: '6401', debit: '12.50', credit: '0.00', dimensions: { costCentre: 'CC-200' } },
			{ line: '2', account: '1405', debit: '0.00', credit: '12.50' },
		],
	},
});
const whole = { findBy: 'voucher', voucher: (item: object) => item };

test('vouchers that the ledger has are parted from those that it lacks', async () => {
	const [created = []] = await finance('voucher', 'create', { ...whole, person: '', roles: '' }, [
		voucher('DN-1'),
	]);
	const { entry } = created[0]?.json as { entry: { key: string } };
	const [found, missing] = await finance('voucher', 'find', whole, [voucher('DN-2'), voucher('DN-1')]);
	expect(found).toMatchObject([
		{ json: { voucher: 'sandbox-erp/delivery/DN-1', entry: { key: entry.key, state: 'draft' } } },
	]);
	expect(found?.[0]?.pairedItem).toEqual({ item: 1 });
	expect(missing).toMatchObject([
		{ json: { voucher: 'sandbox-erp/delivery/DN-2', ledger: 'sandbox-finance' }, pairedItem: { item: 0 } },
	]);
});

test('an entry that was made elsewhere is found by the document that it names', async () => {
	const { record } = fixture.company.finance.entries.create({
		company: 'PLANT',
		date: day,
		source: { type: 'delivery', system: 'sandbox-erp', key: 'DN-3' },
		lines: [
			{ account: '6401', debit: '1', dimensions: { costCentre: 'CC-200' } },
			{ account: '1405', credit: '1' },
		],
	});
	const document = {
		findBy: 'document',
		documentType: 'delivery',
		documentKey: (item: { key: string }) => item.key,
		documentSystem: 'sandbox-erp',
	};
	const [found, missing] = await finance('voucher', 'find', document, [
		{ key: 'DN-3', number: 'three' },
		{ key: 'DN-4', number: 'four' },
	]);
	expect(found).toMatchObject([{ json: { number: 'three', entry: { key: record.id } } }]);
	expect(missing).toMatchObject([{ json: { number: 'four', voucher: 'sandbox-erp/delivery/DN-4' } }]);
});

test('what is no voucher is refused with its field', async () => {
	await expect(finance('voucher', 'find', whole, [{ key: 'x' }])).rejects.toThrow('entry');
});
