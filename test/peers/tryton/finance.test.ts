import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonFinance } from '../../../connectors/tryton/finance/trytonFinance';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { Drift } from '../../../core/finance/calendar/ledgerDrift';
import { Organisation } from '../../../core/finance/calendar/legalEntity';
import type { Books, LockChange, Refusal } from '../../../core/finance/calendar/periodLock';
import { pushToLedger, readDrift } from '../../../core/finance/calendar/pushToLedger';
import { draftingBy } from '../../../core/finance/posting/draftEntry';
import { postingDocument } from '../../../core/finance/posting/postingDocument';
import { VoucherRule } from '../../../core/finance/posting/voucherRule';
import type { JournalEntryDraft } from '../../../core/model/journalEntry';
import type { CreateRequest, Entities, EntityName, Outcome } from '../../../core/ports/systemConnector';
import { amount, day, deliver, draftMoves, numberOf, runAssets } from './books';
import { sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

const year = new Date().getFullYear();
const entity = 'riverside';
const transport = axiosTransport();
let server: TrytonServer;
const people = () => sessionOf(server.url, 'finance');

function optionsOf(system: string) {
	return {
		system,
		url: server.url,
		database: 'finance',
		user: trytonUser,
		password: trytonPassword,
		transport,
	};
}
const ledger = () => new TrytonFinance({ ...optionsOf('tryton-finance'), entity });

beforeAll(async () => {
	server = await startTryton({ finance: 'finance' });
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

async function all<E extends EntityName>(name: E, query: object = {}): Promise<Array<Entities[E]>> {
	const records: Array<Entities[E]> = [];
	for await (const page of ledger().list(name, query)) records.push(...page);
	return records;
}

function value<T>(outcome: Outcome<T> | undefined): T {
	if (outcome === undefined) throw new Error('there is no outcome');
	if ('error' in outcome) throw outcome.error;
	return outcome.value;
}

function message(outcome: Outcome<unknown> | undefined): string {
	return outcome !== undefined && 'error' in outcome ? outcome.error.message : '';
}

async function period(name: string) {
	const [found] = await all('ledgerPeriod', { search: name });
	if (found === undefined) throw new Error(`there is no period ${name}`);
	return found;
}

async function act(action: 'close' | 'lock' | 'reopen', name: string) {
	const { key } = await period(name);
	const [outcome] = await ledger().act('ledgerPeriod', action, [{ key, idempotencyKey: action, input: {} }]);
	return outcome;
}

const costOfGoods = (date: string, cost = '12.50'): JournalEntryDraft => ({
	entity,
	date,
	currency: 'EUR',
	description: 'Cost of goods sold',
	document: { system: 'tryton-erp', type: 'delivery', key: '17' },
	lines: [
		{ account: '5100', debit: cost, credit: '0', dimensions: { costCentre: 'CC-100', project: 'P-1' } },
		{ account: '1400', debit: '0', credit: cost },
	],
});

describe('a journal entry', () => {
	it('is a draft move with its dimensions in analytic accounts, and is read back as it was given', async () => {
		const draft = costOfGoods(`${year}-02-03`);
		const made = value((await ledger().create('journalEntry', [{ idempotencyKey: 'A-1', draft }]))[0]);
		expect(made).toMatchObject({
			number: 'n8n/A-1',
			state: 'draft',
			entity,
			date: draft.date,
			journal: 'STO',
			currency: 'EUR',
			description: 'Cost of goods sold',
			document: draft.document,
			lines: [
				{ account: '5100', debit: '12.5', credit: '0', dimensions: { costCentre: 'CC-100', project: 'P-1' } },
				{ account: '1400', debit: '0', credit: '12.5' },
			],
		});
		// What an accountant sees in Tryton: both analytic accounts bear the whole amount.
		const Analytic = z.object({ id: z.number(), debit: z.looseObject({ decimal: z.string() }) });
		const rows = await people().search('analytic_account.line', Analytic, [
			['move_line.move', '=', Number(made.key)],
		]);
		expect(rows.map(({ debit }) => debit.decimal)).toEqual(['12.50', '12.50']);
	});

	it('changes line by line as long as it is a draft, and is told of as changed', async () => {
		const [outcome] = await ledger().create('journalEntry', [
			{ idempotencyKey: 'A-2', draft: costOfGoods(`${year}-02-03`) },
		]);
		const { key, lines, revision } = value(outcome);
		let cursor: string | undefined;
		for await (const page of ledger().changes('journalEntry')) cursor = page.cursor;
		const moved = { ...lines[0], debit: '20', dimensions: { costCentre: 'CC-200' } };
		const changes = {
			date: `${year}-03-04`,
			lines: [
				moved,
				{ account: '1400', debit: '0', credit: '15' },
				{ account: '5900', debit: '0', credit: '5' },
			],
		} as Partial<JournalEntryDraft>;
		const [changed] = await ledger().update('journalEntry', [
			{ key, changes, ...(revision === undefined ? {} : { expectedVersion: revision }) },
		]);
		expect(value(changed)).toMatchObject({
			key,
			date: `${year}-03-04`,
			period: (await period(`${year}-03`)).key,
			lines: [
				{ line: lines[0]?.line, debit: '20', dimensions: { costCentre: 'CC-200' } },
				{ account: '1400', credit: '15' },
				{ account: '5900', credit: '5' },
			],
		});
		const reported: string[] = [];
		for await (const page of ledger().changes('journalEntry', cursor))
			reported.push(...page.changes.map((change) => change.key));
		expect(reported).toEqual([key]);
		const [posted] = await ledger().act('journalEntry', 'post', [{ key, idempotencyKey: 'post', input: {} }]);
		expect(value(posted)).toMatchObject({ key, state: 'posted' });
		const [late] = await ledger().update('journalEntry', [{ key, changes: { description: 'late' } }]);
		expect(message(late)).toMatch(/is posted; only a draft can change/);
	});

	it('in another currency is kept in it, and balances in the company’s to the cent', async () => {
		const draft: JournalEntryDraft = {
			date: `${year}-02-03`,
			currency: 'USD',
			lines: [
				{ account: '5100', debit: '0.01', credit: '0' },
				{ account: '5100', debit: '0.01', credit: '0' },
				{ account: '5900', debit: '10.01', credit: '0' },
				{ account: '1400', debit: '0', credit: '10.03' },
			],
		};
		const made = value((await ledger().create('journalEntry', [{ idempotencyKey: 'A-3', draft }]))[0]);
		expect(made).toMatchObject({ currency: 'USD', lines: [{ debit: '0.01' }, {}, {}, { credit: '10.03' }] });
		const Line = z.object({
			id: z.number(),
			debit: z.looseObject({ decimal: z.string() }),
			credit: z.looseObject({ decimal: z.string() }),
		});
		const rows = await people().search('account.move.line', Line, [['move', '=', Number(made.key)]], {
			order: [['id', 'ASC']],
		});
		// 1.25 dollars for a euro: 10.03 USD are 8.024 EUR.
		expect(rows.map(({ debit, credit }) => [debit.decimal, credit.decimal])).toEqual([
			['0.01', '0.00'],
			['0.01', '0.00'],
			['8.00', '0.00'],
			['0.00', '8.02'],
		]);
	});

	it('with faults is refused with each of them by its field, and takes no neighbour with it', async () => {
		const before = (await all('journalEntry')).length;
		const faulty: JournalEntryDraft = {
			entity: 'lakeside',
			date: '1999-12-31',
			journal: 'NONE',
			currency: 'EUR',
			lines: [
				{ account: '9999', debit: '10.001', credit: '0' },
				{ account: '1100', debit: '1', credit: '0' },
				{ account: '1400', debit: '0', credit: '12345678901234.5', partner: { code: 'RETAIL' } },
				{ account: '1400', debit: '0', credit: '0', dimensions: { costCentre: 'CC-999' } },
			],
		};
		const outcomes = await ledger().create('journalEntry', [
			{ idempotencyKey: 'B-1', draft: costOfGoods(`${year}-02-05`) },
			{ idempotencyKey: 'B-2', draft: faulty },
			{ idempotencyKey: 'B-3', draft: costOfGoods(`${year}-02-06`) },
		]);
		value(outcomes[0]);
		value(outcomes[2]);
		const text = message(outcomes[1]);
		for (const part of [
			'these are the books of "riverside", not of "lakeside"',
			'date: no period of the fiscal years contains 1999-12-31',
			'journal: no journal has the code "NONE"',
			'lines.0.account: there is no active account "9999"',
			'lines.0.debit: 10.001 is finer than EUR',
			'lines.1.partner: account "1100" needs one',
			'lines.2.credit: 12345678901234.5 has more than 15 digits',
			'lines.2.partner: account "1400" is not kept by partner',
			'lines.3.dimensions.costCentre: there is no open analytic account "CC-999" of it',
			'lines: they do not balance',
		])
			expect(text).toContain(part);
		expect(await all('journalEntry')).toHaveLength(before + 2);
	});
});

const deliveryRule = VoucherRule.parse({
	name: 'Cost of delivered goods',
	document: 'delivery',
	lines: [
		{
			account: '5100',
			side: 'debit',
			amount: 'line.quantity * line.unitCost',
			per: 'line',
			dimensions: { costCentre: { value: 'CC-200' } },
		},
		{ account: '1400', side: 'credit', amount: 'line.quantity * line.unitCost', per: 'line' },
	],
	roundingAccount: '5900',
});

describe('200 deliveries', () => {
	it('become 200 draft moves, and a replay makes none', async () => {
		await deliver(people(), 200);
		const erp = new TrytonErp(optionsOf('tryton-erp'));
		const draft = draftingBy({ vouchers: [deliveryRule] });
		const requests: Array<CreateRequest<JournalEntryDraft>> = [];
		for await (const page of erp.list('delivery', { state: 'done' }))
			for (const record of page) {
				const found = postingDocument({
					type: 'delivery',
					system: 'tryton-erp',
					record,
					entity: { id: entity, name: entity, calendar: 'months', timeZone: 'UTC', cutOff: '00:00' },
					currency: 'EUR',
				});
				if (!('document' in found)) throw new Error(found.refused);
				const drafted = draft(found.document);
				if (!('voucher' in drafted)) throw new Error(JSON.stringify(drafted));
				requests.push({ idempotencyKey: drafted.voucher.key, draft: drafted.voucher.entry });
			}
		expect(requests).toHaveLength(200);
		const before = (await all('journalEntry', { state: 'draft' })).length;
		const made = (await ledger().create('journalEntry', requests)).map(value);
		expect(new Set(made.map(({ key }) => key)).size).toBe(200);
		for (const [index, { state, document, lines }] of made.entries()) {
			expect(state).toBe('draft');
			expect(document).toEqual(requests[index]?.draft.document);
			const cost = String(5 * (1 + (index % 7)));
			expect(lines).toMatchObject([
				{ account: '5100', debit: cost, credit: '0', dimensions: { costCentre: 'CC-200' } },
				{ account: '1400', debit: '0', credit: cost },
			]);
		}
		expect(await all('journalEntry', { state: 'draft' })).toHaveLength(before + 200);
		const again = (await ledger().create('journalEntry', requests)).map(value);
		expect(again).toEqual(made);
		expect(await all('journalEntry', { state: 'draft' })).toHaveLength(before + 200);
	});
});

describe('a period', () => {
	it('with drafts is not closed, and they are named', async () => {
		const ids = await draftMoves(people(), 12, { on: `${year - 1}-01-15` });
		const Move = z.object({ id: z.number(), number: z.string() });
		const moves = await people().searchIn('account.move', Move, 'id', ids, [], { order: [['id', 'ASC']] });
		const outcome = await act('close', `${year - 1}-01`);
		const numbers = moves.map(({ number }) => number).slice(0, 10);
		expect(message(outcome)).toContain(`12 entries in it are drafts (${numbers.join(', ')} and 2 more)`);
		expect(await period(`${year - 1}-01`)).toMatchObject({ state: 'open' });
	});

	it('that is closed or locked takes no entry, and the refusal says which', async () => {
		const name = `${year - 1}-03`;
		const [draft] = await draftMoves(people(), 1, { on: `${name}-10` });
		await people().press('account.move', 'post', [draft as number]);
		expect(value(await act('close', name))).toMatchObject({ state: 'closed' });
		const create = async () =>
			(
				await ledger().create('journalEntry', [{ idempotencyKey: 'C-1', draft: costOfGoods(`${name}-10`) }])
			)[0];
		expect(message(await create())).toContain(`its period "${name}" (${name}-01 to ${name}-31) is closed`);
		expect(value(await act('reopen', name))).toMatchObject({ state: 'open' });
		expect(value(await act('lock', name))).toMatchObject({ state: 'locked' });
		expect(message(await create())).toContain(
			`its period "${name}" (${name}-01 to ${name}-31) is locked for good`,
		);
		expect(message(await act('reopen', name))).toContain('locked for good; it cannot be reopened');
		expect(await all('journalEntry', { search: 'C-1' })).toEqual([]);
	});
});

describe('the accounting calendar', () => {
	const closed = (action: 'softClose' | 'hardClose', month: string) => ({
		action,
		entity: 'RIVER',
		module: 'ledger' as const,
		period: `${year - 1}-P${month}`,
		roles: [],
		by: 'Ines Weber',
		at: `${year}-01-05T08:00:00Z`,
		reason: 'the month is closed',
	});
	const books = (...changes: LockChange[]): Books => ({
		organisation: Organisation.parse({
			calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1 }],
			entities: [{ id: 'RIVER', name: 'Riverside', calendar: 'months', timeZone: 'Europe/Berlin' }],
		}),
		changes,
		exceptions: [],
	});
	const question = {
		entity: 'RIVER',
		entityInLedger: entity,
		softClosed: 'close' as const,
		year: year - 1,
		now: new Date(),
	};
	const told = <T extends object>(answer: T | Refusal): T => {
		if ('refused' in answer) throw new Error(answer.refused);
		return answer;
	};
	const of = ({ drifts }: { drifts: Drift[] }, month: string) =>
		drifts.filter((drift) => drift.period === `${year - 1}-P${month}`);

	it('closes and locks the periods in Tryton, and finds one that an accountant reopens by hand', async () => {
		const calendar = books(closed('softClose', '05'), closed('hardClose', '06'));
		const { pushed } = told(await pushToLedger(ledger(), calendar, question));
		expect(pushed).toMatchObject([
			{ period: `${year - 1}-P05`, name: `${year - 1}-05`, was: 'open', is: 'closed' },
			{ period: `${year - 1}-P06`, name: `${year - 1}-06`, was: 'open', is: 'locked' },
		]);
		expect(await period(`${year - 1}-05`)).toMatchObject({ state: 'closed' });
		const { key } = await period(`${year - 1}-05`);
		await people().press('account.period', 'reopen', [Number(key)]);
		expect(of(told(await readDrift(ledger(), calendar, question)), '05')).toMatchObject([
			{ kind: 'moreOpen', ledgerPeriod: { key, state: 'open' }, actions: ['close'] },
		]);
		expect(of(told(await pushToLedger(ledger(), calendar, question)), '05')).toEqual([]);
		expect(await period(`${year - 1}-05`)).toMatchObject({ state: 'closed' });
	});

	it('tells the drafts that keep a period of Tryton open', async () => {
		await draftMoves(people(), 1, { on: `${year - 1}-07-10` });
		const calendar = books(closed('softClose', '05'), closed('hardClose', '06'), closed('softClose', '07'));
		const result = told(await pushToLedger(ledger(), calendar, question));
		const [drift] = of(result, '07');
		expect(drift).toMatchObject({ kind: 'moreOpen', expected: 'closed' });
		expect(result.refusals.get(drift?.ledgerPeriod?.key ?? '')).toContain('one entry in it is a draft');
	});

	it('names the company whose books these are when the legal entity is called otherwise', async () => {
		const { entityInLedger: _, ...unnamed } = question;
		await expect(readDrift(ledger(), books(), unnamed)).resolves.toEqual({
			refused: `tryton-finance has periods of "${entity}" and none of "RIVER" or "Riverside". Give the name that it uses in the option Entity in Ledger.`,
		});
	});
});

describe('an asset', () => {
	it('has its cost, life and first day; one that was closed its disposal; a draft is none', async () => {
		const before = (await all('asset')).length;
		const [running = 0, closed = 0] = await runAssets(people(), 2, {
			from: `${year}-01-01`,
			to: `${year + 1}-12-31`,
		});
		await people().create('account.asset', [
			{
				company: await people().company(),
				product: await numberOf(people(), 'product.product', 'code', 'PACKING-LINE'),
				account_journal: await numberOf(people(), 'account.journal', 'type', 'asset'),
				value: amount('1'),
				depreciated_amount: amount('0'),
				residual_value: amount('0'),
				purchase_date: day(`${year}-01-01`),
				start_date: day(`${year}-01-01`),
				end_date: day(`${year}-12-31`),
				frequency: 'yearly',
				depreciation_method: 'linear',
				quantity: 1,
			},
		]);
		await people().press('account.asset', 'close', [closed]);
		const found = await ledger().get('asset', [running, closed].map(String));
		expect(found.get(String(running))).toMatchObject({
			entity,
			currency: 'EUR',
			cost: '1200',
			residualValue: '0',
			inService: `${year}-01-01`,
			rule: { method: 'straightLine', usefulLifeMonths: 24, convention: 'daily' },
		});
		expect(found.get(String(closed))?.disposal).toMatchObject({ proceeds: '0' });
		expect(await all('asset')).toHaveLength(before + 2);
	});
});
