import { CloudEvent } from 'cloudevents';
import * as fc from 'fast-check';

import { eventOf, parseEvent, topicOf, type RecordChange } from '../../../core/events/event';

const change: RecordChange = {
	system: 'test-erp',
	entity: 'salesOrder',
	change: 'changed',
	key: 'SO-1',
	sequence: 7,
	changedAt: '2026-01-05T08:00:00.000Z',
	record: {
		key: 'SO-1',
		state: 'confirmed',
		lines: [{ line: '1', item: { code: 'A', gtin: '6291041500213' }, quantity: '2', unit: 'H87' }],
	},
};

function reasonOf(payload: unknown): string {
	const parsed = parseEvent(typeof payload === 'string' ? payload : JSON.stringify(payload));
	return 'reason' in parsed ? parsed.reason : 'accepted';
}

test('an event survives the wire, and the CloudEvents SDK accepts it', () => {
	const event = eventOf(change);
	expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual({ event });
	expect(new CloudEvent(event as never, true).validate()).toBe(true);
});

test('the same change always has the same id, and sequences sort as text', () => {
	expect(eventOf(change).id).toBe(eventOf({ ...change, changedAt: '2026-01-06T08:00:00.000Z' }).id);
	const sequences = [9, 10, 100, 99_999].map((sequence) => eventOf({ ...change, sequence }).sequence);
	expect(sequences.toSorted()).toEqual(sequences);
});

test('a topic has five levels and no wildcard, whatever the key', () => {
	fc.assert(
		fc.property(
			fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((key) => key.isWellFormed()),
			(key) => {
				const topic = topicOf('erp', eventOf({ ...change, key }));
				expect(topic.split('/')).toHaveLength(5);
				expect(topic).not.toMatch(/[+#\u0000]/);
			},
		),
	);
});

test.each<[string, unknown, RegExp]>([
	['no JSON', '{"a":', /not JSON/],
	['no CloudEvent', { hello: 'world' }, /not a valid CloudEvent.*specversion/],
	[
		'an unknown type',
		{ ...eventOf(change), type: 'erp-bridge.spaceship.launched' },
		/type "erp-bridge.spaceship.launched" is unknown/,
	],
	[
		'a foreign prototype name as type',
		{ ...eventOf(change), type: 'erp-bridge.constructor.changed' },
		/is unknown/,
	],
	['a negative quantity', order({ quantity: '-1' }), /data\.lines\.0\.quantity: must not be negative/],
	['an absurd quantity', order({ quantity: '99999999999' }), /data\.lines\.0\.quantity: must be below/],
	['a quantity with a comma', order({ quantity: '2,5' }), /data\.lines\.0\.quantity: must be a decimal/],
	['a quantity in words', order({ quantity: '-two' }), /data\.lines\.0\.quantity: must be a decimal/],
	['a quantity as a number', order({ quantity: 2 }), /data\.lines\.0\.quantity/],
	['a unit that is no code', order({ unit: 'pieces' }), /data\.lines\.0\.unit: must be a UN\/ECE unit code/],
	[
		'a wrong GTIN',
		order({ item: { code: 'A', gtin: '6291041500214' } }),
		/data\.lines\.0\.item\.gtin: has a wrong check digit/,
	],
	[
		'another order than the subject',
		{ ...eventOf(change), subject: 'SO-2' },
		/data\.key differs from the subject/,
	],
])('%s is refused, and the reason names the field', (_, payload, reason) => {
	expect(reasonOf(payload)).toMatch(reason);
});

test('duplicate lines are refused by their name', () => {
	const [line] = (change.record as { lines: object[] }).lines;
	const record = { ...(change.record as object), lines: [line, line] };
	expect(reasonOf(eventOf({ ...change, record }))).toMatch(/data\.lines\.1\.line: line "1" appears twice/);
});

test('all problems of a record come in one reason', () => {
	const reason = reasonOf(order({ quantity: '-1', unit: 'pieces' }));
	expect(reason).toMatch(/quantity/);
	expect(reason).toMatch(/unit/);
});

test('invalid UTF-8 is refused', () => {
	expect(parseEvent(Uint8Array.of(0xff, 0xfe, 0x7b))).toEqual({
		reason: 'The message is not JSON in UTF-8.',
	});
});

test('whatever arrives is either a valid event or has a reason, and never throws', () => {
	fc.assert(
		fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array()), (payload) => {
			expect(parseEvent(payload)).toHaveProperty('reason');
		}),
	);
});

function order(line: object): object {
	const [first] = (change.record as { lines: object[] }).lines;
	return eventOf({ ...change, record: { ...(change.record as object), lines: [{ ...first, ...line }] } });
}
