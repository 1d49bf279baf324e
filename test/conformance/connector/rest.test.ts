import { RestSystem } from '../../../connectors/rest/restSystem';
import { SalesOrder } from '../../../core/model/salesOrder';
import type { ActRequest, NoInput } from '../../../core/ports/systemConnector';
import { description, key, order, startJsonServer } from '../../connectors/restJsonServer';
import { connectorConformance } from './suite';
import type { WorkRequest } from './subject';

const paging = { style: 'page', parameter: '_page', size: { parameter: '_limit', value: 100 } };

connectorConformance(
	'REST system (json-server)',
	{ entities: { salesOrder: {} }, works: { 'confirm salesOrder': {} } },
	async () => {
		const server = await startJsonServer([order(1)]);
		const make = (count: number, quantity?: number): string[] => {
			const modified = new Date().toISOString();
			return Array.from({ length: count }, () => {
				const made = order(server.orders.length + 1, modified);
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
		return {
			upstream: server.url,
			connect: ({ url, transport, timeoutMs, wrongCredential = false }) => {
				const described = description(url, paging);
				const { salesOrder } = described.entities;
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
				const now = Date.now.bind(Date);
				const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
				try {
					return await work();
				} finally {
					clock.mockRestore();
				}
			},
			entities: [
				{
					entity: 'salesOrder',
					schema: SalesOrder,
					keyOf: (record) => record.key,
					compare: (a, b) => Number(a) - Number(b),
					make: async (count) => await Promise.resolve(make(count)),
					change: async (keys) => {
						const modified = new Date().toISOString();
						for (const id of keys) {
							const one = found(id);
							if (one !== undefined) Object.assign(one, { no: `${one.no}*`, modified });
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
			],
			close: async () => await server.close(),
		};
	},
);
