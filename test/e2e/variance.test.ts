import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { addDays } from '../../core/finance/calendar/calendarDate';
import { droppedFiles } from '../../sandbox/n8n/environment';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { runByHand } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
	for (const credential of credentialsFor(fixture.company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => await fixture?.close());

const columns = {
	column: [
		{ meaning: 'key', column: 'number' },
		{ meaning: 'amount', column: 'amount' },
		{ meaning: 'date', column: 'date' },
		{ meaning: 'partner', column: 'customer' },
	],
};
const orders = 'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,20.00,2026-03-01,Contoso\n';
const ledger = 'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,25.00,2026-03-01,Contoso\n';

async function compareIn(folder: string, more: object = {}) {
	await writeFile(join(folder, 'orders.csv'), orders);
	await writeFile(join(folder, 'ledger.csv'), ledger);
	const side = ['orders', 'ledger'].map((name) => ({
		name,
		from: 'csv',
		file: join(folder, `${name}.csv`),
		columns,
	}));
	const parameters = {
		connections: [],
		sides: { side },
		asOf: '2026-03-31',
		alertAbove: '4.99',
		outputMatched: true,
		...more,
	};
	return await runByHand(host().api, [{ node: 'variance', parameters }]);
}

test('files of a folder that n8n may read are compared', async () => {
	const { status, outputs } = await compareIn(join(host().folder, droppedFiles));
	expect(status).toBe('success');
	const [matched, differences, summary] = outputs;
	expect(matched).toEqual([{ key: ['A1'], lines: { orders: 1, ledger: 1 } }]);
	expect(differences).toMatchObject([{ key: ['A2'], class: 'amount', atStake: '5', partner: 'Contoso' }]);
	expect(summary).toMatchObject([{ deals: 2, matched: 1, different: 1, atStake: '5', alert: true }]);
});

test('findings are remembered from one run to the next, accepted and listed; report and workbook are files', async () => {
	const name = 'Orders and ledger, remembered';
	const today = new Date().toISOString().slice(0, 10);
	const run = async (asOf: string) =>
		await compareIn(join(host().folder, droppedFiles), {
			comparisonName: name,
			asOf,
			rememberFindings: true,
		});
	const finding = async (operation: string, given: object = {}) => {
		const comparison = { __rl: true, mode: 'name', value: name };
		const parameters = { resource: 'finding', operation, comparison, ...given };
		return await runByHand(host().api, [{ node: 'variance', parameters }]);
	};
	const first = await run(addDays(today, -1));
	expect(first.files.sort()).toEqual(
		['html', 'xlsx'].map((ending) => `variance-${addDays(today, -1)}.${ending}`),
	);
	const accepted = await finding('accept', {
		findingsFrom: 'key',
		finding: { __rl: true, mode: 'id', value: 'A2' },
		acceptedBy: 'ines.weber',
		reason: 'agreed rebate',
	});
	expect(accepted.items).toMatchObject([{ key: ['A2'], state: 'accepted', changed: true }]);
	const second = await run(today);
	expect(second.outputs[1]).toMatchObject([
		{ state: 'accepted', openSince: addDays(today, -1), acceptedBy: 'ines.weber' },
	]);
	expect(second.outputs[2]).toMatchObject([{ alert: false, open: { findings: 0, atStake: '0' } }]);
	const listed = await finding('getAll', { filters: { acceptance: 'accepted' } });
	expect(listed.items).toMatchObject([{ key: ['A2'], acceptanceReason: 'agreed rebate' }]);
});

test('files elsewhere are refused, as for every node of n8n', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-outside-'));
	try {
		const { status, error } = await compareIn(folder);
		expect(status).toBe('error');
		expect(error).toContain('which n8n may not read');
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});

test('a new node compares the orders and invoices of the sandbox without a column named', async () => {
	const { status, error, outputs } = await runByHand(host().api, [{ node: 'variance', parameters: {} }]);
	expect([status, error]).toEqual(['success', undefined]);
	const [, differences, summary] = outputs;
	const orders = fixture.company.erp.orders({ status: 'confirmed' });
	const lines = (some: Array<{ lines: unknown[] }>) => some.flatMap((one) => one.lines).length;
	const invoices = fixture.company.erp.invoices.list({ limit: 100, status: 'posted' });
	expect(summary).toMatchObject([
		{
			sides: [
				{ name: 'orders', lines: lines(orders) },
				{ name: 'invoices', lines: lines(invoices.map(({ body }) => body)) },
			],
		},
	]);
	const billed = new Set(invoices.map(({ body }) => body.order));
	expect(new Set(differences?.map(({ key }) => (key as string[])[0]))).toEqual(
		new Set(orders.map(({ id }) => id).filter((id) => !billed.has(id))),
	);
});

test('the warehouse is a side beside the ERP and the ledger, with one credential for each product', async () => {
	const side = [
		{ name: 'orders', from: 'system', record: 'salesOrder' },
		{ name: 'shipments', from: 'system', record: 'shipment' },
	];
	const { status, error, outputs } = await runByHand(host().api, [
		{ node: 'variance', parameters: { sides: { side }, matchBy: 'order' } },
	]);
	expect([status, error]).toEqual(['success', undefined]);
	expect(outputs[2]).toMatchObject([{ sides: [{ name: 'orders' }, { name: 'shipments', lines: 0 }] }]);
});

test('a hundred thousand items a side are compared', async () => {
	const perSide = 100_000;
	const side = ['orders', 'ledger'].map((name) => ({ name, from: 'items', sideField: 'side', columns }));
	const jsCode = `
		const line = (side, n) => ({ json: { side, number: 'A' + n, amount: n / 4 + (side === 'ledger' && n % 10_000 === 0 ? 5 : 0), date: '2026-03-01', customer: 'C' + (n % 100) } });
		return ['orders', 'ledger'].flatMap((side) => Array.from({ length: ${perSide} }, (_, n) => line(side, n)));`;
	const { status, error, outputs } = await runByHand(host().api, [
		{ node: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } },
		{ node: 'variance', parameters: { connections: [], sides: { side }, asOf: '2026-03-31' } },
	]);
	expect([status, error]).toEqual(['success', undefined]);
	const [, differences, summary] = outputs;
	expect(differences).toHaveLength(10);
	expect(summary).toMatchObject([
		{ deals: perSide, different: 10, atStake: '50', sides: [{ lines: perSide }, { lines: perSide }] },
	]);
});
