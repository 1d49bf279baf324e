import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerAuthZen, metadata, type Endpoint } from '../../../core/access/authzen/decisionPoint';
import { policyDecider, type KnownRecord } from '../../../core/access/authzen/policyDecider';
import { engines } from '../../../core/access/decisions/livePolicies';
import type { Person } from '../../../core/access/decisions/question';
import { publish } from '../../../core/access/policies/publish';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';

/*
 * The requests of the OpenID AuthZEN Authorization API 1.0 as its examples have them, by section, answered by published policies
 * of our own that say what its examples say: alice may read documents 1 and 3, and accounts 123, 456 and 789.
 */

let folder: string;
let database: Database;

const operations = (resource: string, ids: string[]) =>
	ids.map((id) => ({ id, name: { en: id, zh: id }, risk: 'low', resource, requires: [] }));
const alice = 'alice@example.com';
const permit = (actions: string, resources: string) =>
	`permit(principal == Employee::"${alice}", action in [${actions}], resource) when { [${resources}].contains(resource.number) };`;
const properties = (number: string) => ({ number });
const sets: Record<string, { definition: object; records: KnownRecord[] }> = {
	accounts: {
		definition: {
			catalogue: {
				operations: operations('account', ['can_read', 'can_write', 'can_close']),
				attributes: [{ of: 'resource', name: 'number', type: 'text' }],
			},
			policies: {
				alice: permit('Action::"can_read", Action::"can_write"', '"123", "456", "789"'),
				bob: 'permit(principal == Employee::"bob@example.com", action == Action::"can_read", resource);',
			},
		},
		records: ['123', '456', '789', '999'].map((id) => ({ type: 'account', id, properties: properties(id) })),
	},
	documents: {
		definition: {
			catalogue: {
				operations: operations('document', ['read', 'can_read', 'can_edit']),
				attributes: [{ of: 'resource', name: 'number', type: 'text' }],
			},
			policies: { alice: permit('Action::"read", Action::"can_read"', '"1", "3", "boxcarring.md"') },
		},
		records: ['1', '2', '3', 'boxcarring.md', 'subject-search.md', 'resource-search.md'].map((id) => ({
			type: 'document',
			id,
			properties: properties(id),
		})),
	},
	todos: {
		definition: {
			catalogue: { operations: operations('todo', ['can_read']) },
			policies: { all: 'permit(principal, action, resource);' },
		},
		records: [],
	},
	library: {
		definition: {
			catalogue: { operations: operations('book', ['extend-loan']) },
			policies: { all: 'permit(principal, action, resource);' },
		},
		records: [],
	},
};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'authzen-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
	for (const [set, { definition }] of Object.entries(sets))
		await publish(
			database,
			set,
			{ kind: 'definition', definition },
			{ by: 'ines.weber', reason: 'examples', at: 0 },
		);
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const staff = ['alice@example.com', 'bob@example.com', 'carol@example.com'];
const people = async (keys: string[]) =>
	new Map(
		keys.map((id): [string, Person] => [
			id,
			{ id, attributes: {}, departmentsAbove: [], isKnown: staff.includes(id) },
		]),
	);

describe.each(Object.keys(engines))('the examples of the standard, decided by the engine "%s"', (engine) => {
	const answered = async (set: string, endpoint: Endpoint, body: unknown) =>
		await answerAuthZen(
			endpoint,
			body,
			policyDecider(async () => database, {
				set,
				engine,
				isStrict: true,
				language: 'en',
				people,
				employees: async () => staff,
				subjectTypes: ['user'],
				records: sets[set]?.records ?? [],
			}),
		);
	const decision = async (set: string, body: unknown) => {
		const { status, body: answer } = await answered(set, 'evaluation', body);
		return { status, decision: (answer as { decision: boolean }).decision };
	};
	const decisions = async (body: unknown) => {
		const { status, body: answer } = await answered('documents', 'evaluations', body);
		expect(status).toBe(200);
		return (answer as { evaluations: Array<{ decision: boolean }> }).evaluations.map((one) => one.decision);
	};
	const results = async (endpoint: Endpoint, body: unknown) => {
		const answer = await answered('accounts', endpoint, body);
		expect(answer.status).toBe(200);
		return answer.body;
	};

	const user = { type: 'user', id: alice };
	const account = { type: 'account', id: '123' };
	const time = { time: '2024-10-26T01:22-07:00' };

	test('6.1.1, an evaluation', async () => {
		const body = {
			subject: user,
			resource: account,
			action: { name: 'can_read', properties: { method: 'GET' } },
			context: { time: '1985-10-26T01:22-07:00' },
		};
		expect(await decision('accounts', body)).toEqual({ status: 200, decision: true });
		const other = { ...body, subject: { type: 'user', id: 'carol@example.com' } };
		expect(await decision('accounts', other)).toEqual({ status: 200, decision: false });
	});

	test('10.1, the evaluation by HTTPS; 5.3.2, an action with a hyphen and properties, on a record with properties that are objects', async () => {
		const body = {
			subject: user,
			resource: { type: 'todo', id: '1' },
			action: { name: 'can_read' },
			context: { time: '1985-10-26T01:22-07:00' },
		};
		expect(await decision('todos', body)).toEqual({ status: 200, decision: true });
		const loan = {
			subject: { ...user, properties: { ip_address: '172.217.22.14', device_id: '8:65:ee:17:7e:0b' } },
			resource: {
				type: 'book',
				id: '123',
				properties: { library_record: { title: 'AuthZEN in Action', isbn: '978-0593383322' } },
			},
			action: { name: 'extend-loan', properties: { period: '2W' } },
			context: { schema: 'https://schema.example.com/access-request.schema.json' },
		};
		expect(await decision('library', loan)).toEqual({ status: 200, decision: true });
	});

	const files = ['boxcarring.md', 'subject-search.md', 'resource-search.md'].map((id) => ({
		type: 'document',
		id,
	}));
	const at = { time: '2024-05-31T15:22-07:00' };

	test('7.1, evaluations without defaults, with some, and with one that is overridden, are the same three', async () => {
		const action = { name: 'can_read' };
		const whole = files.map((resource) => ({ subject: user, action, resource, context: at }));
		const some = { subject: user, context: at, evaluations: files.map((resource) => ({ action, resource })) };
		expect(await decisions({ evaluations: whole })).toEqual([true, false, false]);
		expect(await decisions(some)).toEqual([true, false, false]);
		const [first, second, third] = files.map((resource) => ({ resource }));
		const evaluations = [first, second, { ...third, action: { name: 'can_edit' } }];
		expect(await decisions({ subject: user, context: at, action, evaluations })).toEqual([
			true,
			false,
			false,
		]);
	});

	test.each([
		['execute_all', [true, false, true]],
		['deny_on_first_deny', [true, false]],
		['permit_on_first_permit', [true]],
	])('7.1.2.1, three documents by %s', async (evaluations_semantic, expected) => {
		const body = {
			subject: user,
			action: { name: 'read' },
			options: { evaluations_semantic, another_option: 'value' },
			evaluations: ['1', '2', '3'].map((id) => ({ resource: { type: 'document', id } })),
		};
		expect(await decisions(body)).toEqual(expected);
	});

	test('8.2.3, a search in two pages, of which the second asks by the token alone', async () => {
		const search = { subject: user, action: { name: 'can_read' }, resource: { type: 'account' } };
		const first = await results('searchResource', { ...search, page: { limit: 2 } });
		expect(first).toEqual({
			page: { next_token: expect.stringMatching(/./) as string, count: 2 },
			results: [account, { type: 'account', id: '456' }],
		});
		const { page } = first as { page: { next_token: string } };
		expect(await results('searchResource', { ...search, page: { token: page.next_token } })).toEqual({
			page: { next_token: '', count: 1 },
			results: [{ type: 'account', id: '789' }],
		});
	});

	test('8.4.2, 8.5.2 and 8.6.2, searches for subjects, resources and actions', async () => {
		const subjects = {
			subject: { type: 'user' },
			action: { name: 'can_read' },
			resource: account,
			context: time,
		};
		expect(await results('searchSubject', subjects)).toMatchObject({
			results: [user, { type: 'user', id: 'bob@example.com' }],
		});
		const resources = { subject: user, action: { name: 'can_read' }, resource: { type: 'account' } };
		expect(await results('searchResource', resources)).toMatchObject({
			results: ['123', '456', '789'].map((id) => ({ type: 'account', id })),
		});
		const actions = { subject: user, resource: account, context: time };
		expect(await results('searchAction', actions)).toMatchObject({
			results: [{ name: 'can_read' }, { name: 'can_write' }],
		});
	});

	test('10.1.2, what is required and left out is a bad request with an error message, and not a denial', async () => {
		const body = { subject: user, action: { name: 'can_read' } };
		for (const endpoint of ['evaluation', 'evaluations', 'searchAction', 'searchResource'] as const)
			expect(await answered('accounts', endpoint, body)).toEqual({
				status: 400,
				body: expect.stringContaining('resource') as string,
			});
	});
});

test('9.2.2, the metadata document has what the example has', () => {
	expect(metadata('https://pdp.example.com')).toMatchObject({
		policy_decision_point: 'https://pdp.example.com',
		access_evaluation_endpoint: 'https://pdp.example.com/access/v1/evaluation',
		search_subject_endpoint: 'https://pdp.example.com/access/v1/search/subject',
		search_resource_endpoint: 'https://pdp.example.com/access/v1/search/resource',
	});
});
