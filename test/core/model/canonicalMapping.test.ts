import * as fc from 'fast-check';
import { z } from 'zod/v4';

import {
	judged,
	mapFromEntity,
	mapToEntity,
	readCanonicalMapping,
	type CanonicalEntity,
} from '../../../core/model/canonicalMapping';
import { readMapping } from '../../../core/model/fieldMapping';
import { Item } from '../../../core/model/item';
import { SalesOrder } from '../../../core/model/salesOrder';

const toCanonical = async (entity: CanonicalEntity, mapping: object, source: Record<string, unknown>) =>
	judged(entity, await mapToEntity(readCanonicalMapping(mapping, entity), entity, source));

// Field names of SAP's material master (MARA, MAKT, MARM).
const fromSap = {
	code: 'MATNR',
	name: 'MAKTX',
	gtin: 'EAN11',
	baseUnit: "$lookup({'ST': 'H87', 'KG': 'KGM'}, MEINS)",
	units: {
		$each: 'MARM',
		unit: "$lookup({'KAR': 'XCT', 'PAL': 'XPX'}, MEINH)",
		numerator: 'UMREZ',
		denominator: 'UMREN',
	},
};
const toSap = {
	MATNR: 'code',
	MAKTX: 'name',
	EAN11: 'gtin',
	MEINS: "$lookup({'H87': 'ST', 'KGM': 'KG'}, baseUnit)",
	MARM: {
		$each: 'units',
		MEINH: "$lookup({'XCT': 'KAR', 'XPX': 'PAL'}, unit)",
		UMREZ: '$number(numerator)',
		UMREN: '$number(denominator)',
	},
};

describe("a system's record", () => {
	test('becomes canonical: numbers their digits, one of a list a list, null absent', async () => {
		const source = {
			MATNR: 4711,
			MAKTX: null,
			MEINS: 'ST',
			MARM: { MEINH: 'KAR', UMREZ: 12, UMREN: 1 },
		};
		expect(await toCanonical('item', fromSap, source)).toEqual({
			valid: true,
			problems: [],
			unmapped: [],
			record: {
				code: '4711',
				baseUnit: 'H87',
				units: [{ unit: 'XCT', numerator: '12', denominator: '1' }],
			},
		});
	});

	test('is told with every problem at once, each at its field', async () => {
		const source = {
			MATNR: ' 1',
			EAN11: '6291041500214',
			MEINS: 'BOTTLE',
			MARM: [
				{ MEINH: 'KAR', UMREZ: 12, UMREN: 1 },
				{ MEINH: 'PAL', UMREZ: -3, UMREN: 0.1234567890123456 },
			],
		};
		const { valid, problems } = await toCanonical(
			'item',
			{ ...fromSap, name: '$error("no name in " & MATNR)' },
			source,
		);
		expect(valid).toBe(false);
		expect(problems).toEqual([
			{ field: 'name', message: 'its expression fails: no name in  1' },
			{
				field: 'units.1.denominator',
				message: 'is a number of more than 15 digits, which JSON does not keep exactly; give it as text',
			},
			{ field: 'code', message: 'must not have control characters or outer spaces' },
			{ field: 'gtin', message: 'has a wrong check digit' },
			{ field: 'baseUnit', message: 'must be filled' },
			{ field: 'units.1.numerator', message: 'must be positive' },
		]);
	});

	test('has its unread fields named, whole parts of it by their name, and those of all elements', async () => {
		const { unmapped } = await toCanonical(
			'item',
			{ ...fromSap, name: 'TEXTS[SPRAS = "E"].MAKTX' },
			{
				MATNR: '1',
				MEINS: 'ST',
				BRGEW: 1.5,
				LABOR: '',
				PLANT: { WERKS: '1000', LGORT: '0001' },
				TEXTS: [
					{ SPRAS: 'E', MAKTX: 'Pen', LANG: 'en' },
					{ SPRAS: 'D', MAKTX: 'Stift' },
				],
				MARM: [{ MEINH: 'KAR', UMREZ: 12, UMREN: 1, EAN11: '1' }, { MEINH: 'PAL' }],
			},
		);
		expect(unmapped).toEqual(['BRGEW', 'PLANT', 'TEXTS.LANG', 'MARM.EAN11']);
	});

	test('that an expression gives fields which the model has not is refused with their names', async () => {
		const { problems } = await toCanonical(
			'salesOrder',
			{
				key: 'id',
				state: '"confirmed"',
				partner: { code: 'nobody' },
				lines:
					'[positions.{"line": $string(no), "item": {"code": sku, "colour": "red"}, "qty": "1", "unit": "H87"}]',
			},
			{ id: 7, positions: [{ no: 1, sku: 'A' }] },
		);
		expect(problems.map(({ field }) => field)).toEqual([
			'lines.0.item.colour',
			'lines.0.qty',
			'lines.0.quantity',
		]);
		expect(problems[1]?.message).toContain('known are line, item, quantity');
	});

	test('gives each line its own element, the whole record and its position', async () => {
		const { record, problems } = await toCanonical(
			'salesOrder',
			{
				key: 'id',
				state: '"confirmed"',
				partner: { code: 'nobody' },
				lines: {
					$each: 'positions[$not($exists(deleted))]',
					line: '$index + 1',
					item: { code: 'sku' },
					quantity: 'amount',
					unit: '$record.unit',
				},
			},
			{
				id: 7,
				unit: 'H87',
				positions: [{ sku: 'A', amount: 2.5 }, { deleted: true }, { sku: 10, amount: '3' }],
			},
		);
		expect(problems).toEqual([]);
		expect(record).toEqual({
			key: '7',
			state: 'confirmed',
			lines: [
				{ line: '1', item: { code: 'A' }, quantity: '2.5', unit: 'H87' },
				{ line: '2', item: { code: '10' }, quantity: '3', unit: 'H87' },
			],
		});
	});
});

describe('a mapping', () => {
	test('is refused as a whole with everything that is wrong with it', () => {
		const wrong = {
			cod: 'MATNR',
			name: 'MAKTX[',
			gtin: 12,
			baseUnit: { code: 'MEINS' },
			units: { unit: 'MEINH', factor: 'UMREZ' },
		};
		expect(() => readCanonicalMapping(wrong, 'item')).toThrow(
			/^The mapping is wrong: cod: .*known are code, name, gtin, .*; name: is no JSONata expression: .*; gtin: must be an object of fields, or an expression as text; baseUnit\.code: lies inside a field that has none; units: is a list and needs "\$each".*; units\.factor: is no field/,
		);
		expect(() => readCanonicalMapping('{"code": MATNR}', 'item')).toThrow('The mapping is no JSON');
		expect(() => readCanonicalMapping([], 'item')).toThrow('must be an object of fields');
		expect(() => readCanonicalMapping({}, 'item')).toThrow('names no field');
		expect(() => readMapping({ $each: 'lines', a: 'b' })).toThrow('$each: has its place inside a field');
	});

	test('may name any field inside one that takes any', () => {
		const Schema = z.object({ code: z.string(), own: z.record(z.string(), z.unknown()).optional() });
		expect(readMapping({ code: 'a', own: { anything: 'b' } }, Schema)).toBeDefined();
		expect(() => readMapping({ code: 'a', own: { anything: 'b[' } }, Schema)).toThrow(
			'own.anything: is no JSONata',
		);
	});

	test('that would run for ever is stopped, as a problem of the record', async () => {
		const endless = { code: '($f := function($x) { $f($x + 1) + 1 }; $f(1))', baseUnit: '"H87"' };
		const { problems } = await toCanonical('item', endless, {});
		expect(problems).toEqual([
			{ field: 'code', message: expect.stringContaining('its expression fails') as string },
		]);
	});
});

describe('there and back', () => {
	const key = fc
		.string({ minLength: 1, maxLength: 12 })
		.filter((text) => text.trim() === text && !/[\u0000-\u001f\u007f]/.test(text));
	const amount = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => String(cents / 100));

	test('any item is the same', async () => {
		const item = fc
			.record(
				{
					code: key,
					name: fc.string({ minLength: 1, maxLength: 20 }),
					gtin: fc.constantFrom('6291041500213', '036000291452', '73513537'),
					baseUnit: fc.constantFrom('H87', 'KGM'),
					units: fc.array(
						fc.record({ unit: fc.constantFrom('XCT', 'XPX'), numerator: amount, denominator: amount }),
						{ maxLength: 3 },
					),
				},
				{ requiredKeys: ['code', 'baseUnit', 'units'] },
			)
			.map((given) => Item.parse(given));
		const [there, back] = [readMapping(toSap), readCanonicalMapping(fromSap, 'item')];
		await fc.assert(
			fc.asyncProperty(item, async (original) => {
				const own = await mapFromEntity(there, original);
				expect(own.problems).toEqual([]);
				expect(own.unmapped).toEqual([]);
				const mapped = judged('item', await mapToEntity(back, 'item', own.record));
				expect(mapped).toEqual({ record: original, problems: [], unmapped: [], valid: true });
			}),
		);
	});

	test('any sales order is the same, whatever its lines', async () => {
		const line = fc.record(
			{
				item: fc.record({ code: key, gtin: fc.constant('6291041500213') }, { requiredKeys: ['code'] }),
				quantity: amount,
				unit: fc.constantFrom('H87', 'KGM'),
				unitPrice: amount,
			},
			{ requiredKeys: ['item', 'quantity', 'unit'] },
		);
		const order = fc
			.record(
				{
					key,
					state: fc.constantFrom('draft', 'confirmed', 'done', 'cancelled'),
					partner: fc.record({ code: key }),
					currency: fc.constantFrom('CNY', 'EUR'),
					lines: fc.array(line, { maxLength: 4 }),
				},
				{ requiredKeys: ['key', 'state', 'lines'] },
			)
			.map((given) =>
				SalesOrder.parse({
					...given,
					lines: given.lines.map((one, index) => ({ ...one, line: String(index + 1) })),
				}),
			);
		const there = readMapping({
			OrderNo: 'key',
			Header: { Status: '$uppercase(state)', Customer: 'partner.code', Currency: 'currency' },
			Rows: {
				$each: 'lines',
				Pos: 'line',
				Sku: 'item.code',
				Ean: 'item.gtin',
				Qty: 'quantity',
				Uom: 'unit',
				Price: 'unitPrice',
			},
		});
		const back = readCanonicalMapping(
			{
				key: 'OrderNo',
				state: '$lowercase(Header.Status)',
				partner: { code: 'Header.Customer' },
				currency: 'Header.Currency',
				lines: {
					$each: 'Rows',
					line: 'Pos',
					item: { code: 'Sku', gtin: 'Ean' },
					quantity: 'Qty',
					unit: 'Uom',
					unitPrice: 'Price',
				},
			},
			'salesOrder',
		);
		await fc.assert(
			fc.asyncProperty(order, async (original) => {
				const own = await mapFromEntity(there, original);
				const mapped = judged('salesOrder', await mapToEntity(back, 'salesOrder', own.record));
				expect(mapped).toEqual({ record: original, problems: [], unmapped: [], valid: true });
			}),
		);
	});
});
