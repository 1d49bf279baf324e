import { z } from 'zod/v4';

import { TrytonErp } from '../../../connectors/tryton/trytonErp';
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
import { createItems, sessionOf } from './company';
import {
	byNumber,
	ignoringButtons,
	jumped,
	manyRecords,
	numbersOf,
	retireItems,
	secrets,
	skewed,
	writeItems,
	wrongPassword,
} from './conformanceSubject';
import { startTryton, trytonPassword, trytonUser } from './server';

jest.setTimeout(240_000);

/** Decimals of at most 15 digits, which is what Tryton's SQLite keeps, and 4 after the point, as a price has. */
const prices = ['0.3', '0.1', '0.7', '1.005', '4.35', '0.0001', '12345678901.2345', '99999999999.9999'];

const orderEntities = ['salesOrder', 'purchaseOrder'] as const;
type OrderEntity = (typeof orderEntities)[number];
const orderWorks = ['confirm', 'cancel', 'create', 'update', 'upsert'];

/** Where Tryton keeps each kind of order. */
const tables = {
	salesOrder: { model: 'sale.sale', lineModel: 'sale.line', parent: 'sale', party: 'RETAIL' },
	purchaseOrder: {
		model: 'purchase.purchase',
		lineModel: 'purchase.line',
		parent: 'purchase',
		party: 'METAL',
	},
} as const;

connectorConformance(
	'Tryton as ERP',
	{
		entities: {
			salesOrder: {},
			purchaseOrder: {},
			item: { cannot: { decimals: 'ratios of units belong to the units' } },
			partner: { cannot: { decimals: 'a partner has none' } },
		},
		works: Object.fromEntries(
			orderEntities.flatMap((entity) => orderWorks.map((does) => [`${does} ${entity}`, {}])),
		),
	},
	async () => {
		const server = await startTryton({ erp: 'erp' }, { movableClock: true });
		const people = () => sessionOf(server.url, 'erp');
		await createItems(people(), [{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' }]);
		let last = 0;
		const writeParties = async (codes: string[], values: object) => {
			const ids = await numbersOf(people(), 'party.party', 'code', codes);
			await people().call('model.party.party.write', [ids, values]);
		};
		const Row = z.object({ id: z.number().int() });
		const Product = Row.extend({ default_uom: z.number().int() });
		const [kettle] = await people().search('product.product', Product, [['code', '=', 'KETTLE']]);
		const addresses = new Map<string, { party: number; address: number }>();
		for (const { party } of Object.values(tables)) {
			const [found] = await people().search('party.party', Row.extend({ addresses: z.array(z.number()) }), [
				['code', '=', party],
			]);
			addresses.set(party, { party: found?.id ?? 0, address: found?.addresses[0] ?? 0 });
		}
		/** Orders as people take them, as drafts. */
		const drafted = async (entity: OrderEntity, count: number, price = '10.00'): Promise<string[]> => {
			const { model, party } = tables[entity];
			const known = addresses.get(party);
			const ids = await people().create(
				model,
				Array.from({ length: count }, () => ({
					party: known?.party,
					invoice_address: known?.address,
					...(entity === 'salesOrder' ? { shipment_address: known?.address } : {}),
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
								},
							],
						],
					],
				})),
			);
			return ids.map(String);
		};
		const State = z.object({ id: z.number(), state: z.string(), description: z.string().nullable() });
		const stateOf = async (entity: OrderEntity, key: string) =>
			(await people().search(tables[entity].model, State, [['id', '=', Number(key)]]))[0];
		const acting = (entity: OrderEntity, name: 'confirm' | 'cancel'): Work => {
			const requestFor = async (key: string): Promise<WorkRequest> => ({
				key,
				sent: { key, idempotencyKey: `${name}/${key}`, input: {} },
				applied: async () =>
					(await stateOf(entity, key))?.state === (name === 'confirm' ? 'confirmed' : 'cancelled') ? 1 : 0,
			});
			return {
				does: name,
				entity,
				stride: 5,
				request: async () => requestFor((await drafted(entity, 1))[0] ?? ''),
				refused: () => requestFor('999999999'),
				run: (connector, requests) =>
					connector.act(
						entity,
						name,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};
		const draftOf = (entity: OrderEntity, item = 'KETTLE') => ({
			partner: { code: tables[entity].party },
			lines: [{ item: { code: item }, quantity: '2', unit: 'H87', unitPrice: '9.99' }],
		});
		const making = (entity: OrderEntity, name: 'create' | 'upsert'): Work => {
			const requestFor = async (item?: string): Promise<WorkRequest> => {
				const idempotencyKey = `KIT-${(last += 1)}`;
				return {
					sent: { idempotencyKey, draft: draftOf(entity, item) },
					applied: async () =>
						(await people().search(tables[entity].model, Row, [['reference', '=', idempotencyKey]])).length,
				};
			};
			return {
				does: name,
				entity,
				stride: 7,
				request: () => requestFor(),
				refused: () => requestFor('NO-SUCH-ITEM'),
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity,
						requests.map(({ sent }) => sent as CreateRequest<Drafts[OrderEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const updating = (entity: OrderEntity): Work => {
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
					applied: async () => ((await stateOf(entity, key))?.description === number ? 1 : 0),
					next: (version) => requestFor(key, {}, version),
				};
			};
			return {
				does: 'update',
				entity,
				stride: 5,
				request: async () => requestFor((await drafted(entity, 1))[0] ?? '', {}),
				refused: async () =>
					requestFor((await drafted(entity, 1))[0] ?? '', {
						lines: draftOf(entity, 'NO-SUCH-ITEM').lines,
					}),
				run: async (connector, requests) =>
					(await connector.update?.(
						entity,
						requests.map(({ sent }) => sent as UpdateRequest<Drafts[OrderEntity]>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const ordersOf = (entity: OrderEntity) => {
			const { model, lineModel, parent } = tables[entity];
			return {
				entity,
				schema: { salesOrder: SalesOrder, purchaseOrder: PurchaseOrder }[entity],
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
			ignoring: ignoringButtons('quote', 'confirm', 'cancel'),
			entities: [
				...orderEntities.map(ordersOf),
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
			works: orderEntities.flatMap((entity) => [
				acting(entity, 'confirm'),
				acting(entity, 'cancel'),
				making(entity, 'create'),
				updating(entity),
				making(entity, 'upsert'),
			]),
			close: () => server.remove(),
		};
	},
);
