import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Random } from '../../sandbox/demo/random';
import { startCompany, type Company } from '../../sandbox/company/company';
import type { RecordKindName, RecordKinds } from '../../sandbox/company/approvals/model';

export const apiKey = 'a-key-for-the-accuracy';

/** Where an order can begin: its step, who decides there, and an amount in thousands that leads to it. */
const starts = [
	{
		step: 'finance',
		position: 'FINANCE_SUPERVISOR',
		hrPosition: 'FIN-SUP',
		department: 'FIN',
		branch: 'east',
		amounts: [1, 49],
	},
	{
		step: 'sales-east',
		position: 'SALES_SUP_EAST',
		hrPosition: 'SAL-SUP-E',
		department: 'SAL-E',
		branch: 'east',
		amounts: [51, 480],
	},
	{
		step: 'sales-south',
		position: 'SALES_SUP_SOUTH',
		hrPosition: 'SAL-SUP-S',
		department: 'SAL-S',
		branch: 'south',
		amounts: [51, 480],
	},
	{
		step: 'sales-west',
		position: 'SALES_SUP_WEST',
		hrPosition: 'SAL-SUP-W',
		department: 'SAL-W',
		branch: 'west',
		amounts: [51, 480],
	},
	{
		step: 'director',
		position: 'SALES_DIRECTOR',
		hrPosition: 'SAL-DIR',
		department: 'SAL',
		branch: 'south',
		amounts: [520, 1_900],
	},
] as const;
export type Start = (typeof starts)[number];

/** One order that is going to be submitted, in a company whose records may be made to be wrong. */
export interface Scene {
	company: Company;
	random: Random;
	start: Start;
	/** login and number of whoever decides at the first step */
	approver: { login: string; employee: string; email: string };
	submittedBy: string;
	customer: { code: string; name: string };
	order: string;
	close(): Promise<void>;
}

/** A company filled once, whose folder each scene gets a copy of. */
export async function seededFolder(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'approvals-seed-'));
	const company = await start(folder);
	const settings = company.approvals.records.get('settings', 'settings');
	company.approvals.records.put('settings', { ...settings, mailTimeoutMs: 10_000, mailAttempts: 1 });
	await company.close();
	return folder;
}

export async function openScene(seeded: string, random: Random): Promise<Scene> {
	const folder = mkdtempSync(join(tmpdir(), 'approvals-'));
	cpSync(seeded, folder, { recursive: true });
	const company = await start(folder);
	const first = random.pick(starts);
	const { records } = company.approvals;
	const login = records.all('bindings').find(({ position }) => position === first.position)?.user ?? '';
	const user = records.get('users', login);
	const amount = random.integer(first.amounts[0], first.amounts[1]);
	const customer = { code: `C-100${random.pick([1, 2, 3, 5, 6])}`, name: 'A customer' };
	const { order } = company.erp.createOrder({
		customer,
		lines: [{ item: 'TEC-CO-10001449', quantity: String(amount), price: '1000.00' }],
	});
	return {
		company,
		random,
		start: first,
		approver: { login, employee: user?.employee ?? '', email: user?.email ?? '' },
		submittedBy: 'han.mei',
		customer,
		order: order.id,
		close: async () => {
			await company.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

export async function submit({ company, order, submittedBy, start: { branch } }: Scene): Promise<void> {
	company.approvals.submit({ order, submittedBy, branch });
	await company.approvals.mailed();
}

/** Changes some fields of one record. */
export function change<K extends RecordKindName>(
	{ company }: Scene,
	kind: K,
	id: string,
	fields: Partial<RecordKinds[K]>,
): void {
	const { records } = company.approvals;
	const record = records.get(kind, id);
	if (record === undefined) throw new Error(`There is no ${kind} "${id}" to change.`);
	records.put(kind, { ...record, ...fields });
}

async function start(folder: string): Promise<Company> {
	return await startCompany({
		folder,
		apiKey,
		page: false,
		broker: { url: 'mqtt://127.0.0.1:1' },
		erp: { publish: false },
		wms: { publish: false },
		finance: { publish: false },
		hr: { publish: false },
	});
}
