import { gtinOf } from '../company/catalogue/gtin';
import type { NewErpItem } from '../company/erp/model';
import type { NewWmsItem } from '../company/wms/model';
import type { SuperstoreOrder } from './dataset';
import { random, type Random } from './random';

/** An item as each system is to know it, and the goods to receive for it. */
export interface PlannedItem {
	erp: NewErpItem & { gtin: string };
	wms: NewWmsItem & { sku: string };
	/** pieces */
	supply: number;
}

/** The sandbox's own items have the numbers from 1 on. */
const firstNumber = 100_001;

/** One carton in so many pieces has an exact decimal of three places, as the WMS needs when it counts in cartons. */
const divisibleSizes = [2, 4, 5, 8, 10];
const sizes = [2, 3, 4, 5, 6];

/**
 * Every item of the orders, under one code in the ERP and another in the WMS, with the same GTIN. Half of them are pieces on both sides; some
 * are sold in cartons too, of which some have their size in the WMS only; some the WMS counts in cartons. One in twelve is too scarce
 * for what is ordered.
 */
export function planItems(orders: SuperstoreOrder[], seed: number): PlannedItem[] {
	const chance = random(seed);
	const items = new Map<string, { name: string; ordered: number }>();
	for (const { item, name, quantity } of orders.flatMap(({ lines }) => lines)) {
		const known = items.get(item);
		items.set(item, { name, ordered: (known?.ordered ?? 0) + quantity });
	}
	return [...items].map(([code, { name, ordered }], index) => {
		const gtin = gtinOf(firstNumber + index);
		const { erp, wms } = units(chance);
		return {
			erp: { code, gtin, names: { en: name }, ...erp },
			wms: {
				sku: `${String.fromCharCode(65 + (index % 8))}${String(index + 1).padStart(5, '0')}`,
				gtin,
				names: { en: name },
				...wms,
			},
			supply: chance.chance(1 / 12) ? Math.ceil(ordered * 0.6) : ordered * 2 + 60,
		};
	});
}

function units(chance: Random): {
	erp: Pick<NewErpItem, 'carton' | 'cartonKnown'>;
	wms: Pick<NewWmsItem, 'baseUnit' | 'units'>;
} {
	if (chance.chance(0.5)) return { erp: {}, wms: { baseUnit: 'H87', units: [] } };
	if (chance.chance(0.4)) {
		const carton = chance.pick(divisibleSizes);
		return {
			erp: { carton },
			wms: { baseUnit: 'XCT', units: [{ unit: 'H87', factor: String(1 / carton) }] },
		};
	}
	const carton = chance.pick(sizes);
	return {
		erp: { carton, cartonKnown: chance.chance(0.7) },
		wms: { baseUnit: 'H87', units: [{ unit: 'XCT', factor: String(carton) }] },
	};
}
