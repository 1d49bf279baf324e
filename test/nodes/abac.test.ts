import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Abac } from '../../nodes/Abac/Abac.node';
import { runItems } from './nodeContext';

const node = new Abac();
const userFolder = process.env.N8N_USER_FOLDER;
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'abac-'));
	process.env.N8N_USER_FOLDER = folder;
});
afterAll(async () => {
	if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
	else process.env.N8N_USER_FOLDER = userFolder;
	await rm(folder, { recursive: true, force: true });
});

type Parameters = Record<string, unknown>;

async function abac(
	resource: string,
	operation: string,
	parameters: Parameters,
	items: object[] = [{}],
	goOn = false,
) {
	return await runItems(
		node,
		{ resource, operation, stateStore: 'sqlite', policySet: 'main', ...parameters },
		items,
		{ goOn },
	);
}

const publisher = { by: 'ines.weber', reason: 'first rules' };
const question: Parameters = {
	sensitiveOperation: 'price.change',
	subject: (item: Parameters) => item.employee,
	peopleFrom: 'request',
	subjectAttributes: (item: Parameters) => ({
		department: 'Sales',
		departmentsAbove: 'Trade, Head Office',
		rank: item.rank,
		state: 'active',
	}),
	others: '[]',
	record: 'P-1',
	recordAttributes: {},
	requestAttributes: { amount: '100' },
	options: {},
};

beforeAll(async () => {
	await abac('policy', 'publish', {
		change: 'form',
		policy: 'trade',
		effect: 'permit',
		sensitiveOperations: ['price.change'],
		conditions: { departments: 'Trade', rankFrom: 4, amountUpTo: 500 },
		...publisher,
	});
});

test('each item comes out at Permit or Deny, as it came and with its decision', async () => {
	const items = [
		{ employee: 'E-1', rank: 5 },
		{ employee: 'E-2', rank: 3 },
		{ employee: 'E-3', rank: 'high' },
		{ employee: 7, rank: 4 },
	];
	const [permitted = [], denied = []] = await abac('decision', 'decide', question, items);
	expect(permitted.map(({ json, pairedItem }) => [json.employee, pairedItem])).toEqual([
		['E-1', { item: 0 }],
		[7, { item: 3 }],
	]);
	expect(denied.map(({ json }) => [json.employee, (json.decision as Parameters).reason])).toEqual([
		['E-2', 'notPermitted'],
		['E-3', 'attributes'],
	]);
});

test('what cannot be read is denied, whether the node is set to go on or not', async () => {
	for (const goOn of [false, true])
		for (const wrong of [
			{ subject: { id: 'E-1' } },
			{ requestAttributes: { further: 'no JSON' } },
			{ subjectAttributes: { further: '[]' } },
			{ others: '{"id": 5}' },
			{ options: { strict: 'yes' } },
			{ requestAttributes: { amount: '100', at: 'tomorrow' } },
		]) {
			const given = { ...question, subject: 'E-1', subjectAttributes: { rank: 5 }, ...wrong };
			const [permitted, denied] = await abac('decision', 'decide', given, [{}], goOn);
			expect(permitted).toEqual([]);
			expect(denied).toHaveLength(1);
		}
});

test('every decision is in the log, also one on a question that could not be read', async () => {
	const logged = async () => (await abac('log', 'getAll', { returnAll: true, filters: {} }))[0] ?? [];
	const before = (await logged()).length;
	await abac('decision', 'filter', question, [
		{ employee: 'E-1', rank: 5 },
		{ employee: 'E-2', rank: 1 },
	]);
	await abac('decision', 'decide', { ...question, subject: {}, subjectAttributes: {} });
	await abac('decision', 'decide', { ...question, subject: 'E-4', requestAttributes: { further: '{' } });
	const added = (await logged()).slice(before).map(({ json }) => [json.subject, json.outcome, json.reason]);
	expect(added).toEqual([
		['E-1', 'permit', 'permitted'],
		['E-2', 'deny', 'notPermitted'],
		['', 'deny', 'malformed'],
		['E-4', 'deny', 'malformed'],
	]);
});

test('decisions of a file, as a list or line by line, are replayed against a change; what is none is counted', async () => {
	const [records = []] = await abac('log', 'getAll', { returnAll: true, filters: {} });
	const kept: Parameters[] = records.map(({ json }) => json);
	const simulate = async (file: string) => {
		const change = { change: 'form', policy: 'trade', effect: 'permit', sensitiveOperations: [] };
		const [[done] = []] = await runItems(
			node,
			{
				resource: 'policy',
				operation: 'simulate',
				stateStore: 'sqlite',
				policySet: 'main',
				...change,
				conditions: { departments: 'Trade', rankFrom: 6 },
				decisionsFrom: 'file',
				binaryPropertyName: 'data',
				flipsShown: 1,
				options: {},
			},
			[{}],
			{ file },
		);
		return done?.json;
	};
	const permitted = kept.filter(({ outcome }) => outcome === 'permit').length;
	expect(permitted).toBeGreaterThan(1);
	const expected = { newlyDenied: permitted, newlyPermitted: 0, flips: [{ was: 'permit', becomes: 'deny' }] };
	expect(await simulate(JSON.stringify(kept))).toMatchObject({ ...expected, unreadable: 0 });
	const lines = [...kept, { nonsense: true }].map((record) => JSON.stringify(record));
	expect(await simulate(lines.join('\n'))).toMatchObject({ ...expected, unreadable: 1 });
	await expect(simulate(`${lines.join('\n')}\nno JSON`)).rejects.toThrow(
		`Line ${lines.length + 1} of the file is no JSON.`,
	);
});

test('a second approver must be active, unless the field for the states was added and emptied', async () => {
	const approval = async (conditions: Parameters) => {
		const given = { change: 'form', policy: 'two', effect: 'permit', sensitiveOperations: [], ...publisher };
		const secondApprover = { secondApprover: 'given', approverRankFrom: 7, ...conditions };
		const [[validated] = []] = await abac('policy', 'validate', { ...given, conditions: secondApprover });
		const policies = validated?.json.policies as Array<{ policy: string; form?: Parameters }>;
		return policies.find(({ policy }) => policy === 'two')?.form?.secondApprover;
	};
	expect(await approval({})).toEqual({ when: 'given', rankFrom: 7, states: ['active'] });
	expect(await approval({ approverStates: 'active, onLeave' })).toMatchObject({
		states: ['active', 'onLeave'],
	});
	expect(await approval({ approverStates: '' })).toMatchObject({ states: [] });
});

test.each([
	['secondApprover', { approverRankFrom: 7 }],
	['secondApprover', { secondApprover: 'any', approverStates: 'active' }],
	['addresses', { addressesWhen: 'inside', addresses: ' , ' }],
])(
	'a condition without the one that it belongs to is refused, and not left out: %s',
	async (field, conditions) => {
		await expect(
			abac('policy', 'publish', {
				change: 'form',
				policy: 'wide',
				effect: 'permit',
				sensitiveOperations: [],
				conditions: { departments: 'Trade', ...conditions },
				...publisher,
			}),
		).rejects.toThrow(new RegExp(`${field}.* must be`));
	},
);

test('policies are shown as text and in the form; the catalogue is edited with them, or not at all', async () => {
	const [[shown] = []] = await abac('policy', 'get', { version: 0 });
	expect(shown?.json).toMatchObject({
		version: 1,
		publishedBy: 'ines.weber',
		policies: [{ policy: 'trade', form: { departments: ['Trade'], rankFrom: 4, amountUpTo: '500' } }],
	});
	const { catalogue } = shown?.json.definition as { catalogue: { operations: Array<{ id: string }> } };
	const without = {
		...catalogue,
		operations: catalogue.operations.filter(({ id }) => id !== 'price.change'),
	};
	await expect(
		abac('sensitiveOperation', 'save', { catalogue: JSON.stringify(without), ...publisher }),
	).rejects.toThrow(/policy "trade".*no sensitive operation "price.change"/);
	const extended = {
		operations: [
			...catalogue.operations,
			{
				id: 'sample.send',
				name: { en: 'Sample', zh: '寄样' },
				risk: 'low',
				resource: 'Sample',
				requires: ['resource.cost'],
			},
		],
		attributes: [{ of: 'resource', name: 'cost', type: 'amount' }],
	};
	await abac('sensitiveOperation', 'save', { catalogue: extended, ...publisher });
	const [operations = []] = await abac('sensitiveOperation', 'getAll', {});
	expect(operations.at(-1)?.json).toMatchObject({ id: 'sample.send', requiredAttributes: ['resource.cost'] });
	const [versions = []] = await abac('policy', 'getVersions', { returnAll: false, limit: 1 });
	expect(versions.map(({ json }) => [json.version, json.holds, json.reason])).toEqual([
		[2, true, 'first rules'],
	]);
});
