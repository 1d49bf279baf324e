/**
 * Renews the pictures in docs/ and workflows/ from a running `npm start`:
 * `node scripts/screenshots.mjs [--editor URL] [--page URL] [--folder .sandbox] [--chromium PATH] [--only NAME] [--template NAME]`.
 * The reports' need no `npm start`: `--only variance-report`, `--only behaviour-graph`. It adds orders to the sandbox company, changes them and cancels them again; one dead letter stays. Look at every picture
 * before you commit it.
 */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { require as requireTs } from 'tsx/cjs/api';
import { Failure, run } from './failure.mjs';
import { root } from './paths.mjs';

// The same hands as in the test that builds this workflow.
const { openChromium } = requireTs('../test/peers/browser/chromium.ts', import.meta.url);
const { Editor } = requireTs('../test/peers/browser/editor.ts', import.meta.url);
const { buildFirstWorkflow } = requireTs('../test/peers/browser/firstWorkflow.ts', import.meta.url);
const { readDescription } = requireTs('../connectors/rest/description.ts', import.meta.url);
const { formOf } = requireTs('../connectors/rest/form.ts', import.meta.url);
const { sampleFiles } = requireTs('../test/core/variance/sampleReport.ts', import.meta.url);
const { sampleGraph } = requireTs('../test/core/access/insights/sampleGraph.ts', import.meta.url);

const { values: options } = parseArgs({
	options: {
		editor: { type: 'string', default: 'http://127.0.0.1:5678' },
		page: { type: 'string', default: 'http://127.0.0.1:5670' },
		folder: { type: 'string', default: '.sandbox' },
		chromium: { type: 'string', default: '/usr/bin/chromium' },
		only: { type: 'string', default: '' },
		// Of the templates, those whose folder holds the text.
		template: { type: 'string', default: '' },
	},
});

/** Taken in this order; `--only` takes those whose name holds the text. */
const pictures = {
	sandbox: sandboxPages,
	templates: templatePictures,
	'daily-variance': dailyVariance,
	'first-workflow': firstWorkflow,
	'order-to-reservation': orderToReservation,
	'erp-changes-to-event-bus': erpChangesToEventBus,
	erp: erpNode,
	'erp-form': erpForm,
	'wms-trigger': wmsTrigger,
	'data-model': dataModel,
	'event-bus-webhook': eventBusWebhook,
	'sync-policy': syncPolicy,
	finance,
	'finance-trigger': financeTrigger,
	'rest-system': restSystem,
	'variance-node': varianceNode,
	'abac-node': abacNode,
	'access-insights-node': accessInsightsNode,
	'dead-letters': deadLetters,
};

/** Pictures for which nothing has to run. */
const offline = { 'variance-report': varianceReports, 'behaviour-graph': behaviourGraphs };

/** A file of the sandbox's folder. */
async function sandboxFile(name) {
	const file = resolve(root, options.folder, name);
	return await readFile(file, 'utf8').then(JSON.parse, () => {
		throw new Failure(`There is no ${file}. Run npm start first, or name its folder with --folder.`);
	});
}

/** Signs the browser in as the sandbox's owner; returns a function that calls n8n as its editor does. */
async function signIn({ request }) {
	const owner = await sandboxFile('owner.json');
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

/** Of the last item the warehouse has less. */
const threeLines = [
	{ item: 'OFF-AR-10004078', quantity: '40', unit: 'H87' },
	{ item: 'OFF-PA-10000474', quantity: '2', unit: 'XCT' },
	{ item: 'FUR-TA-10001039', quantity: '30', unit: 'H87' },
];

async function newOrder(page, lines = threeLines) {
	return await page.evaluate(async (wanted) => {
		const answer = await globalThis.fetch('page/orders', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				status: 'confirmed',
				customer: { code: 'C-1001', name: 'Claire Gute' },
				lines: wanted,
			}),
		});
		return await answer.json();
	}, lines);
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
	for (const side of ['ndv-input-panel', 'output-panel']) {
		const json = page.getByTestId(side).getByText('JSON', { exact: true });
		if (await json.isVisible().catch(() => false)) await json.click();
	}
	await shoot(page, file);
	await page.keyboard.press('Escape');
}

/** Each template as it stands in the editor after its import; a long one in a wider window and at twice the resolution. */
async function templatePictures({ n8n, context }) {
	const folder = join(root, 'workflows');
	for (const name of (await readdir(folder)).sort().filter((one) => one.includes(options.template))) {
		const template = JSON.parse(await readFile(join(folder, name, `${name}.json`), 'utf8'));
		const { width, height } = canvasSize(template);
		const large = width > 1_800;
		const { id } = await n8n('POST', '/rest/workflows', template);
		const window = await context.browser().newContext({
			storageState: await context.storageState(),
			viewport: large
				? { width: 1920, height: Math.round(Math.min(1_400, (height / width) * 1_800 + 300)) }
				: { width: 1280, height: 800 },
			deviceScaleFactor: large ? 2 : 1,
			locale: 'en-GB',
		});
		try {
			const page = await window.newPage();
			await openWorkflow(page, id);
			await shoot(page, `workflows/${name}/${name}.png`);
		} finally {
			await window.close();
			await remove(n8n, id);
		}
	}
}

/** How much room a template takes on the canvas, sticky notes included. */
function canvasSize({ nodes }) {
	const size = (axis, name) => {
		const from = Math.min(...nodes.map(({ position }) => position[axis]));
		return (
			Math.max(...nodes.map(({ position, parameters }) => position[axis] + (parameters[name] ?? 100))) - from
		);
	};
	return { width: size(0, 'width'), height: size(1, 'height') };
}

/** The mails of the daily report and of the three-way match, as they arrive on the sandbox page. */
async function dailyVariance({ page, n8n }) {
	await page.setViewportSize({ width: 1440, height: 1400 });
	await page.goto(options.page);
	await page.getByRole('button', { name: 'EN', exact: true }).click();
	for (const [name, subject] of [
		['Three-way match', 'supplier invoices held'],
		['Daily variance report', 'Business-Finance Variance Alert Report'],
	]) {
		const id = await templateId(n8n, name);
		await n8n('POST', `/rest/workflows/${id}/run`, { triggerToStartFrom: { name: 'Run now' } });
		const arrived = page.locator('.mail').first().getByText(subject);
		await arrived.waitFor({ timeout: 120_000 });
		await arrived.click();
		const panel = page.locator('.post');
		const file = `docs/images/${name === 'Three-way match' ? 'three-way-match' : 'daily-variance'}-mail.png`;
		await panel.screenshot({ path: join(root, file) });
		console.log(file);
	}
}

/** Built by hand as docs/scenarios/first-workflow.md tells, while the template that does the same rests. */
async function firstWorkflow({ page, n8n, context }) {
	const id = await templateId(n8n, 'Order to reservation');
	const { versionId } = await n8n('GET', `/rest/workflows/${id}`);
	await n8n('POST', `/rest/workflows/${id}/deactivate`, {});
	const sandbox = await context.newPage();
	await sandbox.goto(options.page);
	try {
		const order = await newOrder(sandbox, [{ item: 'OFF-AR-10004078', quantity: '40', unit: 'H87' }]);
		await buildFirstWorkflow(new Editor(page, options.editor), order.id, async (scene) => {
			await shoot(page, `docs/images/first-workflow-${scene}.png`);
		});
		await sandbox.reload();
		await sandbox.locator('#list').getByText(order.id).click();
		await cancelOrder(sandbox);
		const built = /workflow\/([^/?]+)/.exec(page.url())?.[1];
		if (built !== undefined && built !== 'new') await remove(n8n, built);
	} finally {
		await sandbox.close();
		await n8n('POST', `/rest/workflows/${id}/activate`, { versionId });
	}
}

/** "Execute workflow" listens for one event; a change on the sandbox page is that event. */
async function orderToReservation({ page, n8n, context }) {
	await openWorkflow(page, await templateId(n8n, 'Order to reservation'));
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

async function remove(n8n, id) {
	await n8n('POST', `/rest/workflows/${id}/archive`, {});
	await n8n('DELETE', `/rest/workflows/${id}`);
}

/** Shows a workflow of one trigger node, and deletes it. */
async function withTrigger(n8n, page, node, work) {
	const { id } = await n8n('POST', '/rest/workflows', {
		name: 'Screenshots',
		nodes: [{ ...node, position: [0, 0] }],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	try {
		await openWorkflow(page, id);
		await work();
	} finally {
		await remove(n8n, id);
	}
}

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
		await remove(n8n, id);
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
	const parameters = {
		resource: 'salesOrder',
		operation: 'getAll',
		limit: 3,
		conditions: { condition: [{ field: 'partner.name', operator: 'contains', value: 'Claire' }] },
	};
	const node = ours(1, 'Orders of a customer', 'erp', parameters, sandboxCredential);
	await withChain(n8n, page, [node], async () => {
		await page.setViewportSize({ width: 1280, height: 1000 });
		await shootPanel(page, node.name, 'docs/images/erp.png');
	});
}

/** The fields of the chosen system, its own among them. The same key makes the order once, however often this runs. */
async function erpForm({ page, n8n }) {
	const parameters = {
		resource: 'purchaseOrder',
		operation: 'create',
		recordFrom: 'fields',
		fields: {
			mappingMode: 'defineBelow',
			value: {
				'partner.code': 'S-2001',
				lines: JSON.stringify([{ item: { code: 'TEC-AC-10003628' }, quantity: '2', unit: 'H87' }]),
				'native.project': 'P-7',
				'native.fundSource': 'grant',
			},
		},
		idempotencyKey: 'picture-1',
	};
	const node = ours(8, 'Order for a project', 'erp', parameters, sandboxCredential);
	await withChain(n8n, page, [node], async () => {
		await page.setViewportSize({ width: 1280, height: 1220 });
		await shootPanel(page, node.name, 'docs/images/erp-form.png');
	});
}

/** Of one item little is left. */
async function wmsTrigger({ page, n8n }) {
	const parameters = {
		entity: 'stockLevel',
		startWhen: 'belowLevel',
		level: '20',
		testRecord: { __rl: true, mode: 'id', value: 'W7-5617' },
	};
	const node = ours(4, 'Stock runs low', 'wmsTrigger', parameters, sandboxCredential);
	await withTrigger(n8n, page, node, async () => {
		await page.getByTestId('execute-workflow-button').click();
		await succeeded(page, node.name);
		await shootPanel(page, node.name, 'docs/images/wms-trigger.png');
	});
}

/** A record with several mistakes, all told at once. */
async function dataModel({ page, n8n }) {
	const record = {
		key: 'WEB-1001',
		state: 'confirmd',
		lines: [{ line: '1', item: { code: 'TEC-PH-10002923' }, quantity: '2,5', unit: 'piece' }],
	};
	const source = {
		parameters: { mode: 'raw', jsonOutput: JSON.stringify(record), options: {} },
		id: '8d5b8f7e-0000-4a50-9d5e-000000000015',
		name: 'Web order',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
	};
	const parameters = {
		resource: 'record',
		operation: 'validate',
		entity: 'salesOrder',
		invalidRecords: 'mark',
	};
	const check = ours(6, 'Check the order', 'dataModel', parameters);
	await withChain(n8n, page, [source, check], async () => {
		await shootPanel(page, check.name, 'docs/images/data-model.png');
	});
}

/** An event that a web shop posts to the Test URL. */
async function eventBusWebhook({ page, n8n, context }) {
	const secret = 'shown-in-no-picture-1';
	const type = 'erpBridgeWebhookApi';
	const name = 'Web shop';
	const data = { authentication: 'bearer', secret, url: '' };
	const { id } = await n8n('POST', '/rest/credentials', { name, type, data });
	const webhookId = '8d5b8f7e-0000-4a50-9d5e-0000000000aa';
	const node = { ...ours(7, 'Web order posted', 'eventBusWebhook', {}, { [type]: { id, name } }), webhookId };
	try {
		await withTrigger(n8n, page, node, async () => {
			await page.getByTestId('execute-workflow-button').click();
			await page.getByTestId('stop-execution-waiting-for-webhook-button').waitFor();
			const answer = await context.request.post(`${options.editor}/webhook-test/${webhookId}/events`, {
				headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/cloudevents+json' },
				data: JSON.stringify(webOrderEvent),
			});
			if (!answer.ok()) throw new Failure(`The event was refused: ${await answer.text()}`);
			await succeeded(page, node.name);
			await shootPanel(page, node.name, 'docs/images/event-bus-webhook.png');
		});
	} finally {
		await n8n('DELETE', `/rest/credentials/${id}`);
	}
}

const webOrderEvent = {
	specversion: '1.0',
	id: 'webshop/salesOrder/WEB-1001/1',
	source: '/webshop',
	type: 'erp-bridge.salesOrder.created',
	subject: 'WEB-1001',
	time: '2026-11-22T18:23:55Z',
	sequence: '1',
	partitionkey: 'webshop/salesOrder/WEB-1001',
	data: {
		key: 'WEB-1001',
		state: 'confirmed',
		lines: [{ line: '1', item: { code: 'TEC-PH-10002923' }, quantity: '2', unit: 'H87' }],
	},
};

/** The sandbox's ERP once more, as a system that nobody knew: described in the form, and checked. */
async function restSystem({ page, n8n }) {
	const [sandbox] = JSON.parse((await sandboxFile('credentials.json')).reachable);
	const type = 'httpHeaderAuth';
	const name = 'Key of the other ERP';
	const data = { name: 'x-api-key', value: sandbox.data.apiKey };
	const { id } = await n8n('POST', '/rest/credentials', { name, type, data });
	const description = readDescription({
		version: 1,
		system: 'other-erp',
		baseUrl: sandbox.data.erpUrl,
		entities: {
			item: {
				list: {
					path: '/api/items',
					records: 'items',
					paging: {
						style: 'cursor',
						parameter: 'after',
						next: 'items[-1].code',
						size: { parameter: 'limit', value: 100 },
					},
					searchParameter: 'search',
				},
				get: { path: '/api/items/{id}' },
				id: 'code',
				changes: { field: 'changedAt', parameter: 'changedSince' },
				fields: { name: 'names.en', gtin: 'gtin', baseUnit: '"H87"' },
			},
		},
		errors: { message: 'error.message' },
	});
	const parameters = {
		system: 'rest',
		restAuthentication: type,
		restDescribedIn: 'form',
		...formOf(description),
		resource: 'system',
		operation: 'check',
	};
	const node = ours(1, 'Check the description', 'erp', parameters, { [type]: { id, name } });
	try {
		await withChain(n8n, page, [node], async () => {
			await page.setViewportSize({ width: 1280, height: 1000 });
			await shootPanel(page, node.name, 'docs/images/rest-system.png');
		});
	} finally {
		await n8n('DELETE', `/rest/credentials/${id}`);
	}
}

/** A policy, five changes of which two have something to push, four questions of which one reaches the ERP, and what that saved. */
async function syncPolicy({ page, n8n }) {
	const policy = { __rl: true, mode: 'name', value: 'head office to plants' };
	const save = ours(1, 'Save the policy', 'syncPolicy', {
		policyName: policy.value,
		entities: {
			rule: [
				{ entity: 'salesOrder', sync: 'push', fields: ['number', 'partner'], timeToLive: 300 },
				{ entity: 'partner', sync: 'pull', timeToLive: 600 },
			],
		},
	});
	await withChain(n8n, page, [save], async () => {
		await page.setViewportSize({ width: 1280, height: 1000 });
		await shootPanel(page, save.name, 'docs/images/sync-policy.png');
		await page.setViewportSize({ width: 1280, height: 800 });
	});
	const changes = {
		parameters: { mode: 'raw', jsonOutput: JSON.stringify({ events: policyEvents() }), options: {} },
		id: '8d5b8f7e-0000-4a50-9d5e-000000000021',
		name: 'Changes',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
	};
	const one = {
		parameters: { fieldToSplitOut: 'events', options: {} },
		id: '8d5b8f7e-0000-4a50-9d5e-000000000022',
		name: 'One an item',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
	};
	const apply = ours(3, 'Apply the policy', 'syncPolicy', {
		resource: 'change',
		operation: 'apply',
		policy,
	});
	await withChain(n8n, page, [changes, one, apply], async () => undefined);
	const question = { resource: 'record', operation: 'get', policy, entity: 'partner', key: 'C-1001' };
	const asked = ['First', 'Second', 'Third', 'Fourth'].map((name, index) =>
		ours(4 + index, `${name} question`, 'syncPolicy', question, sandboxCredential),
	);
	const report = ours(9, 'What it saved', 'syncPolicy', {
		resource: 'traffic',
		operation: 'getReport',
		policy,
	});
	await withChain(n8n, page, [...asked, report], async () => {
		await shootPanel(page, report.name, 'docs/images/sync-policy-traffic.png');
	});
}

/** March is closed for all but the controller, and a delivery of its last day is blocked. */
async function finance({ page, n8n }) {
	const done = { by: 'ines.weber', reason: 'March is closed' };
	const entity = { __rl: true, mode: 'id', value: 'PLANT' };
	const save = ours(1, 'Save the calendar', 'finance', {
		resource: 'calendar',
		operation: 'save',
		entities: {
			entity: [
				{
					id: 'PLANT',
					name: 'Plant in Suzhou',
					calendar: 'Calendar months',
					timeZone: 'Asia/Shanghai',
					cutOff: '06:00',
					parent: '',
				},
			],
		},
		by: done.by,
	});
	const close = ours(2, 'Close March', 'finance', {
		resource: 'period',
		operation: 'close',
		entity,
		period: { __rl: true, mode: 'id', value: '2026-P03' },
		roles: 'controller',
		...done,
	});
	const delivery = {
		parameters: {
			mode: 'raw',
			jsonOutput: JSON.stringify({ key: 'D-1001', shippedAt: '2026-03-31T21:30:00Z' }),
			options: {},
		},
		id: '8d5b8f7e-0000-4a50-9d5e-000000000031',
		name: 'Delivery',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
	};
	const check = ours(3, 'May it be posted?', 'finance', {
		resource: 'period',
		operation: 'checkPosting',
		entity,
		moment: '={{ $json.shippedAt }}',
	});
	await withChain(n8n, page, [save, close, delivery, check], async () => {
		await page.setViewportSize({ width: 1280, height: 1300 });
		await shootPanel(page, save.name, 'docs/images/finance-calendar.png');
		await page.setViewportSize({ width: 1280, height: 900 });
		await shootPanel(page, check.name, 'docs/images/finance.png');
		await page.setViewportSize({ width: 1280, height: 800 });
	});
}

/** The period that a run by hand is about. */
async function financeTrigger({ page, n8n }) {
	const parameters = {
		entity: 'ledgerPeriod',
		testRecord: { __rl: true, mode: 'id', value: `${new Date().getFullYear()}-03` },
	};
	const node = ours(5, 'A period changes', 'financeTrigger', parameters, sandboxCredential);
	await withTrigger(n8n, page, node, async () => {
		await page.getByTestId('execute-workflow-button').click();
		await succeeded(page, node.name);
		await shootPanel(page, node.name, 'docs/images/finance-trigger.png');
	});
}

/** Orders, deliveries and invoices of the sandbox company, as a new node with one more side compares them. */
async function varianceNode({ page, n8n }) {
	const sides = ['orders', 'deliveries', 'invoices'];
	const records = ['salesOrder', 'delivery', 'invoice'];
	const compare = ours(
		1,
		'Compare',
		'variance',
		{
			comparisonName: 'Orders, deliveries and invoices',
			sides: {
				side: sides.map((name, index) => ({
					name,
					from: 'system',
					system: 'sandbox',
					record: records[index],
				})),
			},
			alertAbove: '1000.00',
		},
		sandboxCredential,
	);
	await withChain(n8n, page, [compare], async () => {
		await page.setViewportSize({ width: 1280, height: 1300 });
		await shootPanel(page, compare.name, 'docs/images/variance.png');
		await page.setViewportSize({ width: 1280, height: 800 });
	});
}

/** A policy in the form, as it was published. */
/** A review of the ERP's accounts: its 37 super administrators, and what else years without one have left. */
async function accessInsightsNode({ page, n8n }) {
	const chain = [
		ours(
			1,
			'Grants',
			'accessLifecycle',
			{ resource: 'grant', operation: 'getAll', returnAll: true },
			sandboxCredential,
		),
		{
			parameters: {
				jsCode:
					'return $input.all().map(({ json: { system, account, right, administrator, since, lastUsedAt, employee, accountName } }) =>\n\t({ json: { system, account, right, administrator, since, lastUsedAt, person: employee, name: accountName } }));',
			},
			id: '8d5b8f7e-0000-4a50-9d5e-000000000018',
			name: 'Rights',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
		},
		ours(2, 'Review of the ERP', 'accessInsights', {
			resource: 'review',
			operation: 'check',
			administratorLimit: 3,
			unusedDays: 90,
			checkPolicies: false,
		}),
	];
	await withChain(n8n, page, chain, async () => {
		await page.setViewportSize({ width: 1280, height: 1000 });
		await shootPanel(page, 'Review of the ERP', 'docs/images/access-insights.png');
		await page.setViewportSize({ width: 1280, height: 800 });
	});
}

async function abacNode({ page, n8n }) {
	const publish = ours(1, 'Who may change payment terms', 'abac', {
		resource: 'policy',
		operation: 'publish',
		policySet: { __rl: true, mode: 'name', value: 'pictures' },
		change: 'form',
		policy: 'buyers with an approver, in office hours',
		effect: 'permit',
		sensitiveOperations: ['supplier.changePaymentTerms'],
		conditions: {
			departments: 'PUR',
			rankFrom: 5,
			states: 'active',
			timeZone: 'Asia/Shanghai',
			hoursFrom: '08:00',
			hoursTo: '18:00',
			weekdays: [1, 2, 3, 4, 5],
			secondApprover: 'given',
			approverRankFrom: 7,
		},
		policyDescription: 'Buyers of rank 5 and above, when a manager has approved',
		by: 'ines.weber',
		reason: 'Audit finding 12',
	});
	await withChain(n8n, page, [publish], async () => {
		await page.setViewportSize({ width: 1280, height: 1900 });
		await shootPanel(page, publish.name, 'docs/images/abac.png');
		await page.setViewportSize({ width: 1280, height: 800 });
	});
}

/** Two orders; of the first only the date changes, twice, and a partner. */
function policyEvents() {
	const event = (key, sequence, data) => ({
		...webOrderEvent,
		id: `webshop/salesOrder/${key}/${sequence}`,
		subject: key,
		sequence: String(sequence),
		partitionkey: `webshop/salesOrder/${key}`,
		data: { ...webOrderEvent.data, key, partner: { code: 'C-1001', name: 'Claire Gute' }, ...data },
	});
	const partner = { code: 'C-1001', roles: ['customer'], name: 'Claire Gute', phone: '+86 20 0000 0001' };
	return [
		event('WEB-1', 1, { orderedAt: '2026-11-22T18:00:00Z' }),
		event('WEB-1', 2, { orderedAt: '2026-11-22T18:05:00Z' }),
		event('WEB-1', 3, { orderedAt: '2026-11-22T18:10:00Z' }),
		event('WEB-2', 1, { orderedAt: '2026-11-22T18:15:00Z' }),
		{
			...webOrderEvent,
			id: 'webshop/partner/C-1001/1',
			type: 'erp-bridge.partner.changed',
			subject: 'C-1001',
			partitionkey: 'webshop/partner/C-1001',
			data: partner,
		},
	];
}

/** The alert report in both languages: its top, and how a list of it looks. */
async function varianceReports({ page }) {
	await page.setViewportSize({ width: 1280, height: 1440 });
	for (const [language, suffix] of [
		['en', ''],
		['zh-CN', '.zh-CN'],
	]) {
		const { html } = await sampleFiles(language);
		await page.setContent(html);
		await shoot(page, `docs/images/variance-report${suffix}.png`);
		await page.locator('#new').scrollIntoViewIfNeeded();
		await page.locator('#new').screenshot({
			path: join(root, `docs/images/variance-report-new${suffix}.png`),
		});
	}
}

/** The monthly graph of a generated company in both languages. */
async function behaviourGraphs({ page }) {
	await page.setViewportSize({ width: 1280, height: 1440 });
	for (const [language, suffix] of [
		['en', ''],
		['zh-CN', '.zh-CN'],
	]) {
		const { html } = await sampleGraph(language);
		await page.setContent(html);
		await page
			.locator('details')
			.first()
			.evaluate((details) => (details.open = true));
		await shoot(page, `docs/images/behaviour-graph${suffix}.png`);
	}
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

await run(async () => {
	const browser = await openChromium(options.chromium);
	try {
		const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
		const wanted = (all) => Object.entries(all).filter(([name]) => name.includes(options.only));
		const n8n = wanted(pictures).length === 0 ? undefined : await signIn(context);
		for (const [, take] of [...wanted(offline), ...wanted(pictures)]) {
			const page = await context.newPage();
			page.setDefaultTimeout(90_000);
			await take({ page, n8n, context });
			await page.close();
		}
	} finally {
		await browser.close();
	}
});
