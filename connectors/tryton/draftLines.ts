import { z } from 'zod/v4';

import { compare, type Decimal } from '../../core/model/decimal';
import type { Items, Product } from './items';
import type { TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { Flag, quantityOf } from './values';

/** A line as it is given. */
export interface DraftLine {
	line?: string | undefined;
	/** absent on invoices only */
	item?: { code: string } | undefined;
	quantity: Decimal;
	/** absent on invoices only: the item's base unit */
	unit?: string | undefined;
	unitPrice?: Decimal | undefined;
	description?: string | undefined;
	orderLine?: string | undefined;
}

/** What a line means in Tryton's own numbers. */
export interface ResolvedLine {
	/** its place in what was given */
	index: number;
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

/** The lines in Tryton's numbers; every problem goes into `problems`, by the field's name. `places` is where each stands in what was given. */
export async function resolveLines(
	{ session, items, units: catalogue }: { session: TrytonSession; items: Items; units: UnitCatalogue },
	lines: DraftLine[],
	{ allowedBy, stockedOnly }: LineRule,
	problems: string[],
	places = lines.map((_, index) => index),
): Promise<ResolvedLine[]> {
	if (lines.length === 0) return [];
	const codes = lines.flatMap(({ item }) => item?.code ?? []);
	const products = await items.stockedWithCodes([...new Set(codes)]);
	const byCode = Map.groupBy(products, ({ code }) => code ?? '');
	const allowed = allowedBy === undefined ? undefined : await productsAllowed(session, products, allowedBy);
	const units = await catalogue.including(products.map(({ baseUnit }) => baseUnit));
	return lines.flatMap((line, place): ResolvedLine[] => {
		const index = places[place] ?? place;
		const code = line.item?.code ?? '';
		const [product, second] = byCode.get(code) ?? [];
		const refuse = (field: string, why: string): ResolvedLine[] => {
			problems.push(`lines.${index}.${field}: ${why}`);
			return [];
		};
		if (line.item === undefined) return refuse('item', 'it is missing');
		if (product === undefined) return refuse('item.code', `there is no active item "${code}"`);
		if (second !== undefined) return refuse('item.code', `more than one item has the code "${code}"`);
		if (stockedOnly && product.type === 'service') {
			return refuse('item.code', `"${code}" is a service, and orders of this package hold goods only`);
		}
		if (allowed !== undefined && !allowed.has(product.id)) {
			return refuse('item.code', `item "${code}" is not ${allowedBy}`);
		}
		const unit =
			line.unit === undefined ? units.get(product.baseUnit) : units.withCode(line.unit, product.baseUnit);
		if (unit === undefined) return refuse('unit', `item "${code}" has no unit with the code ${line.unit}`);
		const quantity = Number(line.quantity);
		if (compare(quantityOf(quantity, unit.digits), line.quantity) !== 0) {
			return refuse('quantity', `${line.quantity} is finer than the unit "${unit.name}" allows`);
		}
		return [
			{
				index,
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
): Promise<{ currency?: number }> {
	if (code === undefined) return {};
	const [currency] = await session.search('currency.currency', z.object({ id: z.number().int() }), [
		['code', '=', code],
	]);
	if (currency === undefined) problems.push(`currency: there is no active currency ${code}`);
	return currency === undefined ? {} : { currency: currency.id };
}
