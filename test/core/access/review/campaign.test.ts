import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
	decideReview,
	dueReminders,
	reviewItems,
	startCampaign,
} from '../../../../core/access/review/campaign';
import type { HeldRight } from '../../../../core/access/review/heldRight';
import type { Database } from '../../../../core/store/database';
import { openStore } from '../../../../core/store/open';

let folder: string;
let database: Database;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'campaign-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const at = Date.parse('2026-11-23T08:00:00Z');
const day = 86_400_000;
const rights: HeldRight[] = [
	{ system: 'erp', account: 'u1', person: 'E1', right: 'buyers', manager: 'E9' },
	{ system: 'erp', account: 'u9', person: 'E9', right: 'approvers', manager: 'E9' },
	{ system: 'wms', account: 'old', right: 'pickers' },
];
const start = async (name: string, given = rights, when = at) =>
	await startCampaign(database, given, { name, days: 7, fallbackReviewer: 'E0', at: when });

test('each right goes to the manager; one’s own and those of nobody to the fallback reviewer', async () => {
	const items = await start('reviewers');
	expect(Object.fromEntries(items.map(({ account, reviewer }) => [account, reviewer]))).toEqual({
		u1: 'E9',
		u9: 'E0',
		old: 'E0',
	});
	expect(new Set(items.map(({ token }) => token)).size).toBe(3);
	expect(items[0]?.dueAt).toBe('2026-11-30T08:00:00.000Z');
});

test('started again it keeps decisions and links, and adds what is new', async () => {
	const [first] = await start('again', rights.slice(0, 1));
	await decideReview(database, first?.token ?? '', { decision: 'keep', by: 'E9', reason: '', at });
	const open = await start('again', rights, at + day);
	expect(open.map(({ account }) => account).sort()).toEqual(['old', 'u9']);
	const all = await reviewItems(database, 'again', at);
	expect(all.find(({ account }) => account === 'u1')).toMatchObject({
		decision: 'keep',
		token: first?.token,
	});
});

test('the first decision holds: the same again is nothing new, another one is refused', async () => {
	const [item] = await start('decide', rights.slice(0, 1));
	const decide = async (decision: 'keep' | 'revoke') =>
		await decideReview(database, item?.token ?? '', { decision, by: 'E9', reason: 'moved', at });
	expect(await decide('revoke')).toMatchObject({ decision: 'revoke', isNew: true, account: 'u1' });
	expect(await decide('revoke')).toMatchObject({ isNew: false });
	await expect(decide('keep')).rejects.toThrow('E9 has already decided to revoke');
	await expect(
		decideReview(database, 'guessed', { decision: 'keep', by: 'x', reason: '', at }),
	).rejects.toThrow('belongs to no right');
});

test('reminders come once when they are due, at most so often, and stop with the decision', async () => {
	const [first] = await start('remind', rights.slice(0, 2));
	const remind = async (days: number) =>
		(await dueReminders(database, 'remind', { afterDays: 2, most: 2, at: at + days * day })).length;
	expect(await remind(1)).toBe(0);
	expect(await remind(2)).toBe(2);
	expect(await remind(2)).toBe(0);
	await decideReview(database, first?.token ?? '', { decision: 'keep', by: 'E0', reason: '', at });
	expect(await remind(4)).toBe(1);
	expect(await remind(9)).toBe(0);
	const [open] = (await reviewItems(database, 'remind', at + 8 * day)).filter(({ isOverdue }) => isOverdue);
	expect(open).toMatchObject({ reminders: 2 });
});

test('without a reviewer no campaign is started', async () => {
	await expect(
		startCampaign(database, rights, { name: 'nobody', days: 7, fallbackReviewer: '', at }),
	).rejects.toThrow('no fallback reviewer');
	await expect(reviewItems(database, 'nobody', at)).rejects.toThrow('There is no review campaign "nobody"');
});
