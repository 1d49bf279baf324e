import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { connectAsync, type MqttClient } from 'mqtt';

import { type Company, startCompany } from '../../../sandbox/company/company';
import type { CompanyOptions } from '../../../sandbox/company/options';
import { spawnBroker } from '../../../sandbox/company/spawnCompany';
import type { WorkflowTemplate } from '../../../sandbox/n8n/api';
import { credentialsFor } from '../../../sandbox/n8n/credentials';
import type { N8nHost } from './host';
import { InboxView } from './inboxView';
import { until } from './until';

export const apiKey = 'a-key-for-tests';

export interface PathOptions {
	/** an MQTT broker that the test has started; the embedded one, in a process of its own, when left out */
	brokerUrl?: string;
	/** where n8n finds the WMS, when that is not where the company has it */
	wmsLine?: (wmsUrl: string) => Promise<string>;
	company?: Partial<CompanyOptions>;
	/** file under workflows/; imported as it stands and published */
	template?: string;
}

/** A sandbox company, a broker and an n8n joined by a published template. The company starts empty. */
export class OrderPath {
	readonly inbox: InboxView;
	private readonly closing: Array<() => Promise<unknown>> = [];

	private constructor(
		readonly host: N8nHost,
		readonly company: Company,
		readonly workflow: string,
	) {
		this.inbox = new InboxView(host.folder);
	}

	static async start(host: N8nHost, options: PathOptions = {}): Promise<OrderPath> {
		const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
		const broker = options.brokerUrl === undefined ? await spawnBroker() : undefined;
		const company = await startCompany({
			folder,
			apiKey,
			seed: false,
			page: false,
			broker: { url: options.brokerUrl ?? broker?.url ?? '' },
			...options.company,
			wms: { publish: false, ...options.company?.wms },
		});
		const { addresses } = company;
		const wms = (await options.wmsLine?.(addresses.wms)) ?? addresses.wms;
		for (const credential of credentialsFor({ ...addresses, wms }, apiKey))
			await host.api.setCredential(credential);
		const { id } = await host.api.importWorkflow(
			await template(options.template ?? 'order-to-reservation/order-to-reservation.json'),
		);
		await host.api.publish(id);
		const path = new OrderPath(host, company, id);
		path.closing.push(
			async () => await company.close(),
			async () => await broker?.close(),
			async () => await rm(folder, { recursive: true, force: true }),
		);
		return path;
	}

	get brokerUrl(): string {
		return this.company.addresses.broker.url;
	}

	/** An MQTT client of the test's own, closed with the path. */
	async mqtt(): Promise<MqttClient> {
		const client = await connectAsync(this.brokerUrl, { reconnectPeriod: 0, protocolVersion: 4 });
		this.closing.unshift(async () => await client.endAsync(true));
		return client;
	}

	/** Resolves when n8n is through with every order as it now is, and nothing waits in the inbox any more. */
	async settled(timeoutMs = 120_000): Promise<void> {
		await this.company.published();
		const { inbox } = this;
		const newest = allOrders(this.company).map((order) => eventIdOf(order, order.version));
		const missing = (): string[] => {
			const known = new Set(inbox.rows("state <> 'waiting'").map(({ eventId }) => eventId));
			return newest.filter((event) => !known.has(event));
		};
		await until(
			`${newest.length} orders to be answered`,
			() => inbox.count('waiting') === 0 && missing().length === 0,
			timeoutMs,
		).catch((error: unknown) => {
			const reasons = [...new Set(inbox.reasonsOfWaiting())].join('; ');
			throw new Error(
				`${(error as Error).message} ${inbox.count('waiting')} events wait in the inbox (${reasons}); it has no trace of ${missing().length}, such as ${missing()[0]}.`,
			);
		});
	}

	/** Resolves when the workflow is through with the order as it now is. */
	async answered(id: string, timeoutMs?: number): Promise<void> {
		const order = this.company.erp.order(id);
		if (order === undefined) throw new Error(`The ERP has no order ${id}.`);
		await until(
			`${id} version ${order.version} to be answered`,
			() =>
				this.inbox
					.rows(
						"state = 'done' AND event_id = ? AND consumer LIKE ? || '/%'",
						eventIdOf(order, order.version),
						this.workflow,
					)
					.at(0),
			timeoutMs,
		);
	}

	/** What is held for an order, by the ERP's item codes: `reserved` or `reserved/requested` where short. */
	held(order: string): Record<string, string> {
		const { erp, warehouse } = this.company;
		const lines = warehouse.reservation(order)?.lines ?? [];
		return Object.fromEntries(
			lines.map(({ sku, requested, reserved }) => {
				const [item] = erp.itemsByGtin(warehouse.itemsBySku([sku]).map(({ gtin }) => gtin));
				return [item?.code ?? sku, reserved === requested ? reserved : `${reserved}/${requested}`];
			}),
		);
	}

	async close(): Promise<void> {
		for (const close of this.closing.splice(0)) await close();
	}
}

/** How the inbox knows the event of an order's version. */
export function eventIdOf({ id }: { id: string }, version: number): string {
	return `/sandbox-erp sandbox-erp/salesOrder/${id}/${version}`;
}

export async function template(file: string): Promise<WorkflowTemplate> {
	return JSON.parse(
		await readFile(resolve(__dirname, '../../../workflows', file), 'utf8'),
	) as WorkflowTemplate;
}

export function allOrders({ erp }: Company): ReturnType<Company['erp']['orders']> {
	const orders: ReturnType<Company['erp']['orders']> = [];
	for (;;) {
		const page = erp.orders({ after: orders.at(-1)?.id, limit: 1_000 });
		orders.push(...page);
		if (page.length < 1_000) return orders;
	}
}
