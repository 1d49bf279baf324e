import fc from 'fast-check';

import { editedMoves } from '../../connectors/tryton/match/moves';
import { planShipment } from '../../connectors/tryton/match/plan';
import { requestedOf, type Move, type Shipment } from '../../connectors/tryton/shipments';

const user = 7;

const Quantities = fc
	.dictionary(fc.integer({ min: 1, max: 5 }).map(String), fc.integer({ min: 1, max: 20 }), { maxKeys: 5 })
	.map(
		(entries) =>
			new Map(Object.entries(entries).map(([product, quantity]) => [Number(product), String(quantity)])),
	);

/** Products may stand in several moves, as people split them. */
const Outgoing = fc.array(
	fc.record({
		product: fc.integer({ min: 1, max: 5 }),
		quantity: fc.integer({ min: 1, max: 20 }).map(String),
	}),
	{ maxLength: 6 },
);

function shipmentWith(moves: Array<{ product: number; quantity: string }>, id = 1): Shipment {
	return {
		id,
		number: `S${id}`,
		order: '1',
		state: 'draft',
		outgoing: moves.map(
			({ product, quantity }, index): Move => ({
				id: id * 100 + index,
				product,
				item: String(product),
				state: 'draft',
				quantity,
			}),
		),
		picking: [],
		createdBy: user,
		note: { id, sequence: 1 },
		changedAt: '',
	};
}

/** Carries out what the changes say, as Tryton does with a list field. */
function applied(shipment: Shipment, changes: unknown[]): Shipment {
	let moves = [...shipment.outgoing];
	for (const [action, ...details] of changes as Array<[string, ...unknown[]]>) {
		if (action === 'delete') moves = moves.filter(({ id }) => !(details[0] as number[]).includes(id));
		else if (action === 'write') {
			const [[id], { quantity }] = details as [number[], { quantity: number }];
			moves = moves.map((move) => (move.id === id ? { ...move, quantity: String(quantity) } : move));
		} else {
			for (const { product, quantity } of details[0] as Array<{ product: number; quantity: number }>) {
				moves.push({ id: 0, product, item: String(product), state: 'draft', quantity: String(quantity) });
			}
		}
	}
	return { ...shipment, outgoing: moves };
}

function planOf(wanted: Map<number, string>, shipments: Shipment[], sequence = 2) {
	return planShipment({ system: 'wms', order: '1', sequence, wanted, shipments, user });
}

describe('the plan for an order’s shipment', () => {
	it('ends in exactly what is wanted, and is then at rest', () => {
		fc.assert(
			fc.property(Quantities, Outgoing, (wanted, moves) => {
				const plan = planOf(wanted, [shipmentWith(moves)]);
				if (wanted.size === 0) return expect(plan.kind).toBe('cancel');
				const shipment =
					plan.kind === 'edit'
						? applied(
								plan.shipment,
								editedMoves(plan.shipment, plan.wanted, (product, quantity) => ({
									product,
									quantity: Number(quantity),
								})),
							)
						: shipmentWith(moves);
				expect(requestedOf(shipment)).toEqual(wanted);
				expect(planOf(wanted, [shipment]).kind).toBe('keep');
			}),
		);
	});

	it('counts what was picked towards what is wanted, and never wants it back', () => {
		fc.assert(
			fc.property(Quantities, Quantities, (wanted, picked) => {
				const moves = [...picked].map(([product, quantity]) => ({ product, quantity }));
				const shipment: Shipment = { ...shipmentWith(moves), state: 'picked' };
				const isLess = [...picked].some(
					([product, quantity]) => Number(wanted.get(product) ?? 0) < Number(quantity),
				);
				if (isLess) return expect(() => planOf(wanted, [shipment])).toThrow(/already picked/);
				const plan = planOf(wanted, [shipment]);
				const rest = plan.kind === 'create' ? plan.wanted : new Map<number, string>();
				for (const [product, quantity] of wanted) {
					expect(Number(picked.get(product) ?? 0) + Number(rest.get(product) ?? 0)).toBe(Number(quantity));
				}
			}),
		);
	});

	it('leaves everything alone for an older state, also of a released order', () => {
		const wanted = new Map([[1, '5']]);
		const released: Shipment = { ...shipmentWith([]), state: 'cancelled', note: { id: 1, sequence: 3 } };
		expect(planOf(wanted, [released], 2).kind).toBe('leave');
		expect(planOf(wanted, [released], 3).kind).toBe('create');
	});

	it('cancels what we left behind, and asks people about what they made', () => {
		const wanted = new Map([[1, '5']]);
		const standing = shipmentWith([{ product: 1, quantity: '5' }], 1);
		const { note: _, ...withoutNote } = shipmentWith([{ product: 1, quantity: '5' }], 2);
		expect(planOf(wanted, [standing, withoutNote])).toMatchObject({
			kind: 'keep',
			shipment: { id: 1 },
			orphans: [{ id: 2 }],
		});
		expect(() => planOf(wanted, [standing, { ...withoutNote, createdBy: 8 }])).toThrow(/S1 and S2/);
		expect(() => planOf(wanted, [standing, { ...withoutNote, state: 'waiting' }])).toThrow(/S1 and S2/);
	});
});
