import { z } from 'zod/v4';

import { normalise, Decimal, Quantity } from '../../../core/model/decimal';
import { PurchaseOrder } from '../../../core/model/purchaseOrder';
import { Dimensions, Gtin, Key, Text, UnitCode } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
import { dimensioned } from './dimensions';
import type { ErpItem } from './model';
import type { PartnerBody } from './partners';
import type { RecordKind } from '../records/recordBook';

export const PurchaseLine = z.object({
	id: Key,
	item: Key,
	gtin: Gtin,
	name: Text,
	quantity: Quantity,
	unit: UnitCode,
	price: Decimal,
	dimensions: Dimensions.optional(),
});
const NewPurchaseLine = z.object({
	id: Key.optional(),
	item: Key,
	quantity: Quantity,
	unit: UnitCode.default('H87'),
	price: Decimal.optional(),
	/** absent: those of the line that stays */
	dimensions: Dimensions.optional(),
});

const FundSource = z.enum(['operating', 'investment', 'grant']);

const Fields = z.object({
	/** code of a partner that is a supplier */
	supplier: Key,
	number: Text.optional(),
	orderedAt: z.iso.datetime({ offset: true }).optional(),
	expectedOn: z.iso.date().optional(),
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/)
		.optional(),
	/** number of the project that pays; the dimension `project` */
	project: Key.optional(),
	/** the dimension `sourceOfFunds` */
	fundSource: FundSource.optional(),
	dimensions: Dimensions.optional(),
	lines: z.array(NewPurchaseLine).min(1).max(1_000),
});

export interface PurchaseBody {
	supplier: { code: string; name: string };
	number?: string;
	orderedAt: string;
	expectedOn?: string;
	currency: string;
	project?: string;
	fundSource?: string;
	dimensions?: Dimensions;
	nextLine: number;
	lines: Array<z.output<typeof PurchaseLine>>;
}

/** Orders to suppliers. */
export function purchaseKind(masters: {
	item(code: string): ErpItem | undefined;
	partner(code: string): PartnerBody | undefined;
}): RecordKind<PurchaseBody> {
	return {
		name: 'purchase order',
		entity: 'purchaseOrder',
		prefix: 'PO',
		fields: Fields,
		first: 'draft',
		actions: { confirm: 'confirmed', cancel: 'cancelled' },
		transitions: { draft: ['confirmed', 'cancelled'], confirmed: ['done', 'cancelled'] },
		open: ['draft', 'confirmed'],
		complete(given, before) {
			const { supplier, lines, project, fundSource, dimensions, ...rest } = given as Partial<
				z.output<typeof Fields>
			>;
			const { project: _project, fundSource: _fundSource, dimensions: _all, ...kept } = before ?? {};
			return {
				currency: 'CNY',
				orderedAt: new Date().toISOString(),
				...kept,
				...rest,
				...withDimensions({ ...(dimensions ?? dimensionsOf(before)), ...named({ project, fundSource }) }),
				supplier: supplier === undefined ? before?.supplier : supplierOf(supplier, masters.partner),
				...(lines === undefined
					? {}
					: numberedLines(lines, before?.lines ?? [], before?.nextLine ?? 1, (line, id, known) =>
							purchaseLine(line, id, known, masters.item),
						)),
			} as PurchaseBody;
		},
		canonical: ({ id, status, version, body }) =>
			PurchaseOrder.parse({
				key: id,
				number: body.number ?? id,
				state: status,
				partner: body.supplier,
				orderedAt: body.orderedAt,
				expectedOn: body.expectedOn,
				currency: body.currency,
				...dimensioned(dimensionsOf(body)),
				revision: String(version),
				lines: body.lines.map((line) => ({
					line: line.id,
					item: { code: line.item, gtin: line.gtin, name: line.name },
					quantity: line.quantity,
					unit: line.unit,
					unitPrice: line.price,
					...dimensioned(line.dimensions),
				})),
			}),
	};
}

/** Those of an order, also of one that was made when it had a project and source of funds alone. */
function dimensionsOf(body: PurchaseBody | undefined): Dimensions {
	return { ...body?.dimensions, ...named({ project: body?.project, fundSource: body?.fundSource }) };
}

/** What has fields of its own on the form, under the names of the dimensions. */
function named(fields: { project?: string | undefined; fundSource?: string | undefined }): Dimensions {
	return {
		...(fields.project === undefined ? {} : { project: fields.project }),
		...(fields.fundSource === undefined ? {} : { sourceOfFunds: fields.fundSource }),
	};
}

function withDimensions(dimensions: Dimensions): Pick<PurchaseBody, 'project' | 'fundSource' | 'dimensions'> {
	const { project, sourceOfFunds } = dimensions;
	if (sourceOfFunds !== undefined && !FundSource.safeParse(sourceOfFunds).success) {
		throw new ServiceError(
			422,
			'fund_source',
			`dimensions.sourceOfFunds: "${sourceOfFunds}" must be one of ${FundSource.options.join(', ')}.`,
		);
	}
	return {
		...dimensioned(dimensions),
		...(project === undefined ? {} : { project }),
		...(sourceOfFunds === undefined ? {} : { fundSource: sourceOfFunds }),
	};
}

function supplierOf(code: string, partner: (code: string) => PartnerBody | undefined) {
	const known = partner(code);
	if (!known) throw new ServiceError(422, 'unknown_partner', `supplier: there is no partner "${code}".`);
	if (!known.roles.includes('supplier')) {
		throw new ServiceError(422, 'role', `supplier: partner "${code}" is no supplier.`);
	}
	return { code, name: known.name };
}

function purchaseLine(
	line: z.output<typeof NewPurchaseLine>,
	id: string,
	before: z.output<typeof PurchaseLine> | undefined,
	itemWith: (code: string) => ErpItem | undefined,
): z.output<typeof PurchaseLine> {
	const item = itemWith(line.item);
	if (!item) throw new ServiceError(422, 'unknown_item', `There is no item "${line.item}".`);
	if (!item.salesUnits.includes(line.unit)) {
		throw new ServiceError(
			422,
			'unit',
			`Item "${item.code}" is kept in ${item.salesUnits.join(' and ')}, not in ${line.unit}.`,
		);
	}
	const { code, gtin, names } = item;
	return {
		id,
		item: code,
		gtin,
		name: names.en,
		quantity: normalise(line.quantity),
		unit: line.unit,
		price: line.price ?? before?.price ?? item.price,
		...dimensioned(line.dimensions, before?.dimensions),
	};
}
