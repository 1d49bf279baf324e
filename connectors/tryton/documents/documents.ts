import { z } from 'zod/v4';

import type { Decimal } from '../../../core/model/decimal';
import { BridgeError, ConflictError, NotFoundError } from '../../../core/ports/errors';
import type {
	ActRequest,
	ChangeCursor,
	ChangePage,
	ListQuery,
	Outcome,
} from '../../../core/ports/systemConnector';
import { captureChanges } from '../changeCapture';
import { changedAfter, contains, startsWith } from '../criteria';
import { naming } from '../naming';
import type { Context, Domain, TrytonSession } from '../session';
import type { UnitCatalogue } from '../unitCatalogue';
import { happenedAt, Instant, lastChange, microsecondsOf, quantityOf, Day } from '../values';
import type { WarehouseSite } from '../warehouseSite';

export const moveModel = 'stock.move';

/** What the records of one kind share in canonical form. */
export interface CanonicalDocument {
	key: string;
	number?: string | undefined;
	state: string;
	revision?: string | undefined;
}

/** A document as Tryton keeps it, with the moves that take the goods over the warehouse's threshold. */
export interface TrytonDocument {
	id: number;
	number: string | null;
	reference: string | null;
	state: string;
	/** when goods left or came; absent while they have not */
	happenedAt?: string;
	changedAt: Instant;
	/** Tryton's own mark of the version of its row */
	timestamp: string;
	lines: Array<{ line: string; item: string; quantity: Decimal }>;
}

/** How one of Tryton's kinds of shipment becomes a canonical document. */
export interface DocumentKind<T extends CanonicalDocument> {
	entity: 'shipment' | 'receipt';
	/** as people call it */
	name: string;
	model: 'stock.shipment.out' | 'stock.shipment.in';
	/** the moves to the customer, or from the supplier */
	moves: 'outgoing_moves' | 'incoming_moves';
	/** Tryton's states by canonical state */
	states: Record<string, string[]>;
	/** the domain of those that this warehouse serves beside its own number */
	canonical(document: TrytonDocument): T;
	/** the states in which a document stays when an action is repeated */
	steps: Record<string, DocumentStep>;
}

/** The buttons of one action, in turn, by the state in which a document is found. */
export interface DocumentStep {
	/** where it leads; a document that is there already stays as it is */
	reached: string;
	buttons: Record<string, string[]>;
	/** why a document in another state cannot take part, and what to do */
	refusal(state: string): { problem: string; hint: string };
}

/** Loose for the list of the moves that cross, whose name depends on the kind. */
const Row = z.looseObject({
	id: z.number().int(),
	number: z.string().nullable(),
	reference: z.string().nullable(),
	state: z.string(),
	effective_date: Day.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string(),
});

const MoveRow = z.object({
	id: z.number().int(),
	shipment: z.string(),
	product: z.number().int(),
	state: z.string(),
	internal_quantity: z.number(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'product.': z.object({
		code: z.string().nullable(),
		'template.': z.object({ default_uom: z.number().int() }),
	}),
});

const defaultPageSize = 100;

/** One kind of document of one warehouse; the key is its number in the database. Read in a handful of calls a page. */
export class Documents<T extends CanonicalDocument> {
	constructor(
		readonly kind: DocumentKind<T>,
		private readonly session: TrytonSession,
		private readonly units: UnitCatalogue,
		private readonly site: () => Promise<WarehouseSite>,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, T>> {
		const ids = keys.filter((key) => /^[1-9]\d{0,8}$/.test(key)).map(Number);
		return new Map(
			(await this.withIds(ids)).map((document) => [String(document.id), this.kind.canonical(document)]),
		);
	}

	async *list(query: ListQuery = {}): AsyncGenerator<T[]> {
		const { pageSize = defaultPageSize, search, state, changedSince } = query;
		const { model, states } = this.kind;
		const domain: Domain = [['warehouse', '=', (await this.site()).warehouse]];
		if (changedSince !== undefined) {
			domain.push(['OR', changedAfter(changedSince), ['moves', 'where', changedAfter(changedSince)]]);
		}
		if (state !== undefined) domain.push(['state', 'in', states[state] ?? []]);
		if (search !== undefined) domain.push(['OR', contains('number', search), contains('reference', search)]);
		for (let last = 0; ; ) {
			const rows = await this.session.search(model, Row, [['id', '>', last], ...domain], {
				related: [this.kind.moves],
				order: [['id', 'ASC']],
				limit: pageSize,
			});
			if (rows.length > 0) yield (await this.complete(rows)).map((document) => this.kind.canonical(document));
			const final = rows.at(-1);
			if (final === undefined || rows.length < pageSize) return;
			last = final.id;
		}
	}

	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<T>> {
		const { model } = this.kind;
		const { warehouse } = await this.site();
		yield* captureChanges<T>(
			{
				session: this.session,
				sources: [
					{ mark: 's', model, owner: 'id', domain: [['warehouse', '=', warehouse]] },
					{ mark: 'm', model: moveModel, owner: 'shipment', domain: [startsWith('shipment', `${model},`)] },
				],
				read: async (ids) =>
					(await this.withIds(ids)).map((document) => ({
						id: document.id,
						change: {
							key: String(document.id),
							changedAt: document.changedAt,
							version: microsecondsOf(document.changedAt),
							record: this.kind.canonical(document),
						},
					})),
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	/** Carries an action out on each, one after the other; one that fails takes no neighbour with it. */
	async act(action: string, requests: Array<ActRequest<unknown>>): Promise<Array<Outcome<T>>> {
		const outcomes: Array<Outcome<T>> = [];
		for (const request of requests) {
			try {
				outcomes.push({ key: request.key, value: await this.actOnOne(action, request) });
			} catch (error) {
				outcomes.push({ key: request.key, error: bridgeErrorOf(this.kind.entity, error) });
			}
		}
		return outcomes;
	}

	async withIds(ids: number[]): Promise<TrytonDocument[]> {
		return this.complete(await this.rows('id', ids));
	}

	/** Those whose reference is one of these. */
	async withReferences(references: string[]): Promise<TrytonDocument[]> {
		return this.complete(await this.rows('reference', references));
	}

	/** Presses a button on one document, unless it changed since it was read. */
	async press(button: string, document: TrytonDocument): Promise<void> {
		await this.session.call(`model.${this.kind.model}.${button}`, [[document.id]], this.unchanged(document));
	}

	/**
	 * Presses what leads to the action's end, and reads back where that led: Tryton answers a button that it ignores like one
	 * that worked.
	 */
	private async actOnOne(action: string, { key, expectedVersion }: ActRequest<unknown>): Promise<T> {
		const { entity, name, steps, canonical } = this.kind;
		const step = steps[action];
		if (step === undefined) throw new Error(`no step "${action}" of ${entity}`);
		const read = async (): Promise<TrytonDocument> => {
			const [document] = /^[1-9]\d{0,8}$/.test(key) ? await this.withIds([Number(key)]) : [];
			if (document !== undefined) return document;
			throw new NotFoundError(
				`${this.session.system} has no ${name} "${key}" in this warehouse.`,
				this.session.about({ entity, key, hint: 'Pick it from the list, or give its key, not its number.' }),
			);
		};
		const refused = (problem: string, hint: string) =>
			new ConflictError(
				`The ${name} "${key}" in ${this.session.system} ${problem}. ${hint}`,
				this.session.about({ entity, key, hint }),
			);
		const before = await read();
		if (expectedVersion !== undefined && expectedVersion !== before.changedAt) {
			throw refused('changed since it was read', 'Read it again and repeat the change on what it now is.');
		}
		if (before.state === step.reached) return canonical(before);
		const buttons = step.buttons[before.state];
		if (buttons === undefined) {
			const { problem, hint } = step.refusal(before.state);
			throw refused(problem, hint);
		}
		for (const [index, button] of buttons.entries()) {
			if (index === 0) await this.press(button, before);
			else await this.session.press(this.kind.model, button, [before.id]);
		}
		const after = await read();
		if (after.state !== step.reached) {
			throw refused(
				`is ${after.state} and did not become ${step.reached}`,
				'The warehouse is working on it: look at it in Tryton, then repeat.',
			);
		}
		return canonical(after);
	}

	/** Tryton refuses to write a row that is no longer in the version that was read. */
	private unchanged({ id, timestamp }: TrytonDocument): Context {
		return { _timestamp: { [`${this.kind.model},${id}`]: timestamp } };
	}

	private async rows(field: string, values: unknown[]): Promise<Array<z.infer<typeof Row>>> {
		const { warehouse } = await this.site();
		return this.session.searchIn(this.kind.model, Row, field, values, [['warehouse', '=', warehouse]], {
			related: [this.kind.moves],
			order: [['id', 'ASC']],
		});
	}

	private async complete(rows: Array<z.infer<typeof Row>>): Promise<TrytonDocument[]> {
		const resource = (id: number) => `${this.kind.model},${id}`;
		const moves = await this.session.searchIn(
			moveModel,
			MoveRow,
			'shipment',
			rows.map(({ id }) => resource(id)),
			[],
			{ related: ['product.code', 'product.template.default_uom'], order: [['id', 'ASC']] },
		);
		const units = await this.units.including(
			moves.map(({ 'product.': product }) => product['template.'].default_uom),
		);
		const movesOf = Map.groupBy(moves, ({ shipment }) => shipment);
		return rows.map((row): TrytonDocument => {
			const own = movesOf.get(resource(row.id)) ?? [];
			const crossing = new Set(z.array(z.number()).parse(row[this.kind.moves]));
			// Picking a part leaves moves of nothing behind, until the shipment is packed.
			const lines = own.filter(
				({ id, state, internal_quantity }) =>
					crossing.has(id) && internal_quantity > 0 && (row.state === 'cancelled' || state !== 'cancelled'),
			);
			const done = lines.filter(({ state }) => state === 'done');
			return {
				id: row.id,
				number: row.number,
				reference: row.reference,
				state: row.state,
				...(done.length === 0
					? {}
					: { happenedAt: happenedAt(row.effective_date, done.map(lastChange).sort().at(-1) ?? '') }),
				changedAt: [row, ...own].map(lastChange).sort().at(-1) ?? '',
				timestamp: row._timestamp,
				lines: lines.map(
					({ id, product, internal_quantity, 'product.': { code, 'template.': template } }) => ({
						line: String(id),
						item: code || String(product),
						quantity: quantityOf(internal_quantity, units.get(template.default_uom)?.digits ?? 0),
					}),
				),
			};
		});
	}
}

/** An error of the border, naming the entity; anything else is a defect and goes on up. */
export function bridgeErrorOf(entity: string, error: unknown): BridgeError {
	const known = naming(entity, error);
	if (known instanceof BridgeError) return known;
	throw error;
}
