import { connectAsync, type MqttClient } from 'mqtt';

import { describeEvent, parseEvent, type BridgeEvent } from '../../core/events/event';
import { startCompany, type Company } from '../../sandbox/company/company';
import { spawnBroker, spawnCompany, type SpawnedBroker } from '../../sandbox/company/spawnCompany';
import { apiKey, temporaryFolder } from './sandboxFixture';

let broker: SpawnedBroker;
let company: Company;
let subscriber: MqttClient;
let folder: ReturnType<typeof temporaryFolder>;
let received: BridgeEvent[];
let onEvent: () => void;

beforeEach(async () => {
	folder = temporaryFolder();
	broker = await spawnBroker();
	received = [];
	onEvent = () => undefined;
});
afterEach(async () => {
	await subscriber.endAsync(true);
	await company.close();
	await broker.close();
	folder.remove();
});

const start = (): Promise<Company> =>
	startCompany({ folder: folder.folder, apiKey, broker: { url: broker.url }, seed: false, page: false });

async function subscribe(): Promise<void> {
	subscriber = await connectAsync(broker.url, { reconnectPeriod: 0 });
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

test('a broker that is killed and comes back loses no event, and the newest is the last of each order', async () => {
	await subscribe();
	company = await start();
	company.erp.putItems([{ code: 'A', names: { en: 'A' } }]);
	const orders = create(300);
	await until(() => received.length >= 50);
	await broker.kill();
	for (const id of orders) company.erp.patchOrder(id, { quantities: { '1': '9' } });

	// What was confirmed before the kill may be gone with the killed broker's memory; the rest must come.
	const confirmed = company.relays().erp?.confirmed ?? 0;
	const port = Number(new URL(broker.url).port);
	received = [];
	broker = await spawnBroker({ ports: { broker: port } });
	await subscriber.endAsync(true);
	await subscribe();
	await company.published();
	const missed = 600 - confirmed - ids().size;
	expect(missed).toBeLessThanOrEqual(company.relays().erp?.confirmed ?? 0);
	expect(company.relays().erp).toMatchObject({ connected: true, waiting: 0 });
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
