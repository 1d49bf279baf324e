import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
	bookVouchers,
	type BookableVoucher,
	type Booking,
} from '../../../../core/finance/posting/bookVouchers';
import type { JournalEntry } from '../../../../core/model/journalEntry';
import type { Database } from '../../../../core/store/database';
import { openSqlite } from '../../../../core/store/sqlite';

let folder: string;
let database: Database;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'vouchers-'));
	database = await openSqlite(join(folder, 'state.sqlite'));
});
afterEach(async () => {
	await database.close();
	rmSync(folder, { recursive: true });
});

/** A ledger that keeps no idempotency keys: whatever it is sent becomes one more entry. */
function forgetfulLedger(): Booking['ledger'] & { made: JournalEntry[] } {
	const made: JournalEntry[] = [];
	const create = async (_entity: string, requests: Array<{ idempotencyKey: string; draft: object }>) =>
		requests.map(({ idempotencyKey, draft }) => {
			const value = { ...draft, key: `JE-${made.length + 1}`, state: 'draft' } as JournalEntry;
			made.push(value);
			return { key: idempotencyKey, value };
		});
	return {
		made,
		system: 'forgetful',
		create: create as unknown as NonNullable<Booking['ledger']['create']>,
		capabilities: () => ({
			entities: { journalEntry: { read: true, changes: false, actions: [], writes: ['create'] } },
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: false,
		}),
	};
}

const books: Booking['books'] = {
	organisation: {
		calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1, yearNamedAfter: 'end' }],
		entities: [{ id: 'PLANT', name: 'Plant', calendar: 'months', timeZone: 'UTC', cutOff: '00:00' }],
	},
	changes: [],
	exceptions: [],
};
const poster = { now: new Date('2026-04-02T08:00:00Z') };

const voucher = (key: string, more: object = {}): BookableVoucher => ({
	key,
	entry: {
		entity: 'PLANT',
		date: '2026-03-31',
		currency: 'CNY',
		document: { type: 'delivery', system: 'erp', key },
		lines: [
			{ account: '6401', debit: '5.00', credit: '0.00' },
			{ account: '1405', debit: '0.00', credit: '5.00' },
		],
		...more,
	},
});

test('a replay makes no entry, even in a ledger that keeps no keys', async () => {
	const ledger = forgetfulLedger();
	const vouchers = Array.from({ length: 450 }, (_, index) => voucher(`D-${index}`));
	await bookVouchers({ database, books, ledger, poster }, vouchers);
	const again = await bookVouchers({ database, books, ledger, poster }, vouchers);
	expect(ledger.made).toHaveLength(450);
	expect(again.every((one) => 'existing' in one && !one.differs)).toBe(true);
});

test('another ledger has its own entry of the same document', async () => {
	const one = forgetfulLedger();
	const other = { ...forgetfulLedger(), system: 'other' };
	await bookVouchers({ database, books, ledger: one, poster }, [voucher('D-1')]);
	await bookVouchers({ database, books, ledger: other, poster }, [voucher('D-1')]);
	expect([one.made.length, other.made.length]).toEqual([1, 1]);
});

test.each([
	['no legal entity', { entity: undefined }, 'The entry names no legal entity'],
	['a legal entity that is not there', { entity: 'MOON' }, 'There is no legal entity "MOON"'],
])('%s is blocked with the reason, and nothing is sent', async (_, changes, reason) => {
	const ledger = forgetfulLedger();
	const [booked] = await bookVouchers({ database, books, ledger, poster }, [voucher('D-1', changes)]);
	expect(booked).toMatchObject({ blocked: { reason: expect.stringContaining(reason) as string } });
	expect(ledger.made).toEqual([]);
});

test('a day in no period of a custom calendar is blocked with day and calendar', async () => {
	const ledger = forgetfulLedger();
	const periods = [{ year: 2026, number: 1, from: '2026-01-01', to: '2026-01-31' }];
	const organisation = {
		...books.organisation,
		calendars: [{ kind: 'custom' as const, name: 'months', periods }],
	};
	const [booked] = await bookVouchers({ database, books: { ...books, organisation }, ledger, poster }, [
		voucher('D-1'),
	]);
	expect(booked).toMatchObject({
		blocked: {
			reason: expect.stringContaining('2026-03-31 is in no period of the calendar "months"') as string,
		},
	});
	expect(ledger.made).toEqual([]);
});

test('a day that is open for one module and closed for the next is not suggested', async () => {
	const lock = (module: 'sales' | 'stock', period: string) => ({
		action: 'softClose' as const,
		entity: 'PLANT',
		module,
		period,
		by: 'ines.weber',
		at: '2026-04-01T00:00:00Z',
		reason: 'Closed',
		roles: [],
	});
	const changes = [lock('sales', '2026-P03'), lock('stock', '2026-P04')];
	const ledger = forgetfulLedger();
	const [booked] = await bookVouchers({ database, books: { ...books, changes }, ledger, poster }, [
		voucher('D-1'),
	]);
	expect(booked).toMatchObject({ blocked: { suggestedDate: '2026-05-01' } });
});
