import type { Shipment } from '../../../core/model/shipment';
import type { DocumentKind } from './documents';

const states = {
	draft: ['draft', 'waiting', 'assigned', 'picked', 'packed'],
	shipped: ['done'],
	cancelled: ['cancelled'],
};

/** Customer shipments. One that nobody picked yet is what a reservation consists of. */
export function shipmentKind(prefix: string): DocumentKind<Shipment> {
	return {
		entity: 'shipment',
		name: 'shipment',
		model: 'stock.shipment.out',
		moves: 'outgoing_moves',
		states,
		canonical: ({ id, number, reference, state, happenedAt, changedAt, lines }) => ({
			key: String(id),
			...(number === null ? {} : { number }),
			...(reference?.startsWith(prefix) && reference.length > prefix.length
				? { order: reference.slice(prefix.length) }
				: {}),
			state: state === 'done' ? 'shipped' : state === 'cancelled' ? 'cancelled' : 'draft',
			...(state === 'done' && happenedAt !== undefined ? { shippedAt: happenedAt } : {}),
			changedAt,
			revision: changedAt,
			lines,
		}),
		steps: {
			ship: {
				reached: 'done',
				buttons: { assigned: ['pick', 'pack', 'done'], picked: ['pack', 'done'], packed: ['done'] },
				refusal: (state) =>
					state === 'cancelled'
						? { problem: 'is cancelled', hint: 'Match the order again and ship its new shipment.' }
						: {
								problem: `is ${state}: not all of it is reserved`,
								hint: 'Create a shipment of what is reserved, or wait until the rest is.',
							},
			},
			cancel: {
				reached: 'cancelled',
				buttons: { draft: ['cancel'], waiting: ['cancel'], assigned: ['cancel'] },
				refusal: (state) =>
					state === 'done'
						? { problem: 'has left', hint: 'Make a customer return in Tryton.' }
						: {
								problem: `is ${state}: its goods are no longer on the shelf`,
								hint: 'Put the goods back and cancel it in Tryton.',
							},
			},
		},
	};
}
