import type { StockMovement } from '../../core/finance/costing/stockMovement';

/** The same numbers each time. Park and Miller's generator. */
function chance(): (below: number) => number {
	let state = 20_261_124;
	return (below) => {
		state = (state * 48_271) % 2_147_483_647;
		return state % below;
	};
}

const cents = (value: number) => (value / 100).toFixed(2);

/** Deliveries of three lines with their costs, spread over a year; every second record is an invoice with tax. */
export function documents(count: number): Array<Record<string, unknown>> {
	const random = chance();
	return Array.from({ length: count }, (_, index) => {
		const key = `${index % 2 === 0 ? 'DN' : 'INV'}-${index}`;
		const partner = { code: `C-${random(5_000)}`, name: 'A customer' };
		const dimensions = { costCentre: `CC-${random(40)}` };
		const at = new Date(Date.UTC(2026, 0, 1) + random(365 * 1_440) * 60_000).toISOString();
		const lines = Array.from({ length: 3 }, (_line, place) => {
			const quantity = String(1 + random(20));
			const item = { code: `ITEM-${random(10_000)}` };
			const line = { line: String(place + 1), item, quantity, unit: 'H87', dimensions };
			if (index % 2 === 0) return { ...line, unitCost: ((1_000 + random(1_000_000)) / 1_000).toFixed(3) };
			const price = 100 + random(100_000);
			const amount = price * Number(quantity);
			return { ...line, unitPrice: cents(price), amount: cents(amount) };
		});
		if (index % 2 === 0) return { key, state: 'done', partner, deliveredAt: at, currency: 'CNY', lines };
		const total = lines.reduce(
			(sum, line) => sum + Math.round(Number('amount' in line ? line.amount : 0) * 100),
			0,
		);
		return {
			key,
			kind: 'customer',
			state: 'posted',
			partner,
			issuedOn: at.slice(0, 10),
			currency: 'CNY',
			total: cents(total),
			taxTotal: cents(Math.round(total * 0.13)),
			lines,
		};
	});
}

/** A year of receipts and issues, about a thousand for each item, in no order; stock never runs out. */
export function movements(count: number): StockMovement[] {
	const random = chance();
	const items = Math.max(1, Math.round(count / 2_000));
	const onHand = new Map<string, number>();
	const made: StockMovement[] = [];
	for (let index = 0; index < count; index += 1) {
		const item = `ITEM-${index % items}`;
		const site = `SITE-${Math.floor(index / items) % 2}`;
		const place = `${item} ${site}`;
		const there = onHand.get(place) ?? 0;
		const day = Math.floor((index / count) * 365);
		const common = {
			key: `M-${index}`,
			item,
			site,
			date: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
			sequence: index,
		};
		if (there < 100 || random(3) === 0) {
			const quantity = 50 + random(200);
			onHand.set(place, there + quantity);
			const amount = cents(quantity * (500 + random(1_000)));
			made.push({ ...common, kind: 'receipt', quantity: String(quantity), amount });
		} else {
			const quantity = 1 + random(40);
			onHand.set(place, there - quantity);
			made.push({ ...common, kind: 'issue', quantity: String(quantity) });
		}
	}
	// Read in another order than it happened.
	for (let index = made.length - 1; index > 0; index -= 1) {
		const other = random(index + 1);
		[made[index], made[other]] = [made[other], made[index]] as [StockMovement, StockMovement];
	}
	return made;
}
