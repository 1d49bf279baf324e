import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import type { TrytonOptions } from '../../../connectors/tryton/options';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { ItemDraft } from '../../../core/model/item';
import type { SalesOrder } from '../../../core/model/salesOrder';
import {
	AuthenticationError,
	NotFoundError,
	PermissionError,
	UnavailableError,
	ValidationError,
} from '../../../core/ports/errors';
import type { HttpRequest } from '../../../core/ports/httpTransport';
import type { Change, ChangeCursor, Drafts, Outcome } from '../../../core/ports/systemConnector';
import {
	amendSale,
	cancelSales,
	changeSales,
	confirmSales,
	createItems,
	draftSales,
	linesOf,
	paymentTerms,
	processSales,
	sessionOf,
	writeLines,
} from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const transport = axiosTransport();

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

const people = () => sessionOf(server.url, 'erp');

async function looked(
	erp: TrytonErp,
	cursor?: ChangeCursor,
): Promise<{ changes: Array<Change<SalesOrder>>; cursor: ChangeCursor; pages: number }> {
	const changes: Array<Change<SalesOrder>> = [];
	let pages = 0;
	let position = cursor ?? '';
	for await (const page of erp.changes('salesOrder', cursor)) {
		changes.push(...page.changes);
		position = page.cursor;
		pages += 1;
	}
	return { changes, cursor: position, pages };
}

const keysOf = (changes: Array<Change<SalesOrder>>) => changes.map(({ key }) => key);
const failureOf = (call: Promise<unknown>) =>
	call.then(
		() => undefined,
		(error: unknown) => error,
	);

beforeAll(async () => {
	server = await startTryton({ erp: 'erp', wms: 'wms' });
	await createItems(people(), [
		{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' },
		{ code: 'IRON', name: 'Steam iron', gtin: '5901234123457' },
		{ code: 'POWDER', name: 'Washing powder', unit: 'kg' },
		{ code: 'FITTING', name: 'Fitting at home', type: 'service' },
	]);
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

describe('a sale as an order', () => {
	it('has exact quantities and prices, codes, units and the ERP’s own conversion; services are left out', async () => {
		const [id = 0] = await draftSales(people(), [
			{
				lines: [
					{ code: 'KETTLE', quantity: 3, price: '19.99' },
					{ code: 'IRON', quantity: 2, unit: 'ctn', price: '0.0001' },
					{ code: 'POWDER', quantity: 0.35, unit: 'kg' },
					{ code: 'FITTING', quantity: 1 },
				],
			},
		]);
		const order = (await connect().get('salesOrder', [String(id)])).get(String(id));
		expect(order).toMatchObject({
			key: String(id),
			state: 'draft',
			currency: 'EUR',
			partner: { code: 'RETAIL', name: 'Household Appliances Retail' },
		});
		expect(order?.lines).toEqual([
			expect.objectContaining({
				item: { code: 'KETTLE', gtin: '4006381333931', name: 'Kettle 1.7 l' },
				quantity: '3',
				unit: 'H87',
				unitPrice: '19.99',
			}),
			expect.objectContaining({
				item: { code: 'IRON', gtin: '5901234123457', name: 'Steam iron' },
				quantity: '2',
				unit: 'XCT',
				baseQuantity: { quantity: '24', unit: 'H87' },
				unitPrice: '0.0001',
			}),
			expect.objectContaining({
				item: { code: 'POWDER', name: 'Washing powder' },
				quantity: '0.35',
				unit: 'KGM',
			}),
		]);
	});

	it('follows the sale’s states, and shows a transition that Tryton ignored as not made', async () => {
		const erp = connect();
		const lines = [{ code: 'KETTLE', quantity: 1 }];
		const ids = await draftSales(people(), [{ lines }, { lines }, { lines }, { lines }]);
		const [, confirmed = 0, processed = 0, cancelled = 0] = ids;
		await confirmSales(people(), [confirmed, processed, cancelled]);
		await processSales(people(), [processed]);
		await cancelSales(people(), [cancelled]);
		// A sale that is being processed cannot be cancelled: Tryton says nothing, and does nothing.
		await people().press('sale.sale', 'cancel', [processed]);
		const orders = await erp.get('salesOrder', [...ids.map(String), '999999', 'not a number']);
		expect([...orders.values()].map(({ state }) => state)).toEqual([
			'draft',
			'confirmed',
			'confirmed',
			'cancelled',
		]);
	});

	it('is refused by name of record and field where it cannot be expressed', async () => {
		const [nameless] = await createItems(people(), [{ name: 'Sample without a code' }]);
		const [id] = await draftSales(people(), [{ lines: [{ product: nameless, quantity: 1 }] }]);
		const failure = await failureOf(connect().get('salesOrder', [String(id)]));
		expect(failure).toBeInstanceOf(ValidationError);
		expect(String(failure)).toMatch(
			new RegExp(`Sale ${id} .*lines\\.0\\.item\\.code.*"Sample without a code".*has no code`),
		);
		const [good] = await draftSales(people(), [{ lines: [{ code: 'KETTLE', quantity: 1 }] }]);
		expect([...(await connect().get('salesOrder', [String(id), String(good)])).keys()]).toEqual([
			String(good),
		]);
	});
});

describe('items', () => {
	it('have code, GTIN, base unit and exact conversions, and are found by GTIN in any length', async () => {
		const erp = connect();
		const found = [];
		for await (const page of erp.list('item', { gtins: ['04006381333931', '05901234123457'] }))
			found.push(...page);
		expect(found.map(({ code }) => code).sort()).toEqual(['IRON', 'KETTLE']);
		expect(found.find(({ code }) => code === 'IRON')).toEqual({
			code: 'IRON',
			name: 'Steam iron',
			gtin: '5901234123457',
			baseUnit: 'H87',
			units: [
				{ unit: 'XCT', numerator: '12', denominator: '1' },
				{ unit: 'XPX', numerator: '480', denominator: '1' },
			],
			revision: expect.stringMatching(/^\d{16}$/) as string,
		});
		const powder = (await erp.get('item', ['POWDER', 'NOBODY'])).get('POWDER');
		expect(powder?.units).toContainEqual({ unit: 'GRM', numerator: '1', denominator: '1000' });
	});
});

describe('changes', () => {
	it('miss none of many sales with one timestamp, page by page, also when resumed in the middle', async () => {
		const erp = connect();
		const before = await looked(erp);
		const ids = await draftSales(
			people(),
			Array.from({ length: 250 }, (_, index) => ({ lines: [{ code: 'KETTLE', quantity: index + 1 }] })),
		);
		const expected = ids.map(String);
		const whole = await looked(erp, before.cursor);
		expect(keysOf(whole.changes)).toEqual(expected);
		expect(whole.pages).toBe(3);
		expect(new Set(whole.changes.map(({ changedAt }) => changedAt)).size).toBe(1);

		for await (const page of erp.changes('salesOrder', before.cursor)) {
			const rest = await looked(erp, page.cursor);
			expect([...keysOf(page.changes), ...keysOf(rest.changes)]).toEqual(expected);
			break;
		}
		expect((await looked(erp, whole.cursor)).changes).toEqual([]);
	});

	it('show an edit that touched a line only', async () => {
		const erp = connect();
		const [id = 0] = await draftSales(people(), [{ lines: [{ code: 'KETTLE', quantity: 5 }] }]);
		const before = await looked(erp);
		const line = (await linesOf(people(), [id])).get(id)?.[0] ?? 0;
		await writeLines(people(), new Map([[line, 8]]));
		const { changes } = await looked(erp, before.cursor);
		expect(keysOf(changes)).toEqual([String(id)]);
		expect(changes[0]?.record?.lines[0]?.quantity).toBe('8');
		const earlier = before.changes.find(({ key }) => key === String(id));
		expect((changes[0]?.changedAt ?? '') > (earlier?.changedAt ?? '')).toBe(true);
	});

	it('show quantities changed in the grace period, by amendment, and cancellations', async () => {
		const erp = connect();
		const lines = [{ code: 'KETTLE', quantity: 5 }];
		const ids = await draftSales(people(), [{ lines }, { lines }, { lines }]);
		const [changed = 0, amended = 0, cancelled = 0] = ids;
		await confirmSales(people(), ids);
		await processSales(people(), [amended]);
		const before = await looked(erp);
		const own = await linesOf(people(), ids);
		await changeSales(people(), [changed], new Map([[own.get(changed)?.[0] ?? 0, 6]]));
		await amendSale(people(), amended, new Map([[own.get(amended)?.[0] ?? 0, 7]]));
		await cancelSales(people(), [cancelled]);
		const { changes } = await looked(erp, before.cursor);
		const seen = new Map(
			changes.map(({ key, record }) => [key, [record?.state, record?.lines[0]?.quantity]]),
		);
		expect(seen).toEqual(
			new Map([
				[String(changed), ['confirmed', '6']],
				[String(amended), ['confirmed', '7']],
				[String(cancelled), ['cancelled', '5']],
			]),
		);
	});

	it('name the record that cannot be expressed, and let its neighbours through', async () => {
		const erp = connect();
		const before = await looked(erp);
		const [nameless, weighed] = await createItems(people(), [
			{ name: 'No code' },
			{ code: 'DAYS', name: 'Rented by the work day', unit: 'wd' },
		]);
		const ids = await draftSales(people(), [
			{ lines: [{ product: nameless, quantity: 1 }] },
			{ lines: [{ product: weighed, quantity: 1, unit: 'wd' }] },
			{ lines: [{ code: 'KETTLE', quantity: -1 }] },
			{ lines: [{ code: 'KETTLE', quantity: 1 }] },
		]);
		const { changes } = await looked(erp, before.cursor);
		expect(keysOf(changes)).toEqual(ids.map(String));
		expect(changes.map(({ problem }) => problem?.message ?? 'none')).toEqual([
			expect.stringMatching(/lines\.0\.item\.code: product \d+ \("No code"\) has no code/),
			expect.stringMatching(/lines\.0\.unit: the unit "Work Day" has no UN\/ECE code/),
			expect.stringMatching(/lines\.0\.quantity: -1 is no quantity/),
			'none',
		]);
		expect(changes.every(({ problem }) => problem === undefined || problem instanceof ValidationError)).toBe(
			true,
		);
		const mapped = await looked(connect({ units: { wd: 'DAY' } }), before.cursor);
		expect(mapped.changes[1]?.record?.lines[0]?.unit).toBe('DAY');
	});

	it('cost a handful of calls a page, not a call a record', async () => {
		const requests: HttpRequest[] = [];
		const erp = connect({
			transport: (request) => {
				requests.push(request);
				return transport(request);
			},
		});
		const { changes, pages } = await looked(erp);
		expect(changes.length).toBeGreaterThan(250);
		expect(requests.length).toBeLessThanOrEqual(6 + 5 * pages);
	});

	it('refuse a cursor that is none, and keep nothing of it', async () => {
		await expect(looked(connect(), 'yesterday')).rejects.toThrow(ValidationError);
	});
});

describe('lists', () => {
	it('come in ascending pages, and find what a person types', async () => {
		const erp = connect();
		const [id = 0] = await draftSales(people(), [
			{ reference: '50%_off', lines: [{ code: 'KETTLE', quantity: 1 }] },
		]);
		const keys: number[] = [];
		for await (const page of erp.list('salesOrder', { pageSize: 40 })) {
			expect(page.length).toBeLessThanOrEqual(40);
			keys.push(...page.map(({ key }) => Number(key)));
		}
		expect(keys).toEqual(keys.toSorted((a, b) => a - b));
		expect(keys).toContain(id);
		const found: string[] = [];
		for await (const page of erp.list('salesOrder', { search: '0%_o' }))
			found.push(...page.map(({ key }) => key));
		expect(found).toEqual([String(id)]);
	});
});

describe('the connection', () => {
	it('is checked, and describes its fields', async () => {
		await connect().check();
		const fields = await connect().describe('salesOrder');
		expect(fields).toContainEqual({ name: 'lines.quantity', type: 'float', required: false });
		expect(fields).toContainEqual({ name: 'party', type: 'many2one', required: true });
	});

	it.each([
		['a wrong password', { password: 'wrong' }, AuthenticationError, /Check user and password/],
		['an unknown database', { database: 'nowhere' }, NotFoundError, /has no Tryton database "nowhere"/],
		['a database without sales', { database: 'wms' }, ValidationError, /Activate the Tryton module/],
	])('names %s', async (_, options, kind, text) => {
		const failure = await failureOf(connect(options).check());
		expect(failure).toBeInstanceOf(kind);
		const { message, subject } = failure as ValidationError;
		expect(`${message} ${subject.hint}`).toMatch(text);
		expect(message).not.toContain(trytonPassword);
	});

	it('names a missing right', async () => {
		await people().create('res.user', [{ name: 'Guest', login: 'guest', password: 'Kx7-tulip-94' }]);
		const failure = await failureOf(
			connect({ user: 'guest', password: 'Kx7-tulip-94' }).get('salesOrder', ['1']),
		);
		expect(failure).toBeInstanceOf(PermissionError);
	});

	it('logs in again, once, when the session has ended', async () => {
		const logins: string[] = [];
		let header = '';
		const watching = async (request: HttpRequest) => {
			const { method } = request.body as { method: string };
			if (method === 'common.db.login') logins.push(method);
			header = request.headers?.authorization ?? header;
			return transport(request);
		};
		const erp = connect({ transport: watching });
		await erp.check();
		await transport({
			method: 'POST',
			url: `${server.url}/erp/`,
			headers: { authorization: header },
			body: { id: 1, method: 'common.db.logout', params: [] },
		});
		logins.length = 0;
		await Promise.all([erp.get('item', ['KETTLE']), erp.get('item', ['IRON']), erp.check()]);
		expect(logins).toHaveLength(1);
	});

	it('says that the server is away, and works again when it is back', async () => {
		const erp = connect();
		const before = await looked(erp);
		await server.kill();
		const failure = await failureOf(looked(erp, before.cursor));
		expect(failure).toBeInstanceOf(UnavailableError);
		await server.restart();
		const [id] = await draftSales(people(), [{ lines: [{ code: 'KETTLE', quantity: 1 }] }]);
		expect(keysOf((await looked(erp, before.cursor)).changes)).toEqual([String(id)]);
	});
});

describe('a party as a partner', () => {
	it('is read by its code with its e-mail address, found by name, and its changes are told', async () => {
		const erp = connect();
		const cursorOf = async (): Promise<ChangeCursor | undefined> => {
			let cursor: ChangeCursor | undefined;
			for await (const page of erp.changes('partner')) ({ cursor } = page);
			return cursor;
		};
		const before = await cursorOf();
		await people().create('party.party', [
			{
				name: 'Müller & Söhne',
				code: 'MUELLER',
				contact_mechanisms: [['create', [{ type: 'email', value: 'einkauf@mueller.example' }]]],
			},
		]);
		const partner = {
			code: 'MUELLER',
			name: 'Müller & Söhne',
			roles: [],
			email: 'einkauf@mueller.example',
			revision: expect.stringMatching(/^\d{16}$/) as string,
		};
		expect(await erp.get('partner', ['MUELLER', 'NOBODY'])).toEqual(new Map([['MUELLER', partner]]));
		const found = [];
		for await (const page of erp.list('partner', { search: 'müller &' })) found.push(...page);
		expect(found).toEqual([partner]);
		const changes = [];
		for await (const page of erp.changes('partner', before)) changes.push(...page.changes);
		expect(changes).toContainEqual(expect.objectContaining({ key: 'MUELLER', record: partner }));
	});
});

describe('a sale that the bridge confirms or cancels', () => {
	const act = async (action: 'confirm' | 'cancel', id: number, expectedVersion?: string) => {
		const request = { key: String(id), idempotencyKey: `${action}/${id}`, input: {} };
		const version = expectedVersion === undefined ? {} : { expectedVersion };
		const [outcome] = await connect().act('salesOrder', action, [{ ...request, ...version }]);
		return outcome;
	};
	const lines = [{ code: 'KETTLE', quantity: 1 }];

	it('ends in that state, again without effect, and is found by it', async () => {
		const [confirmed = 0, cancelled = 0] = await draftSales(people(), [{ lines }, { lines }]);
		const first = await act('confirm', confirmed);
		expect(first).toMatchObject({ key: String(confirmed), value: { state: 'confirmed' } });
		expect(await act('confirm', confirmed)).toEqual(first);
		expect(await act('cancel', cancelled)).toMatchObject({ value: { state: 'cancelled' } });
		const keys: string[] = [];
		for await (const page of connect().list('salesOrder', { state: 'cancelled' })) {
			expect(new Set(page.map(({ state }) => state))).toEqual(new Set(['cancelled']));
			keys.push(...page.map(({ key }) => key));
		}
		expect(keys).toContain(String(cancelled));
		expect(keys).not.toContain(String(confirmed));
	});

	it('is refused by name when it cannot be', async () => {
		const [id = 0] = await draftSales(people(), [{ lines }]);
		await act('cancel', id);
		expect(await act('confirm', id)).toMatchObject({
			error: { name: 'ConflictError', subject: { entity: 'salesOrder', key: String(id) } },
		});
		expect(await act('confirm', 999_999)).toMatchObject({ error: { name: 'NotFoundError' } });
		expect(await act('confirm', id, '3')).toMatchObject({ error: { name: 'ConflictError' } });
	});
});

describe('master data that n8n makes', () => {
	const outcomeOf = <T>(outcomes: Array<Outcome<T>>): T => {
		const [outcome] = outcomes;
		if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
		return outcome.value;
	};

	it('are an item with its GTIN, found by its code, renamed, and refused where Tryton cannot keep it', async () => {
		const erp = connect();
		const draft = { code: 'FAN', name: 'Desk fan', gtin: '9780201379624', baseUnit: 'H87', units: [] };
		const cartons = [{ unit: 'XCT', numerator: '24', denominator: '2' }];
		const create = (given: ItemDraft) => erp.create('item', [{ idempotencyKey: 'fan', draft: given }]);
		const made = outcomeOf(await create({ ...draft, units: cartons }));
		const { units: _known, ...own } = draft;
		expect(made).toMatchObject({ ...own, units: [{ unit: 'XCT', numerator: '12' }, {}] });
		expect(outcomeOf(await create(draft))).toEqual(made);
		expect(await create({ ...draft, name: 'Ceiling fan' })).toMatchObject([
			{ error: { name: 'ConflictError', subject: { entity: 'item', key: 'FAN' } } },
		]);
		const upsert = { idempotencyKey: 'fan', draft: { ...draft, name: 'Fan', gtin: '0012345678905' } };
		const changed = outcomeOf(await erp.upsert('item', [upsert]));
		expect(changed).toMatchObject({ name: 'Fan', gtin: '0012345678905' });
		expect(changed.revision).not.toBe(made.revision);
		expect(outcomeOf(await erp.upsert('item', [upsert]))).toEqual(changed);
		const late = { key: 'FAN', expectedVersion: made.revision ?? '', changes: { name: 'Late' } };
		expect(await erp.update('item', [late])).toMatchObject([{ error: { name: 'ConflictError' } }]);
		const wrong = { ...draft, code: 'FAN-2', units: [{ unit: 'XCT', numerator: '10', denominator: '1' }] };
		expect(String((await create(wrong)).map((outcome) => 'error' in outcome && outcome.error))).toContain(
			'units.0: Tryton converts units alike for all items, and has 12/1 for XCT',
		);
		expect((await erp.get('item', ['FAN-2'])).size).toBe(0);
		// Nobody gave it a price: an order needs one.
		const line = { item: { code: 'FAN' }, quantity: '1', unit: 'H87' };
		const order = (lines: object[]) =>
			erp.create('salesOrder', [
				{
					idempotencyKey: `fan ${lines.length}`,
					draft: { partner: { code: 'RETAIL' }, lines } as Drafts['salesOrder'],
				},
			]);
		expect(String((await order([line, line])).map((one) => 'error' in one && one.error))).toContain(
			'lines.0.unitPrice',
		);
		expect(await order([{ ...line, unitPrice: '29.9' }])).toMatchObject([
			{ value: { lines: [{ unitPrice: '29.9' }] } },
		]);
	});

	it('are a partner with e-mail, phone, address and VAT number and payment terms, each changed in its place', async () => {
		const erp = connect();
		const draft = {
			code: 'WERK',
			name: 'Werkzeug AG',
			roles: [],
			taxId: 'DE136695976',
			supplierPaymentTerms: '30 days',
			email: 'info@werkzeug.example',
			phone: '+49 30 123456',
			address: { street: 'Hafenweg 1', postalCode: '20457', city: 'Hamburg' },
		};
		await paymentTerms(people(), { '30 days': 30, '60 days': 60 });
		const upsert = async (more: object = {}) =>
			await erp.upsert('partner', [{ idempotencyKey: 'werk', draft: { ...draft, ...more } }]);
		const { revision, ...made } = outcomeOf(await upsert());
		expect(made).toEqual(draft);
		expect(outcomeOf(await upsert())).toEqual({ ...draft, revision });
		const address = { ...draft.address, street: 'Hafenweg 2' };
		const changed = outcomeOf(
			await upsert({ address, email: 'service@werkzeug.example', supplierPaymentTerms: '60 days' }),
		);
		expect(changed).toMatchObject({
			...draft,
			address,
			email: 'service@werkzeug.example',
			supplierPaymentTerms: '60 days',
		});
		const Parts = z.object({ contact_mechanisms: z.array(z.number()), addresses: z.array(z.number()) });
		const [party] = await people().search('party.party', Parts, [['code', '=', 'WERK']]);
		expect([party?.contact_mechanisms.length, party?.addresses.length]).toEqual([2, 1]);
		const strange = {
			roles: ['customer'],
			supplierPaymentTerms: '31 days',
			address: { ...address, country: 'ZZ' },
		};
		const refused = String((await upsert(strange)).map((outcome) => 'error' in outcome && outcome.error));
		expect(refused).toContain('roles: ');
		expect(refused).toContain('address.country: ');
		expect(refused).toContain('supplierPaymentTerms: there is no payment term "31 days"');
		expect((await erp.get('partner', ['WERK'])).get('WERK')).toEqual(changed);
	});
});
