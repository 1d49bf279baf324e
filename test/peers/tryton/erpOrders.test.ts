import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import type { TrytonOptions } from '../../../connectors/tryton/options';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import { ConflictError, ValidationError } from '../../../core/ports/errors';
import { TransportError } from '../../../core/ports/httpTransport';
import type { Drafts, Entities, Outcome } from '../../../core/ports/systemConnector';
import { createItems, sessionOf, taxGoods } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

type OrderEntity = 'salesOrder' | 'purchaseOrder';
const kinds: Array<[OrderEntity, string, string, string]> = [
	['salesOrder', 'sale.sale', 'sale.line', 'RETAIL'],
	['purchaseOrder', 'purchase.purchase', 'purchase.line', 'METAL'],
];

let server: TrytonServer;
const transport = axiosTransport();
const people = () => sessionOf(server.url, 'erp');

function connect(options: Partial<TrytonOptions> = {}): TrytonErp {
	return new TrytonErp({
		system: 'tryton-erp',
		url: server.url,
		database: 'erp',
		user: trytonUser,
		password: trytonPassword,
		transport,
		...options,
	});
}

let last = 0;
const newKey = () => `WEB-${(last += 1)}`;
const kettles = (quantity: string) => ({
	item: { code: 'KETTLE' },
	quantity,
	unit: 'H87',
	unitPrice: '19.99',
});
const irons = (quantity: string) => ({ item: { code: 'IRON' }, quantity, unit: 'XCT', unitPrice: '0.0001' });

function draftFor(party: string, more: object = {}): Drafts['salesOrder'] {
	return {
		number: 'W-4711',
		partner: { code: party },
		orderedAt: '2026-11-20T09:30:00+08:00',
		currency: 'EUR',
		lines: [kettles('3'), irons('2')],
		...more,
	};
}

function value<T>(outcomes: Array<Outcome<T>>): T {
	const [outcome] = outcomes;
	if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
	return outcome.value;
}

function refusal(outcomes: Array<Outcome<unknown>>): Error {
	const [outcome] = outcomes;
	if (outcome === undefined || !('error' in outcome)) throw new Error('it was taken');
	return outcome.error;
}

const summary = ({ lines }: Entities[OrderEntity]) =>
	lines.map(({ item, quantity, unit, unitPrice }) => [item.code, quantity, unit, unitPrice]);

beforeAll(async () => {
	server = await startTryton({ erp: 'erp' });
	await createItems(people(), [
		{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' },
		{ code: 'IRON', name: 'Steam iron' },
		{ code: 'FITTING', name: 'Fitting at home', type: 'service' },
	]);
	await taxGoods(people(), '0.19');
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

describe.each(kinds)('%s that n8n makes', (entity, model, lineModel, party) => {
	const made = async (key: string, draft = draftFor(party)) =>
		value(await connect().create(entity, [{ idempotencyKey: key, draft }]));
	const withKey = async (key: string) =>
		await people().search(model, z.object({ id: z.number(), description: z.string().nullable() }), [
			['reference', '=', key],
		]);

	it('is a draft with what was given, and what Tryton itself fills in; once for its key', async () => {
		const key = newKey();
		const order = await made(key);
		expect(order).toMatchObject({
			state: 'draft',
			partner: { code: party },
			orderedAt: '2026-11-20T12:00:00Z',
			currency: 'EUR',
		});
		expect(summary(order)).toEqual([
			['KETTLE', '3', 'H87', '19.99'],
			['IRON', '2', 'XCT', '0.0001'],
		]);
		const Line = z.object({ id: z.number(), taxes: z.array(z.number()) });
		const own = [Number(order.lines[0]?.line), Number(order.lines[1]?.line)];
		const taxed = await people().search(lineModel, Line, [['id', 'in', own]]);
		expect(taxed.map(({ taxes }) => taxes.length)).toEqual([1, 1]);
		expect(await made(key)).toEqual(order);
		expect(await withKey(key)).toEqual([{ id: Number(order.key), description: 'W-4711' }]);
		const { lines } = await made(
			newKey(),
			draftFor(party, { lines: [{ ...kettles('1'), unitPrice: undefined }] }),
		);
		expect(lines[0]?.unitPrice).toBe(entity === 'salesOrder' ? '10' : '5');
	});

	it('is made once by two at the same time, and when the answer is lost', async () => {
		const key = newKey();
		const draft = draftFor(party);
		const both = await Promise.all([made(key), made(key)]);
		expect(both[0]).toEqual(both[1]);
		expect(await withKey(key)).toHaveLength(1);

		const lost = newKey();
		let calls = 0;
		const erp = connect({
			transport: async (sent) => {
				const answer = await transport(sent);
				if ((sent.body as { method: string }).method !== `model.${model}.create`) return answer;
				calls += 1;
				throw new TransportError('the answer was lost');
			},
		});
		const order = value(await erp.create(entity, [{ idempotencyKey: lost, draft }]));
		expect(calls).toBe(1);
		expect((await withKey(lost)).map(({ id }) => String(id))).toEqual([order.key]);
	});

	it('that was made twice behind our back is one again: the first', async () => {
		const key = newKey();
		const order = await made(key);
		await people().call(`model.${model}.copy`, [[Number(order.key)], { reference: key }]);
		expect(await withKey(key)).toHaveLength(2);
		expect((await made(key)).key).toBe(order.key);
		expect(await withKey(key)).toHaveLength(1);
	});

	it('changes as asked: lines kept, changed, added, taken away; a service that a person added stays', async () => {
		const erp = connect();
		const order = await made(newKey());
		const Product = z.object({ id: z.number(), default_uom: z.number() });
		const [service] = await people().search('product.product', Product, [['code', '=', 'FITTING']]);
		await people().create(lineModel, [
			{
				[entity === 'salesOrder' ? 'sale' : 'purchase']: Number(order.key),
				type: 'line',
				product: service?.id,
				quantity: 1,
				unit: service?.default_uom,
				unit_price: { __class__: 'Decimal', decimal: '50' },
			},
		]);
		const [kettle] = order.lines;
		const lines = [{ ...kettle, quantity: '4' }, irons('7'), { ...irons('1'), unit: 'H87' }];
		const request = { key: order.key, changes: { lines } as Partial<Drafts['salesOrder']> };
		const changed = value(await erp.update(entity, [request]));
		expect(changed.lines[0]?.line).toBe(kettle?.line);
		expect(changed.lines[1]?.line).toBe(order.lines[1]?.line);
		expect(summary(changed)).toEqual([
			['KETTLE', '4', 'H87', '19.99'],
			['IRON', '7', 'XCT', '0.0001'],
			['IRON', '1', 'H87', '0.0001'],
		]);
		expect(value(await erp.update(entity, [request]))).toEqual(changed);
		const fewer = { key: order.key, changes: { lines: [{ ...kettle, quantity: '4' }] } };
		expect(summary(value(await erp.update(entity, [fewer as typeof request])))).toHaveLength(1);
		const all = await people().search(lineModel, z.object({ id: z.number() }), [
			[entity === 'salesOrder' ? 'sale' : 'purchase', '=', Number(order.key)],
		]);
		expect(all).toHaveLength(2);
	});

	it('changes only at the revision that was read', async () => {
		const erp = connect();
		const order = await made(newKey());
		const { revision: expectedVersion = '' } = order;
		const change = (number: string) => ({ key: order.key, expectedVersion, changes: { number } });
		expect(value(await erp.update(entity, [change('W-1')])).revision).not.toBe(expectedVersion);
		expect(refusal(await erp.update(entity, [change('W-2')]))).toBeInstanceOf(ConflictError);
		const confirm = { key: order.key, idempotencyKey: 'c', expectedVersion, input: {} };
		expect(refusal(await erp.act(entity, 'confirm', [confirm]))).toBeInstanceOf(ConflictError);
	});

	it('is found again by its key and brought up to date, without effect where nothing differs', async () => {
		const erp = connect();
		const key = newKey();
		const upsert = async (draft: object) =>
			value(await erp.upsert(entity, [{ idempotencyKey: key, draft: draft as Drafts['salesOrder'] }]));
		const first = await upsert(draftFor(party));
		expect(await upsert(draftFor(party))).toEqual(first);
		const second = await upsert(draftFor(party, { lines: [kettles('5'), irons('2')] }));
		expect(second.key).toBe(first.key);
		expect(second.lines.map(({ line }) => line)).toEqual(first.lines.map(({ line }) => line));
		expect(second.lines[0]?.quantity).toBe('5');
		const none = { idempotencyKey: newKey(), expectedVersion: '1', draft: draftFor(party) };
		expect(refusal(await erp.upsert(entity, [none]))).toBeInstanceOf(ConflictError);
		expect(await withKey(none.idempotencyKey)).toEqual([]);
	});

	it('is confirmed, no longer changes, and is cancelled in its grace period', async () => {
		const erp = connect();
		const { key } = await made(newKey());
		const act = (action: 'confirm' | 'cancel') =>
			erp.act(entity, action, [{ key, idempotencyKey: action, input: {} }]);
		const confirmed = value(await act('confirm'));
		expect(confirmed).toMatchObject({ state: 'confirmed' });
		expect(confirmed.number).not.toBe('W-4711');
		expect(refusal(await erp.update(entity, [{ key, changes: { number: 'W-9' } }]))).toBeInstanceOf(
			ConflictError,
		);
		expect(value(await act('cancel'))).toMatchObject({ state: 'cancelled' });
		expect(refusal(await act('confirm'))).toBeInstanceOf(ConflictError);
	});

	it('is refused with every problem by field, and nothing is made', async () => {
		const key = newKey();
		const lines = [
			{ ...kettles('1'), item: { code: 'NOBODY' } },
			{ ...kettles('1'), item: { code: 'FITTING' } },
			{ ...kettles('1'), unit: 'KGM' },
			kettles('1.5'),
			{ ...kettles('1'), dimensions: { costCentre: 'CC-10' } },
		];
		const dimensioned = draftFor(party, { dimensions: { project: 'P-7' }, lines: lines.slice(4) });
		const lost = refusal(await connect().create(entity, [{ idempotencyKey: key, draft: dimensioned }]));
		expect(lost.message).toMatch(/ dimensions\.project: .*lines\.0\.dimensions\.costCentre: /);
		lines.pop();
		const draft = draftFor(party, { partner: { code: 'NOBODY' }, currency: 'XXX', lines });
		const error = refusal(await connect().create(entity, [{ idempotencyKey: key, draft }]));
		expect(error).toBeInstanceOf(ValidationError);
		for (const part of [
			'partner.code',
			'currency',
			'lines.0.item.code',
			'lines.1.item.code',
			'lines.2.unit',
			'lines.3.quantity',
		]) {
			expect(error.message).toContain(part);
		}
		expect(await withKey(key)).toEqual([]);
	});

	it('is told of in changes, also when only a line changed, and found by the number of its origin', async () => {
		const erp = connect();
		const number = newKey();
		const order = await made(newKey(), draftFor(party, { number }));
		let cursor: string | undefined;
		for await (const page of erp.changes(entity)) ({ cursor } = page);
		await people().call(`model.${lineModel}.write`, [[Number(order.lines[0]?.line)], { quantity: 9 }]);
		const changes = [];
		for await (const page of erp.changes(entity, cursor)) changes.push(...page.changes);
		expect(changes.map(({ key, record }) => [key, record?.lines[0]?.quantity])).toEqual([[order.key, '9']]);
		const found = [];
		for await (const page of erp.list(entity, { search: number })) found.push(...page);
		expect(found.map(({ key }) => key)).toEqual([order.key]);
	});
});
