import * as fc from 'fast-check';

import { convertUnit } from '../../../core/model/unitConversion';

const paper = {
	code: 'PAPER',
	baseUnit: 'H87',
	units: [
		{ unit: 'XCT', numerator: '12', denominator: '1' },
		{ unit: 'XPX', numerator: '480', denominator: '1' },
		// An avoirdupois pound of it holds three and a half pieces; 0.45359237 kg exactly (international agreement of 1959).
		{ unit: 'LBR', numerator: '7', denominator: '2' },
		{ unit: 'KGM', numerator: '350000000', denominator: '45359237' },
	],
};

describe('a quantity in another unit of the item', () => {
	test.each([
		['2', 'XCT', 'H87', '24'],
		['2', 'XPX', 'XCT', '80'],
		['6', 'H87', 'XCT', '0.5'],
		['2.50', 'H87', 'H87', '2.5'],
		['1', 'LBR', 'KGM', '0.45359237'],
		['0.45359237', 'KGM', 'LBR', '1'],
		['999999999', 'XPX', 'H87', '479999999520'],
		['0', 'XCT', 'XPX', '0'],
	])('%s %s in %s is %s', (quantity, unit, to, expected) => {
		expect(convertUnit(paper, { quantity, unit }, to)).toEqual({ quantity: expected, unit: to });
	});

	test('is refused rather than rounded', () => {
		expect(() => convertUnit(paper, { quantity: '1', unit: 'H87' }, 'XCT')).toThrow(
			'1 H87 of item "PAPER" can\'t be expressed exactly in XCT.',
		);
	});

	test('is refused for a unit that the item does not have, and says which it has', () => {
		expect(() => convertUnit(paper, { quantity: '1', unit: 'XBX' }, 'H87')).toThrow(
			'Item "PAPER" has no conversion for unit XBX (known: H87, XCT, XPX, LBR, KGM).',
		);
	});

	test('is refused for a unit that the item has twice with different factors', () => {
		const doubtful = {
			...paper,
			units: [...paper.units, { unit: 'XCT', numerator: '10', denominator: '1' }],
		};
		expect(() => convertUnit(doubtful, { quantity: '1', unit: 'XCT' }, 'H87')).toThrow('more than once');
	});

	test('comes back as it was, whatever the factor', () => {
		const factor = fc.integer({ min: 1, max: 1_000_000 }).map(String);
		fc.assert(
			fc.property(
				factor,
				factor,
				fc.integer({ min: 0, max: 1_000_000_000 }),
				(numerator, denominator, count) => {
					const item = { code: 'A', baseUnit: 'H87', units: [{ unit: 'XCT', numerator, denominator }] };
					// A multiple of the denominator has a whole number of pieces.
					const quantity = (BigInt(count) * BigInt(denominator)).toString();
					const pieces = convertUnit(item, { quantity, unit: 'XCT' }, 'H87');
					expect(pieces.quantity).toBe((BigInt(count) * BigInt(numerator)).toString());
					expect(convertUnit(item, pieces, 'XCT')).toEqual({ quantity, unit: 'XCT' });
				},
			),
		);
	});
});
