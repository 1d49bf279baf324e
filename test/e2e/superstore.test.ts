import { readSuperstore } from '../../sandbox/demo/dataset';
import { startOwnSandbox, type OwnSandbox } from '../../sandbox/demo/ownSandbox';
import { runDemo, type DemoResult } from '../../sandbox/demo/run';

jest.setTimeout(240_000);

const dataSet = readSuperstore();

test('the data set is read whole, every row a line of its own', () => {
	const lines = dataSet.flatMap((order) => order.lines);
	expect(dataSet).toHaveLength(5_009);
	expect(lines).toHaveLength(9_994);
	expect(new Set(lines.map(({ row }) => row)).size).toBe(9_994);
	// 1,862 product ids, 32 of which stand for two products.
	expect(new Set(lines.map(({ item }) => item)).size).toBe(1_894);
	expect(lines.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(37_873);
});

describe('300 real orders, 60 changes and 20 cancellations through MQTT and n8n', () => {
	const orders = dataSet.slice(0, 300);
	let sandbox: OwnSandbox | undefined;
	let result: DemoResult;

	beforeAll(async () => {
		sandbox = await startOwnSandbox();
		result = await runDemo(sandbox, { orders, changes: 60, cancellations: 20, rate: 50, seed: 7 });
	});
	afterAll(async () => {
		await sandbox?.close();
	});

	test('lose nothing, apply nothing twice and leave both systems in agreement', () => {
		const { lost, appliedTwice, wrong } = result;
		expect({ lost, appliedTwice, wrong }).toEqual({ lost: [], appliedTwice: [], wrong: [] });
	});

	test('arrive in the ERP as the data set has them', () => {
		const rows = orders.flatMap(({ lines }) => lines);
		expect(result.orders).toBe(300);
		expect(result.lines).toBe(rows.length);
		expect(result.pieces).toBe(rows.reduce((sum, { quantity }) => sum + quantity, 0));
		expect(result.items).toBe(new Set(rows.map(({ item }) => item)).size);
		expect(result.all).toMatchObject({ orders: 300, changes: 60, cancellations: 20, events: 380 });
	});

	test('end as reservations and back orders of every order that is not cancelled', () => {
		expect(result.reservations).toBeGreaterThan(0);
		expect(result.reservations).toBeLessThanOrEqual(280);
		expect(result.backOrders.orders).toBeGreaterThan(0);
		expect(result.linesInCartons).toBeGreaterThan(0);
		expect(result.itemsCountedInCartons).toBeGreaterThan(0);
	});

	test('are timed from commit to commit, except where the WMS held already what an event asks for', () => {
		const { measured, p50 = NaN, p99 = NaN } = result.all;
		expect(measured).toBeGreaterThanOrEqual(300);
		expect(p50).toBeGreaterThanOrEqual(0);
		expect(p99).toBeGreaterThanOrEqual(p50);
	});
});
