import Big from 'big.js';

import type { StockMovement } from '../../core/finance/costing/stockMovement';

/**
 * What one would write for one company in an afternoon: the accounts in the code, no rules, no checks, no negative stock, no returns,
 * no dimension that is missing. Decimals are big.js, so that it is right to the cent too.
 */

interface Line {
	account: string;
	debit: string;
	credit: string;
	partner?: unknown;
	dimensions?: unknown;
}
export interface Entry {
	key: string;
	date: string;
	currency: string;
	lines: Line[];
}

const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });
const money = (amount: Big) => amount.round(2, Big.roundHalfEven).toFixed(2);

export function entryByHand(record: Record<string, unknown>): Entry {
	const { key, deliveredAt, issuedOn, currency, partner, total, taxTotal } = record as Record<string, string>;
	const lines: Line[] = [];
	for (const line of record.lines as Array<Record<string, string>>) {
		if (deliveredAt !== undefined) {
			const cost = money(new Big(line.quantity ?? '').times(line.unitCost ?? ''));
			lines.push({ account: '6401', debit: cost, credit: '0.00', dimensions: line.dimensions });
			lines.push({ account: '1405', debit: '0.00', credit: cost });
		} else lines.push({ account: '6001', debit: '0.00', credit: money(new Big(line.amount ?? '')) });
	}
	if (deliveredAt === undefined) {
		lines.push({
			account: '1122',
			debit: money(new Big(total ?? '').plus(taxTotal ?? '')),
			credit: '0.00',
			partner,
		});
		lines.push({ account: '222102', debit: '0.00', credit: money(new Big(taxTotal ?? '')) });
	}
	const date = deliveredAt === undefined ? (issuedOn ?? '') : day.format(new Date(deliveredAt));
	return { key: key ?? '', date, currency: currency ?? '', lines };
}

export interface Valued {
	key: string;
	amount: string;
	onHand: string;
	value: string;
}

interface Account {
	onHand: Big;
	value: Big;
	/** at the last receipt: divided after multiplying, or a half of a cent would be missed */
	average: { value: Big; quantity: Big };
}

export function movingAverageByHand(movements: StockMovement[]): Valued[] {
	const inTime = [...movements].sort((a, b) =>
		a.date < b.date ? -1 : a.date > b.date ? 1 : a.sequence - b.sequence,
	);
	const accounts = new Map<string, Account>();
	return inTime.map((movement) => {
		const place = `${movement.item} ${movement.site}`;
		const none = new Big('0');
		const account = accounts.get(place) ?? {
			onHand: none,
			value: none,
			average: { value: none, quantity: none },
		};
		accounts.set(place, account);
		const quantity = new Big('quantity' in movement ? movement.quantity : '0');
		let amount: Big;
		if (movement.kind === 'receipt') {
			amount = new Big(movement.amount);
			account.onHand = account.onHand.plus(quantity);
			account.value = account.value.plus(amount);
			account.average = { value: account.value, quantity: account.onHand };
		} else {
			const { average } = account;
			amount = average.value.times(quantity).div(average.quantity).round(2, Big.roundHalfEven).times('-1');
			account.onHand = account.onHand.minus(quantity);
			account.value = account.value.plus(amount);
		}
		return {
			key: movement.key,
			amount: amount.toFixed(2),
			onHand: account.onHand.toFixed(),
			value: account.value.toFixed(2),
		};
	});
}
