import { join } from 'node:path';

import fc from 'fast-check';

import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { ServiceError } from '../../sandbox/company/http/service';
import { Warehouse } from '../../sandbox/company/wms/warehouse';
import { temporaryFolder } from './sandboxFixture';

const skus = ['A', 'B'];
const orders = ['SO-1', 'SO-2', 'SO-3'];

const Step = fc.oneof(
	fc.record({
		do: fc.constant('match' as const),
		order: fc.constantFrom(...orders),
		sku: fc.constantFrom(...skus),
		quantity: fc.integer({ min: 0, max: 12 }),
		whole: fc.boolean(),
	}),
	fc.record({ do: fc.constant('create' as const), order: fc.constantFrom(...orders) }),
	fc.record({ do: fc.constantFrom('ship' as const, 'cancel' as const), nth: fc.integer({ min: 1, max: 4 }) }),
	fc.record({
		do: fc.constant('announce' as const),
		sku: fc.constantFrom(...skus),
		quantity: fc.integer({ min: 1, max: 9 }),
	}),
	fc.record({
		do: fc.constant('receive' as const),
		nth: fc.integer({ min: 1, max: 4 }),
		quantity: fc.integer({ min: 1, max: 9 }),
	}),
	fc.record({
		do: fc.constant('count' as const),
		sku: fc.constantFrom(...skus),
		quantity: fc.integer({ min: 0, max: 20 }),
	}),
);
type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never;

const id = (prefix: string, nth: number): string => `${prefix}-${String(nth).padStart(8, '0')}`;

function take(warehouse: Warehouse, step: Step, sequence: number): void {
	switch (step.do) {
		case 'match':
			warehouse.match([
				{
					order: step.order,
					sequence,
					allowPartial: !step.whole,
					lines: step.quantity === 0 ? [] : [{ sku: step.sku, quantity: String(step.quantity) }],
				},
			]);
			return;
		case 'create':
			warehouse.shipments.create({ order: step.order });
			return;
		case 'ship':
			warehouse.shipments.ship(id('SH', step.nth));
			return;
		case 'cancel':
			warehouse.shipments.cancel(id('SH', step.nth));
			return;
		case 'announce':
			warehouse.receipts.create({ lines: [{ sku: step.sku, quantity: String(step.quantity) }] });
			return;
		case 'receive': {
			const [line] = warehouse.receipts.receipt(id('RC', step.nth))?.lines ?? [];
			warehouse.receipts.receive(id('RC', step.nth), {
				lines: [{ sku: line?.sku ?? 'A', quantity: String(step.quantity) }],
			});
			return;
		}
		case 'count':
			warehouse.adjustStock([{ sku: step.sku, onHand: String(step.quantity) }]);
	}
}

test('whatever is reserved, shipped, received and counted: the ledger explains the stock, and nothing leaves twice', () => {
	fc.assert(
		fc.property(fc.array(Step, { maxLength: 40 }), (steps) => {
			const { folder, remove } = temporaryFolder();
			const warehouse = new Warehouse(join(folder, 'wms.db'), { publish: false, topicPrefix: 'erp' });
			try {
				warehouse.putItems(
					skus.map((sku, index) => ({ sku, gtin: gtinOf(index + 1), names: { en: sku }, onHand: '10' })),
				);
				for (const [sequence, step] of steps.entries()) {
					try {
						take(warehouse, step, sequence + 1);
					} catch (error) {
						if (!(error instanceof ServiceError)) throw error;
					}
				}
				const movements = warehouse.ledger.movements({ limit: 1_000 });
				const reservations = warehouse.reservations(orders);
				for (const { sku, onHand, reserved } of warehouse.stock(skus)) {
					const own = movements.filter((movement) => movement.sku === sku);
					expect(own.reduce((sum, { delta }) => sum + Number(delta), 0)).toBe(Number(onHand));
					if (own.length > 0) expect(own.at(-1)?.balance).toBe(onHand);
					const held = reservations.flatMap(({ lines }) => lines.filter((line) => line.sku === sku));
					expect(held.reduce((sum, line) => sum + Number(line.reserved), 0)).toBe(Number(reserved));
					expect(Number(reserved)).toBeLessThanOrEqual(Number(onHand));
				}
				const issued = movements.filter(({ cause }) => cause === 'shipment');
				const shipped = warehouse.shipments
					.list({ limit: 1_000 })
					.filter(({ status }) => status === 'shipped');
				expect(issued.map(({ document, sku, delta }) => `${document} ${sku} ${delta}`).sort()).toEqual(
					shipped
						.flatMap((shipment) =>
							shipment.lines.map((line) => `${shipment.id} ${line.sku} -${line.quantity}`),
						)
						.sort(),
				);
			} finally {
				warehouse.close();
				remove();
			}
		}),
		{ numRuns: 150 },
	);
});
