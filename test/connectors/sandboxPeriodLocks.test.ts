import { foldActs } from '../../core/finance/calendar/booksJournal';
import { firstOfMonth, lastOfMonth } from '../../core/finance/calendar/calendarDate';
import { Organisation } from '../../core/finance/calendar/legalEntity';
import type { Books, LockChange, Refusal } from '../../core/finance/calendar/periodLock';
import { pushToLedger, readDrift } from '../../core/finance/calendar/pushToLedger';
import { FaultPlan } from '../../sandbox/company/http/faults';
import { quietCompany, type Fixture } from './sandboxFixture';

const organisation = Organisation.parse({
	calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1 }],
	entities: [{ id: 'PLANT', name: 'Plant', calendar: 'months', timeZone: 'Asia/Shanghai' }],
});
const entry = { by: 'Ines Weber', at: '2026-04-01T08:00:00Z', reason: 'closed' };
const lock = (action: LockChange['action'], period: string): LockChange =>
	({ action, entity: 'PLANT', module: 'ledger', period, roles: [], ...entry }) as LockChange;
const booksOf = (...changes: LockChange[]): Books =>
	foldActs([
		{ kind: 'organisation', organisation, by: 'Ines Weber', at: entry.at },
		...(changes.length === 0 ? [] : [{ kind: 'locks' as const, changes }]),
	]);
const question = {
	entity: 'PLANT',
	softClosed: 'close' as const,
	year: 2026,
	now: new Date('2026-04-01T08:00:00Z'),
};

function given<T extends object>(answer: T | Refusal): T {
	if ('refused' in answer) throw new Error(answer.refused);
	return answer;
}

let fixture: Fixture;
const states = () => fixture.company.finance.periods.list({ limit: 100 }).map(({ status }) => status);

beforeEach(async () => {
	fixture = await quietCompany({ seed: false });
	for (let month = 1; month <= 12; month += 1) {
		const code = `2026-${String(month).padStart(2, '0')}`;
		fixture.company.finance.periods.create({
			code,
			name: code,
			from: firstOfMonth(2026, month),
			to: lastOfMonth(2026, month),
		});
	}
});
afterEach(async () => {
	await fixture.close();
});

test('what the calendar closes is closed in the ledger, what it reopens is reopened, and a repetition changes nothing', async () => {
	const closed = booksOf(
		lock('hardClose', '2026-P01'),
		lock('softClose', '2026-P02'),
		lock('softClose', '2026-P03'),
	);
	const first = given(await pushToLedger(fixture.finance, closed, question));
	expect(first.pushed).toMatchObject([
		{ period: '2026-P01', ledgerPeriod: '2026-01', was: 'open', is: 'locked' },
		{ period: '2026-P02', was: 'open', is: 'closed' },
		{ period: '2026-P03', was: 'open', is: 'closed' },
	]);
	expect(first.drifts).toEqual([]);
	expect(states().slice(0, 4)).toEqual(['locked', 'closed', 'closed', 'open']);
	expect(given(await pushToLedger(fixture.finance, closed, question)).pushed).toEqual([]);

	const reopened = booksOf(...closed.changes, lock('reopen', '2026-P02'), lock('reopen', '2026-P03'));
	expect(given(await pushToLedger(fixture.finance, reopened, question)).pushed).toMatchObject([
		{ period: '2026-P02', was: 'closed', is: 'open' },
		{ period: '2026-P03', was: 'closed', is: 'open' },
	]);
	expect(states().slice(0, 4)).toEqual(['locked', 'open', 'open', 'open']);
});

test('a period that is reopened by hand is drift, and the next push closes it again', async () => {
	const books = booksOf(lock('softClose', '2026-P01'));
	await pushToLedger(fixture.finance, books, question);
	fixture.company.finance.periods.act('2026-01', 'reopen');
	expect(given(await readDrift(fixture.finance, books, question)).drifts).toMatchObject([
		{ kind: 'moreOpen', period: '2026-P01', ledgerPeriod: { key: '2026-01', state: 'open' } },
	]);
	expect(given(await pushToLedger(fixture.finance, books, question)).drifts).toEqual([]);
	expect(states()[0]).toBe('closed');
});

test('a period that the ledger refuses to close is told with its reason, and its neighbours are closed', async () => {
	fixture.company.finance.accounts.create({ code: '1000', name: 'Bank', kind: 'asset', postable: true });
	fixture.company.finance.entries.create({
		date: '2026-02-10',
		currency: 'EUR',
		lines: [
			{ account: '1000', debit: '1.00', credit: '0' },
			{ account: '1000', debit: '0', credit: '1.00' },
		],
	});
	const books = booksOf(...['2026-P01', '2026-P02', '2026-P03'].map((key) => lock('hardClose', key)));
	const { pushed, drifts, refusals } = given(await pushToLedger(fixture.finance, books, question));
	expect(pushed.map(({ period }) => period)).toEqual(['2026-P01', '2026-P03']);
	expect(drifts).toMatchObject([{ kind: 'moreOpen', period: '2026-P02' }]);
	expect(refusals.get('2026-02')).toMatch(/2026-02.*draft/);
	expect(states().slice(0, 4)).toEqual(['locked', 'open', 'locked', 'open']);
});

test('without a year, this one is compared, and the one before where the ledger has it', async () => {
	const { year: _, ...open } = question;
	const drift = async (now: string) =>
		given(await readDrift(fixture.finance, booksOf(), { ...open, now: new Date(now) }));
	expect((await drift('2026-06-01T08:00:00Z')).years).toEqual([2026]);
	const { years, drifts } = await drift('2027-01-10T08:00:00Z');
	expect(years).toEqual([2026, 2027]);
	expect(drifts.map(({ kind }) => kind)).toEqual(Array(12).fill('missing'));
});

test('a ledger that is away leaves everything as it is, and the error may be retried', async () => {
	fixture.company.faults.finance.set(FaultPlan.parse({ fault: 'error', method: 'POST' }));
	await expect(
		pushToLedger(fixture.finance, booksOf(lock('softClose', '2026-P01')), question),
	).rejects.toMatchObject({
		name: 'UnavailableError',
		retryable: true,
	});
	expect(states()[0]).toBe('open');
});
