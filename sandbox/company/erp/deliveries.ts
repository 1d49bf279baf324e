import { z } from 'zod/v4';

import { Delivery } from '../../../core/model/delivery';
import { normalise, Quantity, scaleExactly } from '../../../core/model/decimal';
import { Dimensions, Key, Text, UnitCode } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
import { dimensioned } from './dimensions';
import type { ErpItem, ErpOrder } from './model';
import type { RecordKind } from '../records/recordBook';

export interface DeliveryLine {
	id: string;
	orderLine: string;
	item: string;
	gtin: string;
	name: string;
	quantity: string;
	unit: string;
	/** what one unit costs, in the company's currency; absent where the ERP does not know it */
	unitCost?: string;
	dimensions?: Dimensions;
}
const NewDeliveryLine = z.object({
	id: Key.optional(),
	/** line of the order; where absent, the order's only line of the item and unit */
	orderLine: Key.optional(),
	item: Key,
	quantity: Quantity,
	unit: UnitCode.default('H87'),
	/** absent: those of the order's line */
	dimensions: Dimensions.optional(),
});
const Fields = z.object({
	/** id of the sales order */
	order: Key,
	number: Text.optional(),
	/** absent: those of the order */
	dimensions: Dimensions.optional(),
	lines: z.array(NewDeliveryLine).min(1).max(1_000),
});

export interface DeliveryBody {
	order: string;
	number?: string;
	customer: { code: string; name: string };
	deliveredAt?: string;
	/** of the costs */
	currency?: string;
	dimensions?: Dimensions;
	nextLine: number;
	lines: DeliveryLine[];
}

/** In which this ERP values its stock. */
const companyCurrency = 'CNY';

/** Goods handed to customers; `done` is the goods issue, which fixes what they cost. */
export function deliveryKind(masters: {
	item(code: string): ErpItem | undefined;
	salesOrder(id: string): ErpOrder | undefined;
}): RecordKind<DeliveryBody> {
	const valued = (body: DeliveryBody): DeliveryBody => {
		const lines = body.lines.map(({ unitCost: _old, ...line }) => ({
			...line,
			...costOf(masters.item(line.item), line.unit),
		}));
		const { currency: _old, ...rest } = body;
		const known = lines.some(({ unitCost }) => unitCost !== undefined);
		return { ...rest, ...(known ? { currency: companyCurrency } : {}), lines };
	};
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
			const { order: orderId, lines, dimensions, ...rest } = given as Partial<z.output<typeof Fields>>;
			const id = orderId ?? before?.order ?? '';
			const order = masters.salesOrder(id);
			if (!order) throw new ServiceError(422, 'unknown_order', `order: there is no sales order "${id}".`);
			const { dimensions: known, ...kept } = before ?? {};
			return valued({
				...kept,
				...rest,
				order: id,
				customer: order.customer,
				...dimensioned(dimensions, before === undefined ? order.dimensions : (known ?? {})),
				...(lines === undefined
					? {}
					: numberedLines(lines, before?.lines ?? [], before?.nextLine ?? 1, (line, lineId, same) =>
							deliveryLine(line, lineId, order, same),
						)),
			} as DeliveryBody);
		},
		onStatus: (body, status, at) => (status === 'done' ? { ...valued(body), deliveredAt: at } : body),
		canonical: ({ id, status, version, body }) =>
			Delivery.parse({
				key: id,
				number: body.number ?? id,
				state: status,
				order: body.order,
				partner: body.customer,
				deliveredAt: body.deliveredAt,
				currency: body.currency,
				dimensions: body.dimensions,
				revision: String(version),
				lines: body.lines.map(({ id: line, item, gtin, name, ...rest }) => ({
					...rest,
					line,
					item: { code: item, gtin, name },
				})),
			}),
	};
}

/** What one unit costs, where the item master knows the cost of a piece and how many the unit holds. */
function costOf(item: ErpItem | undefined, unit: string): { unitCost?: string } {
	const pieces = unit === item?.baseUnit ? 1 : item?.conversions.find((known) => known.unit === unit)?.pieces;
	if (item?.cost === undefined || pieces === undefined) return {};
	const unitCost = scaleExactly(item.cost, String(pieces), '1');
	return unitCost === undefined ? {} : { unitCost };
}

function deliveryLine(
	line: z.output<typeof NewDeliveryLine>,
	id: string,
	order: ErpOrder,
	before: DeliveryLine | undefined,
): DeliveryLine {
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
	return {
		id,
		orderLine: ordered.id,
		item,
		gtin,
		name,
		quantity: normalise(line.quantity),
		unit,
		...dimensioned(line.dimensions, before === undefined ? ordered.dimensions : (before.dimensions ?? {})),
	};
}
