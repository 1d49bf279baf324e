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
	currency: z.string().optional(),
	dimensions: z.record(z.string(), z.string()).optional(),
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
			unitCost: z.string().optional(),
			dimensions: z.record(z.string(), z.string()).optional(),
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
	covers: { order: 'order', number: 'number', dimensions: 'dimensions', lines: 'lines' },
	actions: { confirm: 'done', cancel: 'cancelled' },
	Own,
	Canonical: Delivery,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, order, customer, deliveredAt, currency, dimensions, lines }) => ({
		key: id,
		number: number ?? id,
		state: status,
		order,
		partner: customer,
		deliveredAt,
		currency,
		dimensions,
		lines: lines.map(({ id: line, item, gtin, name, ...rest }) => ({
			...rest,
			line,
			item: { code: item, gtin, name },
		})),
	}),
	own: ({ number, order, dimensions, lines }) =>
		given({
			number,
			order,
			dimensions,
			lines: lines?.map(({ line, orderLine, item, quantity, unit, ...rest }) =>
				given({ id: line, orderLine, item: item.code, quantity, unit, dimensions: rest.dimensions }),
			),
		}),
};
