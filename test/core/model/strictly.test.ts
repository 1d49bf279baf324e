import { Invoice } from '../../../core/model/invoice';
import { problems } from '../../../core/model/problems';
import { SalesOrder, SalesOrderDraft } from '../../../core/model/salesOrder';
import { readStrictly } from '../../../core/model/strictly';
import { validateEvent } from '../../../core/events/event';

const line = { line: '1', item: { code: 'A' }, quantity: '2', unit: 'H87' };
const order = { key: 'SO-1', state: 'confirmed', lines: [line] };

const said = (value: unknown): string => {
	const parsed = readStrictly(SalesOrder, value);
	return parsed.success ? 'accepted' : problems(parsed.error);
};

describe('a record that a person gives', () => {
	test('with right fields is taken as it is', () => {
		expect(readStrictly(SalesOrder, order)).toEqual({ success: true, data: order });
		expect(said({ ...order, native: { 'x.studio': 'own names are the system’s affair' } })).toBe('accepted');
	});

	test.each<[object, RegExp]>([
		[{ ...order, lines: [line, { ...line, line: '2', qty: '3' }] }, /lines\.1\.qty: .*"quantity"/],
		[{ ...order, lines: [{ ...line, price: '3' }] }, /lines\.0\.price: .*"unitPrice"/],
		[{ ...order, lines: [{ ...line, item: { code: 'A', gtn: '1' } }] }, /lines\.0\.item\.gtn: .*"gtin"/],
		[{ ...order, partner: { code: 'C', mane: 'x' } }, /partner\.mane: .*"name"/],
		[{ ...order, curency: 'EUR' }, /curency: .*"currency"/],
		[{ ...order, zzz: 1 }, /zzz: is no field here; known are key, number, state/],
	])(
		'with a field that is unknown at any depth is refused by path, with the likely name: %j',
		(given, says) => {
			expect(said(given)).toMatch(says);
		},
	);

	test('is told every problem at once', () => {
		expect(said({ ...order, lines: [{ ...line, quantity: '-1', qty: '3' }] })).toMatch(
			/lines\.0\.qty: .*lines\.0\.quantity: must not be negative/,
		);
	});

	test('may be given back as it was read: what the system decides is left out', () => {
		const read = {
			...order,
			revision: '3',
			lines: [{ ...line, baseQuantity: { quantity: '2', unit: 'H87' } }],
		};
		expect(readStrictly(SalesOrderDraft, read, SalesOrder)).toEqual({
			success: true,
			data: { lines: [line] },
		});
		expect(readStrictly(SalesOrderDraft, { ...read, amount: '1' }, SalesOrder).success).toBe(false);
		expect(readStrictly(Invoice, { amounts: 1 }).success).toBe(false);
	});
});

describe('an event with a field that this version does not know', () => {
	const event = {
		specversion: '1.0',
		id: 'a/salesOrder/SO-1/1',
		source: '/a',
		type: 'erp-bridge.salesOrder.changed',
		subject: 'SO-1',
		time: '2026-01-05T08:00:00Z',
		sequence: '1',
		partitionkey: 'a/salesOrder/SO-1',
		traceparent: '00-1-1-00',
		data: { ...order, lines: [{ ...line, colour: 'red' }] },
	};

	test('is taken when it arrives, without that field of the record', () => {
		expect(validateEvent(event)).toEqual({ event: { ...event, data: order } });
	});

	test('is refused by path when it is to be sent; extensions of the envelope are free', () => {
		expect(validateEvent(event, { unknownFields: 'refused' })).toMatchObject({
			reason: expect.stringContaining('data.lines.0.colour: is no field here'),
			subject: 'SO-1',
		});
		expect(validateEvent({ ...event, data: order }, { unknownFields: 'refused' })).toHaveProperty('event');
	});
});
