import { z } from 'zod/v4';

import { PurchaseOrder } from '../../../core/model/purchaseOrder';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	number: z.string().optional(),
	status: z.string(),
	supplier: z.object({ code: z.string(), name: z.string() }),
	orderedAt: z.string(),
	expectedOn: z.string().optional(),
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
			price: z.string(),
			dimensions: z.record(z.string(), z.string()).optional(),
		}),
	),
});

export const purchaseOrders: SandboxEntityKind<'purchaseOrder', z.infer<typeof Own>> = {
	entity: 'purchaseOrder',
	name: 'purchase order',
	path: '/api/purchases',
	page: 'records',
	keys: 'ids',
	described: ['purchase', []],
	covers: {
		supplier: 'partner.code',
		number: 'number',
		orderedAt: 'orderedAt',
		expectedOn: 'expectedOn',
		currency: 'currency',
		dimensions: 'dimensions',
		lines: 'lines',
	},
	actions: { confirm: 'confirmed', cancel: 'cancelled' },
	Own,
	Canonical: PurchaseOrder,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, supplier, orderedAt, expectedOn, currency, dimensions, lines }) => ({
		key: id,
		number: number ?? id,
		state: status,
		partner: supplier,
		orderedAt,
		expectedOn,
		currency,
		dimensions,
		lines: lines.map(({ id: line, item, gtin, name, quantity, unit, price, ...rest }) => ({
			line,
			item: { code: item, gtin, name },
			quantity,
			unit,
			unitPrice: price,
			dimensions: rest.dimensions,
		})),
	}),
	own: ({ number, partner, orderedAt, expectedOn, currency, dimensions, lines }) =>
		given({
			number,
			supplier: partner?.code,
			orderedAt,
			expectedOn,
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
