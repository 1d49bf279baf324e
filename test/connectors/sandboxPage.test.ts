import { request } from 'node:http';

import { startPage, type PageServer } from '../../sandbox/company/page/pageServer';
import { quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
let page: PageServer;

beforeAll(async () => {
	fixture = await quietCompany();
	const { erp, warehouse, mailbox, relays } = fixture.company;
	page = await startPage({ host: '127.0.0.1', port: 0, erp, warehouse, mailbox, relays });
});
afterAll(async () => {
	await page.close();
	await fixture.close();
});

const json = { 'content-type': 'application/json' };

/** Unlike fetch, this sends whatever Host header it is told to. */
function statusFor(path: string, headers: Record<string, string>): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		request(new URL(path, page.url), { headers }, (response) => {
			response.resume();
			resolve(response.statusCode);
		})
			.on('error', reject)
			.end();
	});
}

test('the page names itself a stand-in and runs only its own scripts', async () => {
	const response = await fetch(page.url);
	expect(await response.text()).toContain('data-text="notice"');
	expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
	const scripts = await (await fetch(`${page.url}/texts.js`)).text();
	expect(scripts).toContain('Sandbox: a stand-in, not a real ERP/WMS');
	expect(scripts).toContain('并非真实的 ERP/WMS');
});

test('a foreign name, a foreign site and a form post are refused', async () => {
	expect(await statusFor('/page/orders', { host: 'evil.example' })).toBe(403);
	expect(await statusFor('/page/orders', { host: 'localhost:8080' })).toBe(200);
	const order = JSON.stringify({ lines: [{ item: 'TEC-AC-10003628', quantity: '1' }] });
	const before = fixture.company.erp.orderCount;
	const post = (headers: Record<string, string>) =>
		fetch(`${page.url}/page/orders`, { method: 'POST', headers, body: order });
	expect((await post({ 'content-type': 'text/plain' })).status).toBe(403);
	expect((await post({ ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
	expect(fixture.company.erp.orderCount).toBe(before);
	expect((await post(json)).status).toBe(201);
});

test('files beside the page are not served', async () => {
	for (const path of ['/pageServer.ts', '/..%2f..%2fmain.ts', '/page/../pageServer.ts']) {
		expect(await statusFor(path, {})).toBe(404);
	}
});

test('an open page hears of a change and of the reservation that answers it, with the milliseconds between', async () => {
	const { erp, warehouse } = fixture.company;
	const controller = new AbortController();
	const stream = await fetch(`${page.url}/page/stream`, { signal: controller.signal });
	const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
	const views: Array<{ order: { id: string; version: number }; settled: boolean; answer: unknown }> = [];
	await reader?.read();
	const { order } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: 'TEC-AC-10003628', quantity: '2' }],
	});
	const [item] = warehouse.itemsByGtin([order.lines[0]?.gtin ?? '']);
	warehouse.match([{ order: order.id, sequence: 1, lines: [{ sku: item?.sku ?? '', quantity: '2' }] }]);
	let text = '';
	while (!views.some(({ settled }) => settled)) {
		text += (await reader?.read())?.value ?? '';
		const messages = text.split('\n\n');
		text = messages.pop() ?? '';
		for (const message of messages) {
			views.push(...(JSON.parse(message.replace(/^data: /, '')) as { views: typeof views }).views);
		}
	}
	controller.abort();
	expect(views.at(-1)).toMatchObject({
		order: { id: order.id, version: 1 },
		event: { id: `sandbox-erp/salesOrder/${order.id}/1` },
		answer: { sequence: 1, milliseconds: expect.any(Number) },
		reservation: { lines: [{ sku: item?.sku, requested: '2', reserved: '2' }] },
	});
});

test('an order that asks for nothing new is settled without an answer to its latest version', async () => {
	const { erp, warehouse } = fixture.company;
	const { order } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: 'OFF-PA-10003441', quantity: '2', unit: 'XCT' }],
	});
	const [item] = warehouse.itemsByGtin([order.lines[0]?.gtin ?? '']);
	const settled = async (): Promise<boolean | undefined> => {
		const response = await fetch(`${page.url}/page/orders?search=${order.id}`);
		return ((await response.json()) as { views: Array<{ settled: boolean }> }).views[0]?.settled;
	};
	expect(await settled()).toBe(false);
	warehouse.match([{ order: order.id, sequence: 1, lines: [{ sku: item?.sku ?? '', quantity: '20' }] }]);
	erp.patchOrder(order.id, {
		lines: [{ item: 'OFF-PA-10003441', quantity: '2', unit: 'XCT', price: '1.00' }],
	});
	expect(await settled()).toBe(true);
	erp.patchOrder(order.id, { quantities: { '2': '3' } });
	expect(await settled()).toBe(false);
});
