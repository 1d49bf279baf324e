import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { droppedFiles } from '../../sandbox/n8n/environment';
import { runByHand } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
const columns = { key: ['number'], amount: 'amount', date: 'date', partner: 'customer' };
const orders = 'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,20.00,2026-03-01,Contoso\n';
const ledger = 'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,25.00,2026-03-01,Contoso\n';

async function compareIn(folder: string) {
	await writeFile(join(folder, 'orders.csv'), orders);
	await writeFile(join(folder, 'ledger.csv'), ledger);
	const sides = ['orders', 'ledger'].map((name) => ({ name, from: join(folder, `${name}.csv`), columns }));
	const parameters = {
		sides: JSON.stringify(sides),
		asOf: '2026-03-31',
		alertAbove: '4.99',
		outputMatched: true,
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
