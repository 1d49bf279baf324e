import { z } from 'zod/v4';

import { Item } from '../../core/model/item';
import { Gtin } from '../../core/model/references';
import { ValidationError } from '../../core/ports/errors';
import type { Change, ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges, type CapturedRecord } from './changeCapture';
import { changedAfter, contains } from './criteria';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { Flag, Instant, lastChange, microsecondsOf } from './values';

/** A product variant with what its template says, as Tryton answers it. */
const ProductRow = z.object({
	id: z.number().int(),
	code: z.string().nullable(),
	active: Flag,
	create_date: Instant,
	write_date: Instant.nullable(),
	'template.': z.object({
		name: z.string(),
		type: z.string(),
		consumable: Flag,
		default_uom: z.number().int(),
		create_date: Instant,
		write_date: Instant.nullable(),
	}),
});
type ProductRow = z.infer<typeof ProductRow>;
const templateFields = ['name', 'type', 'consumable', 'default_uom', 'create_date', 'write_date'].map(
	(name) => `template.${name}`,
);

const IdentifierRow = z.object({
	id: z.number().int(),
	product: z.number().int(),
	code: z.string(),
	create_date: Instant,
	write_date: Instant.nullable(),
});

type IdentifierRow = z.infer<typeof IdentifierRow>;

export interface Product {
	id: number;
	code: string | null;
	active: boolean;
	name: string;
	type: string;
	/** Tryton reserves a consumable whether it is there or not */
	consumable: boolean;
	baseUnit: number;
	gtin?: string;
	changedAt: Instant;
}

const defaultPageSize = 500;

/** Products as items, read in bulk. */
export class Items {
	constructor(
		private readonly session: TrytonSession,
		private readonly units: UnitCatalogue,
		private readonly overlapSeconds?: number,
	) {}

	/** One that exists but cannot be expressed is left out, so that its neighbours go through; asked for alone, it says why. */
	async get(codes: string[]): Promise<Map<string, Item>> {
		const items = new Map<string, Item>();
		for (const product of await this.withCodes(codes)) {
			const item = await this.itemOf(product);
			if (!(item instanceof Error)) items.set(item.code, item);
			else if (codes.length === 1) throw item;
		}
		return items;
	}

	/** Products that cannot be an item, for want of a code or of a known unit, are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<Item[]> {
		const { pageSize = defaultPageSize, gtins, search, changedSince } = query;
		const domain: Domain = [];
		if (search !== undefined) domain.push(contains('rec_name', search));
		if (changedSince !== undefined) domain.push(changedAfter(changedSince));
		if (gtins !== undefined) domain.push(['id', 'in', await this.idsWithGtins(gtins)]);
		for (let last = ''; ; ) {
			const products = await this.search([['code', '>', last], ...domain], pageSize);
			const items = await Promise.all(products.map((product) => this.itemOf(product)));
			const page = items.filter((item): item is Item => !(item instanceof Error));
			if (page.length > 0) yield page;
			const final = products.at(-1);
			if (final === undefined || products.length < pageSize) return;
			last = final.code ?? '';
		}
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Item>> {
		return captureChanges<Item>(
			{
				session: this.session,
				sources: [
					{ mark: 'p', model: 'product.product', owner: 'id' },
					{ mark: 't', model: 'product.template', owner: 'products' },
					{ mark: 'i', model: 'product.identifier', owner: 'product' },
				],
				read: async (ids) => {
					const products = await this.withIds(ids);
					return Promise.all(products.map((product) => this.changeOf(product)));
				},
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	/** Active products with these codes. More than one may carry the same code: databases without a check allow it. */
	async withCodes(codes: string[]): Promise<Product[]> {
		return this.complete(await this.rowsWithCodes(codes));
	}

	/** The same without their GTINs, in one call. */
	async stockedWithCodes(codes: string[]): Promise<Product[]> {
		return (await this.rowsWithCodes(codes)).map((row) => productOf(row, []));
	}

	private rowsWithCodes(codes: string[]): Promise<ProductRow[]> {
		return this.session.searchIn('product.product', ProductRow, 'code', codes, [], {
			related: templateFields,
			order: [['id', 'ASC']],
		});
	}

	/** Products with these numbers, inactive ones too. */
	async withIds(ids: number[]): Promise<Product[]> {
		const rows = await this.session.searchIn('product.product', ProductRow, 'id', ids, [], {
			related: templateFields,
			order: [['id', 'ASC']],
			context: { active_test: false },
		});
		return this.complete(rows);
	}

	/** By ascending code. */
	async search(domain: Domain, limit: number): Promise<Product[]> {
		const rows = await this.session.search('product.product', ProductRow, domain, {
			related: templateFields,
			order: [['code', 'ASC']],
			limit,
		});
		return this.complete(rows);
	}

	private async complete(rows: ProductRow[]): Promise<Product[]> {
		const identifiers = await this.session.searchIn(
			'product.identifier',
			IdentifierRow,
			'product',
			rows.map(({ id }) => id),
			[['type', '=', 'ean']],
			{
				order: [
					['sequence', 'ASC'],
					['id', 'ASC'],
				],
			},
		);
		const byProduct = Map.groupBy(identifiers, ({ product }) => product);
		return rows.map((row) => productOf(row, byProduct.get(row.id) ?? []));
	}

	/** The item, or the reason why this product is none. */
	async itemOf(product: Product): Promise<Item | ValidationError> {
		const units = await this.units.including([product.baseUnit]);
		const parsed = Item.safeParse({
			code: product.code,
			name: product.name,
			...(product.gtin === undefined ? {} : { gtin: product.gtin }),
			baseUnit: units.codeOf(product.baseUnit),
			units: units.convertibleTo(product.baseUnit),
			revision: String(microsecondsOf(product.changedAt)),
		});
		if (parsed.success) return parsed.data;
		const unit = units.get(product.baseUnit);
		return new ValidationError(
			`Product ${product.id} ("${product.name}") of ${this.session.system} is no item: ${problemsOf(
				parsed.error,
				{
					code: 'it has no code',
					baseUnit: `its unit "${unit?.name}" has no UN/ECE code of its own`,
				},
			)}`,
			this.session.about({
				entity: 'item',
				key: product.code ?? String(product.id),
				hint: 'Give the product a code in Tryton, and its unit a code in the connection’s unit map.',
			}),
		);
	}

	private async changeOf(product: Product): Promise<CapturedRecord<Item>> {
		const { changedAt } = product;
		const change: Change<Item> = {
			key: product.code ?? String(product.id),
			changedAt,
			version: microsecondsOf(changedAt),
		};
		if (!product.active) return { id: product.id, change };
		const item = await this.itemOf(product);
		return {
			id: product.id,
			change: item instanceof Error ? { ...change, problem: item } : { ...change, record: item },
		};
	}

	/** GTIN-8, -12 and -13 are GTIN-14 with leading zeros left out (GS1 General Specifications, 3.3): all are looked for. */
	async idsWithGtins(gtins: string[]): Promise<number[]> {
		const spellings = gtins.flatMap((gtin) => {
			const bare = gtin.replace(/^0+/, '');
			return [8, 12, 13, 14]
				.filter((length) => length >= bare.length)
				.map((length) => bare.padStart(length, '0'));
		});
		const found = await this.session.searchIn('product.identifier', IdentifierRow, 'code', spellings, [
			['type', '=', 'ean'],
		]);
		return [...new Set(found.map(({ product }) => product))];
	}
}

function productOf(row: ProductRow, identifiers: IdentifierRow[]): Product {
	const { create_date, write_date, ...template } = row['template.'];
	const gtin = identifiers.map(({ code }) => code).find((code) => Gtin.safeParse(code).success);
	const stamps = [row, { create_date, write_date }, ...identifiers].map(lastChange).sort();
	return {
		id: row.id,
		code: row.code === '' ? null : row.code,
		active: row.active,
		name: template.name,
		type: template.type,
		consumable: template.consumable,
		baseUnit: template.default_uom,
		...(gtin === undefined ? {} : { gtin }),
		changedAt: stamps.at(-1) ?? '',
	};
}
