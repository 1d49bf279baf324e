import { z } from 'zod/v4';

import { compare, scaleExactly } from '../../core/model/decimal';
import { ItemDraft, type Item } from '../../core/model/item';
import { ValidationError } from '../../core/ports/errors';
import type { CodedRecord } from './codedWrites';
import { timestampsOf } from './documentReading';
import type { Items } from './items';
import type { WrittenKind } from './recordWrites';
import type { Context, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import type { TrytonUnit } from './units';
import { exactNumberOf, Flag } from './values';

const templateModel = 'product.template';
const productModel = 'product.product';
const identifierModel = 'product.identifier';

/** A product with the numbers of the rows that a change of it is written to; `id` is that of its template. */
interface ProductRecord extends CodedRecord<'item'> {
	product: number;
	/** holds the GTIN */
	identifier?: number;
}

const Stamped = z.object({ id: z.number().int(), _timestamp: z.string().nullable() });
const ProductRow = Stamped.extend({ template: z.number().int(), active: Flag });

/**
 * What items are made of in Tryton: goods that are bought and sold in their base unit. The canonical item has no price, so the list
 * price is zero, which orders do not take for a price; it is set in Tryton, as the accounts are where there is more than one
 * accounting category.
 */
export class ItemValues {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
	) {}

	written(): WrittenKind<'item', ProductRecord> {
		return {
			entity: 'item',
			name: 'item',
			model: templateModel,
			Draft: ItemDraft,
			read: (code) => this.read(code),
			newValues: (draft, problems) => this.newValues(draft, problems),
			differences: (changes, present, problems) => this.differences(changes, present, problems),
		};
	}

	private async read(code: string): Promise<ProductRecord | undefined> {
		const { session } = this;
		// The marks of the versions before what they mark: a change in between is noticed.
		const rows = await session.search(productModel, ProductRow, [['code', '=', code]], {
			order: [['id', 'ASC']],
			context: { active_test: false },
		});
		const active = rows.filter((row) => row.active);
		const [row] = active.length > 0 ? active : rows;
		if (row === undefined) return undefined;
		if (active.length > 1) {
			throw new ValidationError(
				`${session.system} has more than one item with the code "${code}".`,
				session.about({ hint: 'Give each a code of its own in Tryton.' }),
			);
		}
		const templates = await session.search(templateModel, Stamped, [['id', '=', row.template]], {
			context: { active_test: false },
		});
		const identifiers = await session.search(
			identifierModel,
			Stamped,
			[
				['product', '=', row.id],
				['type', '=', 'ean'],
			],
			{
				order: [
					['sequence', 'ASC'],
					['id', 'ASC'],
				],
			},
		);
		const [product] = await this.items.withIds([row.id]);
		if (product === undefined) return undefined;
		const [identifier] = identifiers;
		return {
			id: row.template,
			product: row.id,
			...(identifier === undefined ? {} : { identifier: identifier.id }),
			active: row.active,
			timestamps: timestampsOf(
				templateModel,
				templates,
				timestampsOf(productModel, [row], timestampsOf(identifierModel, identifiers)),
			),
			record: await this.items.itemOf(product),
		};
	}

	private async newValues(draft: ItemDraft, problems: string[]): Promise<Context> {
		const { code, name, gtin, baseUnit } = draft;
		if (name === undefined) problems.push('name: it is missing');
		const unit = await this.unitWithCode(baseUnit, problems);
		if (unit !== undefined) await this.checkUnits(draft, unit, problems);
		if (problems.length > 0 || unit === undefined) return {};
		return {
			name,
			type: 'goods',
			default_uom: unit.id,
			list_price: exactNumberOf('0'),
			...(await this.tradingValues(unit)),
			products: [
				[
					'create',
					[
						{
							suffix_code: code,
							...(gtin === undefined ? {} : { identifiers: [['create', [{ type: 'ean', code: gtin }]]] }),
						},
					],
				],
			],
		};
	}

	/** What the modules for sales and purchases want of a product, as far as they are there. */
	private async tradingValues(unit: TrytonUnit): Promise<Context> {
		const fields = z
			.record(z.string(), z.unknown())
			.parse(await this.session.call(`model.${templateModel}.fields_get`, [null]));
		const Category = z.object({ id: z.number().int() });
		const categories =
			'account_category' in fields
				? await this.session.search('product.category', Category, [['accounting', '=', true]], { limit: 2 })
				: [];
		const [category, second] = categories;
		return {
			...(category === undefined || second !== undefined ? {} : { account_category: category.id }),
			...('salable' in fields ? { salable: true, sale_uom: unit.id } : {}),
			...('purchasable' in fields ? { purchasable: true, purchase_uom: unit.id } : {}),
		};
	}

	private async unitWithCode(code: string, problems: string[]): Promise<TrytonUnit | undefined> {
		const [unit, second] = (await this.units.including([])).allWithCode(code);
		if (unit === undefined) problems.push(`baseUnit: there is no active unit with the code ${code}`);
		else if (second !== undefined) problems.push(`baseUnit: there are several units with the code ${code}`);
		return second === undefined ? unit : undefined;
	}

	/** Tryton converts units alike for all items: what an item says of them must be that. */
	private async checkUnits(
		{ units = [] }: Partial<Pick<Item, 'units'>>,
		base: TrytonUnit,
		problems: string[],
	): Promise<void> {
		const known = (await this.units.including([base.id])).convertibleTo(base.id);
		for (const [index, { unit, numerator, denominator }] of units.entries()) {
			const own = known.find((one) => one.unit === unit);
			const same =
				own !== undefined &&
				compare(
					scaleExactly(numerator, own.denominator, '1') ?? '0',
					scaleExactly(own.numerator, denominator, '1') ?? '0',
				) === 0;
			if (!same) {
				const has = own === undefined ? 'no such unit' : `${own.numerator}/${own.denominator}`;
				problems.push(
					`units.${index}: Tryton converts units alike for all items, and has ${has} for ${unit}`,
				);
			}
		}
	}

	private async differences(
		changes: Partial<ItemDraft>,
		{ product, identifier, record }: ProductRecord,
		problems: string[],
	): Promise<Context> {
		if (record instanceof Error) throw record;
		const {
			code = record.code,
			name = record.name,
			gtin = record.gtin,
			baseUnit = record.baseUnit,
		} = changes;
		if (code !== record.code) problems.push('code: the code of an item cannot change');
		if (baseUnit !== record.baseUnit) problems.push('baseUnit: the base unit of an item cannot change');
		const unit = await this.unitWithCode(record.baseUnit, problems);
		if (unit !== undefined && baseUnit === record.baseUnit) await this.checkUnits(changes, unit, problems);
		const renamed = name === record.name ? {} : { name };
		if (gtin === record.gtin) return renamed;
		const command =
			identifier === undefined
				? ['create', [{ type: 'ean', code: gtin }]]
				: ['write', [identifier], { code: gtin }];
		return { ...renamed, products: [['write', [product], { identifiers: [command] }]] };
	}
}
