import fc from 'fast-check';

import { Warehouse } from '../../sandbox/company/wms/warehouse';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';

const skus = ['A', 'B', 'C'];
const orders = ['SO-1', 'SO-2', 'SO-3', 'SO-4'];

type Wanted = Record<string, number>;
type Step =
	| { kind: 'match'; order: string; sequence: number; lines: Wanted; allowPartial: boolean }
	| { kind: 'stock'; sku: string; onHand: number };

const lines = fc.dictionary(fc.constantFrom(...skus), fc.integer({ min: 0, max: 12 }), { maxKeys: 3 });

/** Each order's history: version n of the order is the n-th element. */
const histories = fc.tuple(...orders.map(() => fc.array(lines, { minLength: 1, maxLength: 5 })));

const restocks = fc.array(
	fc.record({ sku: fc.constantFrom(...skus), onHand: fc.integer({ min: 0, max: 30 }) }),
	{ maxLength: 6 },
);

function warehouse(onHand = '20'): Warehouse {
	const created = new Warehouse(':memory:', { publish: false, topicPrefix: 'erp' });
	created.putItems(skus.map((sku, index) => ({ sku, gtin: gtinOf(index + 1), names: { en: sku }, onHand })));
	return created;
}

function run(target: Warehouse, step: Step): void {
	if (step.kind === 'stock') {
		target.adjustStock([{ sku: step.sku, onHand: String(step.onHand) }]);
		return;
	}
	const [result] = target.match([
		{
			order: step.order,
			sequence: step.sequence,
			allowPartial: step.allowPartial,
			lines: Object.entries(step.lines).map(([sku, quantity]) => ({ sku, quantity: String(quantity) })),
		},
	]);
	if (!result || 'error' in result) throw new Error(`refused: ${JSON.stringify(result)}`);
}

/** What must hold after every commit. */
function expectSound(target: Warehouse): void {
	const reservations = target.reservations(orders);
	const moved = new Map<string, number>();
	for (const { order, sku, delta } of target.movements({ limit: 1_000 })) {
		moved.set(`${order} ${sku}`, (moved.get(`${order} ${sku}`) ?? 0) + Number(delta));
	}
	for (const { sku, onHand, reserved, available } of target.stock(skus)) {
		const lines = reservations.flatMap(({ order, lines }) => lines.map((line) => ({ order, ...line })));
		const ofSku = lines.filter((line) => line.sku === sku);
		expect(ofSku.reduce((sum, line) => sum + Number(line.reserved), 0)).toBe(Number(reserved));
		expect(Number(reserved)).toBeGreaterThanOrEqual(0);
		expect(Number(available)).toBe(Number(onHand) - Number(reserved));
		expect(Number(available)).toBeGreaterThanOrEqual(0);
		for (const order of orders) {
			const line = ofSku.find((candidate) => candidate.order === order);
			expect(moved.get(`${order} ${sku}`) ?? 0).toBe(Number(line?.reserved ?? 0));
		}
	}
}

function latest(history: Wanted[][]): Map<string, Wanted> {
	return new Map(orders.map((order, index) => [order, history[index]?.at(-1) ?? {}]));
}

function stepsOf(history: Wanted[][], allowPartial: boolean): Step[] {
	return history.flatMap((versions, index) =>
		versions.map(
			(version, position): Step => ({
				kind: 'match',
				order: orders[index] ?? '',
				sequence: position + 1,
				lines: version,
				allowPartial,
			}),
		),
	);
}

test('changes, replays and restocks in any order end with what each order last asked for', () => {
	fc.assert(
		fc.property(histories, restocks, fc.infiniteStream(fc.nat()), (history, stocks, random) => {
			const target = warehouse();
			const matches = stepsOf(history, true);
			// Every request arrives at least once, some twice, all in random order among the restocks.
			const steps: Step[] = [
				...matches,
				...matches.filter(() => (random.next().value ?? 0) % 2 === 0),
				...stocks.map((stock): Step => ({ kind: 'stock', ...stock })),
			];
			const shuffled = steps
				.map((step) => ({ step, rank: random.next().value ?? 0 }))
				.sort((a, b) => a.rank - b.rank)
				.map(({ step }) => step);
			for (const step of shuffled) {
				run(target, step);
				expectSound(target);
			}
			const wanted = latest(history);
			for (const [order, asked] of wanted) {
				const reservation = target.reservation(order);
				expect(Object.fromEntries(reservation?.lines.map((l) => [l.sku, Number(l.requested)]) ?? [])).toEqual(
					asked,
				);
			}
			// Nothing stays on the shelf while somebody waits for it.
			for (const { sku, onHand, reserved } of target.stock(skus)) {
				const asked = [...wanted.values()].reduce((sum, order) => sum + (order[sku] ?? 0), 0);
				expect(Number(reserved)).toBe(Math.min(Number(onHand), asked));
			}
			target.close();
		}),
		{ numRuns: 40 },
	);
});

test('with enough stock the end is the same for every order of arrival, whole lines or partial', () => {
	fc.assert(
		fc.property(histories, fc.boolean(), fc.infiniteStream(fc.nat()), (history, allowPartial, random) => {
			const target = warehouse('1000');
			const shuffled = stepsOf(history, allowPartial)
				.map((step) => ({ step, rank: random.next().value ?? 0 }))
				.sort((a, b) => a.rank - b.rank);
			for (const { step } of shuffled) run(target, step);
			expectSound(target);
			for (const [order, asked] of latest(history)) {
				const reservation = target.reservation(order);
				expect(Object.fromEntries(reservation?.lines.map((l) => [l.sku, Number(l.reserved)]) ?? [])).toEqual(
					asked,
				);
			}
			target.close();
		}),
		{ numRuns: 30 },
	);
});

test('whole lines keep the books sound under any restock', () => {
	fc.assert(
		fc.property(histories, restocks, fc.boolean(), (history, stocks, allowPartial) => {
			const target = warehouse();
			const steps = stepsOf(history, allowPartial);
			stocks.forEach((stock, index) => steps.splice(index * 3, 0, { kind: 'stock', ...stock }));
			for (const step of steps) {
				run(target, step);
				expectSound(target);
			}
			target.close();
		}),
		{ numRuns: 40 },
	);
});
