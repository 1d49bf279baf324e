import { catalogue, customers } from './catalogue/items';
import type { Erp } from './erp/erp';
import { seedDocuments, seedPartners } from './erp/seedDocuments';
import type { NewOrder } from './erp/model';
import type { Warehouse } from './wms/warehouse';

/**
 * Fills an empty company: items on both sides, stock, and a few orders with their documents. `before` writes what happened earlier,
 * once items and partners are there.
 */
export function seedCompany(erp: Erp, warehouse: Warehouse, before?: () => void): void {
	// The warehouse first: whoever sees an order's event must find its items there.
	warehouse.putItems(
		catalogue.map(({ sku, gtin, names, onHand, carton, cartonKnownTo }) => ({
			sku,
			gtin,
			names,
			onHand: String(onHand),
			units: carton === undefined || cartonKnownTo === 'erp' ? [] : [{ unit: 'XCT', factor: String(carton) }],
		})),
	);
	erp.putItems(
		catalogue.map(({ code, gtin, names, price, cost, carton, cartonKnownTo }) => ({
			code,
			gtin,
			names,
			price,
			cost,
			carton,
			cartonKnown: cartonKnownTo !== 'wms',
		})),
	);
	seedPartners(erp);
	before?.();
	erp.createOrders(orders());
	seedDocuments(erp);
}

function orders(): NewOrder[] {
	const sold = catalogue.filter(({ carton }) => carton !== undefined);
	return Array.from({ length: 10 }, (_, order) => ({
		idempotencyKey: `seed-${order}`,
		status: order % 2 === 0 ? 'confirmed' : 'draft',
		customer: customers[order % customers.length],
		dimensions: { costCentre: 'CC-100' },
		lines: Array.from({ length: 1 + (order % 4) }, (_unused, line) => {
			const inCartons = (order + line) % 3 === 1;
			const items = inCartons ? sold : catalogue;
			return {
				item: items[(order * 5 + line * 7) % items.length]?.code ?? '',
				quantity: String(inCartons ? 1 + (order % 3) : 2 + ((order * 3 + line * 5) % 11)),
				unit: inCartons ? 'XCT' : 'H87',
				dimensions: {
					profitCentre: profitCentreOf(items[(order * 5 + line * 7) % items.length]?.code ?? ''),
				},
			};
		}),
	}));
}

/** The catalogue's codes begin with the kind of goods: `FUR`, `OFF`, `TEC`. */
function profitCentreOf(item: string): string {
	return `PC-${item.slice(0, 3)}`;
}
