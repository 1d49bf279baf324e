import { z } from 'zod/v4';

import { TrytonFinance } from '../../../connectors/tryton/finance/trytonFinance';
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
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { connectorConformance } from '../../conformance/connector/suite';
import { draftMoves, numberOf, openDays, openFiscalYear, runAssets } from './books';
import { sessionOf } from './company';
import {
	byNumber,
	ignoringButtons,
	jumped,
	manyRecords,
	secrets,
	skewed,
	wrongPassword,
} from './conformanceSubject';
import { startTryton, trytonPassword, trytonUser } from './server';

jest.setTimeout(240_000);

/** Amounts of euros of at most 15 digits, which is what Tryton's SQLite keeps. */
const amounts = ['0.3', '0.1', '0.7', '1.01', '4.35', '0.29', '9999999999999.99'];
const year = new Date().getFullYear();
const today = `${year}-05-17`;
const periodWorks = ['close', 'lock', 'reopen'] as const;
const noDecimals = 'it has none';

connectorConformance(
	'Tryton as finance',
	{
		entities: {
			account: { cannot: { decimals: noDecimals } },
			dimensionValue: { cannot: { decimals: noDecimals } },
			journalEntry: {},
			ledgerPeriod: { cannot: { decimals: noDecimals } },
			asset: { cannot: { remove: 'Tryton deletes none that is or was in use' } },
		},
		works: Object.fromEntries(
			[
				...periodWorks.map((does) => `${does} ledgerPeriod`),
				...['create', 'update', 'upsert', 'post'].map((does) => `${does} journalEntry`),
			].map((name) => [name, {}]),
		),
	},
	async () => {
		const server = await startTryton({ finance: 'finance' }, { movableClock: true });
		const people = () => sessionOf(server.url, 'finance');
		let last = 0;
		const Row = z.object({ id: z.number().int() });
		const written = async (model: string, keys: string[], values: object) => {
			await people().call(`model.${model}.write`, [keys.map(Number), values]);
		};
		const deleted = async (model: string, keys: string[]) => {
			await people().call(`model.${model}.delete`, [keys.map(Number)]);
		};

		// Days long past, so that no period of the company's own years is in the way.
		const past = await openFiscalYear(people(), '1900-01-01', '1949-12-31');
		let days = 0;
		const periods = async (count: number): Promise<string[]> => {
			const from = new Date(Date.UTC(1900, 0, 1 + days)).toISOString().slice(0, 10);
			days += count;
			return (await openDays(people(), past, from, count)).map(String);
		};
		const State = Row.extend({ state: z.string() });
		const stateOf = async (model: string, key: string) =>
			(await people().search(model, State, [['id', '=', Number(key)]]))[0]?.state;
		const reached = { close: 'close', lock: 'locked', reopen: 'open' };
		const acting = (does: (typeof periodWorks)[number]): Work => {
			const requestFor = (key: string): WorkRequest => ({
				key,
				sent: { key, idempotencyKey: `${does}/${key}`, input: {} },
				applied: async () => ((await stateOf('account.period', key)) === reached[does] ? 1 : 0),
			});
			return {
				does,
				entity: 'ledgerPeriod',
				stride: 3,
				request: async () => {
					const [key = ''] = await periods(1);
					if (does === 'reopen') await people().press('account.period', 'close', [Number(key)]);
					return requestFor(key);
				},
				refused: async () => requestFor('999999999'),
				run: (connector, requests) =>
					connector.act(
						'ledgerPeriod',
						does,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};

		const drafted = async (count: number, costs?: string): Promise<string[]> =>
			(await draftMoves(people(), count, { on: today, ...(costs === undefined ? {} : { costs }) })).map(
				String,
			);
		const draftOf = (account = '5100') => ({
			date: today,
			currency: 'EUR',
			lines: [
				{ account, debit: '7.25', credit: '0', dimensions: { costCentre: 'CC-100' } },
				{ account: '1400', debit: '0', credit: '7.25' },
			],
		});
		const posting: Work = {
			does: 'post',
			entity: 'journalEntry',
			stride: 5,
			request: async () => {
				const [key = ''] = await drafted(1);
				return {
					key,
					sent: { key, idempotencyKey: `post/${key}`, input: {} },
					applied: async () => ((await stateOf('account.move', key)) === 'posted' ? 1 : 0),
				};
			},
			refused: async () => ({
				key: '999999999',
				sent: { key: '999999999', idempotencyKey: 'post/none', input: {} },
				applied: async () => 0,
			}),
			run: (connector, requests) =>
				connector.act(
					'journalEntry',
					'post',
					requests.map(({ sent }) => sent as ActRequest<NoInput>),
				),
		};
		const making = (does: 'create' | 'upsert'): Work => {
			const requestFor = (idempotencyKey: string, draft: object, expectedVersion?: string): WorkRequest => ({
				sent: { idempotencyKey, draft, ...(expectedVersion === undefined ? {} : { expectedVersion }) },
				applied: async () =>
					(await people().search('account.move', Row, [['number', '=', `n8n/${idempotencyKey}`]])).length,
				next: (version) =>
					requestFor(idempotencyKey, { ...draftOf(), description: `Entry ${(last += 1)}` }, version),
			});
			const fresh = () => `KIT-${(last += 1)}`;
			return {
				does,
				entity: 'journalEntry',
				stride: 9,
				request: async () => requestFor(fresh(), draftOf()),
				refused: async () => requestFor(fresh(), draftOf('NONE')),
				run: async (connector, requests) =>
					(await connector[does]?.(
						'journalEntry',
						requests.map(({ sent }) => sent as CreateRequest<Drafts['journalEntry']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const Described = Row.extend({ description: z.string().nullable() });
		const changing = (key: string, changes: object, expectedVersion?: string): WorkRequest => {
			const description = `Entry ${(last += 1)}`;
			return {
				key,
				sent: {
					key,
					idempotencyKey: description,
					changes: { description, ...changes },
					...(expectedVersion === undefined ? {} : { expectedVersion }),
				},
				applied: async () => {
					const [move] = await people().search('account.move', Described, [['id', '=', Number(key)]]);
					return move?.description === description ? 1 : 0;
				},
				next: (version) => changing(key, {}, version),
			};
		};
		const updating: Work = {
			does: 'update',
			entity: 'journalEntry',
			stride: 9,
			request: async () => changing((await drafted(1))[0] ?? '', {}),
			refused: async () => changing((await drafted(1))[0] ?? '', { lines: draftOf('NONE').lines }),
			run: async (connector, requests) =>
				(await connector.update?.(
					'journalEntry',
					requests.map(({ sent }) => sent as UpdateRequest<Drafts['journalEntry']>),
				)) as Array<Outcome<unknown>>,
		};

		const company = await people().company();
		const expense = await numberOf(people(), 'account.account.type', 'name', 'Expense');
		const project = await numberOf(people(), 'analytic_account.account', 'code', 'project');
		const numbered = async (model: string, field: string, values: string[]) =>
			(await people().searchIn(model, Row, field, values)).map(({ id }) => String(id));
		/** Codes fall as numbers rise, so that the order of the list is that of the codes. */
		const codes = (count: number) => Array.from({ length: count }, () => `K-${999_999 - (last += 1)}`);
		const valueCodes = (keys: string[]) => keys.map((key) => key.replace('project/', ''));
		return {
			upstream: server.url,
			connect: ({ wrongCredential, ...options }) =>
				new TrytonFinance({
					...options,
					system: 'tryton-finance',
					database: 'finance',
					user: trytonUser,
					password: wrongCredential ? wrongPassword : trytonPassword,
				}),
			secrets,
			timeoutMs: 3_000,
			skewed,
			jumped: jumped(server),
			ignoring: ignoringButtons('close', 'lock', 'reopen', 'post'),
			entities: [
				{
					entity: 'account',
					schema: Account,
					keyOf: ({ key }) => key,
					make: async (count) => {
						const made = codes(count);
						await people().create(
							'account.account',
							made.map((code) => ({ code, name: `Account ${code}`, company, type: expense })),
						);
						return made;
					},
					change: async (keys) =>
						written('account.account', await numbered('account.account', 'code', keys), {
							name: `Account ${(last += 1)}`,
						}),
					remove: async (keys) => deleted('account.account', await numbered('account.account', 'code', keys)),
					manyRecords,
				},
				{
					entity: 'dimensionValue',
					schema: DimensionValue,
					keyOf: ({ key }) => key,
					make: async (count) => {
						const made = codes(count);
						await people().create(
							'analytic_account.account',
							made.map((code) => ({
								code,
								name: `Project ${code}`,
								company,
								type: 'normal',
								state: 'opened',
								root: project,
								parent: project,
							})),
						);
						return made.map((code) => `project/${code}`);
					},
					change: async (keys) =>
						written(
							'analytic_account.account',
							await numbered('analytic_account.account', 'code', valueCodes(keys)),
							{
								name: `Project ${(last += 1)}`,
							},
						),
					// As people do with a project that is over.
					remove: async (keys) =>
						written(
							'analytic_account.account',
							await numbered('analytic_account.account', 'code', valueCodes(keys)),
							{
								state: 'closed',
							},
						),
					manyRecords,
				},
				{
					entity: 'journalEntry',
					schema: JournalEntry,
					keyOf: ({ key }) => key,
					compare: byNumber,
					make: drafted,
					change: async (keys) => {
						const lines = await people().searchIn('account.move.line', Row, 'move', keys.map(Number));
						await people().call('model.account.move.line.write', [
							lines.map(({ id }) => id),
							{ description: `Line ${(last += 1)}` },
						]);
					},
					remove: (keys) => deleted('account.move', keys),
					manyRecords,
					decimals: {
						values: amounts,
						make: async (costs) => (await drafted(1, costs))[0] ?? '',
						read: ({ lines }) => lines[0]?.debit,
					},
				},
				{
					entity: 'ledgerPeriod',
					schema: LedgerPeriod,
					keyOf: ({ key }) => key,
					compare: byNumber,
					make: periods,
					change: (keys) => written('account.period', keys, { name: `Day ${(last += 1)}` }),
					remove: (keys) => deleted('account.period', keys),
					manyRecords,
				},
				{
					entity: 'asset',
					schema: Asset,
					keyOf: ({ key }) => key,
					compare: byNumber,
					make: async (count) =>
						(await runAssets(people(), count, { from: `${year}-01-01`, to: `${year}-12-31` })).map(String),
					change: (keys) =>
						written('account.asset', keys, {
							value: { __class__: 'Decimal', decimal: String(1_500 + (last += 1)) },
						}),
					manyRecords,
					decimals: {
						values: amounts,
						make: async (value) =>
							String((await runAssets(people(), 1, { from: today, to: `${year}-12-31`, value }))[0]),
						read: ({ cost }) => cost,
					},
				},
			] as Subject['entities'],
			works: [...periodWorks.map(acting), posting, making('create'), updating, making('upsert')],
			close: () => server.remove(),
		};
	},
);
