import { Agent } from 'node:http';

import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod/v4';

import { ErpItem, ErpOrder, type NewErpItem, type NewOrder, type OrderPatch } from '../company/erp/model';
import { WmsItem, WmsReservation, WmsStock, type NewWmsItem } from '../company/wms/model';

/** Where the two services of a sandbox company answer. */
export interface ServiceAddresses {
	erpUrl: string;
	wmsUrl: string;
	apiKey: string;
}

const Movement = z.object({
	id: z.number(),
	order: z.string(),
	sku: z.string(),
	delta: z.string(),
	sequence: z.number(),
	cause: z.enum(['match', 'fill', 'shortage']),
	at: z.iso.datetime(),
});
export type Movement = z.infer<typeof Movement>;

export interface ReservationCursor {
	changedAt: string;
	id: string;
}

const page = 1_000;
const OrderResult = z.union([
	z.object({ order: ErpOrder }),
	z.object({ error: z.object({ message: z.string() }) }),
]);

/** The sandbox's ERP and WMS over HTTP, as an integrator's own program would use them. */
export class Services {
	private readonly http: AxiosInstance;
	private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

	constructor(private readonly addresses: ServiceAddresses) {
		this.http = axios.create({
			headers: { 'x-api-key': addresses.apiKey },
			httpAgent: this.agent,
			proxy: false,
			timeout: 60_000,
			validateStatus: () => true,
		});
	}

	close(): void {
		this.agent.destroy();
	}

	/** Throws unless both addresses are those of a running sandbox. */
	async refuseOthers(): Promise<void> {
		const About = z.object({ system: z.string() });
		for (const [side, expected] of [
			['erp', 'sandbox-erp'],
			['wms', 'sandbox-wms'],
		] as const) {
			const { system } = await this.call(side, 'GET', '/api', undefined, About);
			if (system !== expected)
				throw new Error(
					`${this.urlOf(side)} is ${system}, not ${expected}; nothing was written. Give the address of the sandbox that npm start runs.`,
				);
		}
	}

	// Items and stock

	async erpItems(codes: string[]): Promise<ErpItem[]> {
		return await this.search('erp', '/api/items/search', 'codes', codes, 'items', ErpItem);
	}

	async wmsItems(gtins: string[]): Promise<WmsItem[]> {
		return await this.search('wms', '/api/items/search', 'gtins', gtins, 'items', WmsItem);
	}

	async stock(skus: string[]): Promise<Array<z.infer<typeof WmsStock>>> {
		return await this.search('wms', '/api/stock/search', 'skus', skus, 'stock', WmsStock);
	}

	async putErpItems(items: NewErpItem[]): Promise<void> {
		for (const some of inPages(items))
			await this.call('erp', 'POST', '/api/items/bulk', { items: some }, z.unknown());
	}

	async putWmsItems(items: NewWmsItem[]): Promise<void> {
		for (const some of inPages(items))
			await this.call('wms', 'POST', '/api/items/bulk', { items: some }, z.unknown());
	}

	async receiveGoods(adjustments: Array<{ sku: string; delta: string }>): Promise<void> {
		for (const some of inPages(adjustments))
			await this.call('wms', 'POST', '/api/stock/adjust', { adjustments: some }, z.unknown());
	}

	// Orders

	async createOrder(order: NewOrder): Promise<ErpOrder> {
		return await this.call('erp', 'POST', '/api/orders', order, ErpOrder);
	}

	async patchOrder(id: string, patch: OrderPatch): Promise<ErpOrder> {
		return await this.call('erp', 'PATCH', `/api/orders/${encodeURIComponent(id)}`, patch, ErpOrder);
	}

	/** One commit for all. */
	async createOrders(orders: NewOrder[]): Promise<ErpOrder[]> {
		return await this.bulk('POST', { orders });
	}

	/** One commit for all. */
	async patchOrders(patches: Array<{ id: string; patch: OrderPatch }>): Promise<ErpOrder[]> {
		return await this.bulk('PATCH', { patches });
	}

	async orders(ids: string[]): Promise<ErpOrder[]> {
		return await this.search('erp', '/api/orders/search', 'ids', ids, 'orders', ErpOrder);
	}

	// Reservations

	async reservations(orders: string[]): Promise<WmsReservation[]> {
		const path = '/api/reservations/search';
		return await this.search('wms', path, 'orders', orders, 'reservations', WmsReservation);
	}

	/** Reservations changed after the cursor, oldest change first, at most 1,000. */
	async reservationChanges(after: ReservationCursor | undefined): Promise<WmsReservation[]> {
		const query = new URLSearchParams({ limit: String(page), ...after });
		const path = `/api/reservations/changes?${query.toString()}`;
		const Changes = z.object({ reservations: z.array(WmsReservation) });
		return (await this.call('wms', 'GET', path, undefined, Changes)).reservations;
	}

	/** The log of what was reserved and released, in pages of 1,000. */
	async *movements(after: number): AsyncGenerator<Movement[]> {
		const Movements = z.object({ movements: z.array(Movement) });
		for (let last = after; ; ) {
			const path = `/api/movements?after=${last}&limit=${page}`;
			const { movements } = await this.call('wms', 'GET', path, undefined, Movements);
			if (movements.length > 0) yield movements;
			if (movements.length < page) return;
			last = movements.at(-1)?.id ?? last;
		}
	}

	/** The number of the newest movement so far. */
	async lastMovement(): Promise<number> {
		let last = 0;
		for await (const some of this.movements(0)) last = some.at(-1)?.id ?? last;
		return last;
	}

	private async bulk(method: 'POST' | 'PATCH', body: object): Promise<ErpOrder[]> {
		const Results = z.object({ results: z.array(OrderResult) });
		const { results } = await this.call('erp', method, '/api/orders/bulk', body, Results);
		return results.map((result, index) => {
			if ('order' in result) return result.order;
			throw new Error(
				`The ERP refused record ${index} of ${method} /api/orders/bulk: ${result.error.message}`,
			);
		});
	}

	private async search<T>(
		side: 'erp' | 'wms',
		path: string,
		asked: string,
		keys: string[],
		answered: string,
		schema: z.ZodType<T>,
	): Promise<T[]> {
		const found: T[] = [];
		for (const some of inPages(keys)) {
			const Found = z.record(z.string(), z.array(schema));
			const answer = await this.call(side, 'POST', path, { [asked]: some }, Found);
			found.push(...(answer[answered] ?? []));
		}
		return found;
	}

	private async call<T>(
		side: 'erp' | 'wms',
		method: 'GET' | 'POST' | 'PATCH',
		path: string,
		body: unknown,
		schema: z.ZodType<T>,
	): Promise<T> {
		const url = this.urlOf(side) + path;
		const answer = await this.http.request<unknown>({ method, url, data: body }).catch((error: unknown) => {
			const reason = axios.isAxiosError(error) ? (error.code ?? error.message) : String(error);
			throw new Error(
				`${method} ${url} got no answer (${reason}). Check that the sandbox is running and that the address is right.`,
			);
		});
		if (answer.status >= 300)
			throw new Error(`${method} ${url} was answered with ${answer.status}: ${reasonIn(answer.data)}`);
		return schema.parse(answer.data);
	}

	private urlOf(side: 'erp' | 'wms'): string {
		return side === 'erp' ? this.addresses.erpUrl : this.addresses.wmsUrl;
	}
}

export function* inPages<T>(list: T[], size = page): Generator<T[]> {
	for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}

function reasonIn(answer: unknown): string {
	const Refusal = z.object({ error: z.object({ message: z.string() }) });
	const refusal = Refusal.safeParse(answer);
	return refusal.success ? refusal.data.error.message : JSON.stringify(answer);
}
