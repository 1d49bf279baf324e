import { z } from 'zod/v4';

import { Invoice } from '../../../core/model/invoice';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	number: z.string().optional(),
	kind: z.string(),
	status: z.string(),
	partner: z.object({ code: z.string(), name: z.string() }),
	order: z.string().optional(),
	issuedOn: z.string(),
	dueOn: z.string().optional(),
	currency: z.string(),
	total: z.string(),
	taxTotal: z.string().optional(),
	dimensions: z.record(z.string(), z.string()).optional(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
	lines: z.array(
		z.object({
			id: z.string(),
			orderLine: z.string().optional(),
			item: z.string().optional(),
			text: z.string(),
			quantity: z.string(),
			unit: z.string().optional(),
			price: z.string(),
			amount: z.string(),
			tax: z.string().optional(),
			dimensions: z.record(z.string(), z.string()).optional(),
		}),
	),
});

/** Invoices to customers and from suppliers. */
export const invoices: SandboxEntityKind<'invoice', z.infer<typeof Own>> = {
	entity: 'invoice',
	name: 'invoice',
	path: '/api/invoices',
	page: 'records',
	keys: 'ids',
	described: ['invoice', []],
	covers: {
		kind: 'kind',
		partner: 'partner.code',
		order: 'order',
		number: 'number',
		issuedOn: 'issuedOn',
		dueOn: 'dueOn',
		currency: 'currency',
		dimensions: 'dimensions',
		lines: 'lines',
	},
	actions: { confirm: 'posted', cancel: 'cancelled' },
	Own,
	Canonical: Invoice,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, lines, ...rest }) => ({
		...rest,
		key: id,
		number: number ?? id,
		state: status,
		lines: lines.map(({ id: line, item, text, price, ...amounts }) => ({
			...amounts,
			line,
			...(item === undefined ? {} : { item: { code: item } }),
			description: text,
			unitPrice: price,
		})),
	}),
	own: ({ kind, number, partner, order, issuedOn, dueOn, currency, dimensions, lines }) =>
		given({
			kind,
			number,
			partner: partner?.code,
			order,
			issuedOn,
			dueOn,
			currency,
			dimensions,
			lines: lines?.map(({ line, orderLine, item, description, quantity, unit, unitPrice, ...rest }) =>
				given({
					id: line,
					orderLine,
					item: item?.code,
					text: description,
					quantity,
					unit,
					price: unitPrice,
					dimensions: rest.dimensions,
				}),
			),
		}),
};
