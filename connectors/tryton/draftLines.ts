import { z } from 'zod/v4';

import { compare, type Decimal } from '../../core/model/decimal';
import type { Items, Product } from './items';
import type { Context, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { Flag, quantityOf } from './values';

/** A line as it is given. */
export interface DraftLine {
	line?: string | undefined;
	item: { code: string };
	quantity: Decimal;
	unit: string;
	unitPrice?: Decimal | undefined;
}

/** What a line means in Tryton's own numbers. */
export interface ResolvedLine {
	product: number;
	unit: number;
	quantity: number;
	unitPrice?: Decimal;
}

/** What a product must be to stand on the document. */
export interface LineRule {
	/** field of the template that allows it */
	allowedBy?: string;
	/** whether products without stock are refused, since the canonical document does not show them */
	stockedOnly: boolean;
}

/** The lines in Tryton's numbers; every problem goes into `problems`, by the field's name. */
export async function resolveLines(
	{ session, items, units: catalogue }: { session: TrytonSession; items: Items; units: UnitCatalogue },
	lines: DraftLine[],
	{ allowedBy, stockedOnly }: LineRule,
	problems: string[],
): Promise<ResolvedLine[]> {
	if (lines.length === 0) return [];
	const products = await items.stockedWithCodes([...new Set(lines.map(({ item }) => item.code))]);
	const byCode = Map.groupBy(products, ({ code }) => code ?? '');
	const allowed = allowedBy === undefined ? undefined : await productsAllowed(session, products, allowedBy);
	const units = await catalogue.including(products.map(({ baseUnit }) => baseUnit));
	return lines.flatMap((line, index): ResolvedLine[] => {
		const [product, second] = byCode.get(line.item.code) ?? [];
		const refuse = (field: string, why: string): ResolvedLine[] => {
			problems.push(`lines.${index}.${field}: ${why}`);
			return [];
		};
		if (product === undefined) return refuse('item.code', `there is no active item "${line.item.code}"`);
		if (second !== undefined)
			return refuse('item.code', `more than one item has the code "${line.item.code}"`);
		if (stockedOnly && product.type === 'service') {
			return refuse(
				'item.code',
				`"${line.item.code}" is a service, and orders of this package hold goods only`,
			);
		}
		if (allowed !== undefined && !allowed.has(product.id)) {
			return refuse('item.code', `item "${line.item.code}" is not ${allowedBy}`);
		}
		const unit = units.withCode(line.unit, product.baseUnit);
		if (unit === undefined)
			return refuse('unit', `item "${line.item.code}" has no unit with the code ${line.unit}`);
		const quantity = Number(line.quantity);
		if (compare(quantityOf(quantity, unit.digits), line.quantity) !== 0) {
			return refuse('quantity', `${line.quantity} is finer than the unit "${unit.name}" allows`);
		}
		return [
			{
				product: product.id,
				unit: unit.id,
				quantity,
				...(line.unitPrice === undefined ? {} : { unitPrice: line.unitPrice }),
			},
		];
	});
}

async function productsAllowed(
	session: TrytonSession,
	products: Product[],
	field: string,
): Promise<Set<number>> {
	const Row = z.object({ id: z.number().int(), 'template.': z.object({ [field]: Flag.nullable() }) });
	const rows = await session.searchIn(
		'product.product',
		Row,
		'id',
		products.map(({ id }) => id),
		[],
		{ related: [`template.${field}`] },
	);
	return new Set(rows.filter((row) => row['template.'][field] === true).map(({ id }) => id));
}

/** The one active party with this code, or the problem that there is none. */
export async function partyWithCode(
	session: TrytonSession,
	code: string | undefined,
	problems: string[],
): Promise<number | undefined> {
	if (code === undefined) {
		problems.push('partner: it is missing');
		return undefined;
	}
	const [party] = await session.search('party.party', z.object({ id: z.number().int() }), [
		['code', '=', code],
	]);
	if (party === undefined) problems.push(`partner.code: there is no active party "${code}"`);
	return party?.id;
}

/** The currency with this ISO 4217 code, or the problem that there is none; nothing where none is asked for. */
export async function currencyWithCode(
	session: TrytonSession,
	code: string | undefined,
	problems: string[],
): Promise<Context> {
	if (code === undefined) return {};
	const [currency] = await session.search('currency.currency', z.object({ id: z.number().int() }), [
		['code', '=', code],
	]);
	if (currency === undefined) problems.push(`currency: there is no active currency ${code}`);
	return currency === undefined ? {} : { currency: currency.id };
}
