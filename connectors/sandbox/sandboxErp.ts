import { z } from 'zod/v4';

import type { Item } from '../../core/model/item';
import { SalesOrder } from '../../core/model/salesOrder';
import { ValidationError, type BridgeError } from '../../core/ports/errors';
import type {
	ActRequest,
	Actions,
	ActionName,
	Capabilities,
	Change,
	ChangeCursor,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	SystemConnector,
} from '../../core/ports/systemConnector';
import { problems } from '../../core/model/problems';
import { walkChanges } from './changeFeed';
import { SandboxService, chunksOf, type SandboxOptions } from './service';

/** Records that the service returns in one call. */
const largestPage = 1_000;

const Order = z.object({
	id: z.string(),
	number: z.string(),
	status: z.string(),
	customer: z.object({ code: z.string(), name: z.string() }),
	orderedAt: z.string(),
	currency: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
	lines: z.array(
		z.object({
			id: z.string(),
			item: z.string(),
			gtin: z.string(),
			name: z.string(),
			quantity: z.string(),
			unit: z.string(),
			pieces: z.string().optional(),
			price: z.string(),
		}),
	),
});
type Order = z.infer<typeof Order>;
const Orders = z.object({ orders: z.array(Order) });

const ErpItem = z.object({
	code: z.string(),
	gtin: z.string(),
	names: z.object({ en: z.string() }),
	baseUnit: z.string(),
	conversions: z.array(z.object({ unit: z.string(), pieces: z.number().int().positive() })),
});
const ErpItems = z.object({ items: z.array(ErpItem) });

/** The sandbox's ERP: sales orders and items. It pushes changes over MQTT by itself. */
export class SandboxErp implements SystemConnector {
	readonly system: string;
	private readonly service: SandboxService;

	constructor(options: SandboxOptions) {
		this.system = options.system ?? 'sandbox-erp';
		this.service = new SandboxService(this.system, options);
	}

	capabilities(): Capabilities {
		return {
			entities: {
				salesOrder: { read: true, changes: true, actions: [] },
				item: { read: true, changes: false, actions: [] },
			},
			bulkSize: 1,
			pushesChanges: true,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		const found = new Map<string, SalesOrder | Item>();
		for (const chunk of chunksOf([...new Set(keys)], largestPage)) {
			if (entity === 'salesOrder') {
				const { orders } = await this.service.call(
					Orders,
					{ method: 'POST', path: '/api/orders/search', body: { ids: chunk } },
					{ entity },
				);
				for (const order of orders) found.set(order.id, this.expressed(order));
			} else if (entity === 'item') {
				const { items } = await this.service.call(
					ErpItems,
					{ method: 'POST', path: '/api/items/search', body: { codes: chunk } },
					{ entity },
				);
				for (const item of items) found.set(item.code, itemOf(item));
			} else {
				throw this.unserved(entity);
			}
		}
		return found as Map<string, Entities[E]>;
	}

	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		if (entity === 'item' && query.gtins) {
			for (const gtins of chunksOf(query.gtins, largestPage)) {
				const { items } = await this.service.call(
					ErpItems,
					{ method: 'POST', path: '/api/items/search', body: { gtins } },
					{ entity },
				);
				if (items.length > 0) yield items.map(itemOf) as Array<Entities[E]>;
			}
			return;
		}
		const limit = Math.min(query.pageSize ?? 200, largestPage);
		let after = '';
		for (;;) {
			const page = await this.page(entity, after, limit, query);
			const last = page.at(-1);
			if (last) yield page.map(({ record }) => record) as Array<Entities[E]>;
			if (!last || page.length < limit) return;
			after = last.key;
		}
	}

	async *changes<E extends EntityName>(
		entity: E,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Entities[E]>> {
		if (entity !== 'salesOrder') throw this.unserved(entity, 'changes of ');
		const pages = walkChanges<SalesOrder>(
			cursor,
			500,
			async (after, limit) => {
				const { orders } = await this.service.call(
					Orders,
					{ method: 'GET', path: '/api/orders/changes', query: { ...after, limit } },
					{ entity },
				);
				return orders.map((order) => this.changeOf(order));
			},
			this.system,
		);
		yield* pages as AsyncIterable<ChangePage<Entities[E]>>;
	}

	act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		_requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		return Promise.reject(this.unserved(entity, `${String(action)} on `));
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		if (entity === 'salesOrder') return this.service.fields('order', ['orderLine']);
		if (entity === 'item') return this.service.fields('item');
		throw this.unserved(entity);
	}

	async check(): Promise<void> {
		await this.service.description();
	}

	private async page(
		entity: EntityName,
		after: string,
		limit: number,
		{ search = '', changedSince }: ListQuery,
	): Promise<Array<{ key: string; record: SalesOrder | Item }>> {
		const query = { after, limit, search };
		if (entity === 'salesOrder') {
			const { orders } = await this.service.call(
				Orders,
				{
					method: 'GET',
					path: '/api/orders',
					query: changedSince === undefined ? query : { ...query, changedSince },
				},
				{ entity },
			);
			return orders.map((order) => ({ key: order.id, record: this.expressed(order) }));
		}
		if (entity === 'item') {
			const { items } = await this.service.call(
				ErpItems,
				{ method: 'GET', path: '/api/items', query },
				{ entity },
			);
			return items.map((item) => ({ key: item.code, record: itemOf(item) }));
		}
		throw this.unserved(entity);
	}

	private changeOf(order: Order): Change<SalesOrder> & { version: number } {
		const change = { key: order.id, changedAt: order.changedAt, version: order.version };
		const record = this.canonical(order);
		return 'problem' in record ? { ...change, problem: record.problem } : { ...change, record: record.order };
	}

	private expressed(order: Order): SalesOrder {
		const result = this.canonical(order);
		if ('problem' in result) throw result.problem;
		return result.order;
	}

	private canonical(order: Order): { order: SalesOrder } | { problem: BridgeError } {
		const result = SalesOrder.safeParse({
			key: order.id,
			number: order.number,
			state: order.status,
			revision: String(order.version),
			partner: order.customer,
			orderedAt: order.orderedAt,
			currency: order.currency,
			lines: order.lines.map(({ id, item, gtin, name, quantity, unit, pieces, price }) => ({
				line: id,
				item: { code: item, gtin, name },
				quantity,
				unit,
				...(pieces === undefined ? {} : { baseQuantity: { quantity: pieces, unit: 'H87' } }),
				unitPrice: price,
			})),
		});
		if (result.success) return { order: result.data };
		return {
			problem: new ValidationError(
				`Order "${order.id}" of ${this.system} cannot be read: ${problems(result.error)}`,
				{ system: this.system, entity: 'salesOrder', key: order.id, hint: 'Correct the order in the ERP.' },
			),
		};
	}

	private unserved(entity: string, what = ''): ValidationError {
		return new ValidationError(`${this.system} does not serve ${what}${entity}.`, {
			system: this.system,
			entity,
			hint: 'It serves sales orders with their changes, and items.',
		});
	}
}

function itemOf({ code, gtin, names, baseUnit, conversions }: z.infer<typeof ErpItem>): Item {
	return {
		code,
		gtin,
		name: names.en,
		baseUnit,
		units: conversions.map(({ unit, pieces }) => ({ unit, numerator: String(pieces), denominator: '1' })),
	};
}
