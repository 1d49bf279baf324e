import { z } from 'zod/v4';

import { TrytonSession } from '../../../connectors/tryton/session';
import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { trytonPassword, trytonUser } from './server';

/*
 * What people do in the company's Tryton: they keep products, count stock, and take, change and cancel orders, through the
 * same public methods and buttons as Tryton's own client.
 */

const Numbered = z.object({ id: z.number().int() });

export function sessionOf(url: string, database: string): TrytonSession {
	return new TrytonSession({
		system: `tryton-${database}`,
		url,
		database,
		user: trytonUser,
		password: trytonPassword,
		transport: axiosTransport(),
	});
}

export interface NewItem {
	/** absent: a product that nobody gave a code */
	code?: string;
	name: string;
	gtin?: string;
	/** symbol of the base unit; pieces when absent */
	unit?: string;
	type?: 'goods' | 'service';
}

/** Makes products; returns their numbers in the order given. */
export async function createItems(session: TrytonSession, items: NewItem[]): Promise<number[]> {
	const units = await unitsBySymbol(session);
	const sales = await salesFields(session);
	const templates = await session.create(
		'product.template',
		items.map(({ code, name, gtin, unit = 'u', type = 'goods' }) => {
			const uom = units.get(unit);
			return {
				name,
				type,
				default_uom: uom,
				list_price: decimal('10'),
				cost_price_method: 'fixed',
				...(sales === undefined
					? {}
					: { ...sales, salable: true, sale_uom: uom, purchasable: true, purchase_uom: uom }),
				products: [
					[
						'create',
						[
							{
								cost_price: decimal('5'),
								...(code === undefined ? {} : { suffix_code: code }),
								...(gtin === undefined ? {} : { identifiers: [['create', [{ type: 'ean', code: gtin }]]] }),
							},
						],
					],
				],
			};
		}),
	);
	const Product = Numbered.extend({ template: z.number().int() });
	const products = await session.searchIn('product.product', Product, 'template', templates);
	const byTemplate = new Map(products.map(({ id, template }) => [template, id]));
	return templates.map((template) => byTemplate.get(template) as number);
}

/** What a stocktaking finds: from now on this much is in the storage zone. */
export async function countStock(session: TrytonSession, counted: Record<string, number>): Promise<void> {
	const [storage] = await session.search('stock.location', Numbered, [['code', '=', 'STO']]);
	const products = await productsByCode(session, Object.keys(counted));
	const [inventory] = await session.create('stock.inventory', [
		{
			location: storage?.id,
			lines: [
				[
					'create',
					Object.entries(counted).map(([code, quantity]) => ({ product: products.get(code), quantity })),
				],
			],
		},
	]);
	await session.press('stock.inventory', 'confirm', [inventory as number]);
}

export interface NewSale {
	reference?: string;
	lines: Array<{
		code?: string;
		product?: number;
		quantity: number;
		unit?: string;
		price?: string;
		taxes?: number[];
	}>;
}

/** Takes orders, as drafts; returns their numbers in the order given. */
export async function draftSales(session: TrytonSession, sales: NewSale[]): Promise<number[]> {
	const units = await unitsBySymbol(session);
	const codes = sales.flatMap(({ lines }) => lines.flatMap(({ code }) => code ?? []));
	const products = await productsByCode(session, codes);
	const [customer] = await session.search(
		'party.party',
		Numbered.extend({ addresses: z.array(z.number().int()) }),
		[['code', '=', 'RETAIL']],
	);
	return session.create(
		'sale.sale',
		sales.map(({ reference, lines }) => ({
			...(reference === undefined ? {} : { reference }),
			party: customer?.id,
			invoice_address: customer?.addresses[0],
			shipment_address: customer?.addresses[0],
			lines: [
				[
					'create',
					lines.map(({ code, product, quantity, unit = 'u', price = '10.00', taxes = [] }) => ({
						type: 'line',
						product: product ?? products.get(code ?? ''),
						quantity,
						unit: units.get(unit),
						unit_price: decimal(price),
						...(taxes.length === 0 ? {} : { taxes: [['add', taxes]] }),
					})),
				],
			],
		})),
	);
}

/** Draft -> quotation -> confirmed. In their grace period (no queue worker) they can still change. */
export async function confirmSales(session: TrytonSession, ids: number[]): Promise<void> {
	await session.press('sale.sale', 'quote', ids);
	await session.press('sale.sale', 'confirm', ids);
}

/** What the queue does when the grace period is over: the sale is processed, and from then on changes by amendment only. */
export async function processSales(session: TrytonSession, ids: number[]): Promise<void> {
	await session.press('sale.sale', 'process', ids);
}

/** Confirmed -> draft -> other quantities -> confirmed again. A quantity by line number. */
export async function changeSales(
	session: TrytonSession,
	ids: number[],
	quantities: Map<number, number>,
): Promise<void> {
	await session.press('sale.sale', 'draft', ids);
	await writeLines(session, quantities);
	await confirmSales(session, ids);
}

/** Confirmed -> draft -> cancelled. */
export async function cancelSales(session: TrytonSession, ids: number[]): Promise<void> {
	await session.press('sale.sale', 'draft', ids);
	await session.press('sale.sale', 'cancel', ids);
}

/** Changes a sale that is already being processed, by an amendment. */
export async function amendSale(
	session: TrytonSession,
	sale: number,
	quantities: Map<number, number>,
): Promise<void> {
	const Line = Numbered.extend({
		product: z.number().int(),
		unit: z.number().int(),
		unit_price: z.looseObject({ decimal: z.string() }),
	});
	const lines = await session.searchIn('sale.line', Line, 'id', [...quantities.keys()]);
	const [amendment] = await session.create('sale.amendment', [
		{
			sale,
			lines: [
				[
					'create',
					lines.map(({ id, product, unit, unit_price }) => ({
						action: 'line',
						line: id,
						product,
						unit,
						unit_price,
						quantity: quantities.get(id),
					})),
				],
			],
		},
	]);
	await session.press('sale.amendment', 'validate_amendment', [amendment as number]);
}

/** Writes quantities of lines directly: the sale's own row does not change. */
export async function writeLines(session: TrytonSession, quantities: Map<number, number>): Promise<void> {
	if (quantities.size === 0) return;
	await session.call(
		'model.sale.line.write',
		[...quantities].flatMap(([line, quantity]) => [[line], { quantity }]),
	);
}

export async function linesOf(session: TrytonSession, sales: number[]): Promise<Map<number, number[]>> {
	const Line = Numbered.extend({ sale: z.number().int() });
	const lines = await session.searchIn('sale.line', Line, 'sale', sales, [], { order: [['id', 'ASC']] });
	const bySale = Map.groupBy(lines, ({ sale }) => sale);
	return new Map([...bySale].map(([sale, own]) => [sale, own.map(({ id }) => id)]));
}

/** From now on goods are sold and bought with this tax, such as `0.19`; returns its number. */
export async function taxGoods(session: TrytonSession, rate: string): Promise<number> {
	const [account] = await session.search('account.account', Numbered, [['name', '=', 'Main Tax']]);
	const [tax = 0] = await session.create('account.tax', [
		{
			name: `Tax of ${rate}`,
			description: `Tax of ${rate}`,
			type: 'percentage',
			rate: decimal(rate),
			invoice_account: account?.id,
			credit_note_account: account?.id,
		},
	]);
	const { account_category: category } = (await salesFields(session)) ?? {};
	const taxes = [['add', [tax]]];
	await session.call('model.product.category.write', [
		[category],
		{ customer_taxes: taxes, supplier_taxes: taxes },
	]);
	return tax;
}

/** Payment terms that end so many days after the invoice; returns their numbers by name. */
export async function paymentTerms(
	session: TrytonSession,
	days: Record<string, number>,
): Promise<Map<string, number>> {
	const names = Object.keys(days);
	const numbers = await session.create(
		'account.invoice.payment_term',
		names.map((name) => ({
			name,
			lines: [['create', [{ type: 'remainder', relativedeltas: [['create', [{ days: days[name] ?? 0 }]]] }]]],
		})),
	);
	return new Map(names.map((name, index) => [name, numbers[index] as number]));
}

async function productsByCode(session: TrytonSession, codes: string[]): Promise<Map<string, number>> {
	const Product = Numbered.extend({ code: z.string() });
	const products = await session.searchIn('product.product', Product, 'code', codes);
	return new Map(products.map(({ code, id }) => [code, id]));
}

async function unitsBySymbol(session: TrytonSession): Promise<Map<string, number>> {
	const units = await session.search('product.uom', Numbered.extend({ symbol: z.string() }), []);
	return new Map(units.map(({ symbol, id }) => [symbol, id]));
}

/** Where sales are installed, a product needs an accounting category. */
async function salesFields(session: TrytonSession): Promise<{ account_category: number } | undefined> {
	const [installed] = await session.search('ir.module', Numbered, [
		['name', '=', 'sale'],
		['state', '=', 'activated'],
	]);
	if (installed === undefined) return undefined;
	const [category] = await session.search('product.category', Numbered, [['accounting', '=', true]]);
	return { account_category: category?.id as number };
}

function decimal(text: string): { __class__: 'Decimal'; decimal: string } {
	return { __class__: 'Decimal', decimal: text };
}
