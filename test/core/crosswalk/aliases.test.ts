import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';

import { aliasesOf, keptCodes, splitCode } from '../../../core/crosswalk/aliases';
import { linkAll, linksOf, unlink, type CrosswalkLink } from '../../../core/crosswalk/crosswalk';
import { listLinks, mergeCodes } from '../../../core/crosswalk/linkList';
import { translateCodes } from '../../../core/crosswalk/recordCodes';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';

let folder: string;
let database: Database;
const at = Date.UTC(2026, 0, 31);

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-aliases-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterEach(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const pair = (erp: string, wms: string): CrosswalkLink => ({
	kind: 'item',
	from: { system: 'erp', code: erp },
	to: { system: 'wms', code: wms },
	origin: 'manual',
});
const link = async (erp: string, wms: string) => (await linkAll(database, [pair(erp, wms)], at))[0];
const merge = async (duplicate: string, into: string, system = 'erp') =>
	await mergeCodes(database, { kind: 'item', system, duplicate, into }, at);
const inWms = async (...codes: string[]) =>
	Object.fromEntries(await linksOf(database, 'item', 'erp', codes, 'wms'));

describe('a merged code', () => {
	test('is found as the one that was kept, also after further merges, and from the other side', async () => {
		await link('A', 'W');
		await merge('A', 'B');
		await merge('B', 'C');
		await merge('W', 'V', 'wms');
		expect(await inWms('A', 'B', 'C', 'D')).toEqual({ A: 'V', B: 'V', C: 'V' });
		expect(Object.fromEntries(await linksOf(database, 'item', 'wms', ['W', 'V'], 'erp'))).toEqual({
			W: 'C',
			V: 'C',
		});
		expect(Object.fromEntries(await linksOf(database, 'item', 'erp', ['A', 'C', 'D'], 'erp'))).toEqual({
			A: 'C',
			C: 'C',
			D: 'D',
		});
		expect(await aliasesOf(database, 'item', [{ system: 'erp', code: 'C' }])).toEqual([['A', 'B']]);
		expect(await listLinks(database, { kind: 'item', system: 'erp', code: 'A', limit: 9 })).toMatchObject([
			{ from: { code: 'C' }, to: { code: 'V' } },
		]);
	});

	test('stays one of its own kind and system only', async () => {
		await merge('A', 'B');
		expect(await keptCodes(database, 'item', 'wms', ['A'])).toEqual(new Map());
		expect(await keptCodes(database, 'partner', 'erp', ['A'])).toEqual(new Map());
	});

	test('is linked as the one that was kept, and a contradiction says so', async () => {
		await merge('A', 'B');
		expect(await link('A', 'W')).toMatchObject({ isNew: true });
		expect(await link('B', 'W')).toMatchObject({ isNew: false });
		expect(await inWms('A', 'B')).toEqual({ A: 'W', B: 'W' });
		const refused = await link('A', 'X');
		expect(refused).toMatchObject({
			error: {
				message: expect.stringContaining(
					'erp "B" = wms "W" (manual) stands already and was kept ("A" was merged into "B")',
				) as string,
			},
		});
		expect(await unlink(database, 'item', { system: 'erp', code: 'A' }, 'wms')).toBe(true);
		expect(await inWms('A', 'B')).toEqual({});
	});

	test('stands for itself again once it is split off; the links stay', async () => {
		await link('A', 'W');
		await merge('A', 'B');
		expect(await splitCode(database, 'item', { system: 'erp', code: 'A' })).toBe(true);
		expect(await splitCode(database, 'item', { system: 'erp', code: 'A' })).toBe(false);
		expect(await inWms('A', 'B')).toEqual({ B: 'W' });
	});

	test('is not merged again, nor into it: both name the code that was kept', async () => {
		await link('C', 'W');
		await merge('A', 'B');
		await expect(merge('A', 'B')).resolves.toEqual([]);
		await expect(merge('A', 'C')).rejects.toThrow('"A" was merged into "B" before. Nothing was moved.');
		await expect(merge('C', 'A')).rejects.toThrow('Merge into "B".');
		await expect(merge('B', 'A')).rejects.toThrow('"A" was merged into "B" before');
		expect(await inWms('A', 'B', 'C')).toEqual({ C: 'W' });
	});

	test('whatever is merged, linked and split, each code has one answer, which is nobody else’s alias', async () => {
		const codes = ['A', 'B', 'C', 'D'];
		const code = fc.constantFrom(...codes);
		const step = fc.oneof(
			fc.record({ merge: code, into: code }),
			fc.record({ link: code, to: fc.constantFrom('W1', 'W2', 'W3') }),
			fc.record({ split: code }),
		);
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
				run += 1;
				const system = `erp-${run}`;
				for (const one of steps) {
					if ('merge' in one)
						await mergeCodes(
							database,
							{ kind: 'item', system, duplicate: one.merge, into: one.into },
							at,
						).catch((error: unknown) => expect(error).toMatchObject({ name: 'ConflictError' }));
					else if ('link' in one)
						await linkAll(database, [{ ...pair('', one.to), from: { system, code: one.link } }], at);
					else await splitCode(database, 'item', { system, code: one.split });
				}
				const kept = await keptCodes(database, 'item', system, codes);
				for (const target of kept.values()) expect(kept.has(target)).toBe(false);
				const answers = await linksOf(database, 'item', system, codes, 'wms');
				for (const [alias, target] of kept) expect(answers.get(alias)).toBe(answers.get(target));
				const back = await linksOf(database, 'item', 'wms', ['W1', 'W2', 'W3'], system);
				for (const owner of back.values()) expect(kept.has(owner)).toBe(false);
			}),
			{ numRuns: 60 },
		);
	});
});

test('the codes of a record are replaced wherever the model has them, those without a link told by field', async () => {
	await link('A', 'W1');
	await link('B', 'W2');
	await linkAll(
		database,
		[
			{
				kind: 'unit',
				from: { system: 'erp', code: 'ST' },
				to: { system: 'un-ece', code: 'H87' },
				origin: 'manual',
			},
			{
				kind: 'partner',
				from: { system: 'erp', code: 'C' },
				to: { system: 'wms', code: 'K' },
				origin: 'manual',
			},
		],
		at,
	);
	const order = {
		key: '1',
		partner: { code: 'C', name: 'Claire' },
		lines: [
			{ line: '1', item: { code: 'A' }, quantity: '1', unit: 'ST' },
			{ line: '2', item: { code: 'X' }, quantity: '1', unit: 'KAR' },
		],
	};
	const translations = [
		{ kind: 'item', from: 'erp', to: 'wms' },
		{ kind: 'partner', from: 'erp', to: 'wms' },
		{ kind: 'unit', from: 'erp', to: 'un-ece' },
	] as const;
	const [translated] = await translateCodes(database, 'salesOrder', [order], [...translations]);
	expect(translated?.record).toEqual({
		key: '1',
		partner: { code: 'K', name: 'Claire' },
		lines: [
			{ line: '1', item: { code: 'W1' }, quantity: '1', unit: 'H87' },
			{ line: '2', item: { code: 'X' }, quantity: '1', unit: 'KAR' },
		],
	});
	expect(translated?.problems.map(({ field }) => field)).toEqual(['lines.1.item.code', 'lines.1.unit']);
	expect(translated?.problems[0]?.message).toContain('The item "X" of erp is not linked to wms');
	expect(order.lines[0]?.item.code).toBe('A');

	const item = { code: 'B', baseUnit: 'ST', units: [{ unit: 'ST', numerator: '1', denominator: '1' }] };
	const [own] = await translateCodes(database, 'item', [item], [...translations]);
	expect(own?.record).toMatchObject({ code: 'W2', baseUnit: 'H87', units: [{ unit: 'H87' }] });
	const receipt = { key: '1', state: 'open', lines: [{ line: '1', item: 'A', quantity: '2' }] };
	const [received] = await translateCodes(database, 'receipt', [receipt], [...translations]);
	expect(received?.record).toMatchObject({ lines: [{ item: 'W1' }] });
});
