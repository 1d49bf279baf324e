import Big from 'big.js';

import type { NewOrder } from '../company/erp/model';
import type { SuperstoreLine, SuperstoreOrder } from './dataset';
import { masterOf, type Masters } from './masters';
import { random, type Random } from './random';

/** One commit in the ERP. `order` is the order's number in the data set, `line` a position among its lines. */
export type Step =
	| { kind: 'create'; order: string; content: NewOrder }
	| { kind: 'change'; order: string; line: number; quantity: number }
	| { kind: 'cancel'; order: string };

export interface Plan {
	/** at a steady rate: new orders, then changes and cancellations of them */
	stream: Step[];
	/** all at once: the other orders, then changes and cancellations of any order */
	burst: Step[];
}

export interface PlanOptions {
	changes: number;
	cancellations: number;
	/** steps of the stream; the rest is the burst */
	streamed: number;
	seed: number;
}

const longestQuantity = 12;
const shareInCartons = 0.8;

/** What is done to the ERP in which order. The same seed gives the same plan. */
export function planSteps(orders: SuperstoreOrder[], masters: Masters, options: PlanOptions): Plan {
	const { changes, cancellations, streamed, seed } = options;
	const chance = random(seed);
	const share = Math.min(1, streamed / (orders.length + changes + cancellations));
	const part = (count: number): number => Math.round(count * share);
	const book = new OrderBook(chance);
	const phase = (some: SuperstoreOrder[], wanted: { changes: number; cancellations: number }): Step[] => {
		const created = some.map((order): Step => {
			const content = newOrder(order, masters, chance);
			book.add(order.id, content);
			return { kind: 'create', order: order.id, content };
		});
		return [...created, ...book.alter(wanted)];
	};
	const first = { changes: part(changes), cancellations: part(cancellations) };
	const rest = { changes: changes - first.changes, cancellations: cancellations - first.cancellations };
	const split = part(orders.length);
	return { stream: phase(orders.slice(0, split), first), burst: phase(orders.slice(split), rest) };
}

/** A line whose pieces fill cartons is sometimes ordered in cartons. Every row stays a line of its own. */
function newOrder(order: SuperstoreOrder, masters: Masters, chance: Random): NewOrder {
	return {
		number: order.id,
		status: 'confirmed',
		customer: order.customer,
		orderedAt: order.orderedAt,
		currency: 'USD',
		lines: order.lines.map((line) => newLine(line, masterOf(masters, line.item).carton, chance)),
	};
}

function newLine(
	line: SuperstoreLine,
	carton: number | undefined,
	chance: Random,
): NewOrder['lines'][number] {
	const inCartons = carton !== undefined && line.quantity % carton === 0 && chance.chance(shareInCartons);
	const quantity = inCartons ? line.quantity / carton : line.quantity;
	const price = new Big(line.sales).div(String(quantity)).round(4).toFixed();
	return { item: line.item, quantity: String(quantity), unit: inCartons ? 'XCT' : 'H87', price };
}

/** Knows each open order's quantities, so that every change is one and nothing happens to a cancelled order. */
class OrderBook {
	private readonly open = new Map<string, number[]>();

	constructor(private readonly chance: Random) {}

	add(order: string, { lines }: NewOrder): void {
		this.open.set(
			order,
			lines.map(({ quantity }) => Number(quantity)),
		);
	}

	/** Changes and cancellations in random order. */
	alter({ changes, cancellations }: { changes: number; cancellations: number }): Step[] {
		const steps: Step[] = [];
		const left = { change: changes, cancel: cancellations };
		const numbers = [...this.open.keys()];
		while (left.change + left.cancel > 0 && numbers.length > 0) {
			const position = this.chance.integer(0, numbers.length - 1);
			const order = numbers[position] ?? '';
			if (this.chance.integer(1, left.change + left.cancel) <= left.change) {
				steps.push(this.change(order));
				left.change -= 1;
			} else {
				steps.push({ kind: 'cancel', order });
				this.open.delete(order);
				numbers.splice(position, 1);
				left.cancel -= 1;
			}
		}
		return steps;
	}

	private change(order: string): Step {
		const quantities = this.open.get(order) ?? [];
		const line = this.chance.integer(0, quantities.length - 1);
		const before = quantities[line] ?? 0;
		// One of the quantities from 0 on that is not the one there was.
		const drawn = this.chance.integer(0, longestQuantity - 1);
		const quantity = drawn < before ? drawn : drawn + 1;
		quantities[line] = quantity;
		return { kind: 'change', order, line, quantity };
	}
}
