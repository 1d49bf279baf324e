import { isZero } from '../../core/model/decimal';
import type { Entities } from '../../core/ports/systemConnector';
import { expressed } from './documentReading';
import type { WrittenDocument } from './documentWrites';
import {
	currencyWithCode,
	partyWithCode,
	resolveLines,
	type DraftLine,
	type ResolvedLine,
} from './draftLines';
import type { Items } from './items';
import { lineChanges, type PresentLine } from './lineChanges';
import { addedTo, filledIn } from './madeOnce';
import type { OrderEntity, OrderKind } from './orderKinds';
import type { Orders, ReadOrder } from './orders';
import type { Context, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { dayOf, ExactNumber, exactNumberOf } from './values';

/** A draft of either kind; `expectedOn` is that of purchases. */
interface OrderDraft {
	number?: string | undefined;
	partner?: { code: string } | undefined;
	orderedAt?: string | undefined;
	expectedOn?: string | undefined;
	currency?: string | undefined;
	lines?: DraftLine[] | undefined;
}

/** What sales or purchases are made of in Tryton. */
export class OrderValues<E extends OrderEntity> {
	constructor(
		private readonly session: TrytonSession,
		private readonly orders: Orders<E>,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
	) {}

	written(): WrittenDocument<E, ReadOrder<E>> {
		const { entity, name, model, Draft } = this.kind;
		return {
			entity,
			name,
			model,
			Draft,
			read: (key) => this.orders.read(key),
			newValues: (draft, problems) => this.newValues(draft as OrderDraft, problems),
			differences: (changes, present, problems) => this.differences(changes as OrderDraft, present, problems),
		};
	}

	private get kind(): OrderKind<E> {
		return this.orders.kind;
	}

	private async newValues(draft: OrderDraft, problems: string[]): Promise<Context> {
		const { session } = this;
		const { model, addresses } = this.kind;
		const party = await partyWithCode(session, draft.partner?.code, problems);
		const currency = await currencyWithCode(session, draft.currency, problems);
		const lines = await this.resolved(draft.lines ?? [], problems);
		if (problems.length > 0) return {};
		const company = await session.company();
		const form = await filledIn(
			session,
			model,
			{
				...Object.fromEntries(this.kind.otherParties.map((field) => [field, null])),
				payment_term: null,
				party,
				company,
				lines: [],
			},
			['party'],
		);
		const taken = [...addresses, 'payment_term', 'currency', 'invoice_method'].filter(
			(field) => form[field] !== undefined && form[field] !== null,
		);
		const header: Context = {
			...Object.fromEntries(taken.map((field) => [field, form[field]])),
			...this.headerOf(draft),
			...currency,
			party,
		};
		return { ...header, lines: [['create', await this.lineValues(lines, header, problems)]] };
	}

	/** Those of the header's fields that are given. */
	private headerOf({ number, orderedAt, expectedOn }: OrderDraft): Context {
		const { day, due } = this.kind;
		return {
			...(number === undefined ? {} : { description: number }),
			...(orderedAt === undefined ? {} : { [day]: dayOf(orderedAt.slice(0, 10)) }),
			...(expectedOn === undefined || due === undefined ? {} : { [due]: dayOf(expectedOn) }),
		};
	}

	private async resolved(lines: DraftLine[], problems: string[], places?: number[]): Promise<ResolvedLine[]> {
		const { session, items, units } = this;
		return await resolveLines(
			{ session, items, units },
			lines,
			{ allowedBy: this.kind.traded, stockedOnly: true },
			problems,
			places,
		);
	}

	/** Lines as Tryton takes them, with taxes and, where none is given, the price from its own form. */
	private async lineValues(lines: ResolvedLine[], header: Context, problems: string[]): Promise<Context[]> {
		const { lineModel, parent, day } = this.kind;
		const company = await this.session.company();
		const values: Context[] = [];
		for (const { index, product, unit, quantity, unitPrice } of lines) {
			const form = await filledIn(
				this.session,
				lineModel,
				{
					product,
					unit,
					quantity,
					company,
					taxes: [],
					...(parent === 'purchase' ? { product_supplier: null } : {}),
					[`_parent_${parent}.party`]: header.party,
					[`_parent_${parent}.invoice_party`]: null,
					[`_parent_${parent}.currency`]: header.currency ?? null,
					[`_parent_${parent}.${day}`]: header[day] ?? null,
				},
				['product'],
			);
			const price = unitPrice === undefined ? givenPrice(form.unit_price) : exactNumberOf(unitPrice);
			if (price === undefined) {
				problems.push(`lines.${index}.unitPrice: it is missing, and the item has no price of its own`);
			}
			values.push({
				type: 'line',
				product,
				unit,
				quantity,
				unit_price: price,
				taxes: [['add', addedTo(form.taxes)]],
			});
		}
		return values;
	}

	private async differences(
		changes: OrderDraft,
		present: ReadOrder<E>,
		problems: string[],
	): Promise<Context> {
		const order = expressed(present) as Entities[OrderEntity] & OrderDraft;
		const { name } = this.kind;
		const fixed = `of a ${name} cannot change; cancel it and make another one`;
		if (changes.partner !== undefined && changes.partner.code !== order.partner?.code) {
			problems.push(`partner.code: the party ${fixed}`);
		}
		if (changes.currency !== undefined && changes.currency !== order.currency) {
			problems.push(`currency: the currency ${fixed}`);
		}
		const { number, orderedAt, expectedOn, lines } = changes;
		const header = this.headerOf({
			...(number === present.originNumber || number === order.number ? {} : { number }),
			...(orderedAt === order.orderedAt || orderedAt?.slice(0, 10) === present.day ? {} : { orderedAt }),
			...(expectedOn === order.expectedOn ? {} : { expectedOn }),
		});
		const commands =
			lines === undefined ? [] : await this.lineCommands(lines, order.lines, order.partner, problems);
		return { ...header, ...(commands.length === 0 ? {} : { lines: commands }) };
	}

	/** Commands of Tryton for the lines that differ. */
	private async lineCommands(
		wanted: DraftLine[],
		present: PresentLine[],
		partner: { code: string } | undefined,
		problems: string[],
	): Promise<unknown[]> {
		const { different, gone } = lineChanges(wanted, present, problems);
		const resolved = await this.resolved(
			different.map(({ line }) => line),
			problems,
			different.map(({ index }) => index),
		);
		const isNew = different.some(({ same }) => same === undefined);
		const party = isNew ? await partyWithCode(this.session, partner?.code, problems) : undefined;
		if (problems.length > 0) return [];
		const commands: unknown[] = [];
		const made: ResolvedLine[] = [];
		for (const [place, { same }] of different.entries()) {
			const line = resolved[place] as ResolvedLine;
			if (same === undefined) made.push(line);
			else {
				const { product, unit, quantity, unitPrice } = line;
				const price = unitPrice === undefined ? {} : { unit_price: exactNumberOf(unitPrice) };
				commands.push(['write', [Number(same.line)], { product, unit, quantity, ...price }]);
			}
		}
		if (made.length > 0) commands.push(['create', await this.lineValues(made, { party }, problems)]);
		if (gone.length > 0) commands.push(['delete', gone]);
		return commands;
	}
}

/** The price on Tryton's form. Zero is what stands there for an item that nobody priced. */
function givenPrice(price: unknown): unknown {
	const { data: exact } = ExactNumber.safeParse(price);
	return exact === undefined || isZero(exact) ? undefined : price;
}
