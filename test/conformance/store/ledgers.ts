import fc from 'fast-check';

import { keptCodes, splitCode } from '../../../core/crosswalk/aliases';
import { linkAll, link, linksOf, unlink, type CrosswalkLink } from '../../../core/crosswalk/crosswalk';
import { mergeCodes } from '../../../core/crosswalk/linkList';
import { lastApplied, recordApplied } from '../../../core/store/applied';
import { announcement, capture } from '../../../core/store/captured';
import { conflictsOf, listConflicts, openConflicts, settleConflicts } from '../../../core/store/conflicts';
import { moveCursor, readCursor } from '../../../core/store/cursors';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';
import { bookedVouchers, recordBooked } from '../../../core/store/vouchers';
import type { StoreKind } from './suite';

/** The small ledgers above the state store, on whichever database. */
export function describeLedgers(name: string, { fresh }: StoreKind): void {
	let database: Database;
	const at = Date.UTC(2026, 0, 31);

	beforeEach(async () => {
		database = await openStore(await fresh());
	});
	afterEach(async () => {
		await database.close();
	});

	describe(`cursors on ${name}`, () => {
		const move = (from: string | undefined, to: string) =>
			moveCursor(database, { owner: 'erp', name: 'salesOrder', from, to, at });

		test('a cursor moves only from where its mover has read it', async () => {
			await expect(readCursor(database, 'erp', 'salesOrder')).resolves.toBeUndefined();
			await expect(move('x', 'y')).resolves.toBe(false);
			await expect(move(undefined, 'a')).resolves.toBe(true);
			await expect(move(undefined, 'b')).resolves.toBe(false);
			await expect(move('a', 'b')).resolves.toBe(true);
			await expect(move('a', 'c')).resolves.toBe(false);
			await expect(readCursor(database, 'erp', 'salesOrder')).resolves.toBe('b');
			await expect(readCursor(database, 'erp', 'item')).resolves.toBeUndefined();
		});

		test('the same move twice succeeds twice', async () => {
			await expect(move(undefined, 'a')).resolves.toBe(true);
			await expect(move(undefined, 'a')).resolves.toBe(true);
			await expect(move('a', 'b')).resolves.toBe(true);
			await expect(move('a', 'b')).resolves.toBe(true);
		});

		test('of movers that start from the same place one wins', async () => {
			await move(undefined, 'start');
			const wins = await Promise.all(Array.from({ length: 8 }, (_, index) => move('start', `end ${index}`)));
			expect(wins.filter(Boolean)).toHaveLength(1);
			await expect(readCursor(database, 'erp', 'salesOrder')).resolves.toBe(`end ${wins.indexOf(true)}`);
		});
	});

	describe(`booked vouchers on ${name}`, () => {
		const booked = (voucher: string, entry: string) => ({ voucher, entry, fingerprint: 'f', bookedAt: at });

		test('what was recorded first of a voucher stays, and each ledger has its own', async () => {
			await recordBooked(database, 'ledger', [booked('B', 'JE-2'), booked('A', 'JE-1')]);
			await recordBooked(database, 'ledger', [booked('A', 'JE-9')]);
			await recordBooked(database, 'other', [booked('A', 'JE-7')]);
			const found = await bookedVouchers(database, 'ledger', ['A', 'B', 'C', 'A']);
			expect([...found.entries()].sort()).toEqual([
				['A', booked('A', 'JE-1')],
				['B', booked('B', 'JE-2')],
			]);
		});
	});

	describe(`captured states on ${name}`, () => {
		const see = (records: Array<{ key: string; fingerprint: string; version?: number }>) =>
			capture(database, 'erp', 'salesOrder', records, at);
		const announce = async (changes: Array<{ key: string; sequence: number }>) =>
			void (await database.transaction(announcement('erp', 'salesOrder', changes, at)));

		test('only what is new or has changed is a change, and its sequence rises by one', async () => {
			const first = await see([
				{ key: 'B', fingerprint: 'b1' },
				{ key: 'A', fingerprint: 'a1' },
			]);
			expect(first).toEqual([
				{ key: 'B', sequence: 1, isNew: true },
				{ key: 'A', sequence: 1, isNew: true },
			]);
			await announce(first);
			const second = await see([
				{ key: 'A', fingerprint: 'a1' },
				{ key: 'B', fingerprint: 'b2' },
			]);
			expect(second).toEqual([{ key: 'B', sequence: 2, isNew: false }]);
			await announce(second);
			await expect(see([{ key: 'B', fingerprint: 'b2' }])).resolves.toEqual([]);
		});

		test('what was captured and not announced is given again, with the same sequence', async () => {
			const change = { key: 'A', sequence: 1, isNew: true };
			await expect(see([{ key: 'A', fingerprint: 'a1' }])).resolves.toEqual([change]);
			await expect(see([{ key: 'A', fingerprint: 'a1' }])).resolves.toEqual([change]);
			await expect(see([{ key: 'A', fingerprint: 'a2' }])).resolves.toEqual([{ ...change, sequence: 2 }]);
			// The announcement of the older state leaves the newer one to be announced.
			await announce([change]);
			await expect(see([{ key: 'A', fingerprint: 'a2' }])).resolves.toEqual([
				{ key: 'A', sequence: 2, isNew: false },
			]);
		});

		test("the system's own version is the sequence where it is greater", async () => {
			await expect(see([{ key: 'A', fingerprint: 'a', version: 7 }])).resolves.toMatchObject([
				{ sequence: 7 },
			]);
			await expect(see([{ key: 'A', fingerprint: 'b', version: 7 }])).resolves.toMatchObject([
				{ sequence: 8 },
			]);
			await expect(see([{ key: 'A', fingerprint: 'c', version: 20 }])).resolves.toMatchObject([
				{ sequence: 20 },
			]);
			await expect(see([{ key: 'A', fingerprint: 'c', version: 21 }])).resolves.toMatchObject([
				{ sequence: 20 },
			]);
			await expect(see([{ key: 'A', fingerprint: 'd', version: 3 }])).resolves.toMatchObject([
				{ sequence: 21 },
			]);
		});

		test('of a record given twice the last state counts', async () => {
			const twice = [
				{ key: 'A', fingerprint: 'a1' },
				{ key: 'A', fingerprint: 'a2' },
			];
			const changes = await see(twice);
			expect(changes).toEqual([{ key: 'A', sequence: 1, isNew: true }]);
			await announce(changes);
			await expect(see([{ key: 'A', fingerprint: 'a2' }])).resolves.toEqual([]);
		});

		test('takes pages above the parameter limits of the databases', async () => {
			const records = Array.from({ length: 20_000 }, (_, index) => ({ key: `K${index}`, fingerprint: 'f' }));
			const changes = await see(records);
			expect(changes.map(({ key }) => key)).toEqual(records.map(({ key }) => key));
			await announce(changes);
			await expect(see(records)).resolves.toEqual([]);
		});

		test('pollers that see the same change at once give it one sequence', async () => {
			const keys = Array.from({ length: 20 }, (_, index) => `K${index}`);
			const seen = await Promise.all(
				[keys, keys.toReversed(), keys].map((some) =>
					see(some.map((key) => ({ key, fingerprint: `state of ${key}` }))),
				),
			);
			for (const changes of seen) expect(changes.map(({ sequence }) => sequence)).toEqual(Array(20).fill(1));
		});

		test('whatever is seen and announced, every state is announced in the end and sequences only rise', async () => {
			const Step = fc.record({
				key: fc.constantFrom('A', 'B', 'C'),
				fingerprint: fc.constantFrom('x', 'y', 'z'),
				announced: fc.boolean(),
			});
			await fc.assert(
				fc.asyncProperty(
					fc.uuid(),
					fc.array(Step, { minLength: 1, maxLength: 12 }),
					async (entity, steps) => {
						const told = new Map<string, { sequence: number; fingerprint: string }>();
						const tell = async (key: string, fingerprint: string, announced: boolean) => {
							const changes = await capture(database, 'erp', entity, [{ key, fingerprint }], at);
							for (const { sequence } of changes) {
								const last = told.get(key);
								if (last !== undefined) expect(sequence).toBeGreaterThan(last.sequence);
								if (announced) told.set(key, { sequence, fingerprint });
							}
							// What is not a change is what was announced last.
							if (changes.length === 0) expect(told.get(key)?.fingerprint).toBe(fingerprint);
							if (announced) await database.transaction(announcement('erp', entity, changes, at));
						};
						for (const { key, fingerprint, announced } of steps) await tell(key, fingerprint, announced);
						const last = new Map(steps.map(({ key, fingerprint }) => [key, fingerprint]));
						for (const [key, fingerprint] of last) {
							await tell(key, fingerprint, true);
							expect(told.get(key)?.fingerprint).toBe(fingerprint);
						}
					},
				),
				{ numRuns: 40 },
			);
		});
	});

	describe(`applied states on ${name}`, () => {
		test('a sequence never goes down', async () => {
			const record = (key: string, sequence: number, fingerprint = `${key}${sequence}`) =>
				recordApplied(database, 'wms', 'reservation', [{ key, sequence, fingerprint }], at);
			await record('A', 2);
			await record('A', 1);
			await expect(lastApplied(database, 'wms', 'reservation', ['A', 'B'])).resolves.toEqual(
				new Map([['A', { key: 'A', sequence: 2, fingerprint: 'A2' }]]),
			);
			await record('A', 2, 'corrected');
			await recordApplied(
				database,
				'wms',
				'reservation',
				[
					{ key: 'B', sequence: 9, fingerprint: 'new' },
					{ key: 'B', sequence: 4, fingerprint: 'old' },
				],
				at,
			);
			const states = await lastApplied(database, 'wms', 'reservation', ['B', 'A', 'A']);
			expect(states.get('A')).toEqual({ key: 'A', sequence: 2, fingerprint: 'corrected' });
			expect(states.get('B')).toEqual({ key: 'B', sequence: 9, fingerprint: 'new' });
			await expect(lastApplied(database, 'other', 'reservation', ['A'])).resolves.toEqual(new Map());
			await expect(lastApplied(database, 'wms', 'reservation', [])).resolves.toEqual(new Map());
		});
	});

	describe(`conflicts on ${name}`, () => {
		const conflict = (key: string, ownerValue: string, foundAt: number) => ({
			target: 'erp',
			entity: 'stock',
			key,
			fieldGroup: 'stock on hand',
			owner: 'wms',
			record: `{"quantities":{"${key}":"${ownerValue}"}}`,
			ownerValue,
			sequence: 3,
			foundAt,
		});

		test('one that is listed again keeps its time and takes the new values; what is settled is gone', async () => {
			await listConflicts(database, [conflict('B', '1', at + 1), conflict('A', '1', at + 2)]);
			await listConflicts(database, [{ ...conflict('B', '2', at + 9), otherValue: '7', agreed: '1' }]);
			await expect(openConflicts(database)).resolves.toEqual([
				{ ...conflict('B', '2', at + 1), otherValue: '7', agreed: '1' },
				conflict('A', '1', at + 2),
			]);
			await settleConflicts(database, 'erp', 'stock', ['B', 'Z']);
			await expect(openConflicts(database, 'erp')).resolves.toEqual([conflict('A', '1', at + 2)]);
			await expect(openConflicts(database, 'other')).resolves.toEqual([]);
			await expect(conflictsOf(database, 'erp', 'stock', ['A', 'B'])).resolves.toEqual(
				new Map([['A', conflict('A', '1', at + 2)]]),
			);
		});
	});

	describe(`crosswalk on ${name}`, () => {
		const item = (erp: string, wms: string, origin = 'manual'): CrosswalkLink => ({
			kind: 'item',
			from: { system: 'erp', code: erp },
			to: { system: 'wms', code: wms },
			origin,
		});

		test('a link is found from both sides', async () => {
			await expect(link(database, item('FRIDGE-1', '000417'), at)).resolves.toBe(true);
			await expect(linksOf(database, 'item', 'erp', ['FRIDGE-1', 'X'], 'wms')).resolves.toEqual(
				new Map([['FRIDGE-1', '000417']]),
			);
			await expect(linksOf(database, 'item', 'wms', ['000417'], 'erp')).resolves.toEqual(
				new Map([['000417', 'FRIDGE-1']]),
			);
			await expect(linksOf(database, 'partner', 'erp', ['FRIDGE-1'], 'wms')).resolves.toEqual(new Map());
			await expect(linksOf(database, 'item', 'erp', ['FRIDGE-1'], 'mes')).resolves.toEqual(new Map());
		});

		test('the same link again changes nothing, from whichever side', async () => {
			await link(database, item('A', '1'), at);
			await expect(link(database, item('A', '1', 'gtin'), at)).resolves.toBe(false);
			const { from, to, ...rest } = item('A', '1');
			await expect(link(database, { ...rest, from: to, to: from }, at)).resolves.toBe(false);
		});

		test('a contradicting link is refused and names what stands', async () => {
			await link(database, item('A', '1', 'gtin'), at);
			await expect(link(database, item('A', '2'), at)).rejects.toMatchObject({
				name: 'ConflictError',
				message:
					'The item "A" of erp can\'t be linked to "2" of wms: erp "A" = wms "1" (gtin) stands already and was kept. ' +
					'Remove the wrong link first, then link again.',
				subject: { system: 'erp', entity: 'item', key: 'A' },
			});
			await expect(link(database, item('B', '1'), at)).rejects.toThrow(/erp "A" = wms "1"/);
			await expect(unlink(database, 'item', { system: 'wms', code: '1' }, 'erp')).resolves.toBe(true);
			await expect(unlink(database, 'item', { system: 'wms', code: '1' }, 'erp')).resolves.toBe(false);
			await expect(link(database, item('B', '1'), at)).resolves.toBe(true);
		});

		test('of many links the contradicting ones alone are refused', async () => {
			await link(database, item('A', '1'), at);
			const outcomes = await linkAll(
				database,
				[item('B', '2'), item('A', '3'), item('C', '3'), item('C', '3'), item('D', '2'), item('A', '1')],
				at,
			);
			expect(outcomes.map((outcome) => ('error' in outcome ? 'refused' : outcome.isNew))).toEqual([
				true,
				'refused',
				true,
				false,
				'refused',
				false,
			]);
		});

		test('a code that was merged is found, linked and unlinked as the one that was kept', async () => {
			await link(database, item('OLD', '1'), at);
			const merge = { kind: 'item', system: 'erp', duplicate: 'OLD', into: 'NEW' } as const;
			await expect(mergeCodes(database, merge, at)).resolves.toHaveLength(1);
			await expect(mergeCodes(database, merge, at)).resolves.toEqual([]);
			await expect(linksOf(database, 'item', 'erp', ['OLD', 'NEW'], 'wms')).resolves.toEqual(
				new Map([
					['OLD', '1'],
					['NEW', '1'],
				]),
			);
			await expect(link(database, item('OLD', '1'), at)).resolves.toBe(false);
			await expect(link(database, item('OLD', '2'), at)).rejects.toThrow('"OLD" was merged into "NEW"');
			await expect(unlink(database, 'item', { system: 'erp', code: 'OLD' }, 'wms')).resolves.toBe(true);
			await expect(mergeCodes(database, { ...merge, duplicate: 'X', into: 'OLD' }, at)).rejects.toThrow(
				'"OLD" was merged into "NEW" before',
			);
			await expect(splitCode(database, 'item', { system: 'erp', code: 'OLD' })).resolves.toBe(true);
			await expect(keptCodes(database, 'item', 'erp', ['OLD'])).resolves.toEqual(new Map());
		});

		test('two systems only: a link within one is refused', async () => {
			const within = { ...item('A', 'B'), to: { system: 'erp', code: 'B' } };
			await expect(link(database, within, at)).rejects.toThrow(/within its own system/);
			await expect(linksOf(database, 'item', 'erp', ['A'], 'erp')).resolves.toEqual(new Map([['A', 'A']]));
		});
	});
}
