import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
	IBinaryData,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
} from 'n8n-workflow';

import { addDays } from '../../core/finance/calendar/calendarDate';
import { Variance } from '../../nodes/Variance/Variance.node';

const today = new Date().toISOString().slice(0, 10);
const yesterday = addDays(today, -1);
const columns = {
	column: [
		{ meaning: 'key', column: 'number' },
		{ meaning: 'amount', column: 'amount' },
		{ meaning: 'partner', column: 'customer' },
	],
};
const sides = { side: ['invoices', 'ledger'].map((name) => ({ name, from: 'items', columns })) };

let folder: string;
let name = '';
let comparisons = 0;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-history-'));
	process.env.N8N_USER_FOLDER = folder;
});
beforeEach(() => {
	comparisons += 1;
	name = `Invoices and ledger ${comparisons}`;
});
afterAll(async () => {
	delete process.env.N8N_USER_FOLDER;
	await rm(folder, { recursive: true, force: true });
});

type Item = Record<string, unknown>;

/** Runs the node with its own defaults where nothing else is given. */
async function run(
	given: Item,
	items: Item[] = [{}],
	continueOnFail = false,
): Promise<INodeExecutionData[][]> {
	const node = new Variance();
	const defaults = Object.fromEntries(
		node.description.properties.map(({ name: property, default: value }) => [property, value]),
	);
	const parameters: Item = { ...defaults, operation: 'compare', comparison: name, ...given };
	const functions = {
		getInputData: () => items.map((json) => ({ json })),
		getNode: () => ({ name: 'Variance', type: 'variance', typeVersion: 1, position: [0, 0], parameters }),
		getNodeParameter: (property: string) => parameters[property],
		continueOnFail: () => continueOnFail,
		getTimezone: () => 'UTC',
		getExecutionCancelSignal: () => undefined,
		helpers: {
			prepareBinaryData: async (data: Buffer, fileName: string, mimeType: string): Promise<IBinaryData> => ({
				data: data.toString('base64'),
				fileName,
				mimeType,
			}),
		},
	};
	return await node.execute.call(functions as unknown as IExecuteFunctions);
}

/** Compares invoices with what the ledger has of them: number, amount of the invoice, amount in the ledger if there is one. */
async function compare(asOf: string, deals: Array<[string, number, number?]>, more: Item = {}) {
	const items = deals.flatMap(([number, invoiced, booked]) => [
		{ side: 'invoices', number, amount: invoiced, customer: `Customer of ${number}` },
		...(booked === undefined
			? []
			: [{ side: 'ledger', number, amount: booked, customer: `Customer of ${number}` }]),
	]);
	const outputs = await run({ comparisonName: name, sides, asOf, rememberFindings: true, ...more }, items);
	const [, differences = [], [summary] = [], settled = []] = outputs.map((list) =>
		list.map(({ json }) => json),
	);
	return { differences, summary, settled };
}

const findings = async (operation: string, given: Item = {}, items: Item[] = [{}], goOn = false) =>
	((await run({ resource: 'finding', operation, ...given }, items, goOn))[0] ?? []).map(
		({ json, pairedItem, error }) => ({ ...json, pairedItem, ...(error && { failed: true }) }) as Item,
	);
const acceptance = { acceptedBy: 'ines.weber', reason: 'agreed rebate' };

test('the second report says what is new, still open and settled, and by what', async () => {
	await compare(yesterday, [
		['A1', 100, 90],
		['A2', 50],
		['A3', 70, 70],
	]);
	const { differences, settled, summary } = await compare(today, [
		['A1', 100, 90],
		['A2', 50, 50],
		['A3', 70, 75],
	]);
	expect(differences).toMatchObject([
		{ key: ['A1'], state: 'stillOpen', openSince: yesterday },
		{ key: ['A3'], state: 'new', openSince: today },
	]);
	expect(settled).toMatchObject([
		{
			key: ['A2'],
			class: 'missing',
			openSince: yesterday,
			settledOn: today,
			settledBy: 'Ledger: entered, 50',
		},
	]);
	expect(summary).toMatchObject({
		open: { findings: 2, atStake: '15' },
		states: { new: { findings: 1, atStake: '5' }, settled: { findings: 1, atStake: '50' } },
		history: { kept: true, previousDay: yesterday },
		trend: [{ day: yesterday }, { day: today }],
	});
});

test('an accepted finding counts for no alert, until its figures change', async () => {
	const deals: Array<[string, number, number]> = [
		['A1', 100, 90],
		['A2', 50, 49],
	];
	const first = await compare(yesterday, deals, { alertAbove: '5' });
	expect(first.summary).toMatchObject({ alert: true });
	const [accepted] = await findings('accept', acceptance, [first.differences[0] ?? {}]);
	expect(accepted).toMatchObject({ key: ['A1'], state: 'accepted', changed: true, pairedItem: { item: 0 } });
	const second = await compare(today, deals, { alertAbove: '5' });
	expect(second.summary).toMatchObject({ alert: false, open: { findings: 1, atStake: '1' }, atStake: '11' });
	expect(second.differences[0]).toMatchObject({ state: 'accepted', ...{ acceptedBy: 'ines.weber' } });
	const third = await compare(today, [['A1', 100, 89]], { alertAbove: '5' });
	expect(third.summary).toMatchObject({ alert: true });
	expect(third.differences[0]).toMatchObject({
		state: 'stillOpen',
		acceptanceEnded: { because: 'changed', acceptanceReason: 'agreed rebate' },
	});
});

test('findings are accepted by key, listed by what they are, and opened again', async () => {
	await compare(today, [
		['A1', 100, 90],
		['A2', 50],
	]);
	const byKey = { findingsFrom: 'key', finding: 'a2' };
	await findings('accept', { ...acceptance, ...byKey, until: addDays(today, 30) });
	await expect(findings('getAll')).resolves.toMatchObject([{ key: ['A1'], state: 'new' }]);
	await expect(findings('getAll', { filters: { acceptance: 'accepted' } })).resolves.toMatchObject([
		{ key: ['A2'], state: 'accepted', acceptedBy: 'ines.weber', acceptedUntil: addDays(today, 30) },
	]);
	await expect(
		findings('getAll', { filters: { acceptance: 'any', classes: ['missing'] } }),
	).resolves.toHaveLength(1);
	await expect(findings('getAll', { filters: { olderThanDays: 0 } })).resolves.toEqual([]);
	const withdrawal = { findingsFrom: 'key', finding: 'A2', withdrawnBy: 'li.wei', reason: 'no rebate' };
	await expect(findings('withdrawAcceptance', withdrawal)).resolves.toMatchObject([
		{ key: ['A2'], acceptedBy: 'ines.weber', changed: true },
	]);
	await expect(findings('withdrawAcceptance', withdrawal)).resolves.toMatchObject([{ changed: false }]);
	await expect(findings('getAll')).resolves.toHaveLength(2);
});

test('what changed since somebody looked at it, or is not there, is not accepted; the other items are', async () => {
	const { differences } = await compare(yesterday, [
		['A1', 100, 90],
		['A2', 50],
	]);
	await compare(today, [
		['A1', 100, 91],
		['A2', 50],
	]);
	const items = [...differences, { key: ['A9'] }, { number: 'A1' }];
	const results = await findings('accept', acceptance, items, true);
	expect(results.map(({ failed, pairedItem }) => [failed ?? false, pairedItem])).toEqual([
		[false, { item: 0 }],
		[true, { item: 1 }],
		[true, { item: 2 }],
		[true, { item: 3 }],
	]);
	expect(results[0]).toMatchObject({ key: ['A2'] });
	expect(results[1]?.error).toMatch(/"A1" has another class or other figures in the last report/);
	expect(results[2]?.error).toMatch(/"A9" is no finding of the last report/);
	expect(results[3]?.error).toMatch(/needs a field "key"/);
	await expect(findings('accept', acceptance, items)).rejects.toThrow(
		/"A1" has another class or other figures/,
	);
});

test('an acceptance needs a person, a reason and a day that is not over', async () => {
	const { differences } = await compare(today, [['A1', 100, 90]]);
	await expect(findings('accept', { acceptedBy: 'ines.weber' }, differences)).rejects.toThrow(
		/reason: must say why/,
	);
	await expect(findings('accept', { reason: 'x' }, differences)).rejects.toThrow(/acceptedBy: must say who/);
	await expect(findings('accept', { ...acceptance, until: yesterday }, differences)).rejects.toThrow(
		/that day is over/,
	);
});

test('a report for an earlier day says that it was not kept, and why', async () => {
	await compare(today, [['A1', 100, 90]]);
	const { summary, differences } = await compare(yesterday, [['A2', 50]]);
	expect(summary).toMatchObject({ history: { kept: false, because: 'laterDayKept', laterDay: today } });
	expect(differences[0]).not.toHaveProperty('state');
	await expect(findings('getAll')).resolves.toMatchObject([{ key: ['A1'] }]);
});

test('a comparison of which nothing is kept is named, with those that are there', async () => {
	await compare(today, [['A1', 100, 90]]);
	await expect(findings('getAll', { comparison: 'Nothing' })).rejects.toThrow(
		/No report of "Nothing" is kept in this state store\. There are reports of Invoices and ledger/,
	);
});

test('comparisons and findings are picked from live lists', async () => {
	await compare(today, [
		['A1', 100, 90],
		['A2', 50],
	]);
	const editor = {
		getCurrentNodeParameter: (parameter: string) => ({ comparison: name, stateStore: 'sqlite' })[parameter],
	} as unknown as ILoadOptionsFunctions;
	const { searchComparisons, searchFindings } = new Variance().methods.listSearch;
	const values = ({ results }: INodeListSearchResult) => results.map(({ value }) => value);
	expect(values(await searchComparisons.call(editor, name))).toContain(name);
	expect(values(await searchFindings.call(editor))).toEqual(['A2', 'A1']);
	expect(values(await searchFindings.call(editor, 'amount'))).toEqual(['A1']);
});
