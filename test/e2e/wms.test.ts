import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import type { Company } from '../../sandbox/company/company';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { paper, pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
let company: Company;

beforeAll(async () => {
	fixture = await quietCompany({ seed: false });
	({ company } = fixture);
	stock(company);
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => await fixture.close());

const wms = (parameters: Record<string, unknown>): NodeStep => ({
	node: 'wms',
	parameters: { system: 'sandbox', stateStore: 'sqlite', ...parameters },
});
const byKey = (value: string) => ({ __rl: true, mode: 'id', value });
const run = async (...steps: NodeStep[]): Promise<ManualRun> => await runByHand(host().api, steps);

test('goods are reserved, shipped and received by hand', async () => {
	const { warehouse } = company;
	const reserved = await run(
		wms({
			resource: 'reservation',
			operation: 'reserve',
			orderKey: 'SO-9',
			lines: JSON.stringify([{ item: pen.sku, quantity: '30' }]),
			allowPartial: true,
			idempotencyKey: '',
		}),
		wms({
			resource: 'shipment',
			operation: 'create',
			orderKey: byKey('={{ $json.order }}'),
			lines: '[]',
			idempotencyKey: 'by-hand',
		}),
		wms({ resource: 'shipment', operation: 'ship', key: byKey('={{ $json.key }}') }),
	);
	expect(reserved).toMatchObject({
		status: 'success',
		items: [{ order: 'SO-9', state: 'shipped', lines: [{ item: pen.sku, quantity: '30' }] }],
	});
	expect(warehouse.stock([pen.sku])).toMatchObject([{ onHand: '70', reserved: '0' }]);
	const received = await run(
		wms({
			resource: 'receipt',
			operation: 'create',
			orderKey: 'PO-1',
			lines: JSON.stringify([{ item: pen.sku, quantity: '5' }]),
			idempotencyKey: 'po-1',
		}),
		wms({ resource: 'receipt', operation: 'receive', key: byKey('={{ $json.key }}') }),
	);
	expect(received.items).toMatchObject([{ order: 'PO-1', state: 'received' }]);
	expect(warehouse.stock([pen.sku])).toMatchObject([{ onHand: '75' }]);
	const movements = await run(
		wms({
			resource: 'movement',
			operation: 'getAll',
			returnAll: true,
			filters: { search: pen.sku },
		}),
	);
	expect(movements.items.map(({ kind, quantity }) => `${String(kind)} ${String(quantity)}`)).toEqual([
		'adjustment 100',
		'shipment -30',
		'receipt 5',
	]);
	const shipments = await run(
		wms({ resource: 'shipment', operation: 'getAll', returnAll: false, limit: 5, filters: {} }),
	);
	expect(shipments.items).toMatchObject([{ order: 'SO-9' }]);
});

test('wrong input is refused by field and record, and nothing is booked', async () => {
	const before = company.warehouse.ledger.movements();
	const refused = await Promise.all([
		run(wms({ resource: 'shipment', operation: 'get', key: byKey('SH-none') })),
		run(
			wms({
				resource: 'receipt',
				operation: 'create',
				orderKey: '',
				lines: '[{ "item": "NOPE", "quantity": "1" }]',
				idempotencyKey: '',
			}),
		),
		run(
			wms({
				resource: 'receipt',
				operation: 'create',
				orderKey: '',
				lines: '[{ "item": "W1-0001", "quantity": "-1" }]',
				idempotencyKey: '',
			}),
		),
	]);
	expect(refused.map(({ error }) => error)).toEqual([
		expect.stringContaining('SH-none'),
		expect.stringContaining('NOPE'),
		expect.stringContaining('lines.0.quantity'),
	]);
	expect(company.warehouse.ledger.movements()).toEqual(before);
});

/** A published workflow of the WMS Trigger alone; what it was given is read from its executions. */
async function watch(
	parameters: Record<string, unknown>,
): Promise<() => Promise<Array<Record<string, unknown>>>> {
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: `Watch ${randomUUID()}`,
		nodes: [
			{
				id: randomUUID(),
				name: 'Watch',
				type: 'n8n-nodes-erp-bridge.wmsTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {
					system: 'sandbox',
					interval: 1,
					startFrom: 'now',
					stateStore: 'sqlite',
					options: {},
					...parameters,
				},
				credentials: {
					[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
				},
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	await api.publish(id);
	return async () => {
		const given: Array<Record<string, unknown>> = [];
		for (const { id: execution } of await api.executions({ workflowId: id, status: ['success', 'error'] })) {
			given.push(...itemsOf(await api.execution(execution), 'Watch'));
		}
		return given.reverse();
	};
}

test('WMS Trigger: shipments and stock below a level, which is told once per fall', async () => {
	const { warehouse } = company;
	const shipments = await watch({ entity: 'shipment', events: ['changed', 'cancelled'] });
	const low = await watch({
		entity: 'stockLevel',
		startWhen: 'belowLevel',
		level: '500',
		measure: 'available',
	});
	const looked = await watch({ entity: 'stockLevel', startWhen: 'changes', events: ['created', 'changed'] });
	// Its first report shows that all three have had their silent first look: they began before it.
	await until('the first look', async () => {
		warehouse.adjustStock([{ sku: paper.sku, delta: '1' }]);
		return (await looked()).length > 0;
	});
	warehouse.adjustStock([{ sku: paper.sku, onHand: '499' }]);
	await until('the first fall', async () => (await low()).length === 1);
	warehouse.adjustStock([{ sku: paper.sku, onHand: '400' }]);
	await until('the change', async () =>
		(await looked()).some(({ data }) => (data as { onHand: string }).onHand === '400'),
	);
	warehouse.adjustStock([{ sku: paper.sku, onHand: '500' }]);
	await until('the rise', async () =>
		(await looked()).some(({ data }) => (data as { onHand: string }).onHand === '500'),
	);
	warehouse.adjustStock([{ sku: paper.sku, onHand: '3' }]);
	await until('the second fall', async () => (await low()).length === 2);
	expect((await low()).map(({ data }) => data)).toMatchObject([
		{ item: paper.sku, available: '499' },
		{ item: paper.sku, available: '3' },
	]);
	warehouse.match([{ order: 'SO-10', sequence: 1, lines: [{ sku: pen.sku, quantity: '2' }] }]);
	const { shipment } = warehouse.shipments.create({ order: 'SO-10' });
	const all = await watch({ entity: 'shipment', events: ['created'], startFrom: 'beginning' });
	await until('the new shipment', async () => (await all()).some(({ subject }) => subject === shipment.id));
	await until('the trigger that waits for changes to have seen it', () => seen(shipment.id) >= 2);
	warehouse.shipments.ship(shipment.id);
	await until('the shipment', async () => (await shipments()).length > 0);
	expect(await shipments()).toMatchObject([
		{ subject: shipment.id, type: 'erp-bridge.shipment.changed', data: { state: 'shipped', order: 'SO-10' } },
	]);
});

/** How many triggers have read the shipment's present state. */
function seen(shipment: string): number {
	const database = new DatabaseSync(join(host().folder, '.n8n', 'erp-bridge', 'state.sqlite'), {
		timeout: 30_000,
		readOnly: true,
	});
	try {
		const [row] = database
			.prepare("SELECT count(*) AS triggers FROM captured WHERE entity = 'shipment' AND key = ?")
			.all(shipment);
		return Number(row?.['triggers']);
	} finally {
		database.close();
	}
}
