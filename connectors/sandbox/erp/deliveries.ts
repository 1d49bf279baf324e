import { z } from 'zod/v4';

import { Delivery } from '../../../core/model/delivery';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	number: z.string().optional(),
	status: z.string(),
	order: z.string(),
	customer: z.object({ code: z.string(), name: z.string() }),
	deliveredAt: z.string().optional(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
	lines: z.array(
		z.object({
			id: z.string(),
			orderLine: z.string(),
			item: z.string(),
			gtin: z.string(),
			name: z.string(),
			quantity: z.string(),
			unit: z.string(),
		}),
	),
});

/** Deliveries of sales orders. The customer is the order's. */
export const deliveries: SandboxEntityKind<'delivery', z.infer<typeof Own>> = {
	entity: 'delivery',
	name: 'delivery',
	path: '/api/deliveries',
	page: 'records',
	keys: 'ids',
	described: ['delivery', []],
	covers: { order: 'order', number: 'number', lines: 'lines' },
	actions: { confirm: 'done', cancel: 'cancelled' },
	Own,
	Canonical: Delivery,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, order, customer, deliveredAt, lines }) => ({
		key: id,
		number: number ?? id,
		state: status,
		order,
		partner: customer,
		deliveredAt,
		lines: lines.map(({ id: line, orderLine, item, gtin, name, quantity, unit }) => ({
			line,
			orderLine,
			item: { code: item, gtin, name },
			quantity,
			unit,
		})),
	}),
	own: ({ number, order, lines }) =>
		given({
			number,
			order,
			lines: lines?.map(({ line, orderLine, item, quantity, unit }) =>
				given({ id: line, orderLine, item: item.code, quantity, unit }),
			),
		}),
};
