import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;

beforeAll(async () => {
	fixture = await quietCompany();
	for (const credential of credentialsFor(fixture.company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => await fixture.close());

const finance = (resource: string, operation: string, parameters: Record<string, unknown>): NodeStep => ({
	node: 'finance',
	parameters: { system: 'sandbox', resource, operation, ...parameters },
});
const run = async (...steps: NodeStep[]): Promise<ManualRun> => await runByHand(host().api, steps);
const today = new Date().toISOString().slice(0, 10);
const thisMonth = today.slice(0, 7);
const entryOf = (date: string, amount: string): string =>
	JSON.stringify({
		date,
		currency: 'CNY',
		lines: [
			{ account: '6602', debit: amount, credit: '0', dimensions: { costCentre: 'CC-300' } },
			{ account: '2202', debit: '0', credit: amount },
		],
	});
/** What was posted this month to an account, as the ledger sums it. */
const creditOf = (account: string): string =>
	fixture.company.finance.trialBalance(thisMonth).balances.find((row) => row.account === account)?.credit ??
	'0';

test('a journal entry is created, changed and posted by hand, and again without effect; the trial balance has it once', async () => {
	const record = entryOf(today, '1234.5');
	const chain = [
		finance('journalEntry', 'upsert', { record, idempotencyKey: 'telephone', expectedVersion: '' }),
		finance('journalEntry', 'post', {
			journalEntry: { __rl: true, mode: 'id', value: '={{ $json.key }}' },
			expectedVersion: '',
		}),
	];
	const posted = await run(...chain);
	expect(posted).toMatchObject({
		status: 'success',
		items: [{ state: 'posted', period: thisMonth, lines: [{ dimensions: { costCentre: 'CC-300' } }, {}] }],
	});
	expect(await run(...chain)).toEqual(posted);
	expect(creditOf('2202')).toBe('1234.5');
});

test('an entry in a locked period is refused in words that name the period, and nothing is written', async () => {
	const before = fixture.company.finance.entries.list({ status: 'draft' }).length;
	const locked = `${Number(today.slice(0, 4)) - 1}-03`;
	const refused = await run(
		finance('journalEntry', 'create', { record: entryOf(`${locked}-09`, '5'), idempotencyKey: 'late' }),
	);
	expect(refused.status).toBe('error');
	expect(refused.error).toContain(`the period "${locked}"`);
	expect(refused.error).toContain('is locked');
	expect(fixture.company.finance.entries.list({ status: 'draft' })).toHaveLength(before);
});

test('accounts, periods, assets and dimension values are listed with conditions', async () => {
	const listed = async (resource: string, field: string, operator: string, value: string) => {
		const found = await run(
			finance(resource, 'getAll', {
				returnAll: true,
				filters: {},
				conditions: { condition: [{ field, operator, value }] },
				fieldsToReturn: ['key'],
			}),
		);
		expect(found.error).toBeUndefined();
		return found.items.map(({ key }) => key);
	};
	expect(await listed('account', 'name', 'contains', 'VAT')).toEqual(['222101', '222102']);
	expect(await listed('ledgerPeriod', 'from', 'is', `${thisMonth}-01`)).toEqual([thisMonth]);
	expect(await listed('asset', 'cost', 'above', '200000')).toEqual(['FA-1001', 'FA-1004']);
	expect(await listed('dimensionValue', 'dimension', 'is', 'sourceOfFunds')).toEqual([
		'sourceOfFunds/grant',
		'sourceOfFunds/investment',
		'sourceOfFunds/operating',
	]);
});
