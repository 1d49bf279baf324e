import type { Browser, Page } from 'playwright-core';

import { readDescription } from '../../../connectors/rest/description';
import { formOf } from '../../../connectors/rest/form';
import { testOwner } from '../../../sandbox/n8n/prepared';
import { itemsOf } from '../../../sandbox/n8n/api';
import { order, startJsonServer, type RunningJsonServer } from '../../connectors/restJsonServer';
import { startWarehouse, warehouseDescription } from '../../connectors/restWarehouse';
import { withN8n } from '../../e2e/harness/withN8n';
import { openChromium } from './chromium';
import { Editor } from './editor';

const host = withN8n();
let browser: Browser;
let page: Page;
let server: RunningJsonServer;
let warehouse: Awaited<ReturnType<typeof startWarehouse>>;

beforeAll(async () => {
	browser = await openChromium();
	server = await startJsonServer([order(1)]);
	warehouse = await startWarehouse();
});
afterAll(async () => {
	await browser.close();
	await server.close();
	await warehouse.close();
});

test('the text of an exported form is pasted onto the canvas, its fields are filled in and can be changed', async () => {
	const { url } = host().n8n;
	const context = await browser.newContext({ viewport: { width: 1280, height: 1600 }, locale: 'en-GB' });
	await context.request.post(`${url}/rest/login`, {
		data: { emailOrLdapLoginId: testOwner.email, password: testOwner.password },
	});
	page = await context.newPage();
	const { id } = await host().api.importWorkflow({
		name: 'Form',
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'export',
				name: 'Export',
				type: 'n8n-nodes-erp-bridge.erp',
				typeVersion: 1,
				position: [200, 0],
				parameters: {
					system: 'rest',
					restAuthentication: 'none',
					restDescription: JSON.stringify(warehouseDescription(warehouse.url)),
					resource: 'system',
					operation: 'exportDescription',
				},
			},
		],
		connections: { Start: { main: [[{ node: 'Export', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	const run = await host().api.finished(await host().api.run(id, 'Start'));
	const text = String(itemsOf(run, 'Export')[0]?.['nodeWithForm']);

	const editor = new Editor(page, url);
	await editor.openWorkflow(id);
	// As a string: the tests are compiled without the browser's types.
	await page.evaluate(`
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', ${JSON.stringify(text)});
		document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	`);
	await editor.node('Export1').waitFor();
	await editor.open('Export1');
	await page.getByText('Line Fields', { exact: true }).first().waitFor();
	for (const shown of [
		'foreign-wms',
		warehouse.url,
		'/holds',
		'sequence',
		'seq',
		'$string(rev)',
		'wants',
		'$string(held)',
	])
		await editor.showsValue(shown);
	await editor.closeNode();
	expect(formOf(readDescription(warehouseDescription(warehouse.url))).restSystemName).toBe('foreign-wms');
}, 120_000);
