import { SandboxFinance } from '../../../connectors/sandbox/sandboxFinance';
import { Asset } from '../../../core/model/asset';
import { JournalEntry } from '../../../core/model/journalEntry';
import { Account, DimensionValue, LedgerPeriod } from '../../../core/model/ledger';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	NoInput,
	Outcome,
	UpdateRequest,
} from '../../../core/ports/systemConnector';
import { apiKey, quietCompany } from '../../connectors/sandboxFixture';
import { actOn, kept, manyRecords, requestOf, skewed, stopped, unchanged, wrongKey } from './sandboxSubject';
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

/** Of a currency with hundredths; binary floating point keeps none of the longer ones. */
const amounts = ['0.3', '0.1', '0.7', '1.01', '4.35', '123456789.12', '999999999999999.99'];

const noDecimals = { ...kept, decimals: 'it has none' };
const periodActions = { close: 'closed', lock: 'locked', reopen: 'open' } as const;

connectorConformance(
	'sandbox finance',
	{
		entities: {
			journalEntry: { cannot: kept },
			ledgerPeriod: { cannot: noDecimals },
			account: { cannot: noDecimals },
			dimensionValue: { cannot: noDecimals },
			asset: { cannot: kept },
		},
		works: Object.fromEntries(
			[
				'create journalEntry',
				'update journalEntry',
				'upsert journalEntry',
				'post journalEntry',
				'close ledgerPeriod',
				'lock ledgerPeriod',
				'reopen ledgerPeriod',
			].map((name) => [name, {}]),
		),
	},
	financeSubject,
);

async function financeSubject(): Promise<Subject> {
	const { company, close } = await quietCompany();
	const { finance } = company;
	const date = new Date().toISOString().slice(0, 10);
	let last = 0;
	const number = () => (last += 1);
	const code = () => `KIT-${String(number()).padStart(6, '0')}-X`;
	const touched = new Map<string, number>();
	const touch = (keys: string[], change: (key: string) => void): void => {
		for (const key of new Set(keys)) {
			touched.set(key, (touched.get(key) ?? 0) + 1);
			change(key);
		}
	};

	const linesOf = (amount: string) => [
		{ account: '6602', debit: amount, credit: '0' },
		{ account: '1002', debit: '0', credit: amount },
	];
	const draftOf = (description: string, amount = '12.5') => ({
		date,
		currency: 'CNY',
		description,
		lines: linesOf(amount),
	});
	const newEntry = (text = code(), amount = '12.5') =>
		finance.entries.create({ date, text, lines: linesOf(amount) }).record.id;
	const entriesWith = (text: string) => finance.entries.list({ search: text }).length;
	const making = (does: 'create' | 'upsert'): Work => {
		const requestFor = (text: string, draft: object, expectedVersion?: string): WorkRequest => {
			const sent = { idempotencyKey: `key-${text}`, draft };
			return {
				sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
				applied: async () => entriesWith(text),
				...(does === 'upsert'
					? { next: (version) => requestFor(text, draftOf(text, String(10 + number())), version) }
					: {}),
			};
		};
		return {
			does,
			entity: 'journalEntry',
			request: async () => {
				const text = code();
				return requestFor(text, draftOf(text));
			},
			refused: async () => {
				const text = code();
				const [first] = linesOf('1');
				return requestFor(text, { ...draftOf(text), lines: [{ ...first, account: 'NO-SUCH-ACCOUNT' }] });
			},
			run: async (connector, requests) =>
				(await connector[does]?.(
					'journalEntry',
					requests.map(({ sent }) => sent as CreateRequest<Drafts['journalEntry']>),
				)) as Array<Outcome<unknown>>,
		};
	};
	const versionOf = (key: string) => finance.entries.get(key)?.version ?? 0;
	const updating = (key: string, changes: object, expectedVersion?: string): WorkRequest => {
		const sent = { key, idempotencyKey: `key-${number()}`, changes };
		return {
			key,
			sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
			applied: async () => versionOf(key) - 1,
			next: (version) => updating(key, { description: code() }, version),
		};
	};
	const update: Work = {
		does: 'update',
		entity: 'journalEntry',
		request: async () => updating(newEntry(), { description: code() }),
		refused: async () => updating(newEntry(), { date: '1999-01-01' }),
		run: async (connector, requests) =>
			(await connector.update?.(
				'journalEntry',
				requests.map(({ sent }) => sent as UpdateRequest<Drafts['journalEntry']>),
			)) as Array<Outcome<unknown>>,
	};
	const post: Work = {
		does: 'post',
		entity: 'journalEntry',
		request: async () => posting(newEntry()),
		refused: async () => posting(finance.entries.create({ date, lines: linesOf('1').slice(0, 1) }).record.id),
		run: (connector, requests) =>
			connector.act(
				'journalEntry',
				'post',
				requests.map(({ sent }) => sent as ActRequest<NoInput>),
			),
	};
	const posting = (key: string): WorkRequest =>
		requestOf(actOn(key, `key-${number()}`), async () => {
			const { status, version = 0 } = finance.entries.get(key) ?? {};
			return status === 'posted' ? version - 1 - (touched.get(key) ?? 0) : 0;
		});

	let day = Date.UTC(2100, 0, 1);
	/** Of one day, long after those of the seed. */
	const newPeriod = (): string => {
		const from = new Date(day).toISOString().slice(0, 10);
		day += 86_400_000;
		return finance.periods.create({ code: from, name: `Day ${from}`, from, to: from }).record.id;
	};
	const changePeriods = (keys: string[]) =>
		touch(keys, (key) => void finance.periods.change(key, { name: `Name ${number()}` }));
	const closing = (does: keyof typeof periodActions): Work => {
		const requestFor = (key: string): WorkRequest => {
			const before = finance.periods.get(key)?.version ?? 0;
			return requestOf(actOn(key, `key-${number()}`), async () => {
				const { status, version = 0 } = finance.periods.get(key) ?? {};
				return status === periodActions[does] ? version - before - (touched.get(key) ?? 0) : 0;
			});
		};
		return {
			does,
			entity: 'ledgerPeriod',
			request: async () => {
				const key = newPeriod();
				if (does === 'reopen') finance.periods.act(key, 'close');
				return requestFor(key);
			},
			refused: async () => {
				if (does === 'lock') return requestFor('XX-1');
				const key = newPeriod();
				finance.periods.act(key, 'lock');
				return requestFor(key);
			},
			run: (connector, requests) =>
				connector.act(
					'ledgerPeriod',
					does,
					requests.map(({ sent }) => sent as ActRequest<NoInput>),
				),
		};
	};

	const card = { name: 'Desk', currency: 'CNY', residualValue: '0', inService: '2026-01-01' };
	const newAsset = (cost: string) => finance.assets.create({ ...card, code: code(), cost }).record.id;
	const many = (make: () => string) => (count: number) =>
		stopped(async () => Array.from({ length: count }, make));
	const url = company.addresses.finance;
	return {
		upstream: url,
		connect: ({ wrongCredential, ...options }) =>
			new SandboxFinance({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
		secrets: [apiKey, wrongKey],
		timeoutMs: 500,
		skewed,
		// The company's clock never runs back, so a jump looks as if it always was so.
		jumped: skewed,
		ignoring: ({ method, path }) => unchanged(url, method, path),
		entities: [
			{
				entity: 'journalEntry',
				schema: JournalEntry,
				keyOf: ({ key }) => key,
				make: many(() => newEntry()),
				change: async (keys) => touch(keys, (key) => void finance.entries.change(key, { text: code() })),
				manyRecords,
				decimals: {
					values: amounts,
					make: async (value) => newEntry(code(), value),
					read: ({ lines }) => lines[0]?.debit,
				},
			},
			{
				entity: 'ledgerPeriod',
				schema: LedgerPeriod,
				keyOf: ({ key }) => key,
				make: many(newPeriod),
				change: async (keys) => changePeriods(keys),
				manyRecords,
			},
			{
				entity: 'account',
				schema: Account,
				keyOf: ({ key }) => key,
				make: many(() => finance.accounts.create({ code: code(), name: 'Bank', kind: 'asset' }).record.id),
				change: async (keys) => touch(keys, (key) => void finance.accounts.change(key, { name: code() })),
				manyRecords,
			},
			{
				entity: 'dimensionValue',
				schema: DimensionValue,
				keyOf: ({ key }) => key,
				make: many(
					() => finance.dimensions.create({ dimension: 'project', code: code(), name: 'Fair' }).record.id,
				),
				change: async (keys) => touch(keys, (key) => void finance.dimensions.change(key, { name: code() })),
				manyRecords,
			},
			{
				entity: 'asset',
				schema: Asset,
				keyOf: ({ key }) => key,
				make: many(() => newAsset('800')),
				change: async (keys) => touch(keys, (key) => void finance.assets.change(key, { name: code() })),
				manyRecords,
				decimals: {
					values: amounts,
					make: async (value) => newAsset(value),
					read: ({ cost }) => cost,
				},
			},
		],
		works: [
			making('create'),
			making('upsert'),
			update,
			post,
			closing('close'),
			closing('lock'),
			closing('reopen'),
		],
		close,
	};
}
