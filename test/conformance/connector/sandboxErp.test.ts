import { SandboxErp } from '../../../connectors/sandbox/sandboxErp';
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
import type { Company } from '../../../sandbox/company/company';
import { apiKey, quietCompany } from '../../connectors/sandboxFixture';
import {
	actOn,
	fractions,
	kept,
	manyRecords,
	requestOf,
	skewed,
	stopped,
	unchanged,
	wrongKey,
} from './sandboxSubject';
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

const item = 'TEC-AC-10003628';

const documents = ['salesOrder', 'purchaseOrder', 'delivery', 'invoice'] as const;
const erpEntities = [...documents, 'item', 'partner'] as const;
type ErpEntity = (typeof erpEntities)[number];
const reached = { salesOrder: 'confirmed', purchaseOrder: 'confirmed', delivery: 'done', invoice: 'posted' };
const books = { purchaseOrder: 'purchases', delivery: 'deliveries', invoice: 'invoices' } as const;

connectorConformance(
	'sandbox ERP',
	{
		entities: {
			...Object.fromEntries(documents.map((entity) => [entity, { cannot: kept }])),
			item: { cannot: { ...kept, decimals: 'it counts whole pieces in a carton' } },
			partner: { cannot: { ...kept, decimals: 'a partner has none' } },
		},
		works: Object.fromEntries(
			[
				...erpEntities.flatMap((entity) => [`create ${entity}`, `update ${entity}`, `upsert ${entity}`]),
				...documents.flatMap((entity) => [`confirm ${entity}`, `cancel ${entity}`]),
			].map((name) => [name, {}]),
		),
	},
	async () => {
		const { company, close } = await quietCompany();
		const { erp } = company;
		let last = 0;
		const number = () => (last += 1);
		const ids = (results: ReturnType<Company['erp']['createOrders']>) =>
			results.map((result) => {
				if ('error' in result) throw new Error(result.error.message);
				return result.order.id;
			});
		const line = (quantity: string) => ({ item: { code: item }, quantity, unit: 'H87' });
		const draftOf = (entity: ErpEntity, code: string, quantity = '2'): object => {
			const order = entity === 'delivery' || entity === 'invoice' ? orderOf(9) : '';
			return {
				salesOrder: {
					number: code,
					partner: { code: 'C-1001', name: 'Claire Gute' },
					lines: [line(quantity)],
				},
				purchaseOrder: { number: code, partner: { code: 'S-2001' }, lines: [line(quantity)] },
				delivery: { number: code, order, lines: [line(quantity)] },
				invoice: {
					number: code,
					kind: 'customer',
					order,
					currency: 'CNY',
					lines: [{ ...line(quantity), unitPrice: '29.99' }],
				},
				item: { code, name: 'Desk fan', baseUnit: 'H87', units: [] },
				partner: { code, name: 'Claire Gute', roles: ['supplier'], supplierPaymentTerms: 'net30' },
			}[entity];
		};
		const orderOf = (quantity: number) =>
			erp.createOrder({
				customer: { code: 'C-1001', name: 'Claire Gute' },
				lines: [{ item, quantity: String(quantity) }],
			}).order.id;
		const newPartner = () =>
			erp.partners.create({ code: `KIT-${number()}`, name: 'Claire Gute', roles: ['customer'] }).record;
		/** Records that bear the code, as the ERP itself counts them. */
		const count = (entity: ErpEntity, code: string): number => {
			if (entity === 'item') return erp.item(code) === undefined ? 0 : 1;
			if (entity === 'partner') return erp.partners.get(code) === undefined ? 0 : 1;
			if (entity === 'salesOrder') return erp.orders({ search: code }).length;
			return erp[books[entity]].list({ search: code }).length;
		};
		const code = () => `KIT-${String(number()).padStart(6, '0')}-X`;
		const wrongIn = (entity: ErpEntity): object =>
			entity === 'item'
				? { baseUnit: 'no unit' }
				: entity === 'partner'
					? { email: 'nobody' }
					: { lines: [line('-1')] };
		const making = (name: 'create' | 'upsert', entity: ErpEntity): Work => {
			const requestFor = (given: string, draft: object, expectedVersion?: string): WorkRequest => {
				const sent = { idempotencyKey: `key-${given}`, draft };
				const known = entity === 'item' || entity === 'partner' ? { key: given } : {};
				const other = entity === 'item' || entity === 'partner' ? { name: `Name ${number()}` } : {};
				const [first] = (draft as { lines?: object[] }).lines ?? [];
				const lines = first === undefined ? {} : { lines: [{ ...first, quantity: String(10 + number()) }] };
				return {
					...known,
					sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
					applied: async () => count(entity, given),
					...(name === 'upsert'
						? { next: (version) => requestFor(given, { ...draft, ...other, ...lines }, version) }
						: {}),
				};
			};
			return {
				does: name,
				entity,
				request: async () => {
					const given = code();
					return requestFor(given, draftOf(entity, given));
				},
				refused: async () => {
					const given = code();
					return requestFor(given, { ...draftOf(entity, given), ...wrongIn(entity) });
				},
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity as 'salesOrder',
						requests.map(({ sent }) => sent as CreateRequest<Drafts['salesOrder']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		/** What became of a record, and its version; how often the kit itself changed it. */
		const now = (entity: ErpEntity, key: string): { status?: string; version?: number } => {
			if (entity === 'item') return erp.item(key) ?? {};
			if (entity === 'partner') return erp.partners.get(key) ?? {};
			return (entity === 'salesOrder' ? erp.order(key) : erp[books[entity]].get(key)) ?? {};
		};
		const touched = new Map<string, number>();
		const newRecord = (entity: ErpEntity): string => {
			if (entity === 'salesOrder') return orderOf(9);
			if (entity === 'partner') return newPartner().id;
			if (entity === 'item') return newItem();
			return newDocument(entity).id;
		};
		const newItem = () => erp.createItem({ code: code(), names: { en: 'Desk fan' } }).item.code;
		const order = orderOf(9);
		const newDocument = (entity: keyof typeof books, quantity = '2', price = '29.99') => {
			const lines = [{ item, quantity, unit: 'H87' }];
			const bodies = {
				purchaseOrder: { supplier: 'S-2001', lines },
				delivery: { order, lines },
				invoice: { kind: 'customer', order, currency: 'CNY', lines: [{ item, quantity, price }] },
			};
			return erp[books[entity]].create(bodies[entity]).record;
		};
		const change = (entity: ErpEntity, keys: string[]): void => {
			for (const key of new Set(keys)) {
				touched.set(key, (touched.get(key) ?? 0) + 1);
				const other = `Name ${number()}`;
				if (entity === 'salesOrder') erp.patchOrder(key, { quantities: { '1': String(1_000 + number()) } });
				else if (entity === 'partner') erp.partners.change(key, { name: other });
				else if (entity === 'item') erp.patchItem(key, { names: { en: other } });
				else erp[books[entity]].change(key, { number: other });
			}
		};
		const changing = (entity: ErpEntity): Work => {
			const changes = (): object => {
				if (entity === 'salesOrder') return { lines: [{ line: '1', ...line(String(10 + number())) }] };
				return entity === 'partner' || entity === 'item'
					? { name: `Name ${number()}` }
					: { number: `Number ${number()}` };
			};
			const update = (key: string, expectedVersion?: string): WorkRequest => {
				const sent = { key, idempotencyKey: `key-${number()}`, changes: changes() };
				return {
					key,
					sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
					applied: async () => (now(entity, key).version ?? 0) - 1,
					next: (version) => update(key, version),
				};
			};
			return {
				does: 'update',
				entity,
				request: async () => update(newRecord(entity)),
				refused: async () => {
					const key = newRecord(entity);
					const sent = { key, idempotencyKey: `key-${number()}`, changes: wrongIn(entity) };
					return requestOf(sent, async () => (now(entity, key).version ?? 0) - 1);
				},
				run: async (connector, requests) =>
					(await connector.update?.(
						entity as 'partner',
						requests.map(({ sent }) => sent as UpdateRequest<Drafts['partner']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const acting = (does: 'confirm' | 'cancel', entity: (typeof documents)[number]): Work => {
			const state = does === 'cancel' ? 'cancelled' : reached[entity];
			const requestFor = (key: string): WorkRequest =>
				requestOf(actOn(key, `key-${number()}`), async () => {
					const { status, version = 0 } = now(entity, key);
					return status === state ? version - 1 - (touched.get(key) ?? 0) : 0;
				});
			return {
				does,
				entity,
				request: async () => requestFor(newRecord(entity)),
				refused: async () => {
					if (does === 'cancel') return requestFor('XX-1');
					const key = newRecord(entity);
					if (entity === 'salesOrder') erp.cancelOrder(key);
					else erp[books[entity]].cancel(key);
					return requestFor(key);
				},
				run: (connector, requests) =>
					connector.act(
						entity,
						does,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};
		const documentOf = (entity: 'purchaseOrder' | 'delivery' | 'invoice') => ({
			entity,
			schema: { purchaseOrder: PurchaseOrder, delivery: Delivery, invoice: Invoice }[entity],
			keyOf: ({ key }: { key: string }) => key,
			make: (made: number) => stopped(async () => Array.from({ length: made }, () => newDocument(entity).id)),
			change: async (keys: string[]) => change(entity, keys),
			manyRecords,
			decimals: {
				values: fractions,
				make: async (value: string) =>
					(entity === 'invoice' ? newDocument(entity, '1', value) : newDocument(entity, value)).id,
				read: ({ lines: [first] }: { lines: Array<{ quantity: string; unitPrice?: string }> }) =>
					entity === 'invoice' ? first?.unitPrice : first?.quantity,
			},
		});
		return {
			upstream: company.addresses.erp,
			connect: ({ wrongCredential, ...options }) =>
				new SandboxErp({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
			secrets: [apiKey, wrongKey],
			timeoutMs: 500,
			skewed,
			// The company's clock never runs back, so a jump looks as if it always was so.
			jumped: skewed,
			ignoring: ({ method, path }) => unchanged(company.addresses.erp, method, path),
			entities: [
				{
					entity: 'salesOrder',
					schema: SalesOrder,
					keyOf: ({ key }) => key,
					make: (made) =>
						stopped(async () =>
							ids(
								erp.createOrders(
									Array.from({ length: made }, (_, index) => ({
										lines: [{ item, quantity: String(index + 1) }],
									})),
								),
							),
						),
					change: async (keys) => change('salesOrder', keys),
					manyRecords,
					decimals: {
						values: fractions,
						make: async (quantity) => erp.createOrder({ lines: [{ item, quantity }] }).order.id,
						read: ({ lines }) => lines[0]?.quantity,
					},
				},
				...(['purchaseOrder', 'delivery', 'invoice'] as const).map(documentOf),
				{
					entity: 'item',
					schema: Item,
					keyOf: (record) => record.code,
					make: (made) => stopped(async () => Array.from({ length: made }, newItem)),
					change: async (keys) => change('item', keys),
					manyRecords,
				},
				{
					entity: 'partner',
					schema: Partner,
					keyOf: (record) => record.code,
					make: (made) => stopped(async () => Array.from({ length: made }, () => newPartner().id)),
					change: async (keys) => change('partner', keys),
					manyRecords,
				},
			] as Subject['entities'],
			works: [
				...erpEntities.flatMap((entity) => [
					making('create', entity),
					making('upsert', entity),
					changing(entity),
				]),
				...documents.flatMap((entity) => [acting('confirm', entity), acting('cancel', entity)]),
			],
			close,
		};
	},
);
