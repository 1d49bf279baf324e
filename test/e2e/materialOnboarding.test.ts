import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { catalogue } from '../../sandbox/company/catalogue/items';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { startCompany, type Company } from '../../sandbox/company/company';
import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, template } from './harness/orderPath';
import { runByHand } from './harness/runNode';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let company: Company;
let folder: string;
let workflow: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
	company = await startCompany({
		folder,
		apiKey,
		page: false,
		erp: { publish: false },
		wms: { publish: false },
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
	});
	const { api } = host();
	for (const credential of credentialsFor(company.addresses, apiKey)) await api.setCredential(credential);
	workflow = (
		await api.importWorkflow(await template('material-master-onboarding/material-master-onboarding.json'))
	).id;
	await api.publish(workflow);
});
afterAll(async () => {
	await company?.close();
	await rm(folder, { recursive: true, force: true });
});

type Row = Record<string, string>;
const allOrNothing = 'Import nothing until all rows are right · 全部正确后再导入';
const leaveOut = 'Leave them out, import the others · 跳过问题行，导入其余';

const known = catalogue[0];
if (known === undefined) throw new Error('The catalogue is empty.');
const another = catalogue[1];
if (another === undefined) throw new Error('The catalogue has one item only.');

const crosswalk = async (operation: string, parameters: object) => {
	const { items, error } = await runByHand(host().api, [
		{
			node: 'dataModel',
			parameters: { resource: 'crosswalk', operation, kind: 'item', stateStore: 'sqlite', ...parameters },
		},
	]);
	expect(error).toBeUndefined();
	return items;
};

/** As a spreadsheet program writes it, with the headings of the template. */
async function workbook(rows: Row[]): Promise<Blob> {
	const { default: write } = await import('write-excel-file/node');
	const columns = [
		'Item code',
		'Item name',
		'GTIN',
		'Base unit',
		'Unit 2',
		'Base units in unit 2',
		'Code in sandbox-erp',
		'Code in sandbox-wms',
	];
	const cells = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
	return new Blob([new Uint8Array(await write(cells as never).toBuffer())]);
}

interface Upload {
	page: string;
	execution: Execution;
	result: Record<string, unknown> & { items: Array<Record<string, unknown>> };
}

/** Uploads a sheet as a browser does, and waits for the last page. */
async function upload(sheet: Blob, choice: string): Promise<Upload> {
	const { api } = host();
	const address = `${host().n8n.url}/form/material-master`;
	const blank = await axios.get<string>(address, { proxy: false });
	expect(blank.data).toContain('Material master');
	const form = new FormData();
	form.set('field-0', sheet, 'filled.xlsx');
	form.set('field-1', choice);
	const { formWaitingUrl } = (
		await axios.post<{ formWaitingUrl: string }>(address, form, { proxy: false, timeout: 30_000 })
	).data;
	const page = await until(
		'the last page of the form',
		async () => {
			// n8n may never answer a page that is asked for before its execution waits.
			const answer = await axios
				.get<string>(formWaitingUrl, { proxy: false, validateStatus: () => true, timeout: 2_000 })
				.catch(() => undefined);
			return answer?.status === 200 && /未导入|部分导入|已导入/.test(answer.data) && answer.data;
		},
		60_000,
	);
	const id = /form-waiting\/(\d+)/.exec(formWaitingUrl)?.[1] ?? '';
	const execution = await api.execution(id);
	return { page, execution, result: itemsOf(execution, 'Result')[0] as Upload['result'] };
}

const fan = {
	'Item code': 'FAN-1',
	'Item name': 'Desk fan <b>',
	GTIN: gtinOf(900_001),
	'Base unit': 'H87',
	'Unit 2': 'XCT',
	'Base units in unit 2': '6',
};
const fanWithoutGtin = {
	'Item code': 'FAN-2',
	'Item name': 'Floor fan',
	'Base unit': 'H87',
	'Code in sandbox-erp': 'E-FAN-2',
	'Code in sandbox-wms': 'W-FAN-2',
};
const bookcase = {
	'Item code': 'BOOKCASE',
	'Item name': 'Two-shelf bookcase, oak',
	'Base unit': 'H87',
	'Code in sandbox-erp': known.code,
	'Code in sandbox-wms': known.sku,
};
/** Everything that a second run could change. */
const state = () =>
	JSON.stringify({
		erp: company.erp.listItems({ limit: 1_000 }),
		wms: company.warehouse.listItems({ limit: 1_000 }),
		stock: company.warehouse.listStock({ limit: 1_000 }),
	});
const links = async () =>
	(await crosswalk('getAll', { returnAll: true, filters: {} })).map(({ code, otherCode, createdAt }) => [
		code,
		otherCode,
		createdAt,
	]);

test('links between the items of both systems are suggested, whatever their number', async () => {
	const numbers = Array.from({ length: 520 }, (_, index) => 600_000 + index);
	company.erp.putItems(
		numbers.map((number) => ({ code: `E-${number}`, gtin: gtinOf(number), names: { en: `Bolt ${number}` } })),
	);
	company.warehouse.putItems(
		numbers.map((number) => ({ sku: `W-${number}`, gtin: gtinOf(number), names: { en: `Screw ${number}` } })),
	);
	const suggested = await crosswalk('suggestLinks', {
		recordsFrom: 'systems',
		systems: 'sandbox/sandbox',
		options: {},
	});
	const wanted = [
		...catalogue.map(({ code, sku }) => [code, sku]),
		...numbers.map((number) => [`E-${number}`, `W-${number}`]),
	];
	expect(suggested.every(({ status }) => status === 'suggested')).toBe(true);
	expect(suggested.map(({ code, otherCode }) => [code, otherCode]).toSorted()).toEqual(wanted.toSorted());
	expect(await links()).toEqual([]);
});

test('a sheet becomes items of both systems and links; again, it changes nothing', async () => {
	const sheet = await workbook([fan, fanWithoutGtin, bookcase]);
	const { page, result, execution } = await upload(sheet, allOrNothing);
	expect(execution.data.resultData.error).toBeUndefined();
	expect(result).toMatchObject({
		title: 'Imported · 已导入',
		created: 2,
		changed: 1,
		linked: 3,
		refused: 0,
		items: [
			{ row: 2, erp: 'created', wms: 'created', linked: 'new' },
			{ row: 3, erp: 'created', wms: 'created', linked: 'new' },
			{ row: 4, erp: 'changed', wms: 'changed', linked: 'new' },
		],
	});
	expect(page).toContain('W-FAN-2');

	expect(company.erp.item('FAN-1')).toMatchObject({
		names: { en: 'Desk fan <b>' },
		gtin: fan.GTIN,
		conversions: [{ unit: 'XCT', pieces: 6 }],
	});
	expect(company.warehouse.itemsBySku(['FAN-1'])).toMatchObject([
		{ names: { en: 'Desk fan <b>' }, gtin: fan.GTIN, units: [{ unit: 'XCT', factor: '6' }] },
	]);
	// What has no GTIN of its own gets one of the ERP, and the warehouse takes the same.
	const given = company.erp.item('E-FAN-2')?.gtin;
	expect(given).toMatch(/^\d{13}$/);
	expect(company.warehouse.itemsBySku(['W-FAN-2'])).toMatchObject([{ gtin: given }]);
	expect(company.erp.item(known.code)).toMatchObject({
		names: { en: bookcase['Item name'] },
		gtin: known.gtin,
	});
	expect(company.warehouse.itemsBySku([known.sku])).toMatchObject([
		{ names: { en: bookcase['Item name'] }, gtin: known.gtin },
	]);
	const linked = await links();
	expect(linked.map(([code, otherCode]) => [code, otherCode]).toSorted()).toEqual(
		[
			['FAN-1', 'FAN-1'],
			['E-FAN-2', 'W-FAN-2'],
			[known.code, known.sku],
		].toSorted(),
	);

	const before = state();
	const again = await upload(sheet, allOrNothing);
	expect(again.result).toMatchObject({
		created: 0,
		changed: 0,
		unchanged: 3,
		linked: 0,
		refused: 0,
	});
	expect(state()).toBe(before);
	expect(await links()).toEqual(linked);

	// The codes may be left out where the crosswalk knows them.
	const { 'Code in sandbox-wms': _, ...short } = bookcase;
	const byCrosswalk = await upload(await workbook([short]), allOrNothing);
	expect(byCrosswalk.result.items).toMatchObject([
		{ wmsCode: known.sku, wms: 'unchanged', linked: 'before' },
	]);
	expect(state()).toBe(before);
});

test('what is wrong is told by row and column; nothing is written, or all but the wrong rows', async () => {
	const wrong = { ...fan, 'Item code': 'LAMP-2', GTIN: '6291041500214', 'Base unit': 'piece' };
	const right = { ...fan, 'Item code': 'LAMP-1', GTIN: gtinOf(900_002) };
	const sheet = await workbook([right, wrong]);
	const before = state();
	const refused = await upload(sheet, allOrNothing);
	expect(refused.page).toContain('row 3, column Base unit: "piece" must be a UN/ECE unit code');
	expect(refused.page).toContain('row 3, column GTIN: "6291041500214" has a wrong check digit');
	expect(refused.result).toMatchObject({ title: 'Nothing was imported · 未导入', refused: 1, notWritten: 1 });
	expect(state()).toBe(before);

	const part = await upload(sheet, leaveOut);
	expect(part.result).toMatchObject({
		title: 'Imported in part · 部分导入',
		created: 1,
		linked: 1,
		refused: 1,
	});
	expect(company.erp.itemsByCode(['LAMP-1', 'LAMP-2']).map(({ code }) => code)).toEqual(['LAMP-1']);
	expect(company.warehouse.itemsBySku(['LAMP-1', 'LAMP-2']).map(({ sku }) => sku)).toEqual(['LAMP-1']);
});

test('what the crosswalk or a system refuses is told with its row, and its neighbours go on', async () => {
	const rows = [
		{ ...bookcase, 'Code in sandbox-wms': another.sku },
		{ ...fan, 'Item code': 'FAN-3', GTIN: gtinOf(900_003), 'Base unit': 'KGM' },
		{ ...fan, 'Item code': 'FAN-4', GTIN: gtinOf(900_004), 'Unit 2': '', 'Base units in unit 2': '' },
		{ ...fan, 'Item code': 'FAN-5', GTIN: gtinOf(900_005), 'Code in sandbox-erp': another.code },
	];
	company.warehouse.putItems([{ sku: 'OWNER', gtin: gtinOf(900_004), names: { en: 'Owner' } }]);
	const { page, result } = await upload(await workbook(rows), allOrNothing);
	expect(result).toMatchObject({ title: 'Imported in part · 部分导入', rows: 4, refused: 3 });
	const refusals = result.items.map(({ refused }) => (refused as string[] | undefined)?.[0]);
	expect(refusals).toEqual([
		`row 2, crosswalk: sandbox-erp "${known.code}" is linked to sandbox-wms "${known.sku}", not to "${another.sku}"`,
		expect.stringMatching(
			/^row 3, sandbox-erp: Item "FAN-3" cannot be kept by the sandbox ERP: baseUnit: KGM/,
		),
		expect.stringMatching(/^row 4, sandbox-wms: .*belongs to SKU "OWNER"/),
		undefined,
	]);
	expect(page).toContain('FAN-3');
	expect(company.erp.item('FAN-3')).toBeUndefined();
	expect(company.warehouse.itemsBySku(['FAN-3', 'FAN-4'])).toEqual([]);
	expect(company.erp.item(another.code)).toMatchObject({ gtin: gtinOf(900_005) });
	const codes = (await links()).map(([code]) => code);
	expect(codes).toContain(another.code);
	expect(codes).not.toContain('FAN-4');
});

test('the blank sheet is made by hand', async () => {
	const { api } = host();
	const execution = await api.finished(await api.run(workflow, 'Make the blank sheet'));
	expect(execution.data.resultData.error).toBeUndefined();
	expect(itemsOf(execution, 'Blank sheet')).toMatchObject([{ systems: ['sandbox-erp', 'sandbox-wms'] }]);
});

test('a file that is no sheet is refused with a sentence', async () => {
	const before = state();
	const { page } = await upload(new Blob(['code;name']), allOrNothing);
	expect(page).toContain('is no XLSX workbook');
	expect(state()).toBe(before);
});
