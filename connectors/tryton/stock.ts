import { z } from 'zod/v4';

import { compare, subtract, type Decimal } from '../../core/model/decimal';
import type { StockLevel } from '../../core/model/reservation';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges } from './changeCapture';
import { changedAfter, contains } from './criteria';
import type { Items, Product } from './items';
import type { Context, Domain, TrytonSession } from './session';
import { moveModel } from './shipments';
import type { UnitCatalogue } from './unitCatalogue';
import { quantityOf } from './values';
import type { WarehouseSite } from './warehouseSite';

const QuantityRow = z.object({ id: z.number().int(), quantity: z.number().nullable() });

/** Tryton lets a consumable be taken whether it is there or not. */
const unlimited = '999999999';
const defaultPageSize = 500;

/** What is in the warehouse's storage, by product, in base units. */
export class Stock {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		private readonly site: () => Promise<WarehouseSite>,
		private readonly overlapSeconds?: number,
	) {}

	/** What may still be reserved: on hand, less what is reserved already. */
	async available(products: Product[]): Promise<Map<number, Decimal>> {
		const quantities = await this.quantities(products, { stock_assign: true });
		for (const { id, consumable } of products) if (consumable) quantities.set(id, unlimited);
		return quantities;
	}

	async get(codes: string[]): Promise<Map<string, StockLevel>> {
		const levels = await this.levels(await this.items.withCodes(codes));
		return new Map(levels.map((level) => [level.item, level]));
	}

	async *list({ search, gtins, changedSince, pageSize = defaultPageSize }: ListQuery = {}): AsyncGenerator<
		StockLevel[]
	> {
		const domain: Domain = [['template.type', '!=', 'service']];
		if (search !== undefined) domain.push(contains('rec_name', search));
		if (changedSince !== undefined) domain.push(changedAfter(changedSince));
		if (gtins !== undefined) domain.push(['id', 'in', await this.items.idsWithGtins(gtins)]);
		for (let last = ''; ; ) {
			const products = await this.items.search([['code', '>', last], ...domain], pageSize);
			const page = await this.levels(products);
			if (page.length > 0) yield page;
			const final = products.at(-1);
			if (final === undefined || products.length < pageSize) return;
			last = final.code ?? '';
		}
	}

	/** A level is no row in Tryton: it changes when a move into the storage or out of it is made or changed, or the product is. */
	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<StockLevel>> {
		const { storage } = await this.site();
		yield* captureChanges<StockLevel>(
			{
				session: this.session,
				sources: [
					{ mark: 'p', model: 'product.product', owner: 'id', domain: [['template.type', '!=', 'service']] },
					{
						mark: 'm',
						model: moveModel,
						owner: 'product',
						domain: [
							[
								'OR',
								['from_location', 'child_of', [storage], 'parent'],
								['to_location', 'child_of', [storage], 'parent'],
							],
						],
					},
				],
				read: async (ids, stamps) => {
					const products = (await this.items.withIds(ids)).filter(({ code }) => code !== null);
					const levels = await this.levels(products.filter(({ active }) => active));
					const byItem = new Map(levels.map((level) => [level.item, level]));
					return products.map(({ id, code, changedAt }) => {
						const record = byItem.get(code ?? '');
						return {
							id,
							change: {
								key: code ?? '',
								changedAt: stamps.get(id) ?? changedAt,
								...(record === undefined ? {} : { record }),
							},
						};
					});
				},
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	/** Stock that Tryton keeps below zero, as goods that left before they were booked in, counts as none. */
	private async levels(products: Product[]): Promise<StockLevel[]> {
		const stocked = products.filter(({ code, type }) => code !== null && type !== 'service');
		const onHand = await this.quantities(stocked, {});
		const available = await this.quantities(stocked, { stock_assign: true });
		return stocked.map(({ id, code }): StockLevel => {
			const there = notBelowZero(onHand.get(id));
			const free = notBelowZero(available.get(id));
			const spare = compare(free, there) > 0 ? there : free;
			return { item: code ?? '', onHand: there, reserved: subtract(there, spare), available: spare };
		});
	}

	private async quantities(products: Product[], context: Context): Promise<Map<number, Decimal>> {
		if (products.length === 0) return new Map();
		const { storage } = await this.site();
		const units = await this.units.including(products.map(({ baseUnit }) => baseUnit));
		const rows = await this.session.searchIn(
			'product.product',
			QuantityRow,
			'id',
			products.map(({ id }) => id),
			[],
			{
				context: {
					...context,
					active_test: false,
					locations: [storage],
					// The server's own day: with a later one Tryton would count what is only planned.
					stock_date_end: await this.session.call('model.ir.date.today', []),
				},
			},
		);
		const digits = new Map(products.map(({ id, baseUnit }) => [id, units.get(baseUnit)?.digits ?? 0]));
		return new Map(rows.map(({ id, quantity }) => [id, quantityOf(quantity ?? 0, digits.get(id) ?? 0)]));
	}
}

function notBelowZero(quantity: Decimal = '0'): Decimal {
	return compare(quantity, '0') < 0 ? '0' : quantity;
}
