import type { Database } from '../../../core/store/database';
import { openStore, type StoreConfig } from '../../../core/store/open';
import {
	acceptFinding,
	keptComparisons,
	openFinding,
	openFindings,
	withdrawAcceptance,
	writeFindings,
} from '../../../core/store/varianceHistory';
import { carryOver, type CarryOverOptions } from '../../../core/variance/carryOver';
import { VarianceDefinition } from '../../../core/variance/definition';
import type { Finding, VarianceClass } from '../../../core/variance/finding';
import { findingId } from '../../../core/variance/history';
import { startPeer } from './peers';
import type { StoreKind } from './suite';

const definitionOf = (asOf: string, more: object = {}) =>
	VarianceDefinition.parse({
		name: 'Invoices and ledger',
		asOf,
		sides: ['invoices', 'ledger'].map((name) => ({ name, columns: { key: ['number'], amount: 'amount' } })),
		...more,
	});

export const findingOf = (key: string, atStake = '5', name: VarianceClass = 'amount'): Finding => ({
	key: [key],
	class: name,
	also: [],
	pending: false,
	atStake,
	sides: { invoices: { lines: 1, amount: '20' }, ledger: { lines: 1, amount: `${20 + Number(atStake)}` } },
	differences: { ledger: atStake },
	owner: key.startsWith('A') ? 'ines.weber' : 'li.wei',
});

const options = (today: string, more: Partial<CarryOverOptions> = {}): CarryOverOptions => ({
	today,
	retentionDays: 400,
	at: Date.parse(today),
	...more,
});

/** A deal that is in no finding is matched on both sides. */
const matched = {
	deals: async (keys: string[][]) =>
		new Map(
			keys.map((key) => [
				key.join('\u001f'),
				{ invoices: { lines: 1, amount: '20' }, ledger: { lines: 1, amount: '20' } },
			]),
		),
};

/** What a comparison keeps from day to day, on whichever database. */
export function describeVarianceHistory(name: string, { fresh }: StoreKind): void {
	describe(`findings carried over days on ${name}`, () => {
		let config: StoreConfig;
		let database: Database;

		beforeEach(async () => {
			config = await fresh();
			database = await openStore(config);
		});
		afterEach(async () => {
			await database.close();
		});

		const report = async (
			day: string,
			findings: Finding[],
			{ definition = {}, ...more }: Partial<CarryOverOptions> & { definition?: object } = {},
		) =>
			await carryOver(
				database,
				definitionOf(day, definition),
				matched,
				findings,
				options(more.today ?? day, more),
			);
		const kept = async (...given: Parameters<typeof report>) => {
			const result = await report(...given);
			if (!('findings' in result)) throw new Error(`not kept: ${result.carried.because}`);
			return result;
		};
		const statesOf = ({ findings }: Awaited<ReturnType<typeof kept>>) =>
			Object.fromEntries(findings.map(({ key, state, openSince }) => [key[0], [state, openSince]]));
		const openKeys = async (filter: object = {}) =>
			(
				await openFindings(database, 'Invoices and ledger', { today: '2026-03-01', limit: 10, ...filter })
			)?.findings.map(({ finding }) => finding.key[0]);
		const accept = async (key: string, more: object = {}) => {
			const open = await openFinding(database, 'Invoices and ledger', findingId([key]), '2026-03-01');
			return await acceptFinding(database, 'Invoices and ledger', findingId([key]), {
				fingerprint: open?.fingerprint ?? '',
				acceptedBy: 'ines.weber',
				acceptedAt: '2026-03-01T12:00:00.000Z',
				acceptanceReason: 'agreed rebate',
				...more,
			});
		};

		test('a finding is new, then still open since its first day, then settled', async () => {
			const first = await kept('2026-03-01', [findingOf('A1'), findingOf('A2')]);
			expect(statesOf(first)).toEqual({ A1: ['new', '2026-03-01'], A2: ['new', '2026-03-01'] });
			expect(first.carried.previousDay).toBeUndefined();
			const third = await kept('2026-03-03', [findingOf('A2'), findingOf('A3', '7.5')]);
			expect(statesOf(third)).toEqual({ A2: ['stillOpen', '2026-03-01'], A3: ['new', '2026-03-03'] });
			expect(third.settled).toEqual([
				expect.objectContaining({
					key: ['A1'],
					state: 'settled',
					openSince: '2026-03-01',
					settledOn: '2026-03-03',
					sides: findingOf('A1').sides,
					sidesNow: { invoices: { lines: 1, amount: '20' }, ledger: { lines: 1, amount: '20' } },
				}),
			]);
			expect(third.carried).toMatchObject({
				previousDay: '2026-03-01',
				restarted: false,
				definitionChanged: false,
				states: {
					new: { findings: 1, atStake: '7.5' },
					stillOpen: { findings: 1, atStake: '5' },
					accepted: { findings: 0, atStake: '0' },
					settled: { findings: 1, atStake: '5' },
				},
			});
			expect(third.carried.trend.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-03']);
			await expect(keptComparisons(database)).resolves.toEqual(['Invoices and ledger']);
		});

		test('what changed its class or its figures is still open, and says what it was', async () => {
			await kept('2026-03-01', [findingOf('A1'), findingOf('A2')]);
			const { findings } = await kept('2026-03-02', [findingOf('A1', '6'), findingOf('A2')]);
			expect(findings[0]).toMatchObject({ state: 'stillOpen', before: { class: 'amount', atStake: '5' } });
			expect(findings[1]).not.toHaveProperty('before');
		});

		test('a repeated report of a day takes the place of the first, and compares with the day before', async () => {
			await kept('2026-03-01', [findingOf('A1')]);
			const once = await kept('2026-03-02', [findingOf('A1'), findingOf('A2')]);
			await expect(kept('2026-03-02', [findingOf('A1'), findingOf('A2')])).resolves.toEqual(once);
			const mended = await kept('2026-03-02', [findingOf('A2')]);
			expect(statesOf(mended)).toEqual({ A2: ['new', '2026-03-02'] });
			expect(mended.settled.map(({ key }) => key)).toEqual([['A1']]);
			expect(mended.carried.trend).toHaveLength(2);
			await expect(openKeys()).resolves.toEqual(['A2']);
		});

		test('a pending finding is none yet: it is not kept, and is new on the day it is late', async () => {
			const { findings } = await kept('2026-03-01', [{ ...findingOf('A1'), pending: true }]);
			expect(findings[0]).toMatchObject({ state: 'pending' });
			await expect(openKeys()).resolves.toEqual([]);
			expect(statesOf(await kept('2026-03-02', [findingOf('A1')]))).toEqual({ A1: ['new', '2026-03-02'] });
		});

		test('an acceptance holds while class and figures stay, and again when they are as accepted', async () => {
			await kept('2026-03-01', [findingOf('A1')]);
			await expect(accept('A1')).resolves.toBe(true);
			const second = await kept('2026-03-02', [findingOf('A1')]);
			expect(second.findings[0]).toMatchObject({
				state: 'accepted',
				openSince: '2026-03-01',
				acceptedBy: 'ines.weber',
				acceptanceReason: 'agreed rebate',
				acceptedAt: '2026-03-01T12:00:00.000Z',
			});
			expect(second.carried.states.accepted).toEqual({ findings: 1, atStake: '5' });
			const third = await kept('2026-03-03', [findingOf('A1', '5.01')]);
			expect(third.findings[0]).toMatchObject({
				state: 'stillOpen',
				acceptanceEnded: { because: 'changed', acceptedBy: 'ines.weber' },
			});
			await expect(openKeys({ accepted: true })).resolves.toEqual([]);
			const other = await kept('2026-03-04', [findingOf('A1', '5', 'price')]);
			expect(other.findings[0]).toMatchObject({ state: 'stillOpen' });
			expect((await kept('2026-03-05', [findingOf('A1')])).findings[0]).toMatchObject({ state: 'accepted' });
		});

		test('an acceptance holds to the end of its last day, and ends when it is withdrawn', async () => {
			await kept('2026-03-01', [findingOf('A1')]);
			await accept('A1', { acceptedUntil: '2026-03-02' });
			expect((await kept('2026-03-02', [findingOf('A1')])).findings[0]).toMatchObject({ state: 'accepted' });
			expect((await kept('2026-03-03', [findingOf('A1')])).findings[0]).toMatchObject({
				state: 'stillOpen',
				acceptanceEnded: { because: 'expired', acceptedUntil: '2026-03-02' },
			});
			await accept('A1');
			await expect(openKeys({ accepted: true })).resolves.toEqual(['A1']);
			const withdrawal = { by: 'li.wei', reason: 'no rebate', at: 1 };
			const withdraw = async () =>
				await withdrawAcceptance(database, 'Invoices and ledger', findingId(['A1']), withdrawal);
			await expect(withdraw()).resolves.toMatchObject({ acceptedBy: 'ines.weber' });
			await expect(withdraw()).resolves.toBeUndefined();
			await expect(openKeys({ accepted: false })).resolves.toEqual(['A1']);
			const [audit] = await database.transaction([
				{ sql: 'SELECT actor, action FROM audit ORDER BY position' },
			]);
			expect(audit).toEqual([
				{ actor: 'ines.weber', action: 'variance.accept' },
				{ actor: 'ines.weber', action: 'variance.accept' },
				{ actor: 'li.wei', action: 'variance.withdrawAcceptance' },
			]);
		});

		test('what is not open any more as it was seen cannot be accepted', async () => {
			await kept('2026-03-01', [findingOf('A1')]);
			const seen = await openFinding(database, 'Invoices and ledger', findingId(['A1']), '2026-03-01');
			await kept('2026-03-02', [findingOf('A1', '6')]);
			await expect(accept('A1', { fingerprint: seen?.fingerprint })).resolves.toBe(false);
			await expect(accept('A9')).resolves.toBe(false);
			await expect(openKeys({ accepted: true })).resolves.toEqual([]);
		});

		test('a report for an earlier day, for a day far off or with too many findings leaves all as it was', async () => {
			await kept('2026-03-05', [findingOf('A1')]);
			await expect(report('2026-03-04', [findingOf('A2')])).resolves.toEqual({
				carried: { kept: false, because: 'laterDayKept', laterDay: '2026-03-05' },
			});
			await expect(report('2062-03-06', [], { today: '2026-03-06' })).resolves.toMatchObject({
				carried: { because: 'futureDay' },
			});
			await expect(
				report('2026-03-06', [findingOf('A1'), findingOf('A2')], { limit: 1 }),
			).resolves.toMatchObject({ carried: { because: 'tooManyFindings' } });
			await expect(openKeys()).resolves.toEqual(['A1']);
			expect(statesOf(await kept('2026-03-06', [findingOf('A1')]))).toEqual({
				A1: ['stillOpen', '2026-03-05'],
			});
		});

		test('other keys make all new and nothing settled; another tolerance goes on, and is told', async () => {
			await kept('2026-03-01', [findingOf('A1'), findingOf('A2')]);
			const tolerant = { tolerances: { amount: { absolute: '1' } } };
			const second = await kept('2026-03-02', [findingOf('A1')], { definition: tolerant });
			expect(second.carried).toMatchObject({ restarted: false, definitionChanged: true });
			expect(second.settled).toHaveLength(1);
			const other = { ...tolerant, normalise: { case: false } };
			const third = await kept('2026-03-03', [findingOf('A2')], { definition: other });
			expect(third.carried).toMatchObject({ restarted: true, definitionChanged: false });
			expect(statesOf(third)).toEqual({ A2: ['new', '2026-03-03'] });
			expect(third.settled).toEqual([]);
		});

		test('two runs of the same day at once: one of them is kept, and all of it', async () => {
			const many = (atStake: string) =>
				Array.from({ length: 1_200 }, (_, index) => findingOf(`A${index}`, atStake));
			await kept('2026-03-01', [findingOf('A0')]);
			await Promise.all(['5', '6', '7'].map(async (atStake) => await kept('2026-03-02', many(atStake))));
			const open = await openFindings(database, 'Invoices and ledger', {
				today: '2026-03-02',
				limit: 5_000,
			});
			expect(open?.findings).toHaveLength(1_200);
			expect(new Set(open?.findings.map(({ atStake }) => atStake)).size).toBe(1);
			const [rows = []] = await database.transaction([
				{ sql: 'SELECT COUNT(*) AS rows FROM variance_findings' },
			]);
			expect(rows).toEqual([{ rows: 1_201 }]);
		});

		test('processes that report at once keep one whole run', async () => {
			const peers = Array.from({ length: 3 }, () => startPeer('report', config));
			expect(await Promise.all(peers.map(({ exited }) => exited))).toEqual([0, 0, 0]);
			await expect(openKeys({ limit: 5_000 })).resolves.toHaveLength(700);
		});

		test('a run that was killed shows nothing of itself, and is swept away a day later', async () => {
			await kept('2026-03-01', [findingOf('A1')]);
			const { id, fingerprint, openSince, ...rest } = {
				...findingOf('A2'),
				id: findingId(['A2']),
				fingerprint: 'x',
				openSince: '2026-03-02',
			};
			const killed = { comparison: 'Invoices and ledger', run: 'killed' };
			const row = { id, fingerprint, openSince, class: rest.class, atStake: rest.atStake, finding: rest };
			await writeFindings(database, killed, 0, [row], Date.parse('2026-03-02'));
			await expect(openKeys()).resolves.toEqual(['A1']);
			const rowsOf = async () =>
				(
					await database.transaction([{ sql: `SELECT finding FROM variance_findings WHERE run = 'killed'` }])
				)[0];
			await kept('2026-03-02', [findingOf('A1')]);
			await expect(rowsOf()).resolves.toHaveLength(1);
			await kept('2026-03-04', [findingOf('A1')]);
			await expect(rowsOf()).resolves.toEqual([]);
		});

		test('only the last two reports keep their findings; reports and acceptances go when they are old', async () => {
			await kept('2026-03-01', [findingOf('A1'), findingOf('A2')]);
			await accept('A2');
			for (const day of ['2026-03-02', '2026-03-03', '2026-03-12'])
				await kept(day, [findingOf('A1')], { retentionDays: 10 });
			const counts = await database.transaction(
				['variance_findings', 'variance_runs', 'variance_acceptances'].map((table) => ({
					sql: `SELECT COUNT(*) AS rows FROM ${table}`,
				})),
			);
			expect(counts).toEqual([[{ rows: 2 }], [{ rows: 3 }], [{ rows: 0 }]]);
		});

		test('what is open is listed by class, owner and age, the most money first', async () => {
			await kept('2026-03-01', [findingOf('B1', '9', 'price')]);
			await kept('2026-03-02', [findingOf('B1', '9', 'price'), findingOf('A1', '7'), findingOf('A2')]);
			await expect(openKeys()).resolves.toEqual(['B1', 'A1', 'A2']);
			await expect(openKeys({ classes: ['amount', 'tax'] })).resolves.toEqual(['A1', 'A2']);
			await expect(openKeys({ owner: 'li.wei' })).resolves.toEqual(['B1']);
			await expect(openKeys({ openSinceUntil: '2026-03-01' })).resolves.toEqual(['B1']);
			await expect(openKeys({ limit: 1 })).resolves.toEqual(['B1']);
			await expect(
				openFindings(database, 'Nothing', { today: '2026-03-01', limit: 1 }),
			).resolves.toBeUndefined();
		});
	});
}
