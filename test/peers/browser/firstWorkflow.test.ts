import { randomUUID } from 'node:crypto';

import axios from 'axios';
import type { Browser } from 'playwright-core';

import { testOwner } from '../../../sandbox/n8n/prepared';
import { withSandbox } from '../../e2e/harness/withSandbox';
import { openChromium } from './chromium';
import { Editor } from './editor';
import { buildFirstWorkflow } from './firstWorkflow';

const sandbox = withSandbox();
let browser: Browser;

beforeAll(async () => {
	browser = await openChromium();
});
afterAll(async () => {
	await browser.close();
});

async function signedIn(): Promise<Editor> {
	const { url } = sandbox().host.n8n;
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
	await context.request.post(`${url}/rest/login`, {
		data: { emailOrLdapLoginId: testOwner.email, password: testOwner.password },
	});
	return new Editor(await context.newPage(), url);
}

/** Calls the sandbox company as a person at its ERP or warehouse would. */
async function company<T>(system: 'erp' | 'wms', path: string, body?: object): Promise<T> {
	const { data } = await axios.request<T>({
		method: body === undefined ? 'GET' : 'POST',
		url: `${sandbox().company.addresses[system]}${path}`,
		headers: { 'x-api-key': sandbox().apiKey },
		data: body,
	});
	return data;
}

interface Reservation {
	order: string;
	lines: Array<{ sku: string; requested: string; reserved: string }>;
}
async function reservationsOf(order: string): Promise<Reservation[]> {
	const found = await company<{ reservations: Reservation[] }>('wms', '/api/reservations/search', {
		orders: [order],
	});
	return found.reservations;
}

test('a person drags three nodes together, picks an order and sees it reserved', async () => {
	const { gtin } = await company<{ gtin: string }>('erp', '/api/items/OFF-AR-10004078');
	const { items } = await company<{ items: Array<{ sku: string }> }>('wms', '/api/items/search', {
		gtins: [gtin],
	});
	const sku = items[0]?.sku ?? '';
	const { id } = await company<{ id: string }>('erp', '/api/orders', {
		status: 'confirmed',
		customer: { code: 'C-1001', name: 'Claire Gute' },
		lines: [{ item: 'OFF-AR-10004078', quantity: '40', unit: 'H87' }],
	});
	expect(await reservationsOf(id)).toEqual([]);

	const editor = await signedIn();
	await buildFirstWorkflow(editor, id);

	await editor.outputHolds(`"order":"${id}"`);
	await editor.outputHolds('"result":"reserved"');
	await editor.outputHolds(`"item":"${sku}","requested":"40","reserved":"40"`);
	expect(await reservationsOf(id)).toMatchObject([
		{ order: id, lines: [{ sku, requested: '40', reserved: '40' }] },
	]);
	await editor.page.close();
}, 120_000);

/** n8n hides a field when credentials depend on it in a certain way. */
test('what a node does can be chosen in its panel', async () => {
	const choices = {
		dataModel: ['resource', 'operation'],
		erp: ['system', 'resource', 'operation'],
		erpTrigger: ['system', 'entity', 'events'],
		eventBus: ['resource', 'operation', 'transport', 'stateStore'],
		wms: ['system', 'resource', 'operation', 'stateStore'],
		wmsTrigger: ['system', 'entity', 'stateStore'],
	};
	const { id } = await sandbox().host.api.importWorkflow({
		name: 'One of each',
		nodes: Object.keys(choices).map((name, index) => ({
			id: randomUUID(),
			name,
			type: `n8n-nodes-erp-bridge.${name}`,
			typeVersion: 1,
			position: [(index % 3) * 240, Math.floor(index / 3) * 200],
			parameters: {},
		})),
		connections: {},
	});
	const editor = await signedIn();
	await editor.openWorkflow(id);
	for (const [node, fields] of Object.entries(choices)) {
		await editor.open(node);
		for (const field of fields) await editor.field(field).waitFor();
		await editor.closeNode();
	}
	await editor.page.close();
}, 120_000);
