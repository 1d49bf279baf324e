import { RestSystem } from '../../../connectors/rest/restSystem';
import { SalesOrder } from '../../../core/model/salesOrder';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	NoInput,
	UpdateRequest,
	UpsertRequest,
} from '../../../core/ports/systemConnector';
import { description, key, order, startJsonServer } from '../../connectors/restJsonServer';
import { connectorConformance } from './suite';
import type { WorkRequest } from './subject';

const paging = { style: 'page', parameter: '_page', size: { parameter: '_limit', value: 100 } };

connectorConformance(
	'REST system (json-server)',
	{
		entities: { salesOrder: {} },
		works: {
			'confirm salesOrder': {},
			'create salesOrder': {},
			'update salesOrder': {},
			'upsert salesOrder': {},
		},
	},
	async () => {
		const server = await startJsonServer([order(1)]);
		/** the server's own clock: it does not follow ours when that is moved */
		let offset = 0;
		const now = () => new Date(performance.timeOrigin + performance.now() + offset).toISOString();
		const make = (count: number, quantity?: number): string[] => {
			const modified = now();
			return Array.from({ length: count }, () => {
				const made = order(Math.max(...server.orders.map(({ id }) => id)) + 1, modified);
				if (quantity !== undefined) made.positions = [{ pos: 1, article: 'PEN', qty: quantity }];
				server.orders.push(made);
				return String(made.id);
			});
		};
		const found = (id: string) => server.orders.find((one) => String(one.id) === id);
		const request = (id: string): WorkRequest => ({
			key: id,
			sent: { key: id, idempotencyKey: `confirm ${id}`, input: {} } satisfies ActRequest<NoInput>,
			applied: async () => await Promise.resolve(found(id)?.status === 'firm' ? 1 : 0),
		});
		let last = 0;
		const draft = (quantity: number, code = 'PEN'): Drafts['salesOrder'] => ({
			number: 'W-1',
			partner: { code: 'B1', name: 'Buyer 1' },
			lines: [{ item: { code }, quantity: String(quantity), unit: 'H87' }],
		});
		const madeUnder = (ref: string) => server.orders.filter((one) => one.ref === ref).length;
		const creation = (code = 'PEN'): WorkRequest => {
			const idempotencyKey = `web-${(last += 1)}`;
			const sent: CreateRequest<Drafts['salesOrder']> = { idempotencyKey, draft: draft(last, code) };
			return { sent, applied: async () => await Promise.resolve(madeUnder(idempotencyKey)) };
		};
		/** How many orders have this quantity, which no other has. */
		const ordered = (quantity: number) =>
			server.orders.filter(({ positions }) => positions[0]?.qty === quantity).length;
		const change = (id: string, expectedVersion?: string): WorkRequest => {
			const quantity = 10_000_000 + (last += 1);
			const sent: UpdateRequest<Drafts['salesOrder']> = {
				key: id,
				changes: { lines: draft(quantity).lines },
				...(expectedVersion === undefined ? {} : { expectedVersion }),
			};
			return {
				key: id,
				sent,
				applied: async () => await Promise.resolve(ordered(quantity)),
				next: (version) => change(id, version),
			};
		};
		/** Of an order that is there already under its key. */
		const replacement = (code = 'PEN'): WorkRequest => {
			const quantity = 20_000_000 + (last += 1);
			const [id = ''] = make(1);
			const idempotencyKey = `web-${last}`;
			Object.assign(found(id) ?? {}, { ref: idempotencyKey });
			const request = (amount: number, expectedVersion?: string): WorkRequest => {
				const sent: UpsertRequest<Drafts['salesOrder']> = {
					idempotencyKey,
					draft: draft(amount, code),
					...(expectedVersion === undefined ? {} : { expectedVersion }),
				};
				return {
					sent,
					applied: async () => await Promise.resolve(ordered(amount)),
					next: (version) => request(30_000_000 + (last += 1), version),
				};
			};
			return request(quantity);
		};
		return {
			upstream: server.url,
			connect: ({ url, transport, timeoutMs, wrongCredential = false }) => {
				const described = description(url, paging);
				const { salesOrder } = described.entities;
				salesOrder.mapping = salesOrder.mapping.replace('{', '{"revision": modified, ');
				return new RestSystem({
					description: { ...described, entities: { salesOrder } },
					transport: async (sent) =>
						await transport({
							...sent,
							timeoutMs,
							headers: { ...sent.headers, 'x-key': wrongCredential ? 'a-key-of-nobody' : key },
						}),
				});
			},
			secrets: [key],
			skewed: async (offsetMs, work) => {
				const ours = Date.now.bind(Date);
				const clock = jest.spyOn(Date, 'now').mockImplementation(() => ours() - offsetMs);
				try {
					return await work();
				} finally {
					clock.mockRestore();
				}
			},
			jumped: async (offsetMs, work) => {
				offset = offsetMs;
				try {
					return await work();
				} finally {
					offset = 0;
				}
			},
			ignoring: async ({ method }) => await Promise.resolve(method === 'GET' ? undefined : '{}'),
			entities: [
				{
					entity: 'salesOrder',
					schema: SalesOrder,
					keyOf: (record) => record.key,
					compare: (a, b) => Number(a) - Number(b),
					make: async (count) => await Promise.resolve(make(count)),
					change: async (keys) => {
						const modified = now();
						for (const id of keys) {
							const one = found(id);
							if (one !== undefined) Object.assign(one, { no: `${one.no}*`, modified });
						}
						await Promise.resolve();
					},
					remove: async (keys) => {
						for (const id of keys) {
							const at = server.orders.findIndex((one) => String(one.id) === id);
							if (at >= 0) server.orders.splice(at, 1);
						}
						await Promise.resolve();
					},
					manyRecords: 600,
					decimals: {
						values: ['0.3', '0.1', '0.7', '1.005', '4.35', '0.001', '123456789.123'],
						make: async (value) => await Promise.resolve(make(1, Number(value))[0] ?? ''),
						read: (record) => record.lines[0]?.quantity,
					},
				},
			],
			works: [
				{
					does: 'confirm',
					entity: 'salesOrder',
					request: async () => await Promise.resolve(request(make(1)[0] ?? '')),
					refused: async () => await Promise.resolve(request('no such order')),
					run: async (connector, requests) =>
						await connector.act(
							'salesOrder',
							'confirm',
							requests.map(({ sent }) => sent as ActRequest<NoInput>),
						),
				},
				{
					does: 'create',
					entity: 'salesOrder',
					request: async () => await Promise.resolve(creation()),
					refused: async () => await Promise.resolve(creation('refused')),
					run: async (connector, requests) =>
						(await connector.create?.(
							'salesOrder',
							requests.map(({ sent }) => sent as CreateRequest<Drafts['salesOrder']>),
						)) ?? [],
				},
				{
					does: 'update',
					entity: 'salesOrder',
					request: async () => await Promise.resolve(change(make(1)[0] ?? '')),
					refused: async () => await Promise.resolve(change('no such order')),
					run: async (connector, requests) =>
						(await connector.update?.(
							'salesOrder',
							requests.map(({ sent }) => sent as UpdateRequest<Drafts['salesOrder']>),
						)) ?? [],
				},
				{
					does: 'upsert',
					entity: 'salesOrder',
					request: async () => await Promise.resolve(replacement()),
					refused: async () => await Promise.resolve(replacement('refused')),
					run: async (connector, requests) =>
						(await connector.upsert?.(
							'salesOrder',
							requests.map(({ sent }) => sent as UpsertRequest<Drafts['salesOrder']>),
						)) ?? [],
				},
			],
			close: async () => await server.close(),
		};
	},
);
