import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { batchType, singleType } from '../../connectors/https/eventRequest';
import { signInHeaders } from '../../connectors/https/signIn';
import { eventOf, topicOf, type BridgeEvent } from '../../core/events/event';
import { itemsOf } from '../../sandbox/n8n/api';
import { sandboxCredential } from '../../sandbox/n8n/credentials';
import { erpSystem } from '../../sandbox/company/erp/erp';
import { Authority, type Certificate } from '../connectors/mqttCertificates';
import { connectProxy, webSocketGateway, type Gateway, type Proxy } from '../connectors/mqttGateway';
import { OrderPath } from './harness/orderPath';
import { pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
const secret = 'whsec_c2VjcmV0LW9mLXRoZS10ZXN0cy1vbmx5';
const proxyUser = { username: 'plant', password: 'proxy-secret' };

let path: OrderPath;
let proxy: Proxy;
let webhook: string;
let receiving: string;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company, { pen: 10_000, paper: 10_000 });
	proxy = await connectProxy(proxyUser);
	const id = await host().api.createCredential({
		name: 'Receiving',
		type: 'erpBridgeWebhookApi',
		data: { authentication: 'signature', secret, url: '' },
	});
	const trigger = {
		type: 'n8n-nodes-erp-bridge.eventBusWebhook',
		webhookId: randomUUID(),
		parameters: { stateStore: 'sqlite', options: {} },
		credentials: { erpBridgeWebhookApi: { id, name: 'Receiving' } },
	};
	receiving = await toReservation('Over HTTPS', trigger);
	webhook = `${host().api.url}/webhook/${trigger.webhookId}/events`;
});
afterAll(async () => {
	await path.close();
	await proxy.close();
});

/** Publishes a workflow that reserves what the trigger gives. */
async function toReservation(name: string, trigger: object): Promise<string> {
	const nodes = [
		{ name: 'Event', typeVersion: 1, ...trigger },
		{
			name: 'Match reservation',
			type: 'n8n-nodes-erp-bridge.wms',
			typeVersion: 1,
			parameters: {
				system: 'sandbox',
				resource: 'reservation',
				operation: 'match',
				orderFrom: 'event',
				allowPartial: true,
				stateStore: 'sqlite',
			},
			credentials: { [sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name } },
		},
	].map((node, index) => ({ ...node, id: randomUUID(), position: [index * 300, 0] }));
	const { id } = await host().api.importWorkflow({
		name,
		nodes: nodes as never,
		connections: { Event: { main: [[{ node: 'Match reservation', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	await host().api.publish(id);
	return id;
}

function eventFor(key: string, quantity: string, sequence = 1): BridgeEvent {
	const line = { line: '1', item: { code: pen.code, gtin: pen.gtin }, quantity, unit: 'H87' };
	return eventOf({
		system: erpSystem,
		entity: 'salesOrder',
		change: sequence === 1 ? 'created' : 'changed',
		key,
		sequence,
		changedAt: '2026-01-05T08:00:00.000Z',
		record: { key, state: 'confirmed', lines: [line] },
	});
}

interface Answer {
	status: number;
	body: { error?: string; results?: Array<{ status: string; id?: string; reason?: string }> };
}

async function post(body: string, type: string, signedWith = secret): Promise<Answer> {
	const signIn = { authentication: 'signature', secret: signedWith } as const;
	const response = await fetch(webhook, {
		method: 'POST',
		headers: { ...signInHeaders(signIn, { id: randomUUID(), body }, Date.now()), 'content-type': type },
		body,
	});
	return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const postBatch = async (events: unknown[]) => await post(JSON.stringify(events), batchType);
const executions = async () => (await host().api.executions({ workflowId: receiving })).length;
const statuses = ({ body }: Answer) => body.results?.map(({ status }) => status);
const rowsOf = (key: string) => path.inbox.rows('event_id LIKE ?', `%/salesOrder/${key}/%`);
const reserved = async (key: string, quantity: string) =>
	await until(`${quantity} to be held for ${key}`, () => path.held(key)[pen.code] === quantity);

describe('events posted over HTTPS', () => {
	test('in a batch are stored, answered one by one and reserved; repeated they change nothing', async () => {
		const batch = Array.from({ length: 50 }, (_, index) => eventFor(`BATCH-${index}`, String(index + 1)));
		const first = await postBatch(batch);
		expect(first.status).toBe(200);
		expect(statuses(first)).toEqual(batch.map(() => 'stored'));
		for (const index of batch.keys()) await reserved(`BATCH-${index}`, String(index + 1));

		await until('the batch to be finished', () => path.inbox.count('waiting') === 0);
		const before = await executions();
		const second = await postBatch([...batch, eventFor('BATCH-0', '7', 2)]);
		expect(second.status).toBe(200);
		expect(statuses(second)).toEqual([...batch.map(() => 'duplicate'), 'stored']);
		await reserved('BATCH-0', '7');
		expect(rowsOf('BATCH-1')).toHaveLength(1);
		// n8n lists an execution a moment after its work.
		await until('one more execution', async () => (await executions()) > before);
		expect(await executions()).toBe(before + 1);
	});

	test('one alone is stored and reserved', async () => {
		const answer = await post(JSON.stringify(eventFor('SINGLE', '3')), singleType);
		expect([answer.status, statuses(answer)]).toEqual([200, ['stored']]);
		await reserved('SINGLE', '3');
	});

	test('one in binary mode, with its attributes in headers, is stored and reserved', async () => {
		const { data, datacontenttype: _, ...attributes } = eventFor('BINARY', '2');
		const body = JSON.stringify(data);
		const signIn = { authentication: 'signature', secret } as const;
		const response = await fetch(webhook, {
			method: 'POST',
			headers: {
				...signInHeaders(signIn, { id: randomUUID(), body }, Date.now()),
				...Object.fromEntries(
					Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)]),
				),
				'content-type': 'application/json',
			},
			body,
		});
		expect(response.status).toBe(200);
		await reserved('BINARY', '2');
	});

	test('to the Test URL are shown in the editor, and not stored', async () => {
		const { api } = host();
		const body = JSON.stringify([eventFor('SHOWN', '1')]);
		await api.call('POST', `/rest/workflows/${receiving}/run`, {
			triggerToStartFrom: { name: 'Event' },
			destinationNode: { nodeName: 'Event', mode: 'inclusive' },
		});
		const signIn = { authentication: 'signature', secret } as const;
		const response = await fetch(webhook.replace('/webhook/', '/webhook-test/'), {
			method: 'POST',
			headers: {
				...signInHeaders(signIn, { id: randomUUID(), body }, Date.now()),
				'content-type': batchType,
			},
			body,
		});
		expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/not stored/)]);
		const execution = await api.executionWhere(
			receiving,
			({ mode, status }) => mode === 'manual' && status === 'success',
		);
		expect(itemsOf(execution, 'Event')).toEqual([expect.objectContaining({ subject: 'SHOWN' })]);
		expect(rowsOf('SHOWN')).toEqual([]);
	});

	test('a wrong one among good ones is named and refused, and the good ones are stored', async () => {
		const wrong = { ...eventFor('WRONG', '1'), type: 'erp-bridge.salesOrder.eaten' };
		const answer = await postBatch([eventFor('GOOD-1', '1'), wrong, eventFor('GOOD-2', '2')]);
		expect([answer.status, statuses(answer)]).toEqual([422, ['stored', 'refused', 'stored']]);
		expect(answer.body.error).toMatch(
			/sandbox-erp\/salesOrder\/WRONG\/1.*type "erp-bridge\.salesOrder\.eaten"/,
		);
		await reserved('GOOD-1', '1');
		await reserved('GOOD-2', '2');
		expect(rowsOf('WRONG')).toEqual([]);
	});

	test.each([
		['cut short', '{"specversion": ', singleType, 400, /not JSON/],
		['of another kind', '{}', 'application/json', 415, /application\/cloudevents\+json/],
		[
			'too large',
			JSON.stringify({ ...eventFor('HUGE', '1'), padding: 'x'.repeat(1_100_000) }),
			singleType,
			413,
			/HUGE.*bytes; at most 1048576/,
		],
	])('a body %s is refused', async (_, body, type, status, says) => {
		const answer = await post(body, type);
		expect(answer.status).toBe(status);
		expect(answer.body.error).toMatch(says);
		expect(rowsOf('HUGE')).toEqual([]);
	});

	test('nobody gets in with another secret or none', async () => {
		const body = JSON.stringify([eventFor('STRANGER', '1')]);
		expect(await post(body, batchType, 'whsec_YW5vdGhlciBzZWNyZXQ=')).toMatchObject({ status: 401 });
		const unsigned = await fetch(webhook, { method: 'POST', headers: { 'content-type': batchType }, body });
		expect(unsigned.status).toBe(401);
		expect(await unsigned.text()).not.toContain(secret);
		expect(rowsOf('STRANGER')).toEqual([]);
	});

	test('they are taken again after n8n was started anew', async () => {
		await host().restart();
		const answer = await until('the webhook to be back', async () => {
			const given = await postBatch([eventFor('AFTER', '4')]).catch(() => undefined);
			return given?.status === 200 && given;
		});
		expect(statuses(answer)).toEqual(['stored']);
		await reserved('AFTER', '4');
	});
});

describe('Event Bus publishing over HTTPS', () => {
	const run = async (parameters: object, event: object): Promise<Record<string, unknown>> => {
		const api = host().api;
		const sending = await api.createCredential({
			name: 'Sending',
			type: 'erpBridgeWebhookApi',
			data: { authentication: 'signature', secret, url: webhook },
		});
		const through = await api.createCredential({
			name: 'Proxy',
			type: 'erpBridgeProxyApi',
			data: { url: proxy.url, ...proxyUser },
		});
		const nodes = [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
			{
				name: 'Input',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: { mode: 'raw', jsonOutput: JSON.stringify(event), options: {} },
			},
			{
				name: 'Publish',
				type: 'n8n-nodes-erp-bridge.eventBus',
				parameters: { transport: 'https', stateStore: 'sqlite', ...parameters },
				credentials: {
					erpBridgeWebhookApi: { id: sending, name: 'Sending' },
					erpBridgeProxyApi: { id: through, name: 'Proxy' },
				},
			},
		].map((node, index) => ({ typeVersion: 1, ...node, id: randomUUID(), position: [index * 200, 0] }));
		const { id } = await api.importWorkflow({
			name: `Publish ${randomUUID()}`,
			nodes,
			connections: {
				Start: { main: [[{ node: 'Input', type: 'main', index: 0 }]] },
				Input: { main: [[{ node: 'Publish', type: 'main', index: 0 }]] },
			},
			settings: { executionOrder: 'v1', saveManualExecutions: true },
		});
		const execution = await api.finished(await api.run(id, 'Start'));
		expect(execution.data.resultData.error).toBeUndefined();
		return itemsOf(execution, 'Publish')[0] ?? {};
	};

	const publish = async (event: BridgeEvent, options: object) =>
		await run({ resource: 'event', operation: 'publish', eventFrom: 'item', options }, event);
	const outbox = async () => await run({ resource: 'outbox', operation: 'get' }, {});

	test('reaches the webhook, and the reservation is made', async () => {
		expect(await publish(eventFor('SENT', '5'), {})).toMatchObject({ status: 'published' });
		await reserved('SENT', '5');
	});

	test('goes through a proxy with sign-in', async () => {
		const before = (await proxy.requests()).length;
		expect(await publish(eventFor('PROXIED', '6'), { proxy: 'credential' })).toMatchObject({
			status: 'published',
		});
		await reserved('PROXIED', '6');
		expect((await proxy.requests()).length).toBeGreaterThan(before);
	});

	test('what the receiver does not take waits in the outbox and goes out when it is back', async () => {
		await host().api.unpublish(receiving);
		const item = await publish(eventFor('WAITS', '8'), { patience: 0.5 });
		expect(item).toMatchObject({
			status: 'queued',
			reason: expect.stringMatching(/HTTP 404.*published/) as string,
		});
		expect(await outbox()).toEqual({ broker: webhook, waiting: 1, oldest: expect.any(String) as string });
		await host().api.publish(receiving);
		await reserved('WAITS', '8');
		await until('the outbox to be empty', async () => (await outbox())['waiting'] === 0);
	});
});

describe('Event Bus Trigger behind a firewall', () => {
	let folder: string;
	let gateway: Gateway;
	let authority: Authority;
	let client: Certificate;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'erp-bridge-tls-'));
		authority = await Authority.create(folder, 'plant-authority');
		client = await authority.issue('n8n');
		const server = await authority.issue('broker');
		gateway = await webSocketGateway(path.brokerUrl, { ...server, ca: authority.ca, requestCert: true });
	});
	afterAll(async () => {
		await gateway.close();
		await rm(folder, { recursive: true });
	});

	test('takes events over WebSocket with TLS and a client certificate through a proxy', async () => {
		const broker = await host().api.createCredential({
			name: 'Broker behind TLS',
			type: 'mqtt',
			data: {
				protocol: 'ws',
				host: '127.0.0.1',
				port: gateway.port,
				ssl: true,
				passwordless: true,
				rejectUnauthorized: true,
				ca: authority.ca,
				cert: client.cert,
				key: client.key,
				clean: false,
				clientId: '',
			},
		});
		const through = await host().api.createCredential({
			name: 'Proxy',
			type: 'erpBridgeProxyApi',
			data: { url: proxy.url, ...proxyUser },
		});
		const before = (await proxy.tunnels()).length;
		await toReservation('Over WebSocket', {
			type: 'n8n-nodes-erp-bridge.eventBusTrigger',
			parameters: { topics: ['walled/#'], stateStore: 'sqlite', options: { proxy: 'credential' } },
			credentials: {
				mqtt: { id: broker, name: 'Broker behind TLS' },
				erpBridgeProxyApi: { id: through, name: 'Proxy' },
			},
		});
		const event = eventFor('WALLED', '9');
		const sender = await path.mqtt();
		await sender.publishAsync(topicOf('walled', event), JSON.stringify(event), { qos: 1 });
		await reserved('WALLED', '9');
		expect((await proxy.tunnels()).slice(before)).toContain(`127.0.0.1:${gateway.port}`);
	});
});

describe('the test of a credential', () => {
	const verdict = async (type: string, data: object): Promise<{ status: string; message: string }> =>
		await host().api.call('POST', '/rest/credentials/test', {
			credentials: { id: '', name: 'Tested', type, data },
		});

	test('of the receiver succeeds, and says when secret or address are wrong', async () => {
		const good = { authentication: 'signature', secret, url: webhook };
		const type = 'erpBridgeWebhookApi';
		expect(await verdict(type, good)).toMatchObject({ status: 'OK' });
		expect(await verdict(type, { ...good, url: '' })).toMatchObject({ status: 'OK' });
		const wrong = await verdict(type, { ...good, secret: 'another-secret-of-some-length' });
		expect(wrong).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/401.*same secret/) as string,
		});
		expect(wrong.message).not.toMatch(/another-secret/);
		expect(await verdict(type, { ...good, secret: 'short' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/secret: must have at least 16 characters/) as string,
		});
		expect(await verdict(type, { ...good, url: `${webhook}/nowhere` })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/404.*published/) as string,
		});
	});

	test('of the proxy succeeds, and says when sign-in or address are wrong', async () => {
		const good = { url: proxy.url, ...proxyUser };
		const type = 'erpBridgeProxyApi';
		expect(await verdict(type, good)).toMatchObject({ status: 'OK' });
		expect(await verdict(type, { ...good, password: 'wrong' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/HTTP 407/) as string,
		});
		expect(await verdict(type, { ...good, url: 'http://127.0.0.1:1' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/can't be reached/) as string,
		});
	});
});
