import Big from 'big.js';

import { Decimal, scaleExactly } from '../../core/model/decimal';
import type { ItemUnit } from '../../core/model/item';
import type { UnitCode } from '../../core/model/references';

/** A unit of measure as Tryton keeps it. One unit is `factor` of the category's base unit, which is `rate` of this. */
export interface TrytonUnit {
	id: number;
	name: string;
	symbol: string;
	category: number;
	factor: number;
	rate: number;
	digits: number;
	active: boolean;
}

/** UN/ECE Recommendation 20 and 21 codes by the symbols and names that Tryton comes with, and common packings. */
const standardCodes: Record<string, UnitCode> = {
	u: 'H87',
	unit: 'H87',
	piece: 'H87',
	pcs: 'H87',
	carton: 'XCT',
	ctn: 'XCT',
	box: 'XBX',
	pallet: 'XPX',
	plt: 'XPX',
	package: 'XPK',
	dozen: 'DZN',
	kg: 'KGM',
	kilogram: 'KGM',
	g: 'GRM',
	gram: 'GRM',
	t: 'TNE',
	lb: 'LBR',
	oz: 'ONZ',
	carat: 'CTM',
	s: 'SEC',
	min: 'MIN',
	h: 'HUR',
	hour: 'HUR',
	d: 'DAY',
	day: 'DAY',
	m: 'MTR',
	meter: 'MTR',
	km: 'KMT',
	cm: 'CMT',
	mm: 'MMT',
	ft: 'FOT',
	yd: 'YRD',
	in: 'INH',
	mi: 'SMI',
	l: 'LTR',
	liter: 'LTR',
	'm³': 'MTQ',
	'cm³': 'CMQ',
	'in³': 'INQ',
	'ft³': 'FTQ',
	gal: 'GLL',
	'm²': 'MTK',
	'cm²': 'CMK',
	are: 'ARE',
	ha: 'HAR',
	'in²': 'INK',
	'ft²': 'FTK',
	'yd²': 'YDK',
};

/**
 * Tryton's units and their codes. Within a category a code stands for one unit: rather for one that the user mapped, and for one in
 * use. Where two have the same claim it stands for neither, since it would be a guess.
 */
export class Units {
	private readonly byId: Map<number, TrytonUnit>;
	private readonly codes = new Map<number, UnitCode>();

	constructor(units: TrytonUnit[], own: Record<string, string> = {}) {
		this.byId = new Map(units.map((unit) => [unit.id, unit]));
		const claims = units.flatMap((unit) => {
			const named = own[unit.symbol] ?? own[unit.name];
			const code = named ?? standardCodes[unit.symbol] ?? standardCodes[unit.name.toLowerCase()];
			return code === undefined
				? []
				: [{ unit, code, rank: (named === undefined ? 0 : 2) + (unit.active ? 1 : 0) }];
		});
		for (const rivals of Map.groupBy(claims, ({ unit, code }) => `${unit.category} ${code}`).values()) {
			const highest = Math.max(...rivals.map(({ rank }) => rank));
			const [first, ...others] = rivals.filter(({ rank }) => rank === highest);
			if (first !== undefined && others.length === 0) this.codes.set(first.unit.id, first.code);
		}
	}

	get(id: number): TrytonUnit | undefined {
		return this.byId.get(id);
	}

	codeOf(id: number): UnitCode | undefined {
		return this.codes.get(id);
	}

	/** The unit with this code in the category of another one. */
	withCode(code: UnitCode, sameCategoryAs: number): TrytonUnit | undefined {
		const category = this.byId.get(sameCategoryAs)?.category;
		return [...this.byId.values()].find(
			(unit) => unit.category === category && unit.active && this.codes.get(unit.id) === code,
		);
	}

	/** Active units with this code, whatever their category. */
	allWithCode(code: UnitCode): TrytonUnit[] {
		return [...this.byId.values()].filter((unit) => unit.active && this.codes.get(unit.id) === code);
	}

	/** The quantity in another unit of the same category; `undefined` where that is no exact decimal. */
	convert(quantity: Decimal, from: number, to: number): Decimal | undefined {
		const unit = this.byId.get(from);
		const other = this.byId.get(to);
		if (unit === undefined || other === undefined || unit.category !== other.category) return undefined;
		const fraction = fractionOf(unit, other);
		return fraction && scaleExactly(quantity, fraction.numerator, fraction.denominator);
	}

	/** The other units of the base unit's category, as exact fractions of the base unit. */
	convertibleTo(baseUnit: number): ItemUnit[] {
		const base = this.byId.get(baseUnit);
		if (base === undefined) return [];
		return [...this.byId.values()].flatMap((unit): ItemUnit[] => {
			const code = this.codes.get(unit.id);
			if (unit.id === base.id || unit.category !== base.category || code === undefined) return [];
			const fraction = fractionOf(unit, base);
			return fraction === undefined ? [] : [{ unit: code, ...fraction }];
		});
	}
}

/** Of factor and rate, one is rounded; the greater is the exact one (as Tryton's own conversion takes it). */
function fractionOf(
	unit: TrytonUnit,
	base: TrytonUnit,
): { numerator: string; denominator: string } | undefined {
	const [unitUp, unitDown] = exactFraction(unit);
	const [baseUp, baseDown] = exactFraction(base);
	const numerator = Decimal.safeParse(unitUp.times(baseDown).toFixed());
	const denominator = Decimal.safeParse(unitDown.times(baseUp).toFixed());
	if (!numerator.success || !denominator.success) return undefined;
	return { numerator: numerator.data, denominator: denominator.data };
}

function exactFraction({ factor, rate }: TrytonUnit): [up: Big, down: Big] {
	return factor >= rate ? [new Big(String(factor)), new Big('1')] : [new Big('1'), new Big(String(rate))];
}
