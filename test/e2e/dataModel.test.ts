import { randomUUID } from 'node:crypto';

import { itemsOf, type Execution } from '../../sandbox/n8n/api';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();

type Item = Record<string, unknown>;

const dataModel = (parameters: Record<string, unknown>): NodeStep => ({ node: 'dataModel', parameters });
const run = async (parameters: Record<string, unknown>, input?: Item): Promise<ManualRun> =>
	await runByHand(host().api, [dataModel(parameters)], input);
const crosswalk = (operation: string, parameters: Record<string, unknown>) => ({
	resource: 'crosswalk',
	operation,
	kind: 'item',
	stateStore: 'sqlite',
	...parameters,
});

interface Step {
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	onError?: string;
}

/** Many items and files, which take n8n's own nodes: split out, convert to file, extract from file. */
async function runSteps(
	input: Item,
	steps: Step[],
): Promise<{ execution: Execution; items: Item[]; error?: string }> {
	const nodes = [
		{ type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify(input), options: {} },
		},
		...steps,
	].map((node, index) => ({ ...node, name: `Step ${index}`, id: randomUUID(), position: [index * 200, 0] }));
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [`Step ${index}`, { main: [[{ node: name, type: 'main', index: 0 }]] }]),
	);
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: `Data model ${randomUUID()}`,
		nodes,
		connections,
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	try {
		const execution = await api.finished(await api.run(id, 'Step 0'));
		const error = execution.data.resultData.error?.message;
		return {
			execution,
			items: itemsOf(execution, nodes.at(-1)?.name ?? ''),
			...(error === undefined ? {} : { error }),
		};
	} finally {
		await api.deleteWorkflow(id);
	}
}

const own = (parameters: Record<string, unknown>, onError?: string): Step => ({
	type: 'n8n-nodes-erp-bridge.dataModel',
	typeVersion: 1,
	parameters,
	...(onError === undefined ? {} : { onError }),
});
const split: Step = {
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'rows', options: {} },
};
const toXlsx: Step = {
	type: 'n8n-nodes-base.convertToFile',
	typeVersion: 1.1,
	parameters: { operation: 'xlsx', binaryPropertyName: 'data', options: { fileName: 'filled.xlsx' } },
};
const toBase64: Step = {
	type: 'n8n-nodes-base.extractFromFile',
	typeVersion: 1,
	parameters: {
		operation: 'binaryToPropery',
		binaryPropertyName: 'data',
		destinationKey: 'data',
		options: {},
	},
};
const importSheet = (invalidRows: string): Step =>
	own({ resource: 'materialMaster', operation: 'importSheet', binaryPropertyName: 'data', invalidRows });

const filledRow = {
	'Item code *': 'PEN-BLK-07',
	'Item name *': 'Gel pen',
	GTIN: '6291041500213',
	'Base unit *': 'H87',
	'Unit 2': 'XCT',
	'Base units in unit 2': '12',
	'Code in sandbox-erp': 'OFF-AR-10004078',
	'Code in sandbox-wms': 'W2-4655',
};

describe('Material Master', () => {
	test('makes a template that a spreadsheet program reads, in two languages', async () => {
		const create = (language: string) =>
			own({
				resource: 'materialMaster',
				operation: 'createTemplate',
				language,
				systems: 'sandbox-erp, sandbox-wms',
				binaryPropertyName: 'data',
				fileName: 'master.xlsx',
			});
		const { default: read } = await import('read-excel-file/node');
		for (const [language, sheet] of [
			['en', 'Items'],
			['zh-CN', '物料'],
		] as const) {
			const { items, error } = await runSteps({}, [create(language), toBase64]);
			expect(error).toBeUndefined();
			const sheets = await read(Buffer.from(String(items[0]?.data), 'base64'));
			expect(sheets.map((one) => one.sheet)[0]).toBe(sheet);
			expect(sheets).toHaveLength(3);
			if (language === 'en')
				expect(sheets[0]?.data[0]).toEqual(expect.arrayContaining(Object.keys(filledRow)));
		}
	});

	test('imports a sheet that another program has filled', async () => {
		const { items, error } = await runSteps({ rows: [filledRow] }, [split, toXlsx, importSheet('refuse')]);
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				row: 2,
				valid: true,
				problems: [],
				item: {
					code: 'PEN-BLK-07',
					name: 'Gel pen',
					gtin: '6291041500213',
					baseUnit: 'H87',
					units: [{ unit: 'XCT', numerator: '12', denominator: '1' }],
				},
				codes: { 'sandbox-erp': 'OFF-AR-10004078', 'sandbox-wms': 'W2-4655' },
			},
		]);
	});

	test('tells every problem by row and column, and puts nothing out or marks the rows', async () => {
		const rows = [
			filledRow,
			{ ...filledRow, 'Item code *': 'B', 'Base unit *': 'piece', GTIN: '6291041500214' },
		];
		const refused = await runSteps({ rows }, [split, toXlsx, importSheet('refuse')]);
		expect(refused.execution.status).toBe('error');
		expect(refused.items).toEqual([]);
		expect(refused.error).toContain('row 3, column Base unit: "piece" must be a UN/ECE unit code');
		expect(refused.error).toContain('row 3, column GTIN: "6291041500214" has a wrong check digit');
		const marked = await runSteps({ rows }, [split, toXlsx, importSheet('mark')]);
		expect(marked.items).toMatchObject([
			{ row: 2, valid: true },
			{
				row: 3,
				valid: false,
				problems: expect.arrayContaining([expect.objectContaining({ row: 3, column: 'Base unit' })]),
			},
		]);
	});
});

describe('Crosswalk', () => {
	const pair = { system: 'sandbox-erp', code: 'A-1', otherSystem: 'sandbox-wms' };

	test('links, looks up from both sides, merges and unlinks', async () => {
		const missing = await run(crosswalk('lookUp', { ...pair, ifNotLinked: 'fail' }));
		expect(missing.error).toMatch(/item "A-1" of sandbox-erp is not linked to sandbox-wms/);
		const link = crosswalk('link', { ...pair, otherCode: 'W-1', origin: 'manual' });
		expect((await run(link)).items).toEqual([expect.objectContaining({ isNew: true })]);
		expect((await run(link)).items).toEqual([expect.objectContaining({ isNew: false })]);
		const contradiction = await run(crosswalk('link', { ...pair, otherCode: 'W-2', origin: 'manual' }));
		expect(contradiction.error).toMatch(/"A-1".*can't be linked to "W-2".*stands already and was kept/);
		const back = await run(
			crosswalk('lookUp', {
				system: 'sandbox-wms',
				code: 'W-1',
				otherSystem: 'sandbox-erp',
				ifNotLinked: 'fail',
			}),
		);
		expect(back.items).toEqual([expect.objectContaining({ otherCode: 'A-1', linked: true })]);

		const merged = await run(crosswalk('merge', { system: 'sandbox-erp', duplicate: 'A-1', into: 'A-2' }));
		expect(merged.items).toEqual([
			expect.objectContaining({ moved: [{ system: 'sandbox-wms', code: 'W-1' }] }),
		]);
		const list = crosswalk('getAll', { returnAll: true, filters: { system: 'sandbox-wms' } });
		expect((await run(list)).items).toEqual([expect.objectContaining({ code: 'W-1', otherCode: 'A-2' })]);
		// The code that was given up is still understood, until the merge is taken back.
		const alias = crosswalk('lookUp', { ...pair, ifNotLinked: 'goOn' });
		expect((await run(alias)).items).toEqual([
			expect.objectContaining({ otherCode: 'W-1', linked: true, mergedInto: 'A-2' }),
		]);
		const split = crosswalk('split', { system: 'sandbox-erp', code: 'A-1' });
		expect((await run(split)).items).toEqual([expect.objectContaining({ split: true })]);
		expect((await run(alias)).items).toEqual([expect.objectContaining({ linked: false })]);

		const unlink = crosswalk('unlink', { ...pair, code: 'A-2' });
		expect((await run(unlink)).items).toEqual([expect.objectContaining({ removed: true })]);
		expect((await run(unlink)).items).toEqual([expect.objectContaining({ removed: false })]);
		const gone = await run(crosswalk('lookUp', { ...pair, code: 'A-2', ifNotLinked: 'goOn' }));
		expect(gone.items).toEqual([expect.objectContaining({ otherCode: null, linked: false })]);
	});

	test('suggests links with confidence, leaves the doubtful to a person, and leaves out what is linked', async () => {
		const rows = [
			{ system: 'erp-a', code: 'E1', name: 'Gel pen, black', gtin: '6291041500213', baseUnit: 'H87' },
			{ system: 'erp-a', code: 'E2', name: 'Copy paper A4', baseUnit: 'H87' },
			{ system: 'erp-a', code: 'E3', name: '办公复印机', baseUnit: 'H87' },
			{ system: 'wms-a', code: 'W1', name: 'Stylo', gtin: '06291041500213', baseUnit: 'H87' },
			{ system: 'wms-a', code: 'W2', name: 'Paper A4, copy', baseUnit: 'H87' },
			{ system: 'wms-a', code: 'W3', name: 'Copy paper A4 80 g', baseUnit: 'H87' },
		];
		const suggest = own(
			crosswalk('suggestLinks', {
				system: 'erp-a',
				otherSystem: 'wms-a',
				recordSystem: '={{ $json.system }}',
				code: '={{ $json.code }}',
				recordName: '={{ $json.name }}',
				gtin: '={{ $json.gtin }}',
				attributes: '={{ { baseUnit: $json.baseUnit } }}',
				options: {},
			}),
		);
		const { items, error } = await runSteps({ rows }, [split, suggest]);
		expect(error).toBeUndefined();
		expect(items).toMatchObject([
			{ code: 'E1', status: 'suggested', otherCode: 'W1', evidence: ['gtin', 'attributes'] },
			{ code: 'E2', status: 'review', otherCode: null, candidates: [{ code: 'W2' }, { code: 'W3' }] },
			{ code: 'E3', status: 'unmatched' },
		]);

		const fields = { kind: 'item', system: 'erp-a', otherSystem: 'wms-a' };
		await run(crosswalk('link', { ...fields, code: 'E1', otherCode: 'W1', origin: 'suggested' }));
		const again = await runSteps({ rows }, [split, suggest]);
		expect(again.items.map(({ code }) => code)).toEqual(['E2', 'E3']);
		const unlinked = await runSteps({ rows: rows.slice(0, 3) }, [
			split,
			own(crosswalk('getUnlinked', { ...fields, code: '={{ $json.code }}' })),
		]);
		expect(unlinked.items.map(({ code }) => code)).toEqual(['E2', 'E3']);
	});

	test('goes on with the other items where the user wants it', async () => {
		const rows = [{ code: 'X1' }, { code: '' }, { code: 'X2' }];
		const link = own(
			crosswalk('link', {
				system: 'erp-b',
				otherSystem: 'wms-b',
				code: '={{ $json.code }}',
				otherCode: '=W-{{ $json.code }}',
				origin: 'manual',
			}),
			'continueRegularOutput',
		);
		const { items } = await runSteps({ rows }, [split, link]);
		expect(items).toEqual([
			expect.objectContaining({ code: 'X1', isNew: true }),
			expect.objectContaining({ error: expect.stringContaining('code') as string }),
			expect.objectContaining({ code: 'X2', isNew: true }),
		]);
	});
});

describe('Record and Identifier', () => {
	test('tell every problem of a record at once', async () => {
		const validate = { resource: 'record', operation: 'validate', entity: 'item', record: '={{ $json }}' };
		const bad = { code: ' A', baseUnit: 'piece', gtin: '6291041500214' };
		const marked = await run({ ...validate, invalidRecords: 'mark' }, bad);
		expect(marked.items).toMatchObject([{ valid: false, record: bad }]);
		const fields = (marked.items[0]?.problems as Array<{ field: string }>).map(({ field }) => field);
		expect(fields.toSorted()).toEqual(['baseUnit', 'code', 'gtin']);
		const refused = await run({ ...validate, invalidRecords: 'refuse' }, bad);
		expect(refused.error).toMatch(
			/Item 0 is no valid item: code: .*gtin: has a wrong check digit; baseUnit: /,
		);
		const good = await run({ ...validate, invalidRecords: 'refuse' }, { code: 'A', baseUnit: 'H87' });
		expect(good.items).toMatchObject([{ valid: true, record: { code: 'A', baseUnit: 'H87', units: [] } }]);
	});

	test("map a system's own records to the model and back, with every problem at once", async () => {
		const units = [
			{ code: 'ST', otherCode: 'H87' },
			{ code: 'KAR', otherCode: 'XCT' },
		];
		const link = own(
			crosswalk('link', {
				kind: 'unit',
				system: 'sap',
				otherSystem: 'un-ece',
				code: '={{ $json.code }}',
				otherCode: '={{ $json.otherCode }}',
				origin: 'manual',
			}),
		);
		expect((await runSteps({ rows: units }, [split, link])).error).toBeUndefined();
		const record = (operation: string, parameters: Item) => ({
			resource: 'record',
			operation,
			entity: 'item',
			record: '={{ $json }}',
			invalidRecords: 'mark',
			unmappedFields: 'list',
			stateStore: 'sqlite',
			...parameters,
		});
		const unitCodes = (from: string, to: string) => ({ codes: [{ kind: 'unit', from, to }] });
		const toCanonical = record('toCanonical', {
			translations: unitCodes('sap', 'un-ece'),
			mapping: JSON.stringify({
				code: 'MATNR',
				name: 'MAKTX',
				baseUnit: 'MEINS',
				units: { $each: 'MARM', unit: 'MEINH', numerator: 'UMREZ' },
			}),
		});
		const rows = [
			{ MATNR: 4711, MAKTX: 'Gel pen', MEINS: 'ST', BRGEW: 8, MARM: { MEINH: 'KAR', UMREZ: 12 } },
			{ MATNR: ' 1', MEINS: 'FASS', MARM: [{ MEINH: 'KAR', UMREZ: 0 }] },
		];
		const { items, error } = await runSteps({ rows }, [split, own(toCanonical)]);
		expect(error).toBeUndefined();
		const pen = {
			code: '4711',
			name: 'Gel pen',
			baseUnit: 'H87',
			units: [{ unit: 'XCT', numerator: '12', denominator: '1' }],
		};
		expect(items[0]).toEqual({ valid: true, entity: 'item', record: pen, problems: [], unmapped: ['BRGEW'] });
		expect(items[1]).toMatchObject({ valid: false });
		const told = items[1]?.problems as Array<{ field: string; message: string }>;
		expect(told.map(({ field }) => field)).toEqual(['baseUnit', 'code', 'units.0.numerator']);
		expect(told[0]?.message).toContain('The unit "FASS" of sap is not linked to un-ece');

		const refused = await run(
			{ ...toCanonical, invalidRecords: 'refuse', unmappedFields: 'refuse' },
			rows[0],
		);
		expect(refused.error).toBe("Item 0 can't be mapped as item: BRGEW: is not read by the mapping.");
		const wrong = await run({ ...toCanonical, mapping: '{ "kode": "MATNR", "name": "MAKTX[" }' }, rows[0]);
		expect(wrong.error).toMatch(/The mapping is wrong: kode: .*known are code, .*; name: is no JSONata/);

		const fromCanonical = record('fromCanonical', {
			translations: unitCodes('un-ece', 'sap'),
			mapping: JSON.stringify({
				MATNR: '$number(code)',
				MAKTX: 'name',
				MEINS: 'baseUnit',
				MARM: { $each: 'units', MEINH: 'unit', UMREZ: '$number(numerator)' },
			}),
		});
		const back = await run(fromCanonical, pen);
		expect(back.items).toEqual([
			{
				valid: true,
				entity: 'item',
				record: { MATNR: 4711, MAKTX: 'Gel pen', MEINS: 'ST', MARM: [{ MEINH: 'KAR', UMREZ: 12 }] },
				problems: [],
				unmapped: ['units.denominator'],
			},
		]);
	});

	test('convert a quantity exactly or refuse it', async () => {
		const item = { code: 'PAPER', baseUnit: 'H87', units: [{ unit: 'XCT', numerator: '12' }] };
		const convert = { resource: 'record', operation: 'convertUnit', item: '={{ $json }}' };
		const cartons = await run({ ...convert, quantity: '2.5', fromUnit: 'XCT', toUnit: 'H87' }, item);
		expect(cartons.items).toMatchObject([{ item: 'PAPER', to: { quantity: '30', unit: 'H87' } }]);
		const third = await run({ ...convert, quantity: '1', fromUnit: 'H87', toUnit: 'XCT' }, item);
		expect(third.error).toContain('1 H87 of item "PAPER" can\'t be expressed exactly in XCT');
	});

	test('check a GTIN', async () => {
		const check = (gtin: string) => run({ resource: 'identifier', operation: 'checkGtin', gtin });
		expect((await check('6291041500213')).items).toMatchObject([{ valid: true, format: 'GTIN-13' }]);
		expect((await check('6291041500214')).items).toMatchObject([{ valid: false, checkDigit: '3' }]);
	});
});
