import { compare } from '../../core/model/decimal';
import { ConflictError, NotFoundError, UnavailableError, ValidationError } from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpdateRequest,
	UpsertRequest,
} from '../../core/ports/systemConnector';
import {
	currencyWithCode,
	partyWithCode,
	resolveLines,
	type DraftLine,
	type ResolvedLine,
} from './draftLines';
import type { Items } from './items';
import { filledIn, keyedDocument, madeOnce } from './madeOnce';
import { inTurn } from './match/turns';
import type { OrderEntity, OrderKind } from './orderKinds';
import type { Orders, ReadOrder } from './orders';
import { outcomesOf } from './outcomes';
import { problemsOf } from './problems';
import type { Context, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { dayOf, exactNumberOf } from './values';

/** A draft of either kind; `expectedOn` is that of purchases. */
interface OrderDraft {
	number?: string | undefined;
	partner?: { code: string } | undefined;
	orderedAt?: string | undefined;
	expectedOn?: string | undefined;
	currency?: string | undefined;
	lines?: DraftLine[] | undefined;
}

interface ReadLine extends DraftLine {
	line: string;
}

/**
 * Makes and changes sales or purchases. The idempotency key stands in the order's reference, which is indexed and which people
 * see; the number that the order has at its origin in its description, since Tryton numbers orders itself. What is not
 * given (addresses, payment term, taxes, price) is what Tryton's own form would fill in.
 */
export class OrderWrites<E extends OrderEntity> {
	constructor(
		private readonly session: TrytonSession,
		private readonly orders: Orders<E>,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
	) {}

	private get kind(): OrderKind<E> {
		return this.orders.kind;
	}

	async create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft }) => await this.make(idempotencyKey, draft),
		);
	}

	async update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ key }) => key,
			async ({ key, changes, expectedVersion }) => await this.alter(key, changes, expectedVersion),
		);
	}

	async upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft, expectedVersion }) => {
				if (expectedVersion !== undefined) await this.expectThere(idempotencyKey);
				const { key } = await this.make(idempotencyKey, draft);
				return await this.alter(key, draft, expectedVersion);
			},
		);
	}

	private async each<R>(
		requests: R[],
		keyOf: (request: R) => string,
		work: (request: R) => Promise<Entities[E]>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const { entity } = this.kind;
		return await outcomesOf(entity, requests, { request: keyOf, record: ({ key }) => key }, work);
	}

	private async make(idempotencyKey: string, given: Drafts[E]): Promise<Entities[E]> {
		const draft = this.checked(given);
		const { model } = this.kind;
		const id = await madeOnce(this.session, {
			turn: `${model} key ${idempotencyKey}`,
			find: async () => await keyedDocument(this.session, model, ['reference', '=', idempotencyKey]),
			make: async () => {
				const values = await this.newValues(draft);
				await this.session.create(model, [{ ...values, reference: idempotencyKey }]);
			},
		});
		return expressed(await this.existing(String(id)));
	}

	private async newValues(draft: OrderDraft): Promise<Context> {
		const { session } = this;
		const { model, addresses } = this.kind;
		const problems: string[] = [];
		const party = await partyWithCode(session, draft.partner?.code, problems);
		const currency = await currencyWithCode(session, draft.currency, problems);
		const lines = await this.resolved(draft.lines ?? [], problems);
		this.refuseIf(problems);
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
		return { ...header, lines: [['create', await this.lineValues(lines, header)]] };
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

	private async resolved(lines: DraftLine[], problems: string[]): Promise<ResolvedLine[]> {
		const { session, items, units } = this;
		return await resolveLines(
			{ session, items, units },
			lines,
			{ allowedBy: this.kind.traded, stockedOnly: true },
			problems,
		);
	}

	/** Lines as Tryton takes them, with taxes and, where none is given, the price from its own form. */
	private async lineValues(lines: ResolvedLine[], header: Context): Promise<Context[]> {
		const { lineModel, parent, day } = this.kind;
		const company = await this.session.company();
		const values: Context[] = [];
		const problems: string[] = [];
		for (const [index, { product, unit, quantity, unitPrice }] of lines.entries()) {
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
			const price = unitPrice === undefined ? form.unit_price : exactNumberOf(unitPrice);
			if (price === undefined || price === null) {
				problems.push(`lines.${index}.unitPrice: it is missing, and the item has no price of its own`);
			}
			values.push({
				type: 'line',
				product,
				unit,
				quantity,
				unit_price: price,
				...(Array.isArray(form.taxes) ? { taxes: [['add', form.taxes]] } : {}),
			});
		}
		this.refuseIf(problems);
		return values;
	}

	private async alter(
		key: string,
		given: Partial<Drafts[E]>,
		expectedVersion: string | undefined,
	): Promise<Entities[E]> {
		const changes = this.checked(given, true);
		const { model, name } = this.kind;
		return await inTurn(`${this.session.address} ${model} ${key}`, async () => {
			const before = await this.existing(key);
			const order = expressed(before);
			expectVersion(this.session, this.kind, order, expectedVersion);
			const values = await this.differences(changes, before);
			if (Object.keys(values).length === 0) return order;
			if (before.state !== 'draft') {
				throw new ConflictError(
					`${titled(name)} ${order.number ?? key} of ${this.session.system} is ${before.state} in Tryton; only a draft can change.`,
					this.session.about({ hint: `Set the ${name} back to draft in Tryton, or amend it there.` }),
				);
			}
			try {
				await this.session.call(`model.${model}.write`, [[before.id], values], {
					_timestamp: before.timestamps,
				});
			} catch (error) {
				if (!(error instanceof UnavailableError) || !(await this.isDone(key, changes))) throw error;
			}
			return expressed(await this.existing(key));
		});
	}

	/** Whether the change went through although its answer did not come. */
	private async isDone(key: string, changes: OrderDraft): Promise<boolean> {
		try {
			return Object.keys(await this.differences(changes, await this.existing(key))).length === 0;
		} catch {
			return false;
		}
	}

	/** What is to be written so that the order reads as the changes say; nothing where it does already. */
	private async differences(changes: OrderDraft, read: ReadOrder<E>): Promise<Context> {
		const order = expressed(read) as Entities[OrderEntity] & OrderDraft;
		const problems: string[] = [];
		const { name } = this.kind;
		if (changes.partner !== undefined && changes.partner.code !== order.partner?.code) {
			problems.push(`partner.code: the party of a ${name} cannot change`);
		}
		if (changes.currency !== undefined && changes.currency !== order.currency) {
			problems.push(`currency: the currency of a ${name} cannot change`);
		}
		this.refuseIf(problems, `Cancel the ${name} and make another one.`);
		const { number, orderedAt, expectedOn, lines } = changes;
		const header = this.headerOf({
			...(number === read.originNumber || number === order.number ? {} : { number }),
			...(orderedAt === order.orderedAt || orderedAt?.slice(0, 10) === read.day ? {} : { orderedAt }),
			...(expectedOn === order.expectedOn ? {} : { expectedOn }),
		});
		const commands =
			lines === undefined ? [] : await this.lineCommands(lines, order.lines as ReadLine[], order.partner);
		return { ...header, ...(commands.length === 0 ? {} : { lines: commands }) };
	}

	/** Commands of Tryton for the lines that differ. A line without identifier is the first free one of its item, if any. */
	private async lineCommands(
		wanted: DraftLine[],
		present: ReadLine[],
		partner: { code: string } | undefined,
	): Promise<unknown[]> {
		const problems: string[] = [];
		const pairs = matched(wanted, present, problems);
		this.refuseIf(problems, 'Read the order again; a new line has no "line".');
		const different = pairs.filter(({ line, same }) => same === undefined || differs(line, same));
		const resolved = await this.resolved(
			different.map(({ line }) => line),
			problems,
		);
		const party = different.some(({ same }) => same === undefined)
			? await partyWithCode(this.session, partner?.code, problems)
			: undefined;
		this.refuseIf(problems);
		const commands: unknown[] = [];
		const made: ResolvedLine[] = [];
		for (const [index, { same }] of different.entries()) {
			const line = resolved[index] as ResolvedLine;
			if (same === undefined) made.push(line);
			else {
				const { product, unit, quantity, unitPrice } = line;
				const price = unitPrice === undefined ? {} : { unit_price: exactNumberOf(unitPrice) };
				commands.push(['write', [Number(same.line)], { product, unit, quantity, ...price }]);
			}
		}
		if (made.length > 0) commands.push(['create', await this.lineValues(made, { party })]);
		const kept = new Set(pairs.map(({ same }) => same?.line));
		const gone = present.filter(({ line }) => !kept.has(line)).map(({ line }) => Number(line));
		if (gone.length > 0) commands.push(['delete', gone]);
		return commands;
	}

	/** What nobody made yet has no revision that could be expected. */
	private async expectThere(idempotencyKey: string): Promise<void> {
		const { model, name } = this.kind;
		if ((await keyedDocument(this.session, model, ['reference', '=', idempotencyKey])) !== undefined) return;
		throw new ConflictError(
			`${this.session.system} has no ${name} that was made under the key "${idempotencyKey}".`,
			this.session.about({ hint: 'Leave the expected revision empty to make it.' }),
		);
	}

	private async existing(key: string): Promise<ReadOrder<E>> {
		const read = await this.orders.read(key);
		if (read !== undefined) return read;
		const { name } = this.kind;
		throw new NotFoundError(
			`${this.session.system} has no ${name} ${key}.`,
			this.session.about({ hint: 'Give the key, not the number.' }),
		);
	}

	private checked(given: Partial<Drafts[E]>, partial = false): OrderDraft {
		const { Draft } = this.kind;
		const parsed = (partial ? Draft.partial() : Draft).safeParse(given);
		if (parsed.success) return parsed.data as OrderDraft;
		throw this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]);
	}

	private refuseIf(problems: string[], hint?: string): void {
		if (problems.length > 0) throw this.refusal(problems, hint);
	}

	private refusal(problems: string[], hint = 'Correct the record and send it again.'): ValidationError {
		return new ValidationError(
			`${this.session.system} cannot take this ${this.kind.name}: ${problems.join('; ')}.`,
			this.session.about({ hint }),
		);
	}
}

interface LinePair {
	line: DraftLine;
	same?: ReadLine;
}

function matched(wanted: DraftLine[], present: ReadLine[], problems: string[]): LinePair[] {
	const named = new Set(wanted.map(({ line }) => line));
	const free = present.filter(({ line }) => !named.has(line));
	return wanted.map((line, index) => {
		if (line.line !== undefined) {
			const same = present.find((one) => one.line === line.line);
			if (same === undefined) problems.push(`lines.${index}.line: there is no line "${line.line}"`);
			return { line, ...(same === undefined ? {} : { same }) };
		}
		const at = free.findIndex(({ item }) => item.code === line.item.code);
		const [same] = at < 0 ? [] : free.splice(at, 1);
		return { line, ...(same === undefined ? {} : { same }) };
	});
}

function differs(line: DraftLine, same: ReadLine): boolean {
	return (
		line.item.code !== same.item.code ||
		line.unit !== same.unit ||
		compare(line.quantity, same.quantity) !== 0 ||
		(line.unitPrice !== undefined && compare(line.unitPrice, same.unitPrice ?? '0') !== 0)
	);
}

/** The canonical order, or the reason why it is none. */
export function expressed<E extends OrderEntity>({ order }: ReadOrder<E>): Entities[E] {
	if (order instanceof ValidationError) throw order;
	return order;
}

/** Refuses what was decided on an older state of the order. */
export function expectVersion<E extends OrderEntity>(
	session: TrytonSession,
	{ name, entity }: OrderKind<E>,
	{ key, number, revision }: Entities[OrderEntity],
	expected: string | undefined,
): void {
	if (expected === undefined || expected === revision) return;
	throw new ConflictError(
		`${titled(name)} ${number ?? key} of ${session.system} is at revision ${revision}, not ${expected}.`,
		session.about({
			entity,
			key,
			hint: 'Read it again and repeat the change on what it now is.',
		}),
	);
}

export function titled(name: string): string {
	return name.charAt(0).toUpperCase() + name.slice(1);
}
