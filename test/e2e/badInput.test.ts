import { eventOf, topicOf, type BridgeEvent } from '../../core/events/event';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { erpSystem } from '../../sandbox/company/erp/erp';
import { disagreements, none } from './harness/agreement';
import { apiKey, OrderPath } from './harness/orderPath';
import { runByHand, type ManualRun } from './harness/runNode';
import { paper, pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company, { pen: 10_000, paper: 10_000 });
});
afterAll(async () => await path.close());

interface DeadLetter {
	position: number;
	topic: string;
	eventId?: string;
	reason: string;
	payload: string;
}

const unknownGtin = gtinOf(900_999);
const onePen = { line: '1', item: { code: pen.code, gtin: pen.gtin }, quantity: '1', unit: 'H87' };

function eventFor(key: string, lines: object[] = [onePen]): BridgeEvent {
	return eventOf({
		system: erpSystem,
		entity: 'salesOrder',
		change: 'created',
		key,
		sequence: 1,
		changedAt: '2026-01-05T08:00:00.000Z',
		record: { key, state: 'confirmed', lines },
	});
}

/** What is wrong with a message about the record `key`, and what its dead letter must say. */
interface BadMessage {
	what: string;
	message: (key: string) => unknown;
	says: (key: string) => RegExp[];
}

const withLine = (change: object) => (key: string) => eventFor(key, [{ ...onePen, ...change }]);
const record = (key: string): RegExp => new RegExp(`Record "${key}"`);
const line = (key: string): RegExp => new RegExp(`Order "${key}", line "1"`);

const badMessages: BadMessage[] = [
	{ what: 'is not JSON', message: () => '{"specversion": "1.0", ', says: () => [/not JSON/] },
	{ what: 'is not text', message: () => Buffer.from([0xff, 0x00, 0xfe]), says: () => [/not JSON in UTF-8/] },
	{
		what: 'is not a CloudEvent',
		message: (key) => ({ subject: key, order: 4711 }),
		says: (key) => [record(key), /not a valid CloudEvent/, /specversion/, /source/],
	},
	{
		what: 'is of another version of CloudEvents',
		message: (key) => ({ ...eventFor(key), specversion: '0.3' }),
		says: (key) => [record(key), /specversion/],
	},
	{
		what: 'is of an unknown type',
		message: (key) => ({ ...eventFor(key), type: 'erp-bridge.salesOrder.eaten' }),
		says: (key) => [record(key), /type "erp-bridge\.salesOrder\.eaten" is unknown/, /created/],
	},
	{
		what: 'has a number where a decimal is text',
		message: withLine({ quantity: 5 }),
		says: (key) => [record(key), /data\.lines\.0\.quantity/],
	},
	{
		what: 'has no unit',
		message: withLine({ unit: undefined }),
		says: (key) => [record(key), /data\.lines\.0\.unit/],
	},
	{
		what: 'has a GTIN with a wrong check digit',
		message: withLine({ item: { code: pen.code, gtin: '6901234567890' } }),
		says: (key) => [record(key), /data\.lines\.0\.item\.gtin.*check digit/],
	},
	{
		what: 'has a negative quantity',
		message: withLine({ quantity: '-3' }),
		says: (key) => [record(key), /data\.lines\.0\.quantity: must not be negative/],
	},
	{
		what: 'has an absurd quantity',
		message: withLine({ quantity: '4000000000' }),
		says: (key) => [record(key), /data\.lines\.0\.quantity: must be below 1,000,000,000/],
	},
	{
		what: 'has one line twice',
		message: (key) => eventFor(key, [onePen, onePen]),
		says: (key) => [record(key), /data\.lines\.1\.line: line "1" appears twice/],
	},
	{
		what: 'is about another record than its data',
		message: (key) => ({ ...eventFor(key), data: { key: 'SO-other', state: 'confirmed', lines: [onePen] } }),
		says: (key) => [record(key), /data\.key differs from the subject/],
	},
	{
		what: 'is too large',
		message: (key) => ({ ...eventFor(key), padding: 'x'.repeat(1_100_000) }),
		says: () => [/bytes; at most 1048576/, /claim check/],
	},
	{
		what: 'names an item that the warehouse does not know',
		message: withLine({ item: { code: 'NOT-THERE', gtin: unknownGtin } }),
		says: (key) => [line(key), /"NOT-THERE".*GTIN \d+ is unknown to sandbox-wms/],
	},
	{
		what: 'names an item that nothing links',
		message: withLine({ item: { code: 'NO-GTIN' } }),
		says: (key) => [line(key), /"NO-GTIN".*has no GTIN/],
	},
	{
		what: 'has a unit that the item cannot be converted from',
		message: withLine({ unit: 'XPX' }),
		says: (key) => [line(key), /unit XPX/, new RegExp(pen.sku)],
	},
	{
		what: 'has half a piece',
		message: withLine({ quantity: '0.5' }),
		says: (key) => [new RegExp(`order "${key}"`), /0\.5 is not a whole number of pieces/],
	},
];

const keyOf = (index: number): string => `BAD-${String(index).padStart(2, '0')}`;
const goodKeys = Array.from({ length: 40 }, (_, index) => `GOOD-${index}`);

describe('bad messages among good ones', () => {
	/** All messages wait together, so that good and bad ones share an execution. */
	beforeAll(async () => {
		const client = await path.mqtt();
		await fault({ fault: 'error' });
		const publish = async (topic: string, message: unknown): Promise<unknown> =>
			await client.publishAsync(topic, bytesOf(message), { qos: 1 });
		const messages = [
			...badMessages.map(({ message }, index) => ({
				topic: `erp/${erpSystem}/salesOrder/created/${keyOf(index)}`,
				message: message(keyOf(index)),
			})),
			...goodKeys.map((key) => ({ topic: topicOf('erp', eventFor(key)), message: eventFor(key) })),
		].sort((a, b) => a.topic.length - b.topic.length || a.topic.slice(-2).localeCompare(b.topic.slice(-2)));
		await Promise.all(messages.map(async ({ topic, message }) => await publish(topic, message)));
		await until('all messages to be stored', () => path.inbox.rows().length === messages.length);
		await mend();
		await until('all messages to be finished', () => path.inbox.count('waiting') === 0);
	});

	test('every good one is reserved', () => {
		expect(goodKeys.filter((key) => path.held(key)[pen.code] !== '1')).toEqual([]);
	});

	test('only the bad ones became dead letters, and nothing is reserved for them', async () => {
		const letters = await deadLetters();
		expect(letters.map(recordOf).toSorted()).toEqual(badMessages.map((_, index) => keyOf(index)));
		expect(badMessages.map((_, index) => path.held(keyOf(index)))).toEqual(badMessages.map(() => ({})));
	});

	test.each(
		badMessages.map(({ what, message, says }, index) => ({ what, message, says, key: keyOf(index) })),
	)('one that $what says so, and keeps the message', async ({ message, says, key }) => {
		const letter = (await deadLetters()).find((one) => recordOf(one) === key);
		for (const part of says(key)) expect(letter?.reason).toMatch(part);
		const sent = bytesOf(message(key));
		const kept = letter?.payload ?? '';
		if (kept.startsWith('base64:')) expect(Buffer.from(kept.slice(7), 'base64')).toEqual(sent);
		else if (letter?.eventId === undefined) expect(kept).toBe(sent.toString('utf8'));
		else expect(JSON.parse(kept)).toMatchObject({ subject: key });
	});

	test('one whose cause was mended is reserved when it is replayed; the others say why they cannot be', async () => {
		const { warehouse } = path.company;
		warehouse.putItems([{ sku: 'W1-NEW', gtin: unknownGtin, names: { en: 'New' }, onHand: '5' }]);
		const letters = await deadLetters();
		const about = (what: string): DeadLetter | undefined =>
			letters.find((one) => recordOf(one) === keyOf(badMessages.findIndex((bad) => bad.what === what)));
		const unknown = about('names an item that the warehouse does not know');
		expect((await replay(unknown)).items).toEqual([{ position: unknown?.position, status: 'waiting' }]);
		await until('the replayed event to be reserved', () =>
			path.inbox.rows('position = ? AND state = ?', unknown?.position ?? 0, 'done').at(0),
		);
		expect(warehouse.stock(['W1-NEW'])).toEqual([expect.objectContaining({ reserved: '1' })]);

		const { status, error } = await replay(about('has a negative quantity'));
		expect(status).toBe('error');
		expect(error).toMatch(/can't be replayed as it is.*data\.lines\.0\.quantity/);
	});

	test('one that is replayed without a remedy becomes a dead letter again', async () => {
		const unlinked = (await deadLetters()).find(({ reason }) => reason.includes('"NO-GTIN"'));
		await replay(unlinked);
		await until('the event to be a dead letter again', () =>
			path.inbox
				.rows('position = ? AND state = ?', unlinked?.position ?? 0, 'dead')
				.find(({ attempts }) => attempts > 0),
		);
		expect((await deadLetters()).map(({ position }) => position)).toContain(unlinked?.position);
	});

	test('all are gone once they are discarded', async () => {
		const discarded = await runByHand(host().api, [
			deadLetter({ operation: 'getAll', returnAll: true, filters: {} }),
			deadLetter({ operation: 'discard', position: '={{ $json.position }}' }),
		]);
		expect(discarded.items).toHaveLength(badMessages.length - 1);
		expect(await deadLetters()).toEqual([]);
	});
});

describe('a warehouse in trouble', () => {
	const created: string[] = [];

	/** New orders, and changes of those that earlier tests have made. */
	function work(): void {
		const { erp } = path.company;
		for (const id of created)
			erp.patchOrder(id, { quantities: { '1': String(1 + ((erp.order(id)?.version ?? 0) % 7)) } });
		for (let count = 0; count < 10; count += 1) {
			const lines = [
				{ item: paper.code, quantity: String(count + 1), unit: count % 2 === 0 ? 'XCT' : 'H87' },
			];
			created.push(erp.createOrder({ status: 'confirmed', lines }).order.id);
		}
	}

	test.each([
		{ fault: 'unauthorized', reason: /HTTP 401/ },
		{ fault: 'rate-limit', retryAfterSeconds: 1, reason: /HTTP 429/ },
		{ fault: 'error', reason: /HTTP 500/ },
		{ fault: 'cut-before', reason: /sandbox-wms gave no answer/ },
	])('that answers with $fault keeps events waiting, and gets all of them in the end', async (plan) => {
		const { reason, ...given } = plan;
		await fault(given);
		work();
		await until('a reason why events wait', () =>
			path.inbox.reasonsOfWaiting().find((text) => reason.test(text)),
		);
		expect(path.inbox.count('dead')).toBe(0);
		await mend();
		await agreeInTheEnd();
	});

	test.each([
		{
			what: 'refuses changes as conflicts for a while',
			fault: 'conflict',
			path: '/api/reservations/match',
			requests: 6,
		},
		{ what: 'refuses reading as a conflict for a while', fault: 'conflict', requests: 2 },
		{ what: 'never answers one call', fault: 'hang', requests: 1 },
		{
			what: 'cuts the connection after the work',
			fault: 'cut-after',
			path: '/api/reservations/match',
			requests: 3,
		},
		{ what: 'cuts the connection after each call', fault: 'cut-after', requests: 3 },
		{ what: 'is slow', fault: 'delay', delayMs: 700, requests: 6 },
	])('that $what gets all events in the end, each once', async ({ what: _, ...plan }) => {
		await fault(plan);
		work();
		await agreeInTheEnd();
	});

	async function agreeInTheEnd(): Promise<void> {
		await path.settled();
		expect(disagreements(path)).toEqual(none);
		expect(path.inbox.count('dead')).toBe(0);
	}
});

async function callFaults(method: 'POST' | 'DELETE', plan?: object): Promise<void> {
	const answer = await fetch(`${path.company.addresses.wms}/admin/faults`, {
		method,
		headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
		...(plan === undefined ? {} : { body: JSON.stringify(plan) }),
	});
	expect(answer.status).toBe(200);
}
const fault = async (plan: object): Promise<void> => await callFaults('POST', plan);
const mend = async (): Promise<void> => await callFaults('DELETE');

function bytesOf(message: unknown): Buffer {
	if (Buffer.isBuffer(message)) return message;
	return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
}

const recordOf = ({ topic }: DeadLetter): string => topic.split('/').at(-1) ?? '';

const deadLetter = (parameters: object) => ({
	node: 'eventBus',
	parameters: { resource: 'deadLetter', stateStore: 'sqlite', ...parameters },
});

async function deadLetters(): Promise<DeadLetter[]> {
	const { items } = await runByHand(host().api, [
		deadLetter({ operation: 'getAll', returnAll: true, filters: {} }),
	]);
	return items as unknown as DeadLetter[];
}

async function replay(letter: DeadLetter | undefined): Promise<ManualRun> {
	return await runByHand(host().api, [deadLetter({ operation: 'replay', position: letter?.position })]);
}
