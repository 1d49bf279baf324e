import { Units, type TrytonUnit } from '../../connectors/tryton/units';
import { quantityOf } from '../../connectors/tryton/values';

/** Units as Tryton comes with them, and packings as companies add them. */
const pieces = { category: 1, digits: 0, active: true };
const weight = { category: 2, digits: 2, active: true };
const unit: TrytonUnit = { id: 1, name: 'Unit', symbol: 'u', factor: 1, rate: 1, ...pieces };
const carton: TrytonUnit = {
	id: 2,
	name: 'Carton',
	symbol: 'ctn',
	factor: 12,
	rate: 0.083333333333,
	...pieces,
};
const bigCarton: TrytonUnit = {
	id: 3,
	name: 'Big carton',
	symbol: 'bct',
	factor: 48,
	rate: 0.020833333333,
	...pieces,
};
const kilogram: TrytonUnit = { id: 4, name: 'Kilogram', symbol: 'kg', factor: 1, rate: 1, ...weight };
const gram: TrytonUnit = { id: 5, name: 'Gram', symbol: 'g', factor: 0.001, rate: 1000, ...weight };
const ounce: TrytonUnit = {
	id: 6,
	name: 'Ounce',
	symbol: 'oz',
	factor: 0.028349523125,
	rate: 35.27396194958,
	...weight,
};

describe('units', () => {
	it('convert exactly where Tryton’s own factors do', () => {
		const units = new Units([unit, carton, kilogram, gram]);
		expect(units.convertibleTo(unit.id)).toEqual([{ unit: 'XCT', numerator: '12', denominator: '1' }]);
		expect(units.convertibleTo(carton.id)).toEqual([{ unit: 'H87', numerator: '1', denominator: '12' }]);
		expect(units.convertibleTo(gram.id)).toEqual([{ unit: 'KGM', numerator: '1000', denominator: '1' }]);
		expect(units.convert('2', carton.id, unit.id)).toBe('24');
		expect(units.convert('250', gram.id, kilogram.id)).toBe('0.25');
	});

	it('refuse what is not exact, or not of one kind', () => {
		const units = new Units([unit, carton, kilogram, ounce]);
		expect(units.convert('1', unit.id, carton.id)).toBeUndefined();
		expect(units.convert('1', kilogram.id, unit.id)).toBeUndefined();
		expect(units.convertibleTo(kilogram.id)).toEqual([]);
	});

	it('take the user’s code before the usual one, and guess at none that two could have', () => {
		const both = [unit, carton, bigCarton];
		expect(new Units(both).codeOf(bigCarton.id)).toBeUndefined();
		const apart = new Units(both, { bct: 'XBX' });
		expect([carton.id, bigCarton.id].map((id) => apart.codeOf(id))).toEqual(['XCT', 'XBX']);
		const own = new Units(both, { 'Big carton': 'XCT' });
		expect([carton.id, bigCarton.id].map((id) => own.codeOf(id))).toEqual([undefined, 'XCT']);
		const guess = new Units(both, { ctn: 'XCT', bct: 'XCT' });
		expect([carton.id, bigCarton.id].map((id) => guess.codeOf(id))).toEqual([undefined, undefined]);
		const retired = new Units([unit, carton, { ...carton, id: 9, active: false }]);
		expect([carton.id, 9].map((id) => retired.codeOf(id))).toEqual(['XCT', undefined]);
	});
});

describe('quantities', () => {
	it.each([
		[0.1 + 0.2, 3, '0.3'],
		[1e21 / 1e18, 0, '1000'],
		[2.675, 2, '2.68'],
		[1e-7, 2, '0'],
		[-3, 0, '-3'],
	])('kept as the float %p are the decimal that was entered', (value, digits, text) => {
		expect(quantityOf(value, digits)).toBe(text);
	});
});
