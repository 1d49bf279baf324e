import type { Company } from '../../../sandbox/company/company';
import { allOrders, eventIdOf, type OrderPath } from './orderPath';

/** What is wrong between ERP, inbox and warehouse; all lists are empty when all is well. */
export interface Disagreements {
	/** versions of orders whose event the inbox does not know as done */
	lost: string[];
	/** orders whose reservation is not what they now ask for, with both */
	wrong: string[];
	/** versions of orders that the warehouse applied twice, or after a newer one */
	appliedTwice: string[];
	/** stock that is free although an order waits for it, or promised twice */
	stock: string[];
}

export const none: Disagreements = { lost: [], wrong: [], appliedTwice: [], stock: [] };

/** Compares both systems line by line, once nothing is on its way any more. */
export function disagreements(path: OrderPath): Disagreements {
	return {
		lost: lost(path),
		wrong: wrong(path.company),
		appliedTwice: appliedTwice(path.company),
		stock: stockProblems(path.company),
	};
}

function lost({ inbox, company }: OrderPath): string[] {
	const finished = new Set(inbox.rows("state = 'done'").map(({ eventId }) => eventId));
	return allOrders(company).flatMap((order) =>
		Array.from({ length: order.version }, (_, index) => eventIdOf(order, index + 1)).filter(
			(event) => !finished.has(event),
		),
	);
}

/** The ERP's order in the warehouse's codes and pieces, worked out here once more and in whole numbers. */
function wrong(company: Company): string[] {
	const { erp, warehouse } = company;
	const skuOf = new Map(
		erp.listItems({ limit: 1_000 }).map(({ code, gtin }) => {
			const [item] = warehouse.itemsByGtin([gtin]);
			const carton = item?.units.find(({ unit }) => unit === 'XCT')?.factor;
			return [code, { sku: item?.sku ?? '', carton: Number(carton) }];
		}),
	);
	return allOrders(company).flatMap(({ id, status, version, lines }) => {
		// What has been delivered is no longer the ERP's to ask for.
		if (status === 'done') return [];
		const wanted = new Map<string, number>();
		for (const { item, quantity, unit } of status === 'confirmed' ? lines : []) {
			const { sku, carton } = skuOf.get(item) ?? { sku: `unknown ${item}`, carton: 1 };
			const pieces = Number(quantity) * (unit === 'XCT' ? carton : 1);
			if (pieces > 0) wanted.set(sku, (wanted.get(sku) ?? 0) + pieces);
		}
		const held = (warehouse.reservation(id)?.lines ?? []).map(
			({ sku, requested }) => [sku, Number(requested)] as const,
		);
		const [expected, actual] = [textOf([...wanted]), textOf(held)];
		return expected === actual
			? []
			: [`${id} version ${version} (${status}) asks for ${expected}; reserved for it: ${actual}`];
	});
}

function textOf(quantities: Array<readonly [string, number]>): string {
	const positive = quantities.filter(([, quantity]) => quantity > 0);
	return JSON.stringify(Object.fromEntries(positive.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function appliedTwice({ warehouse }: Company): string[] {
	const seen = new Set<string>();
	const newest = new Map<string, number>();
	const problems: string[] = [];
	for (let after = 0; ; ) {
		const movements = warehouse.movements({ after, limit: 1_000 });
		for (const { id, order, sku, sequence, cause } of movements) {
			after = id;
			if (cause !== 'match') continue;
			const application = `${order} version ${sequence} on ${sku}`;
			if (seen.has(application)) problems.push(`${application} was applied twice`);
			if (sequence < (newest.get(order) ?? 0)) problems.push(`${application} was applied after a newer one`);
			seen.add(application);
			newest.set(order, Math.max(sequence, newest.get(order) ?? 0));
		}
		if (movements.length < 1_000) return problems;
	}
}

function stockProblems({ warehouse }: Company): string[] {
	const held = new Map<string, { reserved: number; backOrder: number }>();
	for (let after = ''; ; ) {
		const page = warehouse.listReservations({ after, limit: 1_000 });
		for (const { order, lines } of page) {
			after = order;
			for (const { sku, reserved, backOrder } of lines) {
				const sum = held.get(sku) ?? { reserved: 0, backOrder: 0 };
				held.set(sku, {
					reserved: sum.reserved + Number(reserved),
					backOrder: sum.backOrder + Number(backOrder),
				});
			}
		}
		if (page.length < 1_000) break;
	}
	return warehouse.listStock({ limit: 1_000 }).flatMap(({ sku, onHand, reserved, available }) => {
		const sum = held.get(sku) ?? { reserved: 0, backOrder: 0 };
		if (sum.reserved !== Number(reserved))
			return [`${sku}: ${reserved} is reserved, yet orders hold ${sum.reserved}`];
		if (Number(reserved) > Number(onHand)) return [`${sku}: ${reserved} of ${onHand} is reserved`];
		if (sum.backOrder > 0 && Number(available) > 0)
			return [`${sku}: ${available} is free while ${sum.backOrder} is on back order`];
		return [];
	});
}
