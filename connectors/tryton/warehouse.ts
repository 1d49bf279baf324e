import type { Items } from './items';
import type { TrytonSession } from './session';
import type { Shipments } from './shipments';
import type { Stock } from './stock';
import type { UnitCatalogue } from './unitCatalogue';
import type { ShipmentCustomer, WarehouseSite } from './warehouseSite';

/** All that one warehouse in Tryton consists of. */
export interface Warehouse {
	session: TrytonSession;
	items: Items;
	units: UnitCatalogue;
	shipments: Shipments;
	stock: Stock;
	site(): Promise<WarehouseSite>;
	customer(): Promise<ShipmentCustomer>;
}
