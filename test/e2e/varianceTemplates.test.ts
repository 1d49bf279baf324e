import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCompany, type Company } from '../../sandbox/company/company';
import type { Mail } from '../../sandbox/company/mail/mailbox';
import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { writtenReports } from '../../sandbox/n8n/environment';
import { apiKey, template } from './harness/orderPath';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let company: Company;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
	company = await startCompany({
		folder,
		apiKey,
		page: false,
		plantErrors: true,
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
		erp: { publish: false },
		wms: { publish: false },
		finance: { publish: false },
		hr: { publish: false },
	});
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await company?.close();
	await rm(folder, { recursive: true, force: true });
});

type Item = Record<string, unknown>;
type Found = { key: string[]; class: string; comparison?: string };

/** Imports a template as it stands; `edit` changes what a user would change in its nodes. */
async function imported(name: string, edit: (json: string) => string = (json) => json): Promise<string> {
	const json = JSON.stringify(await template(`${name}/${name}.json`));
	return (await host().api.importWorkflow(JSON.parse(edit(json)) as Awaited<ReturnType<typeof template>>)).id;
}

async function run(workflow: string): Promise<Execution> {
	const { api } = host();
	const execution = await api.finished(await api.run(workflow, 'Run now'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

/** What came in since the last call. */
let seen = 0;
function newMails(): Mail[] {
	const fresh = company.mailbox.list().filter(({ id }) => Number(id) > seen);
	seen = Math.max(seen, ...fresh.map(({ id }) => Number(id)));
	return fresh;
}

const attachment = (mail: Mail | undefined, name: RegExp): string => {
	const position = mail?.attachments.findIndex((file) => name.test(file.name)) ?? -1;
	return company.mailbox.attachment(mail?.id ?? '', position)?.content.toString('utf8') ?? '';
};

const shown = (found: Found[]) => found.map(({ key, class: kind }) => `${key[0]} ${kind}`).sort();

/** What sandbox/company/README.md says is planted. */
const business = [
	'SO-00000009 missing',
	'SO-00000010 missing',
	'SO-00000011 quantity',
	'SO-00000012 price',
	'SO-00000013 amount',
	'SO-00000014 rate',
	'SO-00000015 rounding',
	'SO-00000016 duplicate',
	'SO-00000017 ambiguous',
	'SO-00000018 dimension',
	'SO-00000019 period',
];
const invoices = () => [
	'INV-00000020 missing',
	'INV-00000021 amount',
	'INV-00000022 tax',
	'INV-00000023 rounding',
	'INV-00000025 rate',
	'INV-00000026 duplicate',
	'INV-00000027 unbalanced',
	'INV-00000028 dimension',
	`${byHand()} missing`,
];
const deliveries = ['DN-00000018 period', 'DN-00000023 costing'];
/** The number of the entry that books no document. */
const byHand = () =>
	company.finance.entries
		.list({ limit: 1_000 })
		.find(({ body }) => body.source === undefined && body.lines.some(({ account }) => account === '6001'))
		?.body.number;

describe('Daily variance report', () => {
	const of = (comparison: string, found: Found[]) =>
		shown(found.filter((one) => one.comparison === comparison));

	test('finds each planted error in its class and nothing else, and sends and writes the reports', async () => {
		const workflow = await imported('daily-variance-report');
		const [report] = itemsOf(await run(workflow), 'Report');
		const found = report?.differences as Found[];
		expect(of('Orders, deliveries, invoices', found)).toEqual(business);
		expect(of('Invoices and ledger', found)).toEqual(invoices().sort());
		expect(of('Deliveries and ledger', found)).toEqual(deliveries);

		const [mail, ...others] = newMails();
		expect(others).toEqual([]);
		expect(mail).toMatchObject({ to: ['finance@example.com'], from: 'n8n@example.com' });
		expect(mail?.subject).toContain('Business-Finance Variance Alert Report');
		expect(mail?.text).toContain('SO-00000010');
		expect(attachment(mail, /^1-.*\.html$/)).toContain('SO-00000017');
		expect(attachment(mail, /^2-.*\.html$/)).toContain('INV-00000027');
		expect(attachment(mail, /^3-.*\.html$/)).toContain('DN-00000023');
		// Workbooks are ZIP files.
		for (const name of [/^1-.*\.xlsx$/, /^2-.*\.xlsx$/, /^3-.*\.xlsx$/])
			expect(attachment(mail, name)).toMatch(/^PK/);

		const reports = join(host().folder, writtenReports);
		const written = await readdir(reports);
		expect(written.sort()).toEqual((mail?.attachments ?? []).map(({ name }) => name).sort());
		for (const name of written.filter((one) => one.endsWith('.html')))
			expect(await readFile(join(reports, name), 'utf8')).toBe(attachment(mail, new RegExp(`^${name}$`)));
	});

	test('speaks Chinese', async () => {
		const workflow = await imported('daily-variance-report', (json) =>
			json.replace('"name":"language","value":"en"', '"name":"language","value":"zh-CN"'),
		);
		await run(workflow);
		const [mail] = newMails();
		expect(mail?.subject).toContain('业务-财务差异预警报告');
		expect(mail?.text).toContain('订单、发货、发票');
		expect(attachment(mail, /^1-.*\.html$/)).toContain('lang="zh-CN"');
	});
});

describe('Month-end ledger check', () => {
	test('lists every document of last month that the ledger has not, or has otherwise', async () => {
		const [result] = itemsOf(await run(await imported('month-end-ledger-check')), 'Of this month');
		expect(result).toMatchObject({ result: 'differs' });
		expect(shown(result?.differences as Found[])).toEqual([...invoices(), ...deliveries].sort());
		const [mail] = newMails();
		expect(mail?.to).toEqual(['accounting@example.com']);
		expect(mail?.text).toContain('INV-00000022');
		expect(attachment(mail, /-1-.*\.html$/)).toContain('INV-00000022');
	});

	test('a month without differences is told to agree', async () => {
		const workflow = await imported('month-end-ledger-check', (json) =>
			json.replace('"name":"day","value":""', '"name":"day","value":"2020-02-15"'),
		);
		expect(itemsOf(await run(workflow), 'Of this month')).toMatchObject([
			{ month: '2020-02', result: 'agrees', differences: [] },
		]);
		expect(newMails()[0]?.text).toContain('Every document of the month is in the ledger');
	});
});

describe('Variance alert', () => {
	test('tells at once what is above the threshold, once, and again when it is another', async () => {
		const workflow = await imported('variance-alert');
		const [alert] = itemsOf(await run(workflow), 'Alert');
		expect(shown(alert?.differences as Found[])).toEqual(['SO-00000009 missing', 'SO-00000010 missing']);
		const [mail] = newMails();
		expect(mail?.subject).toContain('ALERT: 2 new differences');
		expect(attachment(mail, /\.html$/)).toContain('SO-00000009');

		await run(workflow);
		expect(newMails()).toEqual([]);

		// Somebody bills what was never billed, but far too much of it.
		const { record } = company.erp.invoices.create({
			kind: 'customer',
			order: 'SO-00000009',
			lines: [{ item: 'FUR-CH-10002880', quantity: '60', unit: 'H87', price: '122.99', orderLine: '1' }],
		});
		company.erp.invoices.confirm(record.id);
		const [second] = itemsOf(await run(workflow), 'Alert');
		expect(shown(second?.differences as Found[])).toEqual(['SO-00000009 quantity']);
		expect(newMails()).toHaveLength(1);
	});

	test('an alert that could not be sent is sent by the next run', async () => {
		const workflow = await imported('variance-alert', (json) =>
			json.replace('"maxTries":3', '"maxTries":2').replace('"waitBetweenTries":5000', '"waitBetweenTries":0'),
		);
		company.faults.smtp.set({ fault: 'refuse', to: '' });
		const { api } = host();
		const failed = await api.finished(await api.run(workflow, 'Run now'));
		expect(failed.data.resultData.error?.message).toContain('The alert was not sent');
		company.faults.smtp.reset();
		expect(newMails()).toEqual([]);
		await run(workflow);
		expect(newMails()).toHaveLength(1);
	});
});

describe('Three-way match', () => {
	const status = (id: string) => company.erp.invoices.get(id)?.status;

	test('releases what agrees, holds what does not and says why', async () => {
		const workflow = await imported('three-way-match');
		const execution = await run(workflow);
		const held = itemsOf(execution, 'Decide')
			.filter(({ release }) => release === false)
			.map(
				({ invoice, reasons }) =>
					`${String(invoice)} ${(reasons as Item[]).map((one) => one.class).join(',')}`,
			);
		expect(held.sort()).toEqual([
			'INV-00000031 quantity',
			'INV-00000032 price',
			'INV-00000033 missing',
			'INV-00000035 duplicate',
			'INV-00000036 rate',
			'INV-00000037 missing',
		]);
		expect(['INV-00000029', 'INV-00000030'].map(status)).toEqual(['posted', 'posted']);
		expect(held.map((one) => status(one.split(' ')[0] ?? ''))).toEqual(held.map(() => 'draft'));
		const [mail, ...others] = newMails();
		expect(others).toEqual([]);
		expect(mail).toMatchObject({
			to: ['payables@example.com'],
			subject: 'Three-way match: 6 supplier invoices held',
		});
		expect(mail?.text).toContain('INV-00000032');
		expect(mail?.text).not.toContain('INV-00000029');
	});

	test('what is put right is released by the next run', async () => {
		const { erp, warehouse } = company;
		const [order] = erp.purchases.some(['PO-00000005']);
		const lines = (order?.body.lines ?? []).map(({ gtin, quantity }) => ({
			sku: warehouse.itemsByGtin([gtin])[0]?.sku ?? '',
			quantity,
		}));
		warehouse.receipts.receive(warehouse.receipts.create({ reference: 'PO-00000005', lines }).receipt.id);
		await run(await imported('three-way-match'));
		expect(status('INV-00000033')).toBe('posted');
		expect(newMails()[0]?.subject).toBe('Three-way match: 5 supplier invoices held');
	});
});

describe('Delivery to voucher', () => {
	test('books none of the planted documents again, and the one without an entry as a draft', async () => {
		const workflow = await imported('delivery-to-voucher');
		const { api } = host();
		const execution = await api.finished(await api.run(workflow, 'Run for all'));
		expect(execution.data.resultData.error?.message).toBeUndefined();
		const of = (key: string) =>
			company.finance.entries.list({ limit: 1_000 }).filter(({ body }) => body.source?.key === key);
		const documents = [
			...company.erp.deliveries.list({ limit: 100 }),
			...company.erp.invoices.list({ limit: 100 }),
		];
		const twice = documents.map(({ id }) => id).filter((id) => of(id).length > 1);
		expect(twice).toEqual(['INV-00000026']);
		expect(of('INV-00000020')).toMatchObject([{ status: 'draft' }]);
	});
});
