import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { CloudEvent, HTTP } from 'cloudevents';

import { batchType, readEventRequest, singleType } from '../../../connectors/https/eventRequest';
import { HttpPublisher, type Post } from '../../../connectors/https/publisher';
import { signInHeaders, signInProblem, type WebhookSignIn } from '../../../connectors/https/signIn';
import { eventOf, type BridgeEvent } from '../../../core/events/event';
import { Inbox, largestMessageBytes } from '../../../core/events/inbox';
import { Outbox } from '../../../core/events/outbox';
import { readEvents, receiveEvents } from '../../../core/events/reception';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';

const secret = 'a-secret-for-tests-only';
const event = (key: string, sequence = 1): BridgeEvent =>
	eventOf({
		system: 'test-erp',
		entity: 'salesOrder',
		change: 'changed',
		key,
		sequence,
		record: { key, state: 'confirmed', lines: [] },
		changedAt: '2026-01-05T08:00:00.000Z',
	});

let folder: string;
let database: Database;
let names = 0;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-https-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true });
});

describe('the signature', () => {
	/** The example of the Standard Webhooks specification. */
	const example = {
		signIn: {
			authentication: 'signature',
			secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		} as WebhookSignIn,
		id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
		now: 1_614_265_330_000,
		body: '{"test": 2432232314}',
		signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
	};
	const { signIn, id, now, body, signature } = example;
	const headers = {
		'webhook-id': id,
		'webhook-timestamp': '1614265330',
		'webhook-signature': signature,
	};
	const problem = (change: object, given = body, at = now) =>
		signInProblem(signIn, { headers: { ...headers, ...change }, body: Buffer.from(given) }, at);

	test("is that of the standard's example", () => {
		expect(signInHeaders(signIn, { id, body }, now)).toEqual(headers);
		expect(problem({})).toBeUndefined();
	});

	test('may be one of several, as while a secret is replaced', () => {
		expect(problem({ 'webhook-signature': `v1,AAAA ${signature}` })).toBeUndefined();
	});

	test.each([
		['another body', {}, `${body} `],
		['another id', { 'webhook-id': 'msg_other' }, body],
		['another signature', { 'webhook-signature': signature.replace('g0', 'g1') }, body],
		['an empty signature', { 'webhook-signature': '' }, body],
		['a version that is not ours', { 'webhook-signature': signature.replace('v1', 'v2') }, body],
	])('of %s is refused', (_, change, given) => {
		expect(problem(change, given)).toMatch(/does not match/);
	});

	test('older or younger than five minutes is refused', () => {
		expect(problem({}, body, now + 299_000)).toBeUndefined();
		expect(problem({}, body, now + 301_000)).toMatch(/webhook-timestamp/);
		expect(problem({}, body, now - 301_000)).toMatch(/webhook-timestamp/);
		expect(problem({ 'webhook-timestamp': 'NaN' })).toMatch(/webhook-timestamp/);
	});

	test.each(Object.keys(headers))('without %s is refused', (name) => {
		expect(problem({ [name]: undefined })).toMatch(/needs the headers/);
	});
});

test.each([
	[`Bearer ${secret}`, undefined],
	[`bearer ${secret}`, undefined],
	['Bearer wrong', /wrong/],
	[secret, /Authorization: Bearer/],
	['Bearer ', /Authorization: Bearer/],
	[undefined, /Authorization: Bearer/],
])('the bearer token %p', (authorization, says) => {
	const found = signInProblem(
		{ authentication: 'bearer', secret },
		{ headers: { authorization }, body: Buffer.alloc(0) },
		0,
	);
	if (says === undefined) expect(found).toBeUndefined();
	else expect(found).toMatch(says);
});

describe('a request', () => {
	const read = (type: string | undefined, body: string | Buffer, more: Record<string, string> = {}) =>
		readEventRequest({ ...(type === undefined ? {} : { 'content-type': type }), ...more }, Buffer.from(body));

	test.each([
		['structured', HTTP.structured],
		['binary', HTTP.binary],
	])('in %s mode, made by the CloudEvents SDK, gives the event', (_, encode) => {
		const { headers, body } = encode(new CloudEvent(event('A') as never));
		const { 'content-type': type, ...rest } = Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
		);
		const request = read(type, String(body), rest);
		if (!('events' in request)) throw new Error(request.reason);
		const { events, refused } = readEvents(request.events);
		expect(refused).toEqual([]);
		expect(events.map((one) => one.event)).toEqual([event('A')]);
	});

	test.each([
		['no content type', undefined, '{}', 415],
		['plain JSON without ce- headers', 'application/json', '{}', 415],
		['XML', 'application/cloudevents+xml', '<event/>', 415],
		['a single event cut short', singleType, '{"specversion":', 400],
		['a batch cut short', batchType, '[{}', 400],
		['a batch that is no array', batchType, '{}', 400],
		['bytes that are not text', singleType, Buffer.from([0xff, 0xfe]), 400],
		['too many events', batchType, `[${Array.from({ length: 5_001 }, () => '1').join(',')}]`, 413],
	])('with %s is refused', (_, type, body, status) => {
		expect(read(type, body)).toMatchObject({ status, reason: expect.stringMatching(/\w/) as string });
	});

	test('names each event that is wrong, and stores the others once', async () => {
		const inbox = new Inbox(database, `consumer-${(names += 1)}`);
		const huge = { ...event('HUGE'), padding: 'x'.repeat(largestMessageBytes) };
		const sent = [event('A'), { ...event('B'), type: 'x' }, event('A'), 7, huge, event('C')];
		const request = read(batchType, JSON.stringify(sent));
		if (!('events' in request)) throw new Error(request.reason);
		const { results } = await receiveEvents(inbox, readEvents(request.events), 1);
		expect(results.map(({ status }) => status)).toEqual([
			'stored',
			'refused',
			'duplicate',
			'refused',
			'refused',
			'stored',
		]);
		expect(results[1]).toMatchObject({
			id: event('B').id,
			reason: expect.stringMatching(/type "x"/) as string,
		});
		expect(results[4]).toMatchObject({ subject: 'HUGE', tooLarge: true });
		const again = await receiveEvents(inbox, readEvents(request.events), 2);
		expect(again.stored).toEqual([]);
		expect((await inbox.waitingAfter(0, 10)).map((entry) => entry.event.subject)).toEqual(['A', 'C']);
	});
});

/** A receiver on loopback that answers as `answer` says, and keeps what it accepted. */
async function receiver(
	answer: (
		events: BridgeEvent[],
		request: IncomingMessage,
		body: Buffer,
	) => { status: number; body?: unknown },
) {
	const requests: BridgeEvent[][] = [];
	const server: Server = createServer((request, response) => {
		void buffer(request).then((body) => {
			const parsed = JSON.parse(body.toString('utf8')) as BridgeEvent | BridgeEvent[];
			const events = Array.isArray(parsed) ? parsed : [parsed];
			requests.push(events);
			const given = answer(events, request, body);
			response.writeHead(given.status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(given.body ?? {}));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/events?key=hidden`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const post: Post = async (url, headers, body) => {
	const response = await fetch(url, { method: 'POST', headers, body });
	const text = await response.text();
	return {
		status: response.status,
		headers: Object.fromEntries(response.headers),
		body: text === '' ? undefined : (JSON.parse(text) as unknown),
	};
};

describe('publishing over HTTP', () => {
	const closing: Array<() => Promise<unknown>> = [];
	afterEach(async () => {
		for (const close of closing.splice(0)) await close();
	});

	const publisherTo = (url: string, batchSize = 100, authentication: 'bearer' | 'signature' = 'bearer') => {
		const outbox = new Outbox(database, `receiver-${(names += 1)}`);
		const publisher = new HttpPublisher({ url, authentication, secret }, post, outbox, batchSize);
		closing.unshift(async () => await publisher.close());
		return { publisher, outbox };
	};
	const outgoing = (...keys: string[]) => keys.map((key) => ({ topic: `https/${key}`, event: event(key) }));
	const keysOf = (events: BridgeEvent[]) => events.map(({ subject }) => subject);

	test('sends events in batches, in the order given, each request signed', async () => {
		const problems: unknown[] = [];
		const there = await receiver((_, { headers }, body) => {
			const signed = { headers: headers as Record<string, string>, body };
			problems.push(signInProblem({ authentication: 'signature', secret }, signed, Date.now()));
			const expected = createHmac('sha256', secret)
				.update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body.toString()}`)
				.digest('base64');
			problems.push(headers['webhook-signature'] === `v1,${expected}` ? undefined : 'differs');
			expect(headers['content-type']).toBe(batchType);
			return { status: 202 };
		});
		closing.push(there.close);
		const { publisher, outbox } = publisherTo(there.url, 2, 'signature');
		const outcomes = await publisher.publish(outgoing('A', 'B', 'C'), 5_000);
		expect(outcomes).toEqual([{ confirmed: true }, { confirmed: true }, { confirmed: true }]);
		expect(there.requests.map(keysOf)).toEqual([['A', 'B'], ['C']]);
		expect(new Set(problems)).toEqual(new Set([undefined]));
		expect(await outbox.state()).toMatchObject({ waiting: 0 });
	});

	test('sends single events where batches are not wanted', async () => {
		const types: unknown[] = [];
		const there = await receiver((_, { headers }) => {
			types.push(headers['content-type'], headers.authorization);
			return { status: 200 };
		});
		closing.push(there.close);
		await publisherTo(there.url, 1).publisher.publish(outgoing('A', 'B'), 5_000);
		expect(there.requests.map(keysOf)).toEqual([['A'], ['B']]);
		expect(new Set(types)).toEqual(new Set([singleType, `Bearer ${secret}`]));
	});

	test.each([500, 503, 429, 404, 401])(
		'HTTP %s: the event waits, and goes out when that is over',
		async (status) => {
			let broken = true;
			const there = await receiver(() => ({ status: broken ? status : 200 }));
			closing.push(there.close);
			const { publisher, outbox } = publisherTo(there.url);
			const [first] = await publisher.publish(outgoing('A'), 1_000);
			expect(first).toMatchObject({
				confirmed: false,
				reason: expect.stringContaining(`HTTP ${status}`) as string,
			});
			expect(first?.reason).not.toMatch(/hidden|a-secret/);
			expect(await outbox.state()).toMatchObject({ waiting: 1 });
			broken = false;
			const [second] = await publisher.publish(outgoing('B'), 10_000);
			expect(second).toEqual({ confirmed: true });
			expect(keysOf(there.requests.at(-1) ?? [])).toEqual(['A', 'B']);
			expect(await outbox.state()).toMatchObject({ waiting: 0 });
		},
	);

	test('a receiver that is not there is named, without what its address hides', async () => {
		const [outcome] = await publisherTo('http://127.0.0.1:1/events?key=hidden').publisher.publish(
			outgoing('A'),
			200,
		);
		expect(outcome).toMatchObject({
			confirmed: false,
			reason: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/events gave no answer/) as string,
		});
		expect(outcome?.reason).not.toMatch(/hidden/);
	});

	test.each([
		['names it', true],
		['refuses the batch without a word', false],
	])('one event that the receiver refuses does not hold up the others: it %s', async (_, withResults) => {
		const there = await receiver((events) => {
			const bad = (one: BridgeEvent) => one.subject === 'BAD';
			if (!events.some(bad)) return { status: 200 };
			if (!withResults) return { status: 400 };
			const results = events.map((one) =>
				bad(one) ? { status: 'refused', reason: 'BAD is bad' } : { status: 'stored' },
			);
			return { status: 422, body: { results } };
		});
		closing.push(there.close);
		const { publisher, outbox } = publisherTo(there.url);
		const outcomes = await publisher.publish(outgoing('A', 'B', 'BAD', 'C', 'D'), 500);
		expect(outcomes.map(({ confirmed }) => confirmed)).toEqual([true, true, false, true, true]);
		expect(outcomes[2]?.reason).toMatch(withResults ? /BAD is bad/ : /https\/BAD with HTTP 400/);
		expect(await outbox.state()).toMatchObject({ waiting: 1 });
	});
});
