import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

import { varianceClasses, type VarianceClass } from '../../core/variance/finding';

export interface Files {
	orders: string;
	deliveries: string;
	invoices: string;
}

/** What was planted: deals of each class; all others are equal on all sides. */
export type Planted = Record<VarianceClass | 'matched', number>;

const everyNth = 1_000;

/** The class planted in a deal: each class in one of a thousand deals. */
function classOf(deal: number): VarianceClass | undefined {
	return varianceClasses[deal % everyNth];
}

interface Line {
	quantity: number;
	/** cents */
	price: number;
	tax?: number;
	rate?: string;
	/** of the year's days */
	day: number;
	centre: string;
	/** cents */
	cost?: number;
	debit?: number;
	amount?: number;
}

const rate = '7.1';

/**
 * Three CSV files of `deals` lines each, and a few more where a class asks for them. Deliveries and invoices come in another order than
 * the orders, as they do in life.
 */
export async function generate(folder: string, deals: number): Promise<{ files: Files; planted: Planted }> {
	const planted = Object.fromEntries([...varianceClasses, 'matched'].map((name) => [name, 0])) as Planted;
	for (let deal = 0; deal < deals; deal += 1) planted[classOf(deal) ?? 'matched'] += 1;
	const files: Files = {
		orders: join(folder, 'orders.csv'),
		deliveries: join(folder, 'deliveries.csv'),
		invoices: join(folder, 'invoices.csv'),
	};
	await write(
		files.orders,
		'order_no,quantity,price,amount,tax,currency,rate,date,cost_centre,customer',
		deals,
		1,
		(deal) =>
			ordersOf(deal).map(
				(line) =>
					`${key(deal)},${line.quantity},${money(line.price)},${money(amountOf(line))},${money(taxOf(line))},USD,${rate},${date(line.day)},${line.centre},C${deal % 5_000}`,
			),
	);
	await write(files.deliveries, 'order_no,quantity,cost,date,warehouse', deals, 7_919, (deal) =>
		deliveriesOf(deal).map(
			(line) =>
				`${key(deal)},${line.quantity},${money(line.cost ?? costOf(line))},${date(line.day)},W${deal % 7}`,
		),
	);
	await write(
		files.invoices,
		'order_no,quantity,price,amount,tax,currency,rate,cost,debit,credit,date,cost_centre',
		deals,
		104_729,
		(deal) =>
			invoicesOf(deal).map((line) => {
				const gross = amountOf(line) + taxOf(line);
				return `${key(deal)},${line.quantity},${money(line.price)},${money(amountOf(line))},${money(taxOf(line))},USD,${line.rate ?? rate},${money(costOf(line))},${money(line.debit ?? gross)},${money(gross)},${date(line.day)},${line.centre}`;
			}),
	);
	return { files, planted };
}

function base(deal: number): Line {
	return {
		quantity: 1 + (deal % 97),
		price: 1_000 + (deal % 9_973),
		// In the middle of a month, so that the days between the sides stay within it.
		day: (deal % 12) * 30 + 10,
		centre: `CC${deal % 40}`,
	};
}

function ordersOf(deal: number): Line[] {
	const line = base(deal);
	return classOf(deal) === 'ambiguous' ? [line, { ...line, quantity: line.quantity + 3 }] : [line];
}

function deliveriesOf(deal: number): Line[] {
	const line = { ...base(deal), day: base(deal).day + 2 };
	switch (classOf(deal)) {
		case 'ambiguous':
			return [
				{ ...line, quantity: line.quantity + 1 },
				{ ...line, quantity: line.quantity + 5 },
			];
		case 'missing':
			return [];
		case 'quantity':
			return [{ ...line, quantity: line.quantity + 1, cost: costOf(line) }];
		case 'costing':
			return [{ ...line, cost: costOf(line) + 5 }];
		default:
			return [line];
	}
}

function invoicesOf(deal: number): Line[] {
	const line = { ...base(deal), day: base(deal).day + 4 };
	switch (classOf(deal)) {
		case 'ambiguous':
			return [
				{ ...line, quantity: line.quantity + 2 },
				{ ...line, quantity: line.quantity + 4 },
			];
		case 'duplicate':
			return [line, line];
		case 'unbalanced':
			return [{ ...line, debit: amountOf(line) + taxOf(line) + 100 }];
		case 'price':
			return [{ ...line, price: line.price + 10 }];
		case 'rate':
			return [{ ...line, rate: '7.2' }];
		case 'tax':
			return [{ ...line, tax: taxOf(line) + 50 }];
		case 'amount':
			return [{ ...line, amount: amountOf(line) + 500, tax: taxOf(line) }];
		case 'rounding':
			return [{ ...line, amount: amountOf(line) + 1, tax: taxOf(line) }];
		case 'period':
			return [{ ...line, day: line.day + 40 }];
		case 'dimension':
			return [{ ...line, centre: '' }];
		default:
			return [line];
	}
}

const amountOf = ({ quantity, price, amount }: Line) => amount ?? quantity * price;
const taxOf = (line: Line) => line.tax ?? Math.round(amountOf({ ...line, amount: undefined }) * 0.13);
const costOf = ({ quantity, price }: Line) => quantity * Math.round(price * 0.6);
const key = (deal: number) => `SO${String(deal).padStart(9, '0')}`;

function money(cents: number): string {
	return (cents / 100).toFixed(2);
}

const dates = Array.from({ length: 500 }, (_, index) =>
	new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10),
);
function date(day: number): string {
	return dates[day] ?? '2025-01-01';
}

async function write(
	file: string,
	heading: string,
	deals: number,
	stride: number,
	linesOf: (deal: number) => string[],
): Promise<void> {
	const stream = createWriteStream(file);
	let piece = `${heading}\n`;
	for (let step = 0; step < deals; step += 1) {
		for (const line of linesOf((step * stride) % deals)) piece += `${line}\n`;
		if (piece.length < 1_000_000) continue;
		if (!stream.write(piece)) await once(stream, 'drain');
		piece = '';
	}
	stream.end(piece);
	await once(stream, 'finish');
}
