import { z } from 'zod/v4';

import { Delivery } from '../../../core/model/delivery';
import { normalise, Quantity } from '../../../core/model/decimal';
import { Key, Text, UnitCode } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
import type { ErpOrder } from './model';
import type { RecordKind } from '../records/recordBook';

export interface DeliveryLine {
	id: string;
	orderLine: string;
	item: string;
	gtin: string;
	name: string;
	quantity: string;
	unit: string;
}
const NewDeliveryLine = z.object({
	id: Key.optional(),
	/** line of the order; where absent, the order's only line of the item and unit */
	orderLine: Key.optional(),
	item: Key,
	quantity: Quantity,
	unit: UnitCode.default('H87'),
});
const Fields = z.object({
	/** id of the sales order */
	order: Key,
	number: Text.optional(),
	lines: z.array(NewDeliveryLine).min(1).max(1_000),
});

export interface DeliveryBody {
	order: string;
	number?: string;
	customer: { code: string; name: string };
	deliveredAt?: string;
	nextLine: number;
	lines: DeliveryLine[];
}

/** Goods handed to customers; `done` is the goods issue. */
export function deliveryKind(orderWith: (id: string) => ErpOrder | undefined): RecordKind<DeliveryBody> {
	return {
		name: 'delivery',
		entity: 'delivery',
		prefix: 'DN',
		fields: Fields,
		first: 'draft',
		actions: { confirm: 'done', cancel: 'cancelled' },
		transitions: { draft: ['done', 'cancelled'] },
		open: ['draft'],
		complete(given, before) {
			const { order: orderId, lines, ...rest } = given as Partial<z.output<typeof Fields>>;
			const id = orderId ?? before?.order ?? '';
			const order = orderWith(id);
			if (!order) throw new ServiceError(422, 'unknown_order', `order: there is no sales order "${id}".`);
			return {
				...before,
				...rest,
				order: id,
				customer: order.customer,
				...(lines === undefined
					? {}
					: numberedLines(lines, before?.lines ?? [], before?.nextLine ?? 1, (line, lineId) =>
							deliveryLine(line, lineId, order),
						)),
			} as DeliveryBody;
		},
		onStatus: (body, status, at) => (status === 'done' ? { ...body, deliveredAt: at } : body),
		canonical: ({ id, status, version, body }) =>
			Delivery.parse({
				key: id,
				number: body.number ?? id,
				state: status,
				order: body.order,
				partner: body.customer,
				deliveredAt: body.deliveredAt,
				revision: String(version),
				lines: body.lines.map(({ id: line, orderLine, item, gtin, name, quantity, unit }) => ({
					line,
					orderLine,
					item: { code: item, gtin, name },
					quantity,
					unit,
				})),
			}),
	};
}

function deliveryLine(line: z.output<typeof NewDeliveryLine>, id: string, order: ErpOrder): DeliveryLine {
	const matching = order.lines.filter(
		(known) =>
			known.item === line.item &&
			known.unit === line.unit &&
			(line.orderLine === undefined || line.orderLine === known.id),
	);
	const [ordered] = matching;
	if (ordered === undefined || matching.length > 1) {
		throw new ServiceError(
			422,
			'line',
			`Order "${order.id}" has ${matching.length === 0 ? 'no' : 'more than one'} line ${line.orderLine === undefined ? '' : `"${line.orderLine}" `}with item "${line.item}" in ${line.unit}.`,
		);
	}
	const { item, gtin, name, unit } = ordered;
	return { id, orderLine: ordered.id, item, gtin, name, quantity: normalise(line.quantity), unit };
}
