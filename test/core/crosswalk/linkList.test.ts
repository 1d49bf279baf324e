import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { link, linksOf } from '../../../core/crosswalk/crosswalk';
import { listLinks, mergeCodes } from '../../../core/crosswalk/linkList';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';

let folder: string;
let database: Database;
const at = Date.UTC(2026, 0, 31);

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-links-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterEach(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const linkItem = async (from: [string, string], to: [string, string]) =>
	await link(
		database,
		{
			kind: 'item',
			from: { system: from[0], code: from[1] },
			to: { system: to[0], code: to[1] },
			origin: 'manual',
		},
		at,
	);
const merge = async (duplicate: string, into: string) =>
	await mergeCodes(database, { kind: 'item', system: 'erp', duplicate, into }, at);
const inSystem = async (code: string, to: string) =>
	(await linksOf(database, 'item', 'erp', [code], to)).get(code);

test('links are listed from the side of the system that is asked for', async () => {
	await linkItem(['erp', 'A1'], ['wms', 'W1']);
	await linkItem(['aaa', 'X1'], ['erp', 'A1']);
	await linkItem(['erp', 'A2'], ['wms', 'W2']);
	const links = await listLinks(database, { kind: 'item', system: 'erp', code: 'A1', limit: 10 });
	expect(links.map(({ from, to }) => [from.system, from.code, to.system, to.code])).toEqual([
		['erp', 'A1', 'aaa', 'X1'],
		['erp', 'A1', 'wms', 'W1'],
	]);
	expect(links[0]).toMatchObject({ origin: 'manual', createdAt: '2026-01-31T00:00:00.000Z' });
	expect(await listLinks(database, { kind: 'item', limit: 10 })).toHaveLength(3);
	expect(await listLinks(database, { kind: 'item', limit: 2 })).toHaveLength(2);
	expect(await listLinks(database, { kind: 'partner', limit: 10 })).toEqual([]);
});

test('a merge gives the links of a duplicate to the code that stays, on either side of the table', async () => {
	await linkItem(['erp', 'OLD'], ['wms', 'W1']);
	await linkItem(['aaa', 'X1'], ['erp', 'OLD']);
	await linkItem(['erp', 'NEW'], ['shop', 'S1']);
	await expect(merge('OLD', 'NEW')).resolves.toHaveLength(2);
	expect(await Promise.all(['wms', 'aaa', 'shop'].map(async (to) => await inSystem('NEW', to)))).toEqual([
		'W1',
		'X1',
		'S1',
	]);
	expect(await Promise.all(['wms', 'aaa', 'shop'].map(async (to) => await inSystem('OLD', to)))).toEqual([
		'W1',
		'X1',
		'S1',
	]);
	await expect(merge('OLD', 'NEW')).resolves.toEqual([]);
});

test('a merge of codes that are linked to different codes moves nothing and names both', async () => {
	await linkItem(['erp', 'OLD'], ['wms', 'W1']);
	await linkItem(['erp', 'NEW'], ['wms', 'W2']);
	await linkItem(['aaa', 'X1'], ['erp', 'OLD']);
	await expect(merge('OLD', 'NEW')).rejects.toThrow('wms "W1" and "W2"');
	expect(await inSystem('OLD', 'aaa')).toBe('X1');
	expect(await inSystem('OLD', 'wms')).toBe('W1');
});
