import { z } from 'zod/v4';

import { SalesOrder } from '../../../core/model/salesOrder';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	number: z.string(),
	status: z.string(),
	customer: z.object({ code: z.string(), name: z.string() }),
	orderedAt: z.string(),
	currency: z.string(),
	dimensions: z.record(z.string(), z.string()).optional(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
	lines: z.array(
		z.object({
			id: z.string(),
			item: z.string(),
			gtin: z.string(),
			name: z.string(),
			quantity: z.string(),
			unit: z.string(),
			pieces: z.string().optional(),
			price: z.string(),
			dimensions: z.record(z.string(), z.string()).optional(),
		}),
	),
});

export const salesOrders: SandboxEntityKind<'salesOrder', z.infer<typeof Own>> = {
	entity: 'salesOrder',
	name: 'sales order',
	path: '/api/orders',
	page: 'orders',
	keys: 'ids',
	described: ['order', ['orderLine']],
	covers: {
		customer: 'partner',
		number: 'number',
		orderedAt: 'orderedAt',
		currency: 'currency',
		dimensions: 'dimensions',
		lines: 'lines',
	},
	actions: { confirm: 'confirmed', cancel: 'cancelled' },
	Own,
	Canonical: SalesOrder,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, customer, orderedAt, currency, dimensions, lines }) => ({
		key: id,
		number,
		state: status,
		partner: customer,
		orderedAt,
		currency,
		dimensions,
		lines: lines.map(({ id: line, item, gtin, name, quantity, unit, pieces, price, ...rest }) => ({
			line,
			item: { code: item, gtin, name },
			quantity,
			unit,
			...(pieces === undefined ? {} : { baseQuantity: { quantity: pieces, unit: 'H87' } }),
			unitPrice: price,
			dimensions: rest.dimensions,
		})),
	}),
	own: ({ number, partner, orderedAt, currency, dimensions, lines }) =>
		given({
			number,
			customer: partner && { code: partner.code, name: partner.name ?? partner.code },
			orderedAt: orderedAt && new Date(orderedAt).toISOString(),
			currency,
			dimensions,
			lines: lines?.map(({ line, item, quantity, unit, unitPrice, ...rest }) =>
				given({
					id: line,
					item: item.code,
					quantity,
					unit,
					price: unitPrice,
					dimensions: rest.dimensions,
				}),
			),
		}),
};
