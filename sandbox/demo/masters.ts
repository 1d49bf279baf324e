import type { ErpItem } from '../company/erp/model';
import type { WmsItem } from '../company/wms/model';
import type { PlannedItem } from './catalogue';
import type { Services } from './services';

/** One ERP item as both item masters have it. */
export interface ItemMaster {
	/** the ERP's code */
	code: string;
	/** the WMS's code */
	sku: string;
	/** thousandths of the WMS's base unit in one of each unit */
	thousandths: Map<string, number>;
	/** pieces in a carton, where the ERP sells cartons and the WMS knows how many pieces they hold */
	carton?: number;
}

/** By the ERP's code. */
export type Masters = Map<string, ItemMaster>;

/**
 * Creates the items that the ERP does not have yet, in the WMS first, and receives the goods for all. An item that is already there stays
 * as it is.
 */
export async function stockUp(services: Services, items: PlannedItem[]): Promise<Masters> {
	const codes = items.map(({ erp }) => erp.code);
	const known = new Set((await services.erpItems(codes)).map(({ code }) => code));
	const missing = items.filter(({ erp }) => !known.has(erp.code));
	await services.putWmsItems(missing.map(({ wms }) => wms));
	await services.putErpItems(missing.map(({ erp }) => erp));
	const masters = await readMasters(services, codes);
	await services.receiveGoods(
		items.map(({ erp, supply }) => {
			const { sku, thousandths } = masterOf(masters, erp.code);
			return { sku, delta: String((supply * (thousandths.get('H87') ?? 0)) / 1_000) };
		}),
	);
	return masters;
}

export function masterOf(masters: Masters, code: string): ItemMaster {
	const master = masters.get(code);
	if (master === undefined) throw new Error(`The ERP has no item "${code}", which an order names.`);
	return master;
}

async function readMasters(services: Services, codes: string[]): Promise<Masters> {
	const erpItems = await services.erpItems(codes);
	const wmsItems = await services.wmsItems(erpItems.map(({ gtin }) => gtin));
	const byGtin = new Map(wmsItems.map((item) => [item.gtin, item]));
	return new Map(erpItems.map((item) => [item.code, join(item, byGtin.get(item.gtin))]));
}

function join(erp: ErpItem, wms: WmsItem | undefined): ItemMaster {
	if (wms === undefined)
		throw new Error(
			`The sandbox WMS has no item with GTIN ${erp.gtin}, which the ERP's item "${erp.code}" carries; add it there or use another sandbox folder.`,
		);
	const thousandths = new Map([[wms.baseUnit, 1_000]]);
	for (const { unit, factor } of wms.units) thousandths.set(unit, Math.round(Number(factor) * 1_000));
	const piece = thousandths.get('H87');
	if (piece === undefined)
		throw new Error(
			`The sandbox WMS keeps item "${wms.sku}" in ${wms.baseUnit} and does not know a piece (H87) of it; add that unit or use another sandbox folder.`,
		);
	const carton = (thousandths.get('XCT') ?? 0) / piece;
	const sold = erp.salesUnits.includes('XCT') && Number.isInteger(carton) && carton > 1;
	return { code: erp.code, sku: wms.sku, thousandths, ...(sold ? { carton } : {}) };
}
