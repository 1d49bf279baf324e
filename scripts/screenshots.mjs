/**
 * Renews the pictures in docs/ and workflows/ from a running `npm start`:
 * `node scripts/screenshots.mjs [--editor URL] [--page URL] [--folder .sandbox] [--chromium PATH] [--only NAME]`.
 * It adds orders to the sandbox company, changes them and cancels them again; one dead letter stays. Look at every picture
 * before you commit it.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, selectors } from 'playwright-core';
import { Failure, run } from './failure.mjs';
import { root } from './paths.mjs';

const { values: options } = parseArgs({
	options: {
		editor: { type: 'string', default: 'http://127.0.0.1:5678' },
		page: { type: 'string', default: 'http://127.0.0.1:5670' },
		folder: { type: 'string', default: '.sandbox' },
		chromium: { type: 'string', default: '/usr/bin/chromium' },
		only: { type: 'string', default: '' },
	},
});

const flags = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Taken in this order; `--only` takes those whose name holds the text. */
const pictures = {
	sandbox: sandboxPages,
	'order-to-reservation': orderToReservation,
	'erp-changes-to-event-bus': erpChangesToEventBus,
	erp: erpNode,
	'dead-letters': deadLetters,
};

/** Signs the browser in as the sandbox's owner; returns a function that calls n8n as its editor does. */
async function signIn({ request }) {
	const file = resolve(root, options.folder, 'owner.json');
	const owner = await readFile(file, 'utf8').then(JSON.parse, () => {
		throw new Failure(`There is no ${file}. Run npm start first, or name its folder with --folder.`);
	});
	const call = async (method, path, data) => {
		const answer = await request.fetch(options.editor + path, { method, data }).catch(() => {
			throw new Failure(
				`Nothing answers at ${options.editor}. Run npm start, or name the editor with --editor.`,
			);
		});
		if (!answer.ok()) throw new Failure(`n8n refused ${method} ${path}: ${await answer.text()}`);
		return (await answer.json()).data;
	};
	await call('POST', '/rest/login', { emailOrLdapLoginId: owner.email, password: owner.password });
	return call;
}

async function shoot(page, file) {
	for (const toast of await page.locator('.el-notification__closeBtn').all()) await toast.click();
	const path = join(root, file);
	await mkdir(dirname(path), { recursive: true });
	// Fonts, icons and transitions come to rest.
	await page.waitForTimeout(1_000);
	await page.screenshot({ path });
	console.log(file);
}

// The sandbox company's page

/** A confirmed order of which the warehouse has not everything, changed while one watches. */
async function sandboxPages({ page }) {
	await page.setViewportSize({ width: 1440, height: 830 });
	await page.goto(options.page);
	await page.getByRole('button', { name: 'EN', exact: true }).click();
	const { id } = await newOrder(page);
	await page.reload();
	await page.locator('#list').getByText(id).click();
	for (let version = 2; version <= 6; version += 1) {
		await page.locator('#measure').waitFor();
		await page.locator('#editor').getByRole('button', { name: 'One more' }).first().click();
		await page.locator('#editor').getByText(`version ${version}`).waitFor();
	}
	await page.locator('#measure').waitFor();
	await shoot(page, 'docs/images/sandbox.png');
	await page.getByRole('button', { name: '中文' }).click();
	await shoot(page, 'docs/images/sandbox.zh-CN.png');
	await page.getByRole('button', { name: 'EN', exact: true }).click();
	await cancelOrder(page);
}

/** Cancels the order that is open on the page, so that its stock is there for the next pictures. */
async function cancelOrder(page) {
	await page.getByRole('button', { name: 'Cancel order' }).click();
	await page.locator('#editor').getByText('Cancelled').waitFor();
}

async function newOrder(page) {
	return await page.evaluate(async () => {
		const answer = await globalThis.fetch('page/orders', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				status: 'confirmed',
				customer: { code: 'C-1001', name: 'Claire Gute' },
				lines: [
					{ item: 'OFF-AR-10004078', quantity: '40', unit: 'H87' },
					{ item: 'OFF-PA-10000474', quantity: '2', unit: 'XCT' },
					{ item: 'FUR-TA-10001039', quantity: '30', unit: 'H87' },
				],
			}),
		});
		return await answer.json();
	});
}

// n8n's editor

async function openWorkflow(page, id) {
	await page.goto(`${options.editor}/workflow/${id}`);
	await page.locator('.vue-flow__node').first().waitFor();
	// It opens at a first visit only.
	await page
		.getByTestId('suggested-actions-close')
		.click({ timeout: 5_000 })
		.catch(() => undefined);
	await page.getByTestId('zoom-to-fit').click();
}

async function templateId(n8n, name) {
	const found = (await n8n('GET', '/rest/workflows')).find((workflow) => workflow.name === name);
	if (!found)
		throw new Failure(`The workflow "${name}" is not in this n8n. Use the n8n that npm start made.`);
	return found.id;
}

const nodeNamed = (page, name) => page.getByTestId('canvas-node').filter({ hasText: name });

async function succeeded(page, name) {
	await nodeNamed(page, name).getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
}

/** Opens a node with the data of the run that is on the canvas, as JSON on both sides. */
async function shootPanel(page, node, file) {
	await nodeNamed(page, node).dblclick();
	await page.getByTestId('ndv').waitFor();
	for (const side of ['input-panel', 'output-panel']) {
		const json = page.getByTestId(side).getByText('JSON', { exact: true });
		if (await json.isVisible().catch(() => false)) await json.click();
	}
	await shoot(page, file);
	await page.keyboard.press('Escape');
}

/** "Execute workflow" listens for one event; a change on the sandbox page is that event. */
async function orderToReservation({ page, n8n, context }) {
	await openWorkflow(page, await templateId(n8n, 'Order to reservation'));
	await shoot(page, 'workflows/order-to-reservation/order-to-reservation.png');
	await page.getByTestId('execute-workflow-button').click();
	await page.getByTestId('stop-execution-button').waitFor();
	await page.waitForTimeout(1_000);
	const sandbox = await context.newPage();
	await sandbox.goto(options.page);
	const { id } = await newOrder(sandbox);
	await succeeded(page, 'Match reservation');
	await sandbox.reload();
	await sandbox.locator('#list').getByText(id).click();
	await cancelOrder(sandbox);
	await sandbox.close();
	await shoot(page, 'docs/images/editor.png');
	await shootPanel(page, 'Order changed', 'docs/images/event-bus-trigger.png');
	await shootPanel(page, 'Match reservation', 'docs/images/wms.png');
}

async function erpChangesToEventBus({ page, n8n }) {
	await openWorkflow(page, await templateId(n8n, 'ERP changes to event bus'));
	await shoot(page, 'workflows/erp-changes-to-event-bus/erp-changes-to-event-bus.png');
	await page.getByTestId('execute-workflow-button').click();
	await succeeded(page, 'Publish event');
	await shootPanel(page, 'Order changed', 'docs/images/erp-trigger.png');
	await shootPanel(page, 'Publish event', 'docs/images/event-bus.png');
}

const start = {
	parameters: {},
	id: '8d5b8f7e-0000-4a50-9d5e-000000000001',
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
};

/** Runs a workflow of the given nodes in a row, shows it, and deletes it. */
async function withChain(n8n, page, nodes, work) {
	const chain = [start, ...nodes].map((node, index) => ({ ...node, position: [index * 240, 0] }));
	const connections = Object.fromEntries(
		chain
			.slice(1)
			.map(({ name }, index) => [chain[index].name, { main: [[{ node: name, type: 'main', index: 0 }]] }]),
	);
	const { id } = await n8n('POST', '/rest/workflows', {
		name: 'Screenshots',
		nodes: chain,
		connections,
		settings: { executionOrder: 'v1' },
	});
	try {
		await openWorkflow(page, id);
		await page.getByTestId('execute-workflow-button').click();
		await succeeded(page, chain.at(-1).name);
		await work();
	} finally {
		await n8n('POST', `/rest/workflows/${id}/archive`, {});
		await n8n('DELETE', `/rest/workflows/${id}`);
	}
}

const ours = (id, name, type, parameters, credentials) => ({
	parameters,
	id: `8d5b8f7e-0000-4a50-9d5e-00000000001${id}`,
	name,
	type: `n8n-nodes-erp-bridge.${type}`,
	typeVersion: 1,
	credentials,
});
const sandboxCredential = { erpBridgeSandboxApi: { id: 'erpBridgeSandbox1', name: 'Sandbox company' } };
const brokerCredential = { mqtt: { id: 'erpBridgeMqtt0001', name: 'Sandbox broker' } };

async function erpNode({ page, n8n }) {
	const parameters = { resource: 'salesOrder', operation: 'getAll', limit: 3, filters: { search: 'Claire' } };
	const node = ours(1, 'Orders of a customer', 'erp', parameters, sandboxCredential);
	await withChain(n8n, page, [node], async () => {
		await shootPanel(page, node.name, 'docs/images/erp.png');
	});
}

/** An order of an item that the warehouse does not know is a dead letter at once. */
async function deadLetters({ page, n8n }) {
	const order = {
		key: 'WEB-1001',
		state: 'confirmed',
		lines: [{ line: '1', item: { code: 'TEC-XX-1' }, quantity: '2', unit: 'H87' }],
	};
	const publish = ours(
		2,
		'Publish a web order',
		'eventBus',
		{
			eventFrom: 'fields',
			systemName: 'webshop',
			change: 'created',
			key: order.key,
			record: JSON.stringify(order),
		},
		brokerCredential,
	);
	await withChain(n8n, page, [publish], () => page.waitForTimeout(3_000));
	const list = ours(3, 'List dead letters', 'eventBus', { resource: 'deadLetter', limit: 5 }, {});
	await withChain(n8n, page, [list], async () => {
		await shootPanel(page, list.name, 'docs/images/dead-letters.png');
	});
}

selectors.setTestIdAttribute('data-test-id');

await run(async () => {
	const browser = await chromium.launch({ executablePath: options.chromium, args: flags });
	try {
		const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
		const n8n = await signIn(context);
		for (const [name, take] of Object.entries(pictures)) {
			if (!name.includes(options.only)) continue;
			const page = await context.newPage();
			await take({ page, n8n, context });
			await page.close();
		}
	} finally {
		await browser.close();
	}
});
