import { z } from 'zod/v4';

import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import { Delivery } from '../../../core/model/delivery';
import { Invoice } from '../../../core/model/invoice';
import { Item } from '../../../core/model/item';
import { Partner } from '../../../core/model/partner';
import { PurchaseOrder } from '../../../core/model/purchaseOrder';
import { SalesOrder } from '../../../core/model/salesOrder';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	NoInput,
	Outcome,
	UpdateRequest,
} from '../../../core/ports/systemConnector';
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { connectorConformance } from '../../conformance/connector/suite';
import { countStock, createItems, draftSales, linesOf, paymentTerms, sessionOf } from './company';
import {
	byNumber,
	ignoringButtons,
	jumped,
	manyRecords,
	numbersOf,
	retireItems,
	secrets,
	shipmentsFor,
	skewed,
	writeItems,
	wrongPassword,
} from './conformanceSubject';
import { startTryton, trytonPassword, trytonUser } from './server';

jest.setTimeout(240_000);

/** Decimals of at most 15 digits, which is what Tryton's SQLite keeps, and 4 after the point, as a price has. */
const prices = ['0.3', '0.1', '0.7', '1.005', '4.35', '0.0001', '12345678901.2345', '99999999999.9999'];

/** A work takes eight to twenty calls of Tryton: each of them meets at least one of the kit's faults, none of them all. */
const stride = 8;

/** Tryton keeps quantities as binary floats, and two digits of a kilogram. */
const weights = ['0.3', '0.1', '0.7', '4.35', '1.01', '1234567.89'];

const writtenEntities = ['salesOrder', 'purchaseOrder', 'invoice'] as const;
type WrittenEntity = (typeof writtenEntities)[number];
type CodedEntity = 'item' | 'partner';
type ActedEntity = WrittenEntity | 'delivery';

/** Where Tryton keeps each kind of document, and the states in which it is confirmed. */
const tables = {
	salesOrder: {
		model: 'sale.sale',
		lineModel: 'sale.line',
		parent: 'sale',
		party: 'RETAIL',
		confirmed: 'confirmed',
	},
	purchaseOrder: {
		model: 'purchase.purchase',
		lineModel: 'purchase.line',
		parent: 'purchase',
		party: 'METAL',
		confirmed: 'confirmed',
	},
	invoice: {
		model: 'account.invoice',
		lineModel: 'account.invoice.line',
		parent: 'invoice',
		party: 'RETAIL',
		confirmed: 'posted',
	},
	delivery: { model: 'stock.shipment.out', confirmed: 'done' },
} as const;

connectorConformance(
	'Tryton as ERP',
	{
		entities: {
			salesOrder: {},
			purchaseOrder: {},
			delivery: {},
			invoice: {},
			item: { cannot: { decimals: 'ratios of units belong to the units' } },
			partner: { cannot: { decimals: 'a partner has none' } },
		},
		works: Object.fromEntries([
			...writtenEntities.flatMap((entity) =>
				['confirm', 'cancel', 'create', 'update', 'upsert'].map((does) => [`${does} ${entity}`, {}]),
			),
			...(['item', 'partner'] as const).flatMap((entity) =>
				['create', 'update', 'upsert'].map((does) => [`${does} ${entity}`, {}]),
			),
			['confirm delivery', {}],
			['cancel delivery', {}],
		]),
	},
	async () => {
		const server = await startTryton({ erp: 'erp' }, { movableClock: true });
		const people = () => sessionOf(server.url, 'erp');
		await createItems(people(), [
			{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' },
			{ code: 'POWDER', name: 'Washing powder', unit: 'kg' },
		]);
		await paymentTerms(people(), { '30 days': 30 });
		await countStock(people(), { KETTLE: 1_000_000_000 });
		let last = 0;
		const writeParties = async (codes: string[], values: object) => {
			const ids = await numbersOf(people(), 'party.party', 'code', codes);
			await people().call('model.party.party.write', [ids, values]);
		};
		const Row = z.object({ id: z.number().int() });
		const Product = Row.extend({ default_uom: z.number().int() });
		const [kettle] = await people().search('product.product', Product, [['code', '=', 'KETTLE']]);
		const addresses = new Map<string, { party: number; address: number }>();
		for (const party of ['RETAIL', 'METAL']) {
			const [found] = await people().search('party.party', Row.extend({ addresses: z.array(z.number()) }), [
				['code', '=', party],
			]);
			addresses.set(party, { party: found?.id ?? 0, address: found?.addresses[0] ?? 0 });
		}
		const idOf = async (model: string, criterion: unknown[]): Promise<number | undefined> =>
			(await people().search(model, Row, [criterion], { limit: 1 }))[0]?.id;
		/** What people enter beside the party, the addresses and the lines. */
		const company = await people().company();
		const revenue = await idOf('account.account', ['type.revenue', '=', true]);
		const invoiceHeader = {
			type: 'out',
			company,
			journal: await idOf('account.journal', ['type', '=', 'revenue']),
			account: await idOf('account.account', ['type.receivable', '=', true]),
		};
		const own = {
			salesOrder: (address?: number) => ({ shipment_address: address }),
			purchaseOrder: () => ({}),
			invoice: () => invoiceHeader,
		};
		/** Documents as people enter them, as drafts. */
		const drafted = async (entity: WrittenEntity, count: number, price = '10.00'): Promise<string[]> => {
			const { model, party } = tables[entity];
			const known = addresses.get(party);
			const ids = await people().create(
				model,
				Array.from({ length: count }, () => ({
					party: known?.party,
					invoice_address: known?.address,
					...own[entity](known?.address),
					lines: [
						[
							'create',
							[
								{
									type: 'line',
									product: kettle?.id,
									quantity: 1,
									unit: kettle?.default_uom,
									unit_price: { __class__: 'Decimal', decimal: price },
									...(entity === 'invoice' ? { account: revenue, company } : {}),
								},
							],
						],
					],
				})),
			);
			return ids.map(String);
		};
		const [sale = 0] = await draftSales(people(), [
			{
				lines: [
					{ code: 'KETTLE', quantity: 1 },
					{ code: 'POWDER', quantity: 1, unit: 'kg' },
				],
			},
		]);
		const [kettles, powder] = (await linesOf(people(), [sale])).get(sale) ?? [];
		/** Shipments of that sale, as people draft them. */
		const shipped = async (count: number, quantity = '1', code = 'KETTLE'): Promise<string[]> => {
			const references = Array.from({ length: count }, () => `D-${(last += 1)}`);
			const origin = `sale.line,${code === 'KETTLE' ? kettles : powder}`;
			const values = await shipmentsFor(people(), references, code, Number(quantity), origin);
			return (await people().create('stock.shipment.out', values)).map(String);
		};
		const State = z.object({ id: z.number(), state: z.string() });
		const stateOf = async (entity: ActedEntity, key: string) =>
			(await people().search(tables[entity].model, State, [['id', '=', Number(key)]]))[0]?.state;
		const acting = (entity: ActedEntity, name: 'confirm' | 'cancel'): Work => {
			const requestFor = async (key: string): Promise<WorkRequest> => ({
				key,
				sent: { key, idempotencyKey: `${name}/${key}`, input: {} },
				applied: async () =>
					(await stateOf(entity, key)) === (name === 'confirm' ? tables[entity].confirmed : 'cancelled')
						? 1
						: 0,
			});
			return {
				does: name,
				entity,
				stride,
				request: async () =>
					requestFor((await (entity === 'delivery' ? shipped(1) : drafted(entity, 1)))[0] ?? ''),
				refused: () => requestFor('999999999'),
				run: (connector, requests) =>
					connector.act(
						entity,
						name,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};
		const draftOf = (entity: WrittenEntity, item = 'KETTLE') => ({
			...(entity === 'invoice' ? { kind: 'customer', currency: 'EUR' } : {}),
			partner: { code: tables[entity].party },
			lines: [{ item: { code: item }, quantity: '2', unit: 'H87', unitPrice: '9.99' }],
		});
		const making = (entity: WrittenEntity, name: 'create' | 'upsert'): Work => {
			const requestFor = (idempotencyKey: string, draft: object, expectedVersion?: string): WorkRequest => ({
				sent: { idempotencyKey, draft, ...(expectedVersion === undefined ? {} : { expectedVersion }) },
				applied: async () =>
					(await people().search(tables[entity].model, Row, [['reference', '=', idempotencyKey]])).length,
				...(name === 'upsert'
					? {
							next: (version) => {
								const number = `N-${(last += 1)}`;
								return requestFor(idempotencyKey, { ...draft, number }, version);
							},
						}
					: {}),
			});
			const newKey = () => `KIT-${(last += 1)}`;
			return {
				does: name,
				entity,
				stride,
				request: async () => requestFor(newKey(), draftOf(entity)),
				refused: async () => requestFor(newKey(), draftOf(entity, 'NO-SUCH-ITEM')),
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity,
						requests.map(({ sent }) => sent as CreateRequest<Drafts[WrittenEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const updating = (entity: WrittenEntity): Work => {
			const requestFor = (key: string, changes: object, expectedVersion?: string): WorkRequest => {
				const number = `N-${(last += 1)}`;
				return {
					key,
					sent: {
						key,
						idempotencyKey: number,
						changes: { number, ...changes },
						...(expectedVersion === undefined ? {} : { expectedVersion }),
					},
					applied: async () =>
						(
							await people().search(tables[entity].model, Row, [
								['id', '=', Number(key)],
								['description', '=', number],
							])
						).length,
					next: (version) => requestFor(key, {}, version),
				};
			};
			return {
				does: 'update',
				entity,
				stride,
				request: async () => requestFor((await drafted(entity, 1))[0] ?? '', {}),
				refused: async () =>
					requestFor((await drafted(entity, 1))[0] ?? '', {
						lines: draftOf(entity, 'NO-SUCH-ITEM').lines,
					}),
				run: async (connector, requests) =>
					(await connector.update?.(
						entity,
						requests.map(({ sent }) => sent as UpdateRequest<Drafts[WrittenEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const coded = {
			item: { model: 'product.template', more: { baseUnit: 'H87', units: [] }, wrong: { baseUnit: 'KTN' } },
			partner: {
				model: 'party.party',
				more: { roles: [], supplierPaymentTerms: '30 days' },
				wrong: { roles: ['customer'] },
			},
		} as const;
		/** How many records with this code bear the name, as Tryton itself counts them. */
		const named = async (entity: CodedEntity, code: string, name: string) =>
			(
				await people().search(coded[entity].model, Row, [
					[entity === 'item' ? 'products.code' : 'code', '=', code],
					['name', '=', name],
				])
			).length;
		const newCode = () => `K-${(last += 1)}`;
		const makingCoded = (entity: CodedEntity, name: 'create' | 'upsert'): Work => {
			const { more, wrong } = coded[entity];
			const requestFor = (code: string, change: object = {}, expectedVersion?: string): WorkRequest => {
				const title = `Named ${(last += 1)}`;
				return {
					key: code,
					sent: {
						idempotencyKey: `key of ${code}`,
						draft: { code, name: title, ...more, ...change },
						...(expectedVersion === undefined ? {} : { expectedVersion }),
					},
					applied: () => named(entity, code, title),
					...(name === 'upsert' ? { next: (version) => requestFor(code, {}, version) } : {}),
				};
			};
			return {
				does: name,
				entity,
				stride,
				request: async () => requestFor(newCode()),
				refused: async () => requestFor(newCode(), wrong),
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity,
						requests.map(({ sent }) => sent as CreateRequest<Drafts[CodedEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const updatingCoded = (entity: CodedEntity): Work => {
			const { wrong } = coded[entity];
			const requestFor = (code: string, change: object = {}, expectedVersion?: string): WorkRequest => {
				const title = `Renamed ${(last += 1)}`;
				return {
					key: code,
					sent: {
						key: code,
						changes: { name: title, ...change },
						...(expectedVersion === undefined ? {} : { expectedVersion }),
					},
					applied: () => named(entity, code, title),
					next: (version) => requestFor(code, {}, version),
				};
			};
			const present = async (): Promise<string> => {
				const code = newCode();
				if (entity === 'item') await createItems(people(), [{ code, name: code }]);
				else await people().create('party.party', [{ code, name: code }]);
				return code;
			};
			return {
				does: 'update',
				entity,
				stride,
				request: async () => requestFor(await present()),
				refused: async () => requestFor(await present(), wrong),
				run: async (connector, requests) =>
					(await connector.update?.(
						entity,
						requests.map(({ sent }) => sent as UpdateRequest<Drafts[CodedEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const documentsOf = (entity: WrittenEntity) => {
			const { model, lineModel, parent } = tables[entity];
			return {
				entity,
				schema: { salesOrder: SalesOrder, purchaseOrder: PurchaseOrder, invoice: Invoice }[entity],
				keyOf: ({ key }: { key: string }) => key,
				compare: byNumber,
				make: (count: number) => drafted(entity, count),
				change: async (keys: string[]) => {
					last += 1;
					const lines = await people().searchIn(lineModel, Row, parent, keys.map(Number));
					await people().call(`model.${lineModel}.write`, [
						lines.map(({ id }) => id),
						{ quantity: 10 + last },
					]);
				},
				remove: async (keys: string[]) => {
					await people().press(model, 'cancel', keys.map(Number));
					await people().call(`model.${model}.delete`, [keys.map(Number)]);
				},
				manyRecords,
				decimals: {
					values: prices,
					make: async (price: string) => (await drafted(entity, 1, price))[0] ?? '',
					read: ({ lines }: { lines: Array<{ unitPrice?: string | undefined }> }) => lines[0]?.unitPrice,
				},
			};
		};
		const deliveries = {
			entity: 'delivery',
			schema: Delivery,
			keyOf: ({ key }: { key: string }) => key,
			compare: byNumber,
			make: (count: number) => shipped(count),
			change: async (keys: string[]) => {
				last += 1;
				const shipments = keys.map((key) => `stock.shipment.out,${key}`);
				const moves = await people().searchIn('stock.move', Row, 'shipment', shipments);
				await people().call('model.stock.move.write', [moves.map(({ id }) => id), { quantity: 10 + last }]);
			},
			remove: async (keys: string[]) => {
				await people().press('stock.shipment.out', 'cancel', keys.map(Number));
				await people().call('model.stock.shipment.out.delete', [keys.map(Number)]);
			},
			manyRecords,
			decimals: {
				values: weights,
				make: async (weight: string) => (await shipped(1, weight, 'POWDER'))[0] ?? '',
				read: ({ lines }: Delivery) => lines[0]?.quantity,
			},
		};
		return {
			upstream: server.url,
			connect: ({ wrongCredential, ...options }) =>
				new TrytonErp({
					...options,
					system: 'tryton-erp',
					database: 'erp',
					user: trytonUser,
					password: wrongCredential ? wrongPassword : trytonPassword,
				}),
			secrets,
			timeoutMs: 3_000,
			skewed,
			jumped: jumped(server),
			ignoring: ignoringButtons(
				'quote',
				'confirm',
				'cancel',
				'wait',
				'assign_try',
				'pick',
				'pack',
				'done',
				'post',
			),
			entities: [
				...writtenEntities.map(documentsOf),
				deliveries,
				{
					entity: 'item',
					schema: Item,
					keyOf: ({ code }) => code,
					// Codes fall as numbers rise, so that the order of the list is that of the codes.
					make: async (count) => {
						const codes = Array.from({ length: count }, () => `I-${999_999 - (last += 1)}`);
						await createItems(
							people(),
							codes.map((code) => ({ code, name: `Article ${code}` })),
						);
						return codes;
					},
					change: (codes) => writeItems(people(), codes, { name: `Article ${(last += 1)}` }),
					remove: (codes) => retireItems(people(), codes),
					manyRecords,
				},
				{
					entity: 'partner',
					schema: Partner,
					keyOf: ({ code }) => code,
					// As Tryton sorts codes of parties: shorter ones first.
					compare: (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0),
					make: async (count) => {
						// Of several lengths, and falling as the parties' numbers rise.
						const codes = Array.from(
							{ length: count },
							() => `T-${'0'.repeat(last % 3)}${999_999 - (last += 1)}`,
						);
						await people().create(
							'party.party',
							codes.map((code) => ({ code, name: `Partner ${code}` })),
						);
						return codes;
					},
					change: (codes) => writeParties(codes, { name: `Partner ${(last += 1)}` }),
					remove: (codes) => writeParties(codes, { active: false }),
					manyRecords,
				},
			] as Subject['entities'],
			works: [
				...([...writtenEntities, 'delivery'] as const).flatMap((entity) => [
					acting(entity, 'confirm'),
					acting(entity, 'cancel'),
				]),
				...writtenEntities.flatMap((entity) => [
					making(entity, 'create'),
					updating(entity),
					making(entity, 'upsert'),
				]),
				...(['item', 'partner'] as const).flatMap((entity) => [
					makingCoded(entity, 'create'),
					updatingCoded(entity),
					makingCoded(entity, 'upsert'),
				]),
			],
			close: () => server.remove(),
		};
	},
);
