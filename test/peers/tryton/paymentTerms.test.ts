import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod/v4';

import { type Company, startCompany } from '../../../sandbox/company/company';
import { credentialsFor } from '../../../sandbox/n8n/credentials';
import termsGate from '../../../workflows/supplier-payment-terms-gate/supplier-payment-terms-gate.json';
import { answerMail, callWorkflow } from '../../e2e/harness/approvals';
import { apiKey } from '../../e2e/harness/orderPath';
import { runByHand } from '../../e2e/harness/runNode';
import { until } from '../../e2e/harness/until';
import { withN8n } from '../../e2e/harness/withN8n';
import { startMosquitto, type Mosquitto } from '../mosquitto';
import { paymentTerms, sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

/*
 * The template as a user sets it up: Tryton as the ERP, and the sandbox company as HR system and mail server. What people do in
 * Tryton they do through its own public methods.
 */
const host = withN8n();
let erp: TrytonServer;
let company: Company;
let broker: Mosquitto;
let folder: string;
let gate: string;

const people = () => sessionOf(erp.url, 'erp');
/** By code, as Tryton itself has it. */
async function termsOf(code: string): Promise<string | undefined> {
	const Party = z.object({ 'supplier_payment_term.': z.object({ name: z.string() }).nullable() });
	const [party] = await people().search('party.party', Party, [['code', '=', code]], {
		related: ['supplier_payment_term.name'],
	});
	return party?.['supplier_payment_term.']?.name;
}
/** Somebody changes parties by hand. */
async function write(code: string, values: Record<string, unknown>): Promise<void> {
	const [party] = await people().search('party.party', z.object({ id: z.number() }), [['code', '=', code]]);
	await people().call('model.party.party.write', [[party?.id], values]);
}
/** The oldest first. */
const reports = () =>
	company.mailbox
		.list()
		.filter(({ to }) => to.includes('audit@example.com'))
		.toReversed();

let terms: Map<string, number>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-terms-'));
	const { api } = host();
	broker = await startMosquitto(folder);
	[erp, company] = await Promise.all([
		startTryton({ erp: 'erp' }),
		startCompany({
			folder,
			apiKey,
			page: false,
			broker: { url: broker.url },
			erp: { publish: false },
			wms: { publish: false },
		}),
	]);
	terms = await paymentTerms(people(), { '30 days': 30, '60 days': 60, '90 days': 90 });
	await write('METAL', { supplier_payment_term: terms.get('30 days') });
	await people().create('party.party', [{ name: 'Northern Plastics', code: 'PLASTIC' }]);
	for (const credential of credentialsFor(company.addresses, apiKey)) await api.setCredential(credential);
	const name = 'Tryton';
	const id = await api.createCredential({
		name,
		type: 'erpBridgeTrytonApi',
		data: {
			systemName: 'tryton',
			url: erp.url,
			database: 'erp',
			username: trytonUser,
			password: trytonPassword,
		},
	});
	const nodes = termsGate.nodes.map((node) =>
		/\.erp(Trigger)?$/.test(node.type)
			? {
					...node,
					parameters: {
						...node.parameters,
						system: 'tryton',
						...('interval' in node.parameters ? { interval: 1 } : {}),
					},
					credentials: { erpBridgeTrytonApi: { id, name } },
				}
			: node,
	);
	gate = (await api.importWorkflow({ ...termsGate, nodes })).id;
	await api.publish(gate);
	await until('the sample policy', async () => {
		const { items } = await runByHand(api, [
			{
				node: 'abac',
				parameters: {
					resource: 'policy',
					operation: 'getVersions',
					policySet: { __rl: true, mode: 'name', value: 'supplier-payment-terms' },
					returnAll: true,
					stateStore: 'sqlite',
				},
			},
		]);
		return items.length === 1;
	});
}, 240_000);

afterAll(async () => {
	await Promise.all([erp?.remove(), company?.close(), broker?.stop()]);
	if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test('terms reach Tryton through the gate alone; those changed around it are reported, once', async () => {
	const answered = await callWorkflow(host().api, gate, {
		requester: 'E1043',
		approver: 'E1007',
		supplier: 'METAL',
		paymentTerms: '60 days',
	});
	const mail = await answerMail(company, 'METAL', true);
	expect(mail.text.replace(/\s+/g, ' ')).toContain('30 days → 60 days');
	expect(await answered()).toMatchObject({ changed: true, before: '30 days', paymentTerms: '60 days' });
	expect(await termsOf('METAL')).toBe('60 days');

	// Around the gate.
	await write('PLASTIC', { supplier_payment_term: terms.get('90 days') });
	await until('the report on PLASTIC', () => reports()[0], 60_000);
	await write('PLASTIC', { name: 'Northern Plastics Ltd' });
	await write('METAL', { supplier_payment_term: terms.get('90 days') });
	await until('the report on METAL', () => reports()[1], 60_000);
	expect(reports().map(({ text }) => text.split('\n')[0])).toEqual([
		expect.stringMatching(/^- PLASTIC .*: now 90 days .*; nothing was permitted/),
		expect.stringMatching(/^- METAL .*: now 90 days .*; last permitted: 60 days, E1043/),
	]);
});

test('a refusal leaves Tryton as it is', async () => {
	const answered = await callWorkflow(host().api, gate, {
		requester: 'E1043',
		approver: 'E1007',
		supplier: 'RETAIL',
		paymentTerms: '60 days',
	});
	await answerMail(company, 'RETAIL', false);
	expect(await answered()).toMatchObject({ changed: false, reason: 'E1007 has refused it.' });
	expect(await termsOf('RETAIL')).toBeUndefined();
});
