import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod/v4';

import { gtinOf } from '../../../sandbox/company/catalogue/gtin';
import { readSuperstore } from '../../../sandbox/demo/dataset';
import { random } from '../../../sandbox/demo/random';
import { brokerCredential } from '../../../sandbox/n8n/credentials';
import changesToBus from '../../../workflows/erp-changes-to-event-bus/erp-changes-to-event-bus.json';
import orderToReservation from '../../../workflows/order-to-reservation/order-to-reservation.json';
import { InboxView } from '../../e2e/harness/inboxView';
import { until } from '../../e2e/harness/until';
import { withN8n } from '../../e2e/harness/withN8n';
import { startMosquitto, type Mosquitto } from '../mosquitto';
import {
	cancelSales,
	changeSales,
	confirmSales,
	countStock,
	createItems,
	draftSales,
	linesOf,
	sessionOf,
} from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

/** Real orders of the Superstore data set, and what becomes of them. */
const ordersTaken = 200;
const ordersChanged = 100;
const ordersCancelled = 20;
/** Every tenth item is scarce, so that some orders go on back order. */
const plenty = 10_000;
const scarce = 3;

const host = withN8n();
let erp: TrytonServer;
let wms: TrytonServer;
let broker: Mosquitto;
let folder: string;

const orders = readSuperstore().slice(0, ordersTaken);
const items = [...new Set(orders.flatMap(({ lines }) => lines.map(({ item }) => item)))].map(
	(erpCode, index) => ({
		erpCode,
		wmsCode: `W-${String(index + 1).padStart(5, '0')}`,
		gtin: gtinOf(700_000 + index),
		onHand: index % 10 === 9 ? scarce : plenty,
	}),
);

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-order-path-'));
	[erp, wms, broker] = await Promise.all([
		startTryton({ erp: 'erp' }),
		startTryton({ wms: 'wms' }),
		startMosquitto(folder),
	]);
	await createItems(
		sessionOf(erp.url, 'erp'),
		items.map(({ erpCode, gtin }) => ({ code: erpCode, name: erpCode, gtin })),
	);
	const warehouse = sessionOf(wms.url, 'wms');
	await createItems(
		warehouse,
		items.map(({ wmsCode, gtin }) => ({ code: wmsCode, name: wmsCode, gtin })),
	);
	await countStock(warehouse, Object.fromEntries(items.map(({ wmsCode, onHand }) => [wmsCode, onHand])));

	const { api } = host();
	const { hostname, port } = new URL(broker.url);
	await api.setCredential({
		...brokerCredential,
		data: { protocol: 'mqtt', host: hostname, port: Number(port), clean: false, passwordless: true },
	});
	for (const [template, database, url] of [
		[orderToReservation, 'wms', wms.url],
		[changesToBus, 'erp', erp.url],
	] as const) {
		const id = await api.createCredential({
			name: `Tryton ${database}`,
			type: 'erpBridgeTrytonApi',
			data: {
				systemName: `tryton-${database}`,
				url,
				database,
				username: trytonUser,
				password: trytonPassword,
			},
		});
		const workflow = await api.importWorkflow(onTryton(template, { id, name: `Tryton ${database}` }));
		await api.publish(workflow.id);
	}
}, 240_000);

afterAll(async () => {
	await Promise.all([erp?.remove(), wms?.remove(), broker?.stop()]);
	if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test('200 orders taken, 100 changed, 20 cancelled, the warehouse down in between: both databases agree line by line', async () => {
	const people = sessionOf(erp.url, 'erp');
	const chance = random(20_260_105);
	const take = async (some: typeof orders) => {
		const ids = await draftSales(
			people,
			some.map(({ id, lines }) => ({
				reference: id,
				lines: lines.map(({ item, quantity }) => ({ code: item, quantity })),
			})),
		);
		await confirmSales(people, ids);
		return ids;
	};

	const first = await take(orders.slice(0, ordersTaken / 2));
	await until('the first reservations', async () => (await shipmentsOf()).size > 0);

	await wms.kill();
	const second = await take(orders.slice(ordersTaken / 2));
	const sales = [...first, ...second];
	const lines = await linesOf(people, sales);
	const changed = sales.slice(0, ordersChanged);
	const quantities = new Map(changed.map((sale) => [lines.get(sale)?.[0] ?? 0, chance.integer(1, 30)]));
	await changeSales(people, changed, quantities);
	await wms.restart();
	await cancelSales(people, sales.slice(-ordersCancelled));

	const wanted = await salesOf(sales);
	await until(
		'the warehouse to hold what the orders ask for',
		async () =>
			(await differences(wanted)).length === 0 && new InboxView(host().folder).count('waiting') === 0,
		180_000,
	).catch(async (error: unknown) => {
		throw new Error(`${String(error)} ${JSON.stringify((await differences(wanted)).slice(0, 5))}`);
	});
	expect(new InboxView(host().folder).count('dead')).toBe(0);

	const shipments = await shipmentsOf();
	const cancelled = sales.slice(-ordersCancelled).map(String);
	expect(cancelled.filter((sale) => (shipments.get(sale)?.size ?? 0) > 0)).toEqual([]);
	expect(shipments.size).toBeGreaterThanOrEqual(ordersTaken - ordersCancelled);
	const reserved = new Map<string, number>();
	for (const moves of shipments.values()) {
		for (const [code, { assigned }] of moves) reserved.set(code, (reserved.get(code) ?? 0) + assigned);
	}
	for (const { wmsCode, onHand } of items) expect(reserved.get(wmsCode) ?? 0).toBeLessThanOrEqual(onHand);
}, 400_000);

/** A template as the user changes it for Tryton: the system, its credential, a look every second from the beginning. */
function onTryton(
	template: typeof orderToReservation | typeof changesToBus,
	credential: { id: string; name: string },
) {
	return {
		...template,
		nodes: template.nodes.map((node) =>
			'credentials' in node && node.credentials !== undefined && 'erpBridgeSandboxApi' in node.credentials
				? {
						...node,
						parameters: {
							...node.parameters,
							system: 'tryton',
							...('startFrom' in node.parameters ? { interval: 1, startFrom: 'beginning' } : {}),
						},
						credentials: { erpBridgeTrytonApi: credential },
					}
				: node,
		),
	};
}

type Amounts = Map<string, number>;

/** What each sale asks for by ERP code, read from the ERP's own tables. */
async function salesOf(sales: number[]): Promise<Map<string, Amounts>> {
	const Line = z.object({
		sale: z.number(),
		quantity: z.number(),
		'product.': z.object({ code: z.string() }),
		'sale.': z.object({ state: z.string() }),
	});
	const session = sessionOf(erp.url, 'erp');
	const lines = await session.searchIn('sale.line', Line, 'sale', sales, [], {
		related: ['product.code', 'sale.state'],
	});
	const wanted = new Map(sales.map((sale) => [String(sale), new Map<string, number>()]));
	for (const {
		sale,
		quantity,
		'product.': product,
		'sale.': { state },
	} of lines) {
		if (state === 'cancelled') continue;
		const amounts = wanted.get(String(sale)) ?? new Map<string, number>();
		amounts.set(product.code, (amounts.get(product.code) ?? 0) + quantity);
		wanted.set(String(sale), amounts);
	}
	return wanted;
}

/** What each order's shipments ask for and hold by WMS code, read from the warehouse's own tables. */
async function shipmentsOf(): Promise<Map<string, Map<string, { asked: number; assigned: number }>>> {
	const Shipment = z.object({ id: z.number(), reference: z.string().nullable(), state: z.string() });
	const Move = z.object({
		shipment: z.string(),
		quantity: z.number(),
		state: z.string(),
		'product.': z.object({ code: z.string() }),
		'to_location.': z.object({ type: z.string() }),
	});
	const session = sessionOf(wms.url, 'wms');
	const shipments = await session.search('stock.shipment.out', Shipment, [['state', '!=', 'cancelled']]);
	const moves = await session.searchIn(
		'stock.move',
		Move,
		'shipment',
		shipments.map(({ id }) => `stock.shipment.out,${id}`),
		[['state', '!=', 'cancelled']],
		{ related: ['product.code', 'to_location.type'] },
	);
	const byShipment = Map.groupBy(moves, ({ shipment }) => shipment);
	const held = new Map<string, Map<string, { asked: number; assigned: number }>>();
	for (const { id, reference } of shipments) {
		const order = (reference ?? '').replace(/^.*[^0-9]/, '');
		const amounts = held.get(order) ?? new Map<string, { asked: number; assigned: number }>();
		for (const move of byShipment.get(`stock.shipment.out,${id}`) ?? []) {
			const amount = amounts.get(move['product.'].code) ?? { asked: 0, assigned: 0 };
			if (move['to_location.'].type === 'customer') amount.asked += move.quantity;
			else if (move.state === 'assigned') amount.assigned += move.quantity;
			amounts.set(move['product.'].code, amount);
		}
		held.set(order, amounts);
	}
	return held;
}

async function differences(wanted: Map<string, Amounts>): Promise<string[]> {
	const held = await shipmentsOf();
	const found: string[] = [];
	for (const [order, amounts] of wanted) {
		const shipment = held.get(order) ?? new Map<string, { asked: number; assigned: number }>();
		const codes = items.filter(({ erpCode, wmsCode }) => amounts.has(erpCode) || shipment.has(wmsCode));
		for (const { erpCode, wmsCode, onHand } of codes) {
			const ordered = amounts.get(erpCode) ?? 0;
			const { asked = 0, assigned = 0 } = shipment.get(wmsCode) ?? {};
			const whole = onHand === scarce || assigned === ordered;
			if (asked !== ordered || !whole)
				found.push(`order ${order}, ${erpCode}: ${ordered}, asked ${asked}, assigned ${assigned}`);
		}
	}
	return found;
}
