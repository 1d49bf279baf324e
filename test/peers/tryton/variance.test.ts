import { axiosTransport } from '../../../connectors/http/axiosTransport';
import type { Finding, VarianceSummary } from '../../../core/variance/finding';
import { runByHand } from '../../e2e/harness/runNode';
import { withN8n } from '../../e2e/harness/withN8n';
import { sessionOf } from './company';
import { deals, dealsOfAMonth, plantErrors, planted } from './dealsOfAMonth';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

const host = withN8n();
const transport = axiosTransport();
let server: TrytonServer;
let credential: { id: string; name: string };

beforeAll(async () => {
	server = await startTryton({ finance: 'finance' });
	const login = { url: server.url, database: 'finance' };
	await dealsOfAMonth(sessionOf(server.url, 'finance'), {
		...login,
		system: 'tryton',
		user: trytonUser,
		password: trytonPassword,
		transport,
	});
	const name = 'Tryton';
	const data = {
		...login,
		systemName: 'tryton',
		username: trytonUser,
		password: trytonPassword,
		legalEntity: 'RIVERSIDE',
	};
	credential = { id: await host().api.createCredential({ name, type: 'erpBridgeTrytonApi', data }), name };
}, 240_000);

afterAll(async () => {
	await server?.remove();
	transport.close();
});

const revenue = { record: 'journalEntry', booked: ['invoice'], accounts: '4000', taxAccounts: '2200' };
const costs = { record: 'journalEntry', booked: ['delivery'], accounts: '5100', positive: 'debit' };
const costColumns = {
	column: [
		{ meaning: 'cost', column: 'amount' },
		{ meaning: 'dimension', column: 'lines.dimensions.costCentre' },
	],
};

/** What is compared in a month: orders to invoices line by line, then what the ledger makes of each document. */
const comparisons = {
	'Orders, deliveries and invoices': {
		matchBy: 'orderLine',
		sides: [
			{ name: 'orders', record: 'salesOrder' },
			{ name: 'deliveries', record: 'delivery' },
			{ name: 'invoices', record: 'invoice' },
		],
	},
	'Invoices and revenue': {
		matchBy: 'document',
		sides: [
			{ name: 'invoices', record: 'invoice' },
			{ name: 'ledger', ...revenue },
		],
	},
	'Deliveries and their cost': {
		matchBy: 'document',
		sides: [
			{ name: 'deliveries', record: 'delivery' },
			{ name: 'ledger', ...costs, columns: costColumns },
		],
	},
};
type Comparison = keyof typeof comparisons;

async function compared(name: Comparison) {
	const { matchBy, sides } = comparisons[name];
	const { status, error, outputs } = await runByHand(host().api, [
		{
			node: 'variance',
			parameters: {
				comparisonName: name,
				connections: ['tryton'],
				matchBy,
				sides: { side: sides.map((side) => ({ from: 'system', system: 'tryton', ...side })) },
			},
			credentials: { erpBridgeTrytonApi: credential },
		},
	]);
	expect([status, error]).toEqual(['success', undefined]);
	const [, findings = [], [summary] = []] = outputs as unknown as [unknown, Finding[], VarianceSummary[]];
	return { findings, summary };
}

test('a month in order has no difference, and each error that is written into the database is found once, in its class', async () => {
	const names = Object.keys(comparisons) as Comparison[];
	for (const name of names) {
		const { findings, summary } = await compared(name);
		expect({ name, findings }).toEqual({ name, findings: [] });
		expect(summary?.matched).toBe(deals);
	}
	server.edit('finance', plantErrors);
	const found: Array<[string, string]> = [];
	for (const name of names)
		for (const { class: kind, key, also } of (await compared(name)).findings) {
			found.push([kind, String(key[0])]);
			expect({ kind, also }).toEqual({ kind, also: [] });
		}
	const expected = Object.entries(planted).map(([kind, deal]) => [kind, String(deal)]);
	expect(found.sort()).toEqual(expected.sort());
	expect(found).toHaveLength(12);
}, 240_000);
