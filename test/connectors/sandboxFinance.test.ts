import Big from 'big.js';
import fc from 'fast-check';

import { axiosTransport } from '../../connectors/http/axiosTransport';
import { canonicalEntities } from '../../core/model/entities';
import type { JournalEntryDraft } from '../../core/model/journalEntry';
import type { Outcome } from '../../core/ports/systemConnector';
import type { TrialBalance } from '../../sandbox/company/finance/finance';
import { apiKey, collect, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
const transport = axiosTransport();
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => {
	transport.close();
	await fixture.close();
});

const today = new Date().toISOString().slice(0, 10);
const thisMonth = today.slice(0, 7);
const year = today.slice(0, 4);
const lastYear = String(Number(year) - 1);
let last = 0;
const key = () => `test ${(last += 1)}`;

const draft = (amount = '100', given: Partial<JournalEntryDraft> = {}): JournalEntryDraft => ({
	date: today,
	currency: 'CNY',
	lines: [
		{ account: '6602', debit: amount, credit: '0' },
		{ account: '1002', debit: '0', credit: amount },
	],
	...given,
});

function value<T>(outcomes: Array<Outcome<T>>): T {
	const [outcome] = outcomes;
	if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
	return outcome.value;
}
const created = async (given: JournalEntryDraft, idempotencyKey = key()) =>
	value(await fixture.finance.create('journalEntry', [{ idempotencyKey, draft: given }]));
const post = async (entry: string) =>
	await fixture.finance.act('journalEntry', 'post', [{ key: entry, idempotencyKey: key(), input: {} }]);
const period = async (does: 'close' | 'lock' | 'reopen', code: string) =>
	await fixture.finance.act('ledgerPeriod', does, [{ key: code, idempotencyKey: key(), input: {} }]);

async function balances(code: string): Promise<TrialBalance> {
	const { status, body } = await transport({
		method: 'GET',
		url: `${fixture.company.addresses.finance}/api/balances`,
		query: { period: code },
		headers: { 'x-api-key': apiKey },
	});
	expect(status).toBe(200);
	return body as TrialBalance;
}

describe('the seed', () => {
	test.each(['account', 'asset', 'dimensionValue', 'journalEntry', 'ledgerPeriod'] as const)(
		'has canonical records of %s',
		async (entity) => {
			const records = await collect(fixture.finance.list(entity, { pageSize: 3 }));
			expect(records.length).toBeGreaterThan(5);
			for (const record of records) expect(canonicalEntities[entity].parse(record)).toEqual(record);
		},
	);

	test('has the months of last year and this one, without a gap; the present and the last are open', async () => {
		const periods = await collect(fixture.finance.list('ledgerPeriod'));
		expect(periods).toHaveLength(24);
		for (const [index, { from }] of periods.slice(1).entries()) {
			const before = periods[index];
			expect(Date.parse(from) - Date.parse(before?.to ?? '')).toBe(86_400_000);
		}
		const states = new Map(periods.map(({ key: code, state }) => [code, state]));
		expect(states.get(thisMonth)).toBe('open');
		expect(states.get(`${lastYear}-01`)).toBe('locked');
	});

	test('has assets by every method, and one without a rule', async () => {
		const assets = await collect(fixture.finance.list('asset'));
		expect(new Set(assets.map(({ rule }) => rule?.method))).toEqual(
			new Set(['straightLine', 'decliningBalance', 'sumOfYears', 'unitsOfProduction', undefined]),
		);
	});

	test('balances in every period', async () => {
		for (const code of [`${lastYear}-01`, `${lastYear}-12`, thisMonth]) {
			const { totals } = await balances(code);
			for (const { opening, debit, credit, closing } of totals) {
				expect([opening, closing]).toEqual(['0', '0']);
				expect(debit).toBe(credit);
			}
		}
	});
});

test('an entry is a draft, is posted once, then has a number and never changes', async () => {
	const entry = await created(draft());
	expect(entry).toMatchObject({ state: 'draft', period: thisMonth });
	expect(entry).not.toHaveProperty('number');
	const posted = value(await post(entry.key));
	expect(posted).toMatchObject({
		state: 'posted',
		number: expect.stringMatching(`^JV-${thisMonth}-\\d{4}$`),
	});
	expect(value(await post(entry.key))).toEqual(posted);
	const changes = { description: 'later' };
	expect(await fixture.finance.update('journalEntry', [{ key: entry.key, changes }])).toMatchObject([
		{ error: { name: 'ConflictError', message: expect.stringContaining(`"${entry.key}" is posted`) } },
	]);
	const next = value(await post((await created(draft())).key));
	const numberOf = (text = '') => Number(text.slice(-4));
	expect(numberOf(next.number)).toBe(numberOf(posted.number) + 1);
});

test('sent again after it was posted and its period closed, an entry is the same one', async () => {
	const { company, finance } = fixture;
	company.finance.periods.create({ code: 'replay', name: 'Replay', from: '2098-01-01', to: '2098-01-31' });
	const request = { idempotencyKey: 'voucher of DN-1', draft: draft('7.5', { date: '2098-01-31' }) };
	const first = value(await finance.upsert('journalEntry', [request]));
	const posted = value(await post(first.key));
	value(await period('close', 'replay'));
	expect(value(await finance.upsert('journalEntry', [request]))).toEqual(posted);
	expect(value(await finance.create('journalEntry', [request]))).toEqual(posted);
	const { balances: rows } = await balances('replay');
	expect(rows.find(({ account }) => account === '6602')).toMatchObject({ debit: '7.5', credit: '0' });
});

describe('periods', () => {
	test('nothing is written into a period that is not open; the refusal names it', async () => {
		const [outcome] = await fixture.finance.create('journalEntry', [
			{ idempotencyKey: key(), draft: draft('1', { date: `${lastYear}-02-10` }) },
		]);
		expect(outcome).toMatchObject({
			error: {
				name: 'ValidationError',
				message: expect.stringMatching(`date: the period "${lastYear}-02" \\(${lastYear}年2月\\) is locked`),
			},
		});
		const entry = await created(draft());
		const [moved] = await fixture.finance.update('journalEntry', [
			{ key: entry.key, changes: { date: `${lastYear}-02-10` } },
		]);
		expect(moved).toMatchObject({ error: { message: expect.stringContaining('is locked') } });
	});

	test('a period with drafts stays open and says which; once they are posted it closes and reopens', async () => {
		const { company } = fixture;
		company.finance.periods.create({ code: 'close', name: 'Closing', from: '2097-01-01', to: '2097-01-31' });
		const entry = await created(draft('3', { date: '2097-01-15' }));
		expect(await period('close', 'close')).toMatchObject([
			{ error: { name: 'ValidationError', message: expect.stringContaining(entry.key) } },
		]);
		value(await post(entry.key));
		expect(value(await period('close', 'close')).state).toBe('closed');
		expect(value(await period('reopen', 'close')).state).toBe('open');
		expect(value(await period('lock', 'close')).state).toBe('locked');
		expect(await period('reopen', 'close')).toMatchObject([
			{ error: { name: 'ConflictError', message: expect.stringContaining('"close" is locked') } },
		]);
	});

	test.each([
		['a period over days of another', { code: 'x', name: 'x', from: `${year}-01-31`, to: `${year}-02-01` }],
		['a period around others', { code: 'x', name: 'x', from: `${lastYear}-01-01`, to: `${year}-12-31` }],
		['a period that ends before it begins', { code: 'x', name: 'x', from: '2099-02-01', to: '2099-01-01' }],
	])('%s is refused', (_what, wrong) => {
		expect(() => fixture.company.finance.periods.create(wrong)).toThrow(/has days of|is before/);
		expect(fixture.company.finance.periods.get('x')).toBeUndefined();
	});
});

const [office, bank] = draft().lines;
test.each<[string, Partial<JournalEntryDraft>, RegExp]>([
	[
		'an unknown account',
		{ lines: [{ ...office!, account: '9999' }] },
		/lines\.0\.account: there is no account "9999"/,
	],
	['a heading', { lines: [bank!, { ...office!, account: '6' }] }, /lines\.1\.account: "6" .* is a heading/],
	['a day without a period', { date: '1999-12-31' }, /date: 1999-12-31 is in no period/],
	[
		'a tenth of a cent',
		{ lines: [{ ...office!, debit: '0.001' }] },
		/lines\.0\.debit: 0\.001 has more than the 2/,
	],
	[
		'half a yen',
		{ currency: 'JPY', lines: [{ ...office!, debit: '1.5' }] },
		/more than the 0 decimal places of JPY/,
	],
	['an unknown currency', { currency: 'XQZ' }, /currency: "XQZ" is no currency/],
	['16 digits', { lines: [{ ...office!, debit: '1234567890123456' }] }, /has more than 15 digits/],
	[
		'both sides in a line',
		{ lines: [{ ...office!, credit: '1' }] },
		/lines\.0: give either a debit or a credit, not both/,
	],
	[
		'neither side',
		{ lines: [{ ...office!, debit: '0' }] },
		/lines\.0: give either a debit or a credit, not none/,
	],
	[
		'an unknown cost centre',
		{ lines: [{ ...office!, dimensions: { costCentre: 'CC-0' } }] },
		/lines\.0\.dimensions\.costCentre: there is no "CC-0"/,
	],
	[
		'a cost centre of last year',
		{ lines: [{ ...office!, dimensions: { costCentre: 'CC-900' } }] },
		/lines\.0\.dimensions\.costCentre: "CC-900" was valid until/,
	],
])('%s is refused by its field, and nothing is written', async (_what, wrong, named) => {
	const before = (await collect(fixture.finance.list('journalEntry'))).length;
	const [outcome] = await fixture.finance.create('journalEntry', [
		{ idempotencyKey: key(), draft: draft('1', wrong) },
	]);
	expect(outcome).toMatchObject({
		error: { name: 'ValidationError', message: expect.stringMatching(named) },
	});
	expect(await collect(fixture.finance.list('journalEntry'))).toHaveLength(before);
});

test('whatever is posted, debits equal credits, the trial balance is zero, and a replay makes no second entry', async () => {
	const { finance } = fixture.company;
	const accounts = ['1002', '1122', '1405', '2202', '6001', '6401', '660309'];
	const currencies = { CNY: 2, EUR: 2, JPY: 0, KWD: 3 };
	const line = (places: number) =>
		fc.record({
			account: fc.constantFrom(...accounts),
			side: fc.constantFrom('debit', 'credit'),
			amount: fc
				.integer({ min: 1, max: 10 ** 9 })
				.map((units) => new Big(String(units)).div(String(10 ** places)).toFixed()),
		});
	const entry = fc.constantFrom(...Object.entries(currencies)).chain(([currency, places]) =>
		fc.record({
			currency: fc.constant(currency),
			lines: fc.array(line(places), { minLength: 1, maxLength: 6 }),
			/** whether a last line makes it balance */
			balanced: fc.boolean(),
		}),
	);
	let round = 0;
	fc.assert(
		fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
			round += 1;
			const code = `round ${round}`;
			const day = new Date(Date.UTC(2200, 0, round)).toISOString().slice(0, 10);
			finance.periods.create({ code, name: code, from: day, to: day });
			const expected = new Map<string, Big>();
			for (const [index, { currency, lines, balanced }] of entries.entries()) {
				const sum = lines.reduce(
					(total, { side, amount }) => (side === 'debit' ? total.plus(amount) : total.minus(amount)),
					new Big('0'),
				);
				const closing =
					sum.eq('0') || !balanced
						? []
						: [{ account: '1001', [sum.gt('0') ? 'credit' : 'debit']: sum.abs().toFixed() }];
				const given = {
					date: day,
					currency,
					lines: [...lines.map(({ account, side, amount }) => ({ account, [side]: amount })), ...closing],
				};
				const { record } = finance.entries.create(given, `${code}/${index}`);
				expect(finance.entries.create(given, `${code}/${index}`)).toEqual({ record, created: false });
				const postIt = () => finance.entries.act(record.id, 'post');
				if (!balanced && !sum.eq('0')) {
					expect(postIt).toThrow(/debits of .* and credits of .* differ/);
					continue;
				}
				expect(postIt()).toEqual(postIt());
				for (const { account, debit, credit } of finance.entries.get(record.id)?.body.lines ?? []) {
					const at = `${account} ${currency}`;
					expected.set(at, (expected.get(at) ?? new Big('0')).plus(debit).minus(credit));
				}
			}
			const { balances: rows, totals } = finance.trialBalance(code);
			for (const { debit, credit, opening, closing } of totals) {
				expect(debit).toBe(credit);
				expect([opening, closing]).toEqual(['0', '0']);
			}
			const moved = rows
				.filter(({ debit, credit }) => debit !== '0' || credit !== '0')
				.map(({ account, currency, debit, credit }) => [
					`${account} ${currency}`,
					new Big(debit).minus(credit).toFixed(),
				]);
			expect(Object.fromEntries(moved)).toEqual(
				Object.fromEntries([...expected].map(([at, sum]) => [at, sum.toFixed()])),
			);
		}),
		{ numRuns: 60 },
	);
});
