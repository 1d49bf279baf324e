import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerAuthZen, type Endpoint } from '../../../core/access/authzen/decisionPoint';
import { policyDecider, type PolicyDeciderChoices } from '../../../core/access/authzen/policyDecider';
import type { Person } from '../../../core/access/decisions/question';
import { publish } from '../../../core/access/policies/publish';
import type { Database } from '../../../core/store/database';
import { logPages } from '../../../core/store/decisionLog';
import { openStore } from '../../../core/store/open';

let folder: string;
let database: Database;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'decider-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
	const text = `permit (principal in Department::"PUR", action == Action::"supplier.changePaymentTerms", resource)
		when { principal.state == "active" && !(resource has region && resource.region == "west") };`;
	await publish(
		database,
		'main',
		{ kind: 'text', policy: 'buyers', text },
		{ by: 'ines.weber', reason: 'first rules', at: 0 },
	);
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const person = (id: string, department: string): Person => ({
	id,
	attributes: { department, rank: 5, state: 'active' },
	departmentsAbove: ['MGT'],
	isKnown: true,
});
const staff = new Map(
	[person('E1', 'PUR'), person('E2', 'SAL'), person('E3', 'PUR')].map((one) => [one.id, one]),
);
const fromHr = async (keys: string[]) =>
	new Map(
		keys.flatMap((key) => {
			const known = staff.get(key);
			return known === undefined ? [] : [[key, known]];
		}),
	);
const away = async () => {
	throw new Error('the HR system is away');
};

const answer = async (
	endpoint: Endpoint,
	body: unknown,
	choices: Partial<PolicyDeciderChoices> = {},
	open = async () => database,
) =>
	await answerAuthZen(
		endpoint,
		body,
		policyDecider(open, {
			set: 'main',
			isStrict: true,
			language: 'en',
			people: fromHr,
			employees: async () => [...staff.keys()],
			subjectTypes: ['user'],
			records: [],
			...choices,
		}),
	);
const change = {
	action: { name: 'supplier.changePaymentTerms' },
	resource: { type: 'Supplier', id: 'S-1' },
};
const by = (id: string, properties?: object) => ({ subject: { type: 'user', id, properties }, ...change });
const inLog = async () => {
	let records = 0;
	for await (const page of logPages(database, {})) records += page.length;
	return records;
};

test('what a subject says of itself counts only where no HR system is asked', async () => {
	const claimed = { department: 'PUR', rank: 9, state: 'active' };
	expect(await answer('evaluation', by('E2', claimed))).toMatchObject({ body: { decision: false } });
	const unasked = { people: undefined, employees: undefined };
	expect(await answer('evaluation', by('E2', claimed), unasked)).toMatchObject({ body: { decision: true } });
	expect(await answer('evaluation', by('E2'), unasked)).toMatchObject({
		body: { decision: false, context: { reason: 'attributes' } },
	});
});

test('what is known of a record wins over what a request says of it', async () => {
	const records = [{ type: 'Supplier', id: 'S-1', properties: { region: 'west' } }];
	const question = { ...by('E1'), resource: { ...change.resource, properties: { region: 'east' } } };
	expect(await answer('evaluation', question)).toMatchObject({ body: { decision: true } });
	expect(await answer('evaluation', question, { records })).toMatchObject({ body: { decision: false } });
});

test('resources are found among the records that are known, and nowhere else', async () => {
	const search = { ...by('E1'), resource: { type: 'Supplier' } };
	expect(await answer('searchResource', search)).toMatchObject({ body: { results: [] } });
	const records = [
		{ type: 'Supplier', id: 'S-1' },
		{ type: 'Supplier', id: 'S-2', properties: { region: 'west' } },
		{ type: 'Customer', id: 'C-1' },
	];
	expect(await answer('searchResource', search, { records })).toMatchObject({
		body: { results: [{ type: 'Supplier', id: 'S-1' }] },
	});
});

test('employees are found by a type that stands for them only', async () => {
	const search = (type: string) => ({ ...change, subject: { type } });
	expect(await answer('searchSubject', search('user'))).toMatchObject({
		body: { results: [{ id: 'E1' }, { id: 'E3' }] },
	});
	expect(await answer('searchSubject', search('service'))).toMatchObject({ body: { results: [] } });
});

test('without store or HR system everything is denied, and a search says that it cannot be made', async () => {
	const closed = async () => {
		throw new Error('the store is down');
	};
	expect(await answer('evaluation', by('E1'), {}, closed)).toMatchObject({
		status: 200,
		body: { decision: false, context: { reason: 'policiesUnavailable' } },
	});
	expect(await answer('evaluation', by('E1'), { people: away })).toMatchObject({
		status: 200,
		body: { decision: false, context: { reason: 'peopleUnavailable' } },
	});
	const search = { ...change, subject: { type: 'user' } };
	await expect(answer('searchSubject', search, {}, closed)).rejects.toThrow('the store is down');
	await expect(answer('searchSubject', search, { people: away })).rejects.toThrow('the HR system is away');
});

test('evaluations are logged one by one, searches are not', async () => {
	const before = await inLog();
	await answer('evaluations', { ...by('E1'), evaluations: [{}, { subject: { type: 'user', id: 'E2' } }] });
	expect(await inLog()).toBe(before + 2);
	await answer('searchSubject', { ...change, subject: { type: 'user' } });
	await answer('searchAction', by('E1'));
	expect(await inLog()).toBe(before + 2);
});
