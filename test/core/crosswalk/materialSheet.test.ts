import { describeProblem, readMaterialRows, readMaterialSheet } from '../../../core/masterData/materialSheet';
import { materialTemplate } from '../../../core/masterData/materialTemplate';

const write = async (rows: unknown[][]): Promise<Buffer> => {
	const { default: writeXlsx } = await import('write-excel-file/node');
	return await writeXlsx(rows as never).toBuffer();
};
const sheets = async (workbook: Buffer) => {
	const { default: readXlsx } = await import('read-excel-file/node');
	return await readXlsx(workbook);
};
const headings = [
	'Item code *',
	'Item name *',
	'GTIN',
	'Base unit *',
	'Unit 2',
	'Base units in unit 2',
	'Code in sandbox-wms',
];
const problemsOf = async (rows: unknown[][]) =>
	(await readMaterialSheet(await write([headings, ...rows]), 'items.xlsx'))
		.flatMap(({ problems }) => problems)
		.map(describeProblem);

describe('the template', () => {
	test('is empty, and its own example can be imported, in both languages', async () => {
		for (const language of ['en', 'zh-CN'] as const) {
			const workbook = await materialTemplate({ language, systems: ['sandbox-erp', 'sandbox-wms'] });
			expect(await readMaterialSheet(workbook, 'empty.xlsx')).toEqual([]);
			const [items, fields, example] = await sheets(workbook);
			expect(fields?.data).toHaveLength((items?.data[0]?.length ?? 0) + 1);
			const rows = readMaterialRows((example?.data ?? []) as string[][], 'example');
			expect(rows).toMatchObject([{ row: 2, problems: [], record: { item: { code: 'PEN-BLK-07' } } }]);
		}
	});
});

describe('a filled sheet', () => {
	test('becomes items with exact units and the codes of each system', async () => {
		const [row] = await readMaterialSheet(
			await write([headings, ['PEN', 'Gel pen', '6291041500213', 'H87', 'XCT', '1/3', 'W1-4100']]),
			'items.xlsx',
		);
		expect(row).toMatchObject({
			row: 2,
			problems: [],
			record: {
				item: {
					code: 'PEN',
					name: 'Gel pen',
					gtin: '6291041500213',
					baseUnit: 'H87',
					units: [{ unit: 'XCT', numerator: '1', denominator: '3' }],
				},
				codes: { 'sandbox-wms': 'W1-4100' },
			},
		});
	});

	test('may have its columns in any order, its numbers as numbers, and empty rows in between', async () => {
		const rows = await readMaterialSheet(
			await write([
				['基本单位', 'GTIN', '物料名称', '物料编码', '单位 2', '单位 2 含基本单位数'],
				[null, null, null, null, null, null],
				['KGM', 6291041500213, '糖', 10023, 'XBX', 0.1],
			]),
			'items.xlsx',
		);
		expect(rows).toMatchObject([
			{
				row: 3,
				record: { item: { code: '10023', gtin: '6291041500213', units: [{ numerator: '0.1' }] } },
			},
		]);
	});

	test('tells every problem with row and column, and keeps the good rows', async () => {
		const rows = [
			['A', 'Good', '', 'H87', '', '', 'W1'],
			['', 'No code', '6291041500214', 'piece', 'XCT', '', ''],
			['A', 'Repeated', '', 'H87', 'H87', '-2', 'W1'],
		];
		expect(await problemsOf(rows)).toEqual([
			'row 3, column GTIN: "6291041500214" has a wrong check digit',
			'row 3, column Base unit: "piece" must be a UN/ECE unit code, such as H87 (piece) or XCT (carton)',
			'row 3, column Item code: must be filled',
			'row 3, column Base units in unit 2: is needed with its unit',
			'row 4, column Base units in unit 2: "-2" must be a number above zero such as 12, or a fraction such as 1/3',
			'row 4, column Unit 2: "H87" is a unit of the row already',
			'row 4, column Item code: "A" is in row 2 already',
			'row 4, column Code in sandbox-wms: "W1" is in row 2 already',
		]);
		const read = await readMaterialSheet(await write([headings, ...rows]), 'items.xlsx');
		expect(read.map(({ record }) => record?.item.code)).toEqual(['A', undefined, undefined]);
	});

	test('refuses a GTIN that the spreadsheet has robbed of its leading zeros, and one written in another length', async () => {
		expect(await problemsOf([['A', 'Soap', 36000291452, 'H87']])).toEqual([
			'row 2, column GTIN: "36000291452" must have 8, 12, 13 or 14 digits',
		]);
		expect(
			await problemsOf([
				['A', 'Soap', '036000291452', 'H87'],
				['B', 'Soap', '0036000291452', 'H87'],
			]),
		).toEqual(['row 3, column GTIN: "0036000291452" is in row 2 already']);
	});

	test('is refused as a whole when its headings are wrong, with all that is wrong with them', async () => {
		const wrong = await write([['Item code', 'Item code', 'Colour', 'Base unit']]);
		await expect(readMaterialSheet(wrong, 'items.xlsx')).rejects.toThrow(
			'column C has the unknown heading "Colour"; the column "Item code" is there twice; the column "Item name" (物料名称) is missing.',
		);
		await expect(readMaterialSheet(Buffer.from('code;name'), 'items.csv')).rejects.toThrow(
			'The sheet "items.csv" is no XLSX workbook',
		);
	});
});
