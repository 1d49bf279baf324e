import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { SandboxWms } from '../../../connectors/sandbox/sandboxWms';
import { ItemResolver } from '../../../core/crosswalk/itemResolution';
import { linksOf } from '../../../core/crosswalk/crosswalk';
import type { SalesOrder, SalesOrderState } from '../../../core/model/salesOrder';
import { matchOrders, type MatchedOrder, type OrderToMatch } from '../../../core/reserve/matchOrders';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';
import { startCompany, type Company } from '../../../sandbox/company/company';

const apiKey = 'a key for tests';

let folder: string;
let company: Company;
let database: Database;
let warehouse: SandboxWms;
let resolver: ItemResolver;

const items = [
	{ code: 'W-PIECES', gtin: '6291041500213', units: [], onHand: '1000000' },
	{ code: 'W-CARTONS', gtin: '9780306406157', units: [{ unit: 'XCT', factor: '12' }], onHand: '1000000' },
	{ code: 'W-SCARCE', gtin: '0036000291452', units: [], onHand: '10' },
];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-match-'));
	company = await startCompany({
		folder,
		apiKey,
		seed: false,
		page: false,
		erp: { publish: false },
		wms: { publish: false },
		broker: { url: 'mqtt://127.0.0.1:1' },
	});
	seedWarehouse(company);
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
	warehouse = new SandboxWms({ url: company.addresses.wms, apiKey, transport: axiosTransport() });
	resolver = new ItemResolver(database);
});
afterAll(async () => {
	await database.close();
	await company.close();
	await rm(folder, { recursive: true });
});

type Line = [code: string, quantity: string, unit: string, baseQuantity?: string];
const pieces = (quantity: string): Line => ['E-1', quantity, 'H87'];
const gtins: Record<string, string> = {
	'E-1': '6291041500213',
	'E-2': '9780306406157',
	'E-3': '0036000291452',
};

function order(
	key: string,
	sequence: number,
	lines: Line[],
	state: SalesOrderState = 'confirmed',
): OrderToMatch {
	const value: SalesOrder = {
		key,
		state,
		lines: lines.map(([code, quantity, unit, base], index) => {
			const gtin = gtins[code];
			return {
				line: String(index + 1),
				item: { code, ...(gtin === undefined ? {} : { gtin }) },
				quantity,
				unit,
				...(base === undefined ? {} : { baseQuantity: { quantity: base, unit: 'H87' } }),
			};
		}),
	};
	return { order: value, sequence, source: 'test-erp', allowPartial: true };
}

async function match(...orders: OrderToMatch[]): Promise<Array<MatchedOrder | Error>> {
	return await matchOrders(orders, warehouse, resolver, database);
}

async function held(key: string): Promise<Record<string, string>> {
	const reservation = (await warehouse.get('reservation', [key])).get(key);
	return Object.fromEntries((reservation?.lines ?? []).map(({ item, reserved }) => [item, reserved]));
}

test('a new, raised, cut and cancelled order is held exactly as it now is', async () => {
	expect(await match(order('A', 1, [pieces('5')]))).toMatchObject([{ result: 'reserved', changed: true }]);
	expect(await held('A')).toEqual({ 'W-PIECES': '5' });
	await match(order('A', 2, [pieces('8')]));
	expect(await held('A')).toEqual({ 'W-PIECES': '8' });
	await match(order('A', 3, [pieces('3')]));
	expect(await held('A')).toEqual({ 'W-PIECES': '3' });
	expect(await match(order('A', 4, [pieces('3')], 'cancelled'))).toMatchObject([
		{ result: 'released', changed: true },
	]);
	expect(await held('A')).toEqual({});
});

test('cartons are held as pieces, and lines of one item add up', async () => {
	await match(
		order('B', 1, [
			['E-2', '2.5', 'XCT'],
			['E-2', '4', 'H87'],
		]),
	);
	expect(await held('B')).toEqual({ 'W-CARTONS': '34' });
});

test('a unit that only the ERP knows is held as the ERP converts it', async () => {
	await match(order('B2', 1, [['E-1', '2', 'XCT', '20']]));
	expect(await held('B2')).toEqual({ 'W-PIECES': '20' });
});

test('an item found by its GTIN is linked from then on', async () => {
	await match(order('C', 1, [pieces('1')]));
	expect(await linksOf(database, 'item', 'test-erp', ['E-1'], 'sandbox-wms')).toEqual(
		new Map([['E-1', 'W-PIECES']]),
	);
});

test('a replay and a stale state change nothing, also after a cancellation', async () => {
	await match(order('D', 2, [pieces('4')]));
	expect(await match(order('D', 2, [pieces('4')]))).toMatchObject([{ changed: false }]);
	expect(await match(order('D', 1, [pieces('9')]))).toMatchObject([{ result: 'stale', changed: false }]);
	expect(await held('D')).toEqual({ 'W-PIECES': '4' });
	expect(await match(order('E', 5, [pieces('4')], 'cancelled'))).toMatchObject([{ result: 'released' }]);
	expect(await match(order('E', 4, [pieces('4')]))).toMatchObject([{ result: 'stale' }]);
	expect(await held('E')).toEqual({});
});

test('of several states in one batch only the newest counts', async () => {
	const results = await match(
		order('F', 1, [pieces('1')]),
		order('F', 3, [pieces('3')]),
		order('F', 2, [pieces('2')]),
	);
	expect(results).toMatchObject([{ result: 'superseded' }, { result: 'reserved' }, { result: 'superseded' }]);
	expect(await held('F')).toEqual({ 'W-PIECES': '3' });
});

test('what is not there is on back order', async () => {
	const [result] = await match(order('G', 1, [['E-3', '25', 'H87']]));
	expect(result).toMatchObject({
		result: 'partial',
		lines: [{ requested: '25', reserved: '10', backOrder: '15' }],
	});
	await match(order('G', 2, []));
});

test.each<[string, Line, RegExp]>([
	['an item without link and GTIN', ['E-9', '1', 'H87'], /Item "E-9" of test-erp is not linked/],
	[
		'a unit without conversion',
		['E-1', '1', 'KGM'],
		/Order "H", line "1" is in unit KGM.*no conversion \(known: H87\)/,
	],
	[
		'a unit that both systems convert differently',
		['E-2', '1', 'XCT', '10'],
		/10 H87 for the ERP, but 12 H87 for the warehouse/,
	],
])('%s fails its own order only, and says which', async (_, line, message) => {
	const [bad, good] = await match(order('H', 1, [line]), order('I', 1, [pieces('1')]));
	expect(bad).toBeInstanceOf(Error);
	expect(bad).toHaveProperty('message', expect.stringMatching(message));
	expect(good).toMatchObject({ order: 'I' });
	expect(good).not.toBeInstanceOf(Error);
});

test('whatever the order of arrival, with repetitions, the warehouse ends with the newest state of each order', async () => {
	let run = 0;
	const State = fc.record({
		key: fc.integer({ min: 0, max: 3 }),
		quantity: fc.integer({ min: 0, max: 50 }),
		cancelled: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(State, { minLength: 1, maxLength: 12 }),
			fc.infiniteStream(fc.nat()),
			async (states, random) => {
				run += 1;
				const all = states.map(({ key, quantity, cancelled }, index) =>
					order(
						`P${run}-${key}`,
						index + 1,
						[pieces(String(quantity))],
						cancelled ? 'cancelled' : 'confirmed',
					),
				);
				const arrivals = [...all, ...all.slice(0, 4)]
					.map((request) => ({ request, at: random.next().value ?? 0 }))
					.toSorted((a, b) => a.at - b.at)
					.map(({ request }) => request);
				const middle = Math.floor(arrivals.length / 2);
				await match(...arrivals.slice(0, middle));
				await match(...arrivals.slice(middle));
				for (const [key, requests] of Map.groupBy(all, (request) => request.order.key)) {
					const last = requests.at(-1);
					const quantity = last?.order.state === 'confirmed' ? (last.order.lines[0]?.quantity ?? '0') : '0';
					expect(await held(key)).toEqual(quantity === '0' ? {} : { 'W-PIECES': quantity });
				}
			},
		),
		{ numRuns: 40 },
	);
});

function seedWarehouse({ warehouse: service }: Company): void {
	service.putItems(
		items.map(({ code, gtin, units, onHand }) => ({ sku: code, gtin, names: { en: code }, units, onHand })),
	);
}
