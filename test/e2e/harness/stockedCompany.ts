import type { Company } from '../../../sandbox/company/company';
import { catalogue } from '../../../sandbox/company/catalogue/items';
import { gtinOf } from '../../../sandbox/company/catalogue/gtin';

/** Two items of one trade, each under a code of its own in each system. The warehouse alone knows the carton. */
export const pen = { code: 'PEN-01', sku: 'W1-0001', gtin: gtinOf(900_001) };
export const paper = { code: 'PAPER-A4', sku: 'W7-0815', gtin: gtinOf(900_002), carton: 12 };

/** Puts the two items into both systems, with this much on hand. */
export function stock({ erp, warehouse }: Company, onHand: { pen?: number; paper?: number } = {}): void {
	const { pen: pens = 100, paper: papers = 1_000 } = onHand;
	warehouse.putItems([
		{ sku: pen.sku, gtin: pen.gtin, names: { en: 'Pen' }, onHand: String(pens) },
		{
			sku: paper.sku,
			gtin: paper.gtin,
			names: { en: 'Paper' },
			onHand: String(papers),
			units: [{ unit: 'XCT', factor: String(paper.carton) }],
		},
	]);
	erp.putItems([
		{ code: pen.code, gtin: pen.gtin, names: { en: 'Pen' } },
		{
			code: paper.code,
			gtin: paper.gtin,
			names: { en: 'Paper' },
			carton: paper.carton,
			cartonKnown: false,
		},
	]);
}

/** The sandbox's whole catalogue, scarce enough that many orders go on back order; every carton is known to the warehouse. */
export function stockCatalogue({ erp, warehouse }: Company): void {
	warehouse.putItems(
		catalogue.map(({ sku, gtin, names, onHand, carton }) => ({
			sku,
			gtin,
			names,
			onHand: String(onHand),
			units: carton === undefined ? [] : [{ unit: 'XCT', factor: String(carton) }],
		})),
	);
	erp.putItems(
		catalogue.map(({ code, gtin, names, price, carton }) => ({ code, gtin, names, price, carton })),
	);
}
