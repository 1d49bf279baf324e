import { planLocks, type LockOrder } from '../../../core/finance/calendar/booksChange';
import { Organisation } from '../../../core/finance/calendar/legalEntity';
import { stateOf } from '../../../core/finance/calendar/periodLock';
import type { Database } from '../../../core/store/database';
import { changeBooks, readBooks } from '../../../core/store/fiscalBooks';
import { openStore, type StoreConfig } from '../../../core/store/open';
import type { StoreKind } from './suite';

const organisation = Organisation.parse({
	calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1 }],
	entities: [{ id: 'PLANT', name: 'Plant', calendar: 'months', timeZone: 'Asia/Shanghai' }],
});
const at = '2026-04-01T08:00:00.000Z';
const orderOf = (action: LockOrder['action'], period: string, by = 'ines.weber'): LockOrder => ({
	action,
	entity: 'PLANT',
	period,
	modules: ['sales', 'ledger'],
	roles: [],
	by,
	at,
	reason: 'month end',
});

/** Who did it, and what it changed; refused when the books forbid it. */
async function carryOut(database: Database, order: LockOrder): Promise<string> {
	return await changeBooks(database, (books) => {
		const plan = planLocks(books, order);
		if ('refused' in plan) return { result: 'refused' };
		if (plan.changes.length === 0) return { result: 'unchanged' };
		return { act: { kind: 'locks', changes: plan.changes }, result: 'changed' };
	});
}

async function saveCalendar(database: Database): Promise<void> {
	await changeBooks(database, () => ({
		act: { kind: 'organisation', organisation, by: 'ines.weber', at },
		result: undefined,
	}));
}

/** The accounting calendar and its locks in the state store, on whichever database. */
export function describeFiscalBooks(name: string, { fresh }: StoreKind): void {
	describe(`the fiscal books on ${name}`, () => {
		let config: StoreConfig;
		let database: Database;

		beforeEach(async () => {
			config = await fresh();
			database = await openStore(config);
		});
		afterEach(async () => {
			await database.close();
		});

		test('are empty at first, and give back what was saved and done, to every handle', async () => {
			await expect(readBooks(database)).resolves.toEqual({
				organisation: { calendars: [], entities: [] },
				changes: [],
				exceptions: [],
				version: 0,
				acts: [],
			});
			await saveCalendar(database);
			const other = await openStore(config);
			await expect(readBooks(other)).resolves.toMatchObject({ version: 1, organisation });
			await carryOut(database, orderOf('softClose', '2026-P03'));
			const books = await readBooks(other);
			expect(books).toMatchObject({
				version: 2,
				organisation,
				changes: [
					{ action: 'softClose', module: 'sales', by: 'ines.weber' },
					{ action: 'softClose', module: 'ledger', by: 'ines.weber' },
				],
			});
			await expect(readBooks(other)).resolves.toBe(books);
			await other.close();
		});

		test('those who close the same period at once close it once', async () => {
			await saveCalendar(database);
			const others = await Promise.all(Array.from({ length: 4 }, async () => await openStore(config)));
			const results = await Promise.all(
				others.flatMap((other, index) =>
					['a', 'b'].map(
						async (who) => await carryOut(other, orderOf('softClose', '2026-P03', `${who}${index}`)),
					),
				),
			);
			expect(results.toSorted()).toEqual(['changed', ...Array(7).fill('unchanged')]);
			await expect(readBooks(database)).resolves.toMatchObject({ version: 2 });
			await Promise.all(others.map(async (other) => await other.close()));
		});

		test('a reopening and a lock at once: whichever comes second sees what the first has done', async () => {
			await saveCalendar(database);
			const other = await openStore(config);
			for (let month = 1; month <= 12; month += 1) {
				const period = `2026-P${String(month).padStart(2, '0')}`;
				await carryOut(database, orderOf('softClose', period));
				const [locked, reopened] = await Promise.all([
					carryOut(database, orderOf('hardClose', period)),
					carryOut(other, orderOf('reopen', period)),
				]);
				// A locked period cannot be opened again; one that was reopened first is locked after it.
				expect(locked).toBe('changed');
				expect(['changed', 'refused']).toContain(reopened);
				const { changes } = await readBooks(other);
				expect(stateOf(changes, { entity: 'PLANT', module: 'ledger', period })).toBe('hardClosed');
			}
			await other.close();
		});

		test('that come back from a backup are read anew', async () => {
			await saveCalendar(database);
			const backup = await database.transaction([{ sql: 'SELECT * FROM fiscal_books' }]);
			await carryOut(database, orderOf('softClose', '2026-P03'));
			await expect(readBooks(database)).resolves.toMatchObject({ version: 2 });
			const other = await openStore(config);
			await other.transaction([
				{ sql: 'DELETE FROM fiscal_books WHERE version > $1', parameters: [backup[0]?.length ?? 0] },
			]);
			await expect(readBooks(database)).resolves.toMatchObject({ version: 1, changes: [] });
			await carryOut(other, orderOf('softClose', '2026-P04'));
			await carryOut(other, orderOf('softClose', '2026-P05'));
			const { version, changes } = await readBooks(database);
			expect(version).toBe(3);
			expect(new Set(changes.map(({ period }) => period))).toEqual(new Set(['2026-P04', '2026-P05']));
			await other.close();
		});

		test('what is refused leaves nothing behind', async () => {
			await saveCalendar(database);
			await expect(
				changeBooks(database, () => {
					throw new Error('no');
				}),
			).rejects.toThrow('no');
			await expect(readBooks(database)).resolves.toMatchObject({ version: 1 });
		});
	});
}
