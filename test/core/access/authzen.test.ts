import fc from 'fast-check';

import { answerAuthZen, endpoints, metadata, type Decider } from '../../../core/access/authzen/decisionPoint';
import type { Evaluation, SearchResults } from '../../../core/access/authzen/messages';

/*
 * The messages are those of the OpenID AuthZEN Authorization API 1.0 (final, January 2026): sections 6 (evaluation), 7
 * (evaluations), 8 (searches and their pages) and 9 (metadata).
 */

const asked: Evaluation[] = [];

/** Who is named like the resource may read it; only owners may edit; a subject called "broken" cannot be judged. */
function permits({ subject, action, resource }: Evaluation): boolean {
	if (subject.id === 'broken') throw new Error('the directory is away');
	return action.name === 'read' ? subject.id <= resource.id : subject.id === resource.id;
}
const people = Array.from({ length: 250 }, (_, index) => `p${String(index).padStart(3, '0')}`);
const decider: Decider = {
	decide: async (evaluation) => {
		asked.push(evaluation);
		return { decision: permits(evaluation) };
	},
	wouldPermit: async (evaluations) => evaluations.map(permits),
	ids: async (_kind, type) => (type === 'user' || type === 'record' ? people : []),
	actions: async () => ['edit', 'read'],
};
beforeEach(() => {
	asked.length = 0;
});

const subject = { type: 'user', id: 'p007' };
const record = (id: string) => ({ type: 'record', id });
const reading = { subject, action: { name: 'read' } };

async function answered(endpoint: keyof typeof endpoints, body: unknown): Promise<unknown> {
	const { status, body: answer } = await answerAuthZen(endpoint, body, decider);
	if (status !== 200) throw new Error(String(answer));
	return answer;
}

describe('an evaluation', () => {
	test('is permitted or denied, and a deny is an answer like any other', async () => {
		await expect(answered('evaluation', { ...reading, resource: record('p008') })).resolves.toEqual({
			decision: true,
		});
		await expect(answered('evaluation', { ...reading, resource: record('p006') })).resolves.toEqual({
			decision: false,
		});
	});

	test('that cannot be decided is denied, with what is in the way', async () => {
		const body = {
			subject: { type: 'user', id: 'broken' },
			action: { name: 'read' },
			resource: record('p1'),
		};
		await expect(answered('evaluation', body)).resolves.toEqual({
			decision: false,
			context: { error: { status: 500, message: 'the directory is away' } },
		});
	});

	test.each([
		['nothing', undefined, /no AuthZEN request/],
		['a text', 'subject', /no AuthZEN request/],
		['no resource', reading, /resource/],
		[
			'a subject without an id',
			{ ...reading, subject: { type: 'user' }, resource: record('1') },
			/subject\.id/,
		],
		['a number for an id', { ...reading, resource: { type: 'record', id: 1 } }, /resource\.id/],
		[
			'properties that are a list',
			{ ...reading, resource: { ...record('1'), properties: [1] } },
			/resource\.properties/,
		],
		['a context that is a text', { ...reading, resource: record('1'), context: 'late' }, /context/],
	])('of %s is refused by field', async (_name, body, message) => {
		const answer = await answerAuthZen('evaluation', body, decider);
		expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(message) as string });
		expect(asked).toEqual([]);
	});

	test('takes keys that it does not know, and attributes named like parts of JavaScript as they are', async () => {
		const body = JSON.parse(
			'{"subject":{"type":"user","id":"p007","properties":{"__proto__":{"admin":true},"constructor":1}},"action":{"name":"read"},"resource":{"type":"record","id":"p008"},"later":1}',
		) as unknown;
		await expect(answered('evaluation', body)).resolves.toEqual({ decision: true });
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});
});

describe('many evaluations', () => {
	test('take from the request around them what they leave out, and override it', async () => {
		const body = {
			...reading,
			context: { time: 'now' },
			evaluations: [
				{ resource: record('p008') },
				{ action: { name: 'edit' }, resource: record('p008') },
				{ subject: { type: 'user', id: 'p009' }, resource: record('p008'), context: {} },
			],
		};
		await expect(answered('evaluations', body)).resolves.toEqual({
			evaluations: [{ decision: true }, { decision: false }, { decision: false }],
		});
		expect(asked.map(({ context }) => context)).toEqual([{ time: 'now' }, { time: 'now' }, {}]);
	});

	test('of which one is no evaluation deny that one by field, and no other', async () => {
		const body = {
			...reading,
			evaluations: [{ resource: record('p008') }, { resource: { type: 'record' } }, {}],
		};
		await expect(answered('evaluations', body)).resolves.toMatchObject({
			evaluations: [
				{ decision: true },
				{
					decision: false,
					context: { error: { status: 400, message: expect.stringContaining('resource.id') as string } },
				},
				{
					decision: false,
					context: { error: { status: 400, message: expect.stringContaining('resource') as string } },
				},
			],
		});
	});

	test.each([{ evaluations: [] }, {}])('of which there is none are one by itself', async (more) => {
		const body = { ...reading, resource: record('p008'), ...more };
		await expect(answered('evaluations', body)).resolves.toEqual({ decision: true });
	});

	test('end as their semantic says', async () => {
		const Given = fc.record({
			ids: fc.array(fc.constantFrom(...people.slice(0, 15)), { minLength: 1, maxLength: 12 }),
			semantic: fc.constantFrom('execute_all', 'deny_on_first_deny', 'permit_on_first_permit', undefined),
		});
		await fc.assert(
			fc.asyncProperty(Given, async ({ ids, semantic }) => {
				const all = ids.map((id) => permits({ ...reading, resource: record(id) }));
				const first = all.indexOf(semantic === 'permit_on_first_permit');
				const stops = semantic !== 'execute_all' && semantic !== undefined && first >= 0;
				asked.length = 0;
				const answer = await answered('evaluations', {
					...reading,
					evaluations: ids.map((id) => ({ resource: record(id) })),
					...(semantic === undefined ? {} : { options: { evaluations_semantic: semantic } }),
				});
				const expected = stops ? all.slice(0, first + 1) : all;
				expect(answer).toEqual({ evaluations: expected.map((decision) => ({ decision })) });
				// What comes after the end was not asked either.
				expect(asked).toHaveLength(expected.length);
			}),
		);
	});

	test.each([
		[
			'another semantic',
			{ ...reading, evaluations: [{}], options: { evaluations_semantic: 'any' } },
			/evaluations_semantic/,
		],
		[
			'more than a thousand',
			{ ...reading, evaluations: Array.from({ length: 1_001 }, () => ({})) },
			/evaluations/,
		],
		['no list', { ...reading, evaluations: {} }, /evaluations/],
	])('with %s are refused', async (_name, body, message) => {
		await expect(answerAuthZen('evaluations', body, decider)).resolves.toMatchObject({
			status: 400,
			body: expect.stringMatching(message) as string,
		});
	});
});

describe('a search', () => {
	const searches = {
		searchSubject: { subject: { type: 'user' }, action: { name: 'read' }, resource: record('p100') },
		searchResource: { ...reading, resource: { type: 'record' } },
	};

	test('page by page finds exactly what an evaluation permits, each once', async () => {
		const Given = fc.record({
			endpoint: fc.constantFrom('searchSubject' as const, 'searchResource' as const),
			limit: fc.integer({ min: 1, max: 300 }),
		});
		await fc.assert(
			fc.asyncProperty(Given, async ({ endpoint, limit }) => {
				const found: string[] = [];
				for (let token: string | undefined; token !== ''; ) {
					const page = { limit, ...(token === undefined ? {} : { token }) };
					const answer = (await answered(endpoint, { ...searches[endpoint], page })) as SearchResults;
					expect(answer.page.count).toBe(answer.results.length);
					expect(answer.results.length).toBeLessThanOrEqual(limit);
					found.push(...answer.results.map((one) => ('id' in one ? one.id : '')));
					token = answer.page.next_token;
				}
				const expected = people.filter((id) => (endpoint === 'searchSubject' ? id <= 'p100' : id >= 'p007'));
				expect(found).toEqual(expected);
			}),
			{ numRuns: 30 },
		);
		// A search is no attempt, and is not kept as one.
		expect(asked).toEqual([]);
	});

	test('for actions names those that are permitted', async () => {
		await expect(answered('searchAction', { subject, resource: record('p008') })).resolves.toEqual({
			page: { next_token: '', count: 1 },
			results: [{ name: 'read' }],
		});
		await expect(answered('searchAction', { subject, resource: record('p007') })).resolves.toMatchObject({
			results: [{ name: 'edit' }, { name: 'read' }],
		});
	});

	test('ignores the id of what is looked for, and knows nothing of an unknown type', async () => {
		const body = { ...searches.searchResource, resource: record('p240') };
		await expect(answered('searchResource', body)).resolves.toMatchObject({ page: { count: 100 } });
		await expect(answered('searchResource', { ...reading, resource: { type: 'planet' } })).resolves.toEqual({
			page: { next_token: '', count: 0 },
			results: [],
		});
	});

	test('goes on only with the token of the same search', async () => {
		const page = { limit: 10 };
		const { page: first } = (await answered('searchResource', {
			...searches.searchResource,
			page,
		})) as SearchResults;
		const token = first.next_token;
		// A limit that is left out stays what it was.
		const more = { ...searches.searchResource, page: { token } };
		const whole = { ...searches.searchResource, page: { ...page, token } };
		expect(await answered('searchResource', more)).toEqual(await answered('searchResource', whole));
		for (const changed of [
			{ ...searches.searchResource, page: { limit: 11, token } },
			{ ...searches.searchResource, action: { name: 'edit' }, page: { limit: 10, token } },
			{ ...searches.searchResource, page: { limit: 10, token: `${token.slice(0, -4)}aaaa` } },
		])
			await expect(answerAuthZen('searchResource', changed, decider)).resolves.toMatchObject({
				status: 400,
				body: expect.stringContaining('page.token') as string,
			});
	});
});

test('the metadata document names every endpoint under the decision point’s address', () => {
	const document = metadata('https://pdp.example.com/');
	expect(document.policy_decision_point).toBe('https://pdp.example.com');
	expect(Object.values(document).slice(1).sort()).toEqual(
		Object.values(endpoints)
			.map((path) => `https://pdp.example.com${path}`)
			.sort(),
	);
});
