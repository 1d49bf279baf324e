import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { connectAsync, type MqttClient } from 'mqtt';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { SandboxWms } from '../../../connectors/sandbox/sandboxWms';
import { describeEvent, parseEvent, type BridgeEvent } from '../../../core/events/event';
import { startCompany, type Company } from '../../../sandbox/company/company';
import { spawnBroker, spawnCompany, type SpawnedBroker } from '../../../sandbox/company/spawnCompany';
import { apiKey, matchOf, temporaryFolder } from '../../connectors/sandboxFixture';

let broker: SpawnedBroker;
let company: Company;
let subscriber: MqttClient;
let folder: ReturnType<typeof temporaryFolder>;
let received: BridgeEvent[];
let onEvent: () => void;

beforeAll(async () => {
	broker = await spawnBroker();
});
afterAll(() => broker.close());
beforeEach(() => {
	folder = temporaryFolder();
	received = [];
	onEvent = () => undefined;
});
afterEach(async () => {
	await subscriber.endAsync(true);
	await company.close();
	folder.remove();
});

const start = (url = broker.url): Promise<Company> =>
	startCompany({ folder: folder.folder, apiKey, broker: { url }, seed: false, page: false });

/** A network line to the broker that can be cut, and blocked for a while. */
async function startLine(
	target: string,
): Promise<{ url: string; cut(): void; block(): void; unblock(): void; close(): Promise<void> }> {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	let blocked = false;
	const server = createServer((near) => {
		if (blocked) {
			near.destroy();
			return;
		}
		const far = connect(Number(port), hostname);
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(from);
			from.pipe(to);
			from.on('error', () => undefined);
			from.on('close', () => {
				sockets.delete(from);
				to.destroy();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const cut = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
		cut,
		block: () => {
			blocked = true;
			cut();
		},
		unblock: () => {
			blocked = false;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				cut();
			}),
	};
}

async function subscribe(url = broker.url): Promise<void> {
	subscriber = await connectAsync(url, { reconnectPeriod: 0 });
	subscriber.on('message', (_topic, payload) => {
		const parsed = parseEvent(payload);
		if ('reason' in parsed) throw new Error(parsed.reason);
		received.push(parsed.event);
		onEvent();
	});
	await subscriber.subscribeAsync('erp/#', { qos: 1 });
}

function until(condition: () => boolean): Promise<void> {
	return new Promise((resolve) => {
		onEvent = () => {
			if (condition()) resolve();
		};
		onEvent();
	});
}

const ids = (): Set<string> => new Set(received.map(({ id }) => id));

function create(count: number): string[] {
	return company.erp
		.createOrders(
			Array.from({ length: count }, () => ({ status: 'confirmed', lines: [{ item: 'A', quantity: '1' }] })),
		)
		.map((result) => ('order' in result ? result.order.id : ''));
}

test('every commit is one event, in order within an order, with the order as of that commit', async () => {
	await subscribe();
	company = await start();
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(50);
	for (let quantity = 2; quantity <= 6; quantity += 1) {
		for (const id of orders) company.erp.patchOrder(id, { quantities: { '1': String(quantity) } });
	}
	for (const id of orders) company.erp.cancelOrder(id);
	await until(() => ids().size === 50 * 7);
	expect(received).toHaveLength(50 * 7);
	for (const id of orders) {
		const events = received.filter(({ subject }) => subject === id);
		expect(events.map((event) => describeEvent(event).sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
		expect(events.map((event) => describeEvent(event).change)).toEqual([
			'created',
			...Array<string>(5).fill('changed'),
			'cancelled',
		]);
		expect(events[3]?.data).toMatchObject({ key: id, lines: [{ quantity: '4' }] });
	}
});

test('a connection that is cut again and again loses no event, and the newest is the last of each order', async () => {
	await subscribe();
	const line = await startLine(broker.url);
	company = await start(line.url);
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(200);
	for (let cut = 1; cut <= 5; cut += 1) {
		for (const id of orders) company.erp.patchOrder(id, { quantities: { '1': String(1 + cut) } });
		await until(() => ids().size >= cut * 150);
		line.cut();
	}
	await company.published();
	await until(() => ids().size === 200 * 6);
	for (const id of orders) {
		const sequences = received
			.filter(({ subject }) => subject === id)
			.map((event) => describeEvent(event).sequence);
		expect([...new Set(sequences)]).toEqual([1, 2, 3, 4, 5, 6]);
		expect(sequences.at(-1)).toBe(6);
	}
	await line.close();
});

test('what a killed broker had not confirmed is sent to the one that replaces it', async () => {
	await subscribe();
	const line = await startLine(broker.url);
	company = await start(line.url);
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(300);
	await until(() => ids().size >= 50);
	line.block();
	await broker.kill();
	for (const id of orders) company.erp.patchOrder(id, { quantities: { '1': '9' } });
	received = [];
	await subscriber.endAsync(true);
	broker = await spawnBroker({ ports: { broker: Number(new URL(broker.url).port) } });
	await subscribe();
	const confirmed = company.relays().erp?.confirmed ?? 0;
	expect(company.relays().erp).toMatchObject({ connected: false, waiting: 600 - confirmed });
	line.unblock();
	await company.published();
	await until(() => orders.every((id) => ids().has(`sandbox-erp/salesOrder/${id}/2`)));
	await line.close();
});

test('events that a dying broker had confirmed are sent to the one that replaces it: the newest of each order at once, then all in order', async () => {
	await subscribe();
	company = await start();
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(20);
	for (const id of orders) company.erp.patchOrder(id, { quantities: { '1': '9' } });
	await until(() => ids().size === 40);
	await company.published();
	await broker.kill();
	await subscriber.endAsync(true);
	received = [];
	broker = await spawnBroker({ ports: { broker: Number(new URL(broker.url).port) } });
	await subscribe();
	await until(() => ids().size === 20);
	expect(ids()).toEqual(new Set(orders.map((id) => `sandbox-erp/salesOrder/${id}/2`)));
	const last = (order: string) => received.filter(({ subject }) => subject === order).at(-1)?.id;
	await until(() => ids().size === 40 && orders.every((id) => last(id) === `sandbox-erp/salesOrder/${id}/2`));
});

test('events that were written while the company could not publish are sent after its restart', async () => {
	const { url } = broker;
	await broker.kill();
	company = await start();
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(20);
	expect(company.relays().erp).toMatchObject({ connected: false, waiting: 20 });
	await company.close();

	broker = await spawnBroker({ ports: { broker: Number(new URL(url).port) } });
	await subscribe();
	company = await start();
	await until(() => ids().size === 20);
	expect(received.map(({ subject }) => subject)).toEqual(orders);
});

test('reservations are events too', async () => {
	await subscribe();
	company = await start();
	company.warehouse.putItems([{ sku: 'W1', gtin: '4006381333931', names: { en: 'A' }, onHand: '5' }]);
	company.warehouse.match([{ order: 'SO-1', sequence: 3, lines: [{ sku: 'W1', quantity: '7' }] }]);
	company.warehouse.match([{ order: 'SO-1', sequence: 4, lines: [] }]);
	await until(() => received.length === 2);
	expect(received.map((event) => [event.type, event.id])).toEqual([
		['erp-bridge.reservation.created', 'sandbox-wms/reservation/SO-1/1'],
		['erp-bridge.reservation.cancelled', 'sandbox-wms/reservation/SO-1/2'],
	]);
});

test('the company in a process of its own asks for the broker password and stops on SIGTERM', async () => {
	const spawned = await spawnCompany({
		folder: folder.folder,
		apiKey,
		page: false,
		broker: { embedded: true, username: 'erp', password: 'a broker password' },
	});
	const { broker: address } = spawned.addresses;
	await expect(connectAsync(address.url, { reconnectPeriod: 0 }, false)).rejects.toThrow();
	subscriber = await connectAsync(address.url, { username: 'erp', password: address.password });
	await subscriber.endAsync();
	await spawned.close();
	expect(spawned.process.exitCode).toBe(0);
	company = await start();
	expect(company.erp.orderCount).toBe(10);
});

test('a consumer that comes late to the embedded broker gets the orders that the warehouse has not answered', async () => {
	const spawned = await spawnCompany({ folder: folder.folder, apiKey, page: false });
	const transport = axiosTransport();
	const wms = new SandboxWms({ url: spawned.addresses.wms, apiKey, transport });
	// Of the seeded orders the odd ones are confirmed; one of them is answered already.
	await wms.act('reservation', 'match', [matchOf('SO-00000001', 1, {})]);
	await subscribe(spawned.addresses.broker.url);
	await until(() => ids().size >= 4);
	expect([...ids()].sort()).toEqual(
		[3, 5, 7, 9].map((number) => `sandbox-erp/salesOrder/SO-0000000${number}/1`),
	);
	transport.close();
	await spawned.close();
	company = await start();
});
