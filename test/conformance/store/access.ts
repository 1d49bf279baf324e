import { publishedVersions } from '../../../core/store/accessPolicies';
import { publish, rollBack } from '../../../core/access/policies/publish';
import { livePolicies } from '../../../core/access/decisions/livePolicies';
import type { OpenRevocation } from '../../../core/access/lifecycle/plan';
import type { Grant } from '../../../core/model/grant';
import {
	accessBooks,
	booking,
	claimRevocation,
	failRevocation,
	finishRevocation,
	keepingRevocations,
} from '../../../core/store/accessGrants';
import type { Database } from '../../../core/store/database';
import {
	appendToLog,
	logPages,
	readHead,
	removeOldRecords,
	verifyLog,
	type LogEntry,
} from '../../../core/store/decisionLog';
import { openStore, type StoreConfig } from '../../../core/store/open';
import { startPeer } from './peers';
import type { StoreKind } from './suite';

const entry = (index: number, subject = 'E-1'): LogEntry => ({
	at: 1_000 + index,
	subject,
	operation: 'price.change',
	outcome: index % 2 === 0 ? 'permit' : 'deny',
	body: { reason: 'permitted', note: `第${index}个 "x"` },
});
const entries = (count: number, from = 0) => Array.from({ length: count }, (_, index) => entry(from + index));

/** Published policies and the decision log, on whichever database. */
export function describeAccess(name: string, { fresh }: StoreKind): void {
	describe(`access on ${name}`, () => {
		let config: StoreConfig;
		let database: Database;

		beforeEach(async () => {
			config = await fresh();
			database = await openStore(config);
		});
		afterEach(async () => {
			await database.close();
		});

		const all = async () => {
			const records = [];
			for await (const page of logPages(database, { pageSize: 7 })) records.push(...page);
			return records;
		};
		const change = async (sql: string) => await database.transaction([{ sql }]);

		describe('the decision log', () => {
			test('gives back what was appended, in order, and is intact', async () => {
				expect(await verifyLog(database)).toMatchObject({ intact: true, records: 0 });
				expect(await appendToLog(database, entries(20))).toBe(1);
				expect(await appendToLog(database, entries(3, 20))).toBe(21);
				const records = await all();
				expect(records.map(({ position, at }) => [position, at])).toEqual(
					Array.from({ length: 23 }, (_, index) => [index + 1, 1_000 + index]),
				);
				expect(JSON.parse(records[4]?.record ?? '')).toEqual({
					position: 5,
					at: 1_004,
					subject: 'E-1',
					operation: 'price.change',
					outcome: 'permit',
					reason: 'permitted',
					note: '第4个 "x"',
				});
				expect(await verifyLog(database)).toEqual({
					intact: true,
					records: 23,
					first: 1,
					head: { position: 23, hash: records.at(-1)?.hash },
				});
			});

			test('stays whole under many writers in several processes, and every call has its own places', async () => {
				const other = await openStore(config);
				const peers = [startPeer('decide', config), startPeer('decide', config)];
				const here = [database, other].flatMap((writer) =>
					Array.from({ length: 40 }, async () => await appendToLog(writer, entries(5))),
				);
				const places = await Promise.all(here);
				expect(await Promise.all(peers.map(async ({ exited }) => await exited))).toEqual([0, 0]);
				expect(new Set(places).size).toBe(80);
				expect(await verifyLog(database)).toMatchObject({ intact: true, records: 800 });
				await other.close();
			});

			test.each([
				[
					'a changed record',
					`UPDATE decision_log SET record = REPLACE(record, 'E-1', 'E-2'), subject = 'E-2' WHERE position = 7`,
					7,
					/was changed/,
				],
				['a changed column', `UPDATE decision_log SET outcome = 'permit' WHERE position = 8`, 8, /columns/],
				['a removed record', 'DELETE FROM decision_log WHERE position = 9', 9, /missing/],
				['a removed beginning', 'DELETE FROM decision_log WHERE position < 3', 1, /missing/],
				['a removed end', 'DELETE FROM decision_log WHERE position > 18', 19, /missing/],
				[
					'an end cut off with its seal',
					`UPDATE decision_chain SET position = 10, hash = (SELECT hash FROM decision_log WHERE position = 10)`,
					undefined,
					undefined,
				],
				[
					'two records exchanged',
					`UPDATE decision_log SET position = CASE position WHEN 5 THEN 105 ELSE 5 END WHERE position IN (5, 6)`,
					5,
					/was changed/,
				],
				['a changed seal', `UPDATE decision_log SET hash = 'x' WHERE position = 4`, 4, /was changed/],
			])('reports %s at the first bad record', async (_, tampering, position, problem) => {
				await appendToLog(database, entries(20));
				const { head } = await verifyLog(database);
				await change(tampering);
				const found = await verifyLog(database);
				if (position !== undefined)
					expect(found.firstBad).toMatchObject({
						position,
						problem: expect.stringMatching(problem) as unknown,
					});
				// Who keeps the seal elsewhere finds out in any case.
				const known = await verifyLog(database, head);
				expect(known.intact).toBe(false);
			});

			test('written anew from its beginning is found out by a seal that was kept elsewhere', async () => {
				await appendToLog(database, entries(10));
				const { head } = await verifyLog(database);
				await change('DELETE FROM decision_log');
				await change(`UPDATE decision_chain SET position = 0, hash = ''`);
				const forger = await openStore(await fresh());
				await appendToLog(forger, entries(10, 50));
				const forged = [];
				for await (const page of logPages(forger)) forged.push(...page);
				const { head: forgedHead } = await verifyLog(forger);
				await forger.close();
				await database.transaction([
					...forged.map(({ position, at, subject, operation, outcome, record, hash }) => ({
						sql: 'INSERT INTO decision_log (position, at, subject, operation, outcome, record, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)',
						parameters: [position, at, subject, operation, outcome, record, hash],
					})),
					{
						sql: 'UPDATE decision_chain SET position = $1, hash = $2',
						parameters: [forgedHead.position, forgedHead.hash],
					},
				]);
				expect(await verifyLog(database)).toMatchObject({ intact: true });
				expect(await verifyLog(database, head)).toMatchObject({
					intact: false,
					firstBad: { position: 10 },
				});
			});

			test('loses its old records and stays verifiable', async () => {
				await appendToLog(database, entries(20));
				const { head } = await verifyLog(database);
				expect(await removeOldRecords(database, 1_012)).toBe(12);
				expect(await verifyLog(database, head)).toMatchObject({ intact: true, records: 8, first: 13 });
				expect(await removeOldRecords(database, 1_012)).toBe(0);
				expect(await removeOldRecords(database, 9_999)).toBe(7);
				await appendToLog(database, entries(5, 20));
				expect(await verifyLog(database, head)).toMatchObject({ intact: true, records: 6, first: 20 });
				expect((await readHead(database)).position).toBe(25);
			});
		});

		describe('published policies', () => {
			const publisher = { by: 'ines.weber', reason: 'audit', at: 5_000 };
			const text = (rank: number) => ({
				kind: 'text' as const,
				policy: 'rank',
				text: `permit(principal, action, resource) when { principal.rank >= ${rank} };`,
			});

			test('hold from the next decision on, in every process, and can be rolled back step by step', async () => {
				const other = await openStore(config);
				const held = async () => {
					const { version, definition } = await livePolicies(other, 'main');
					return [version, /\d+/.exec(definition.policies.rank ?? '')?.[0]];
				};
				expect(await held()).toEqual([0, undefined]);
				for (const rank of [1, 2, 3]) {
					await publish(database, 'main', text(rank), publisher);
					expect(await held()).toEqual([rank, String(rank)]);
				}
				expect(await publish(database, 'main', text(3), publisher)).toMatchObject({
					isNew: false,
					version: 3,
				});
				await rollBack(database, 'main', undefined, publisher);
				expect(await held()).toEqual([4, '2']);
				await rollBack(database, 'main', undefined, publisher);
				expect(await held()).toEqual([5, '1']);
				await expect(rollBack(database, 'main', undefined, publisher)).rejects.toThrow(
					'no version before it',
				);
				await rollBack(database, 'main', 3, publisher);
				expect(await held()).toEqual([6, '3']);
				expect(await publishedVersions(database, 'main', 2)).toEqual([
					expect.objectContaining({
						version: 6,
						restoredVersion: 3,
						publishedBy: 'ines.weber',
						reason: 'audit',
						publishedAt: 5_000,
					}),
					expect.objectContaining({ version: 5, restoredVersion: 1 }),
				]);
				await other.close();
			});

			test('that do not validate never go live', async () => {
				await publish(database, 'main', text(1), publisher);
				await expect(
					publish(
						database,
						'main',
						{
							kind: 'text',
							policy: 'b',
							text: 'permit(principal, action, resource) when { principal.rnk > 1 };',
						},
						publisher,
					),
				).rejects.toThrow(/policy "b", line 1, column 44: .*did you mean `rank`/);
				await expect(
					publish(database, 'main', { kind: 'catalogue', catalogue: { operations: [] } }, publisher),
				).rejects.toThrow('operations');
				expect(await livePolicies(database, 'main')).toMatchObject({ version: 1 });
			});

			test('of two publishers at once one is told to look again, and nothing is lost', async () => {
				const other = await openStore(config);
				const outcomes = await Promise.allSettled([
					publish(database, 'main', { ...text(1), policy: 'a' }, publisher),
					publish(other, 'main', { ...text(2), policy: 'b' }, publisher),
				]);
				const { definition, version } = await livePolicies(database, 'main');
				const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
				expect(version).toBe(done);
				expect(Object.keys(definition.policies)).toHaveLength(done);
				for (const outcome of outcomes)
					if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('in the meantime');
				await other.close();
			});
		});

		describe('the books of rights', () => {
			const system = 'erp';
			const decided = (account: string, more: Partial<OpenRevocation> = {}): OpenRevocation => ({
				account,
				right: 'buy',
				person: 'E1',
				cause: 'moved',
				reason: '岗位',
				noticedAt: 1_000,
				dueAt: 9_000,
				...more,
			});
			const grant = (account: string): Grant => ({
				system,
				account,
				right: 'buy',
				why: 'post',
				person: 'E1',
			});
			const open = async (where = database) => (await accessBooks(where, system)).open;

			test('a deadline once kept stays, whoever decides it again; another cause replaces it', async () => {
				await database.transaction(
					keepingRevocations(system, [decided('a'), decided('a', { right: undefined })]),
				);
				const other = await openStore(config);
				await other.transaction(
					keepingRevocations(system, [decided('a', { noticedAt: 2_000, dueAt: 20_000 })]),
				);
				expect((await open()).map(({ right, dueAt }) => [right, dueAt])).toEqual([
					[undefined, 9_000],
					['buy', 9_000],
				]);
				await other.transaction(
					keepingRevocations(system, [decided('a', { cause: 'leaver', dueAt: 3_000 })]),
				);
				expect((await open(other))[0]).toMatchObject({ right: 'buy', cause: 'leaver', dueAt: 3_000 });
				expect((await accessBooks(database, 'another')).open).toEqual([]);
				await other.close();
			});

			test('a decision of a clock that ran ahead is noticed anew once the clock is right', async () => {
				await database.transaction(
					keepingRevocations(system, [decided('a', { noticedAt: 9_000_000, dueAt: 9_900_000 })]),
				);
				await database.transaction(keepingRevocations(system, [decided('a')]));
				expect((await open()).map(({ dueAt }) => dueAt)).toEqual([9_000]);
			});

			test('is taken by one at a time; a dead one is followed after its lease, and what is done is done', async () => {
				await database.transaction([
					...booking([grant('a')], 1),
					...keepingRevocations(system, [decided('a')]),
				]);
				const others = await Promise.all([1, 2, 3].map(async () => await openStore(config)));
				const claim = async (where: Database, now: number) =>
					await claimRevocation(where, system, { account: 'a', right: 'buy' }, { now, leaseMs: 1_000 });
				const claims = await Promise.all(others.map(async (other) => await claim(other, 10_000)));
				expect(claims.filter(Boolean)).toHaveLength(1);
				expect(await claim(database, 10_999)).toBe(false);
				expect(await claim(database, 11_000)).toBe(true);
				await failRevocation(database, system, decided('a'), { failure: 'refused', nextAttemptAt: 12_000 });
				expect(await open()).toEqual([
					expect.objectContaining({ attempts: 1, failure: 'refused', nextAttemptAt: 12_000 }),
				]);
				await finishRevocation(database, system, decided('a'), 13_000);
				expect(await claim(database, 99_000)).toBe(false);
				expect(await accessBooks(database, system)).toEqual({ grants: [], open: [], exceptions: [] });
				const [audit] = await database.transaction([
					{ sql: 'SELECT at, action, subject FROM audit ORDER BY position' },
				]);
				expect(audit).toEqual([{ at: 13_000, action: 'access.revoke', subject: 'E1' }]);
				for (const other of others) await other.close();
			});

			test('a lease from a clock that ran ahead holds nobody up', async () => {
				await database.transaction(keepingRevocations(system, [decided('a')]));
				const claim = async (now: number) =>
					await claimRevocation(database, system, { account: 'a', right: 'buy' }, { now, leaseMs: 1_000 });
				expect(await claim(1_000_000)).toBe(true);
				expect(await claim(10_000)).toBe(true);
			});
		});
	});
}
