import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonWms } from '../../../connectors/tryton/trytonWms';
import { Item } from '../../../core/model/item';
import { Reservation, StockLevel } from '../../../core/model/reservation';
import type { ActRequest, ReservationMatch } from '../../../core/ports/systemConnector';
import { matchOf } from '../../connectors/sandboxFixture';
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { connectorConformance } from '../../conformance/connector/suite';
import { countStock, createItems, sessionOf } from './company';
import {
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
import { documentEntities, documentWorks, type WarehouseFloor } from './conformanceWmsDocuments';
import { startTryton, trytonPassword, trytonUser } from './server';

jest.setTimeout(240_000);

/** Tryton keeps quantities as binary floats, and two digits of a kilogram. */
const weights = ['0.3', '0.1', '0.7', '4.35', '1.01', '1234567.89'];

connectorConformance(
	'Tryton as WMS',
	{
		entities: {
			item: { cannot: { decimals: 'ratios of units belong to the units' } },
			stockLevel: {},
			reservation: {},
			shipment: {},
			receipt: {},
			movement: {
				cannot: {
					change: 'what happened does not change',
					remove: 'what happened is not taken away',
				},
			},
		},
		works: {
			'match reservation': {},
			'ship shipment': {},
			'cancel shipment': {},
			'create shipment': { cannot: { version: 'it is not there yet' } },
			'receive receipt': {},
			'cancel receipt': {},
			'create receipt': { cannot: { version: 'it is not there yet' } },
		},
	},
	async () => {
		const server = await startTryton({ wms: 'wms' }, { movableClock: true });
		const people = () => sessionOf(server.url, 'wms');
		let last = 0;
		const order = () => `K${999_999 - (last += 1)}`;
		/** Articles of which so much is there. */
		const stocked = async (count: number, quantity: string, unit = 'u'): Promise<string[]> => {
			const codes = Array.from({ length: count }, () => `W-${999_999 - (last += 1)}`);
			await createItems(
				people(),
				codes.map((code) => ({ code, name: `Article ${code}`, unit })),
			);
			if (Number(quantity) > 0) {
				await countStock(people(), Object.fromEntries(codes.map((code) => [code, Number(quantity)])));
			}
			return codes;
		};
		const Move = z.object({ id: z.number(), quantity: z.number() });
		/** What Tryton's own moves hold of an article. */
		const assigned = async (code: string): Promise<number> =>
			(
				await people().search('stock.move', Move, [
					['product.code', '=', code],
					['state', '=', 'assigned'],
				])
			).reduce((sum, { quantity }) => sum + quantity, 0);
		const [many = ''] = await stocked(1, '1000000');
		const [powder = ''] = await stocked(1, '100000000', 'kg');
		/** Customer shipments for new orders, as people draft them; the orders. */
		const drafted = async (count: number, quantity = '1', code = many): Promise<string[]> => {
			const orders = Array.from({ length: count }, order);
			await people().create(
				'stock.shipment.out',
				await shipmentsFor(
					people(),
					orders.map((key) => `order ${key}`),
					code,
					Number(quantity),
				),
			);
			return orders;
		};
		const shipments = (orders: string[]) =>
			numbersOf(
				people(),
				'stock.shipment.out',
				'reference',
				orders.map((key) => `order ${key}`),
			);
		const floor: WarehouseFloor = {
			people,
			own: new TrytonWms({
				system: 'tryton-wms',
				url: server.url,
				database: 'wms',
				user: trytonUser,
				password: trytonPassword,
				transport: axiosTransport(),
			}),
			stocked,
			newOrder: order,
			drafted,
			shipments,
			weights,
			powder,
			many,
		};
		const match: Work = {
			does: 'match',
			stride: 5,
			entity: 'reservation',
			request: async () => {
				const [code = ''] = await stocked(1, '100');
				const key = order();
				return requestOf(
					matchOf(key, 1, { [code]: '7' }),
					async () => (await assigned(code)) / 7,
					(expectedVersion) => {
						last += 1;
						return requestOf(
							matchOf(key, 1 + last, { [code]: String(1 + (last % 90)) }, { expectedVersion }),
							async () => 1,
						);
					},
				);
			},
			refused: async () =>
				requestOf(matchOf(order(), 1, { 'NO-SUCH-ITEM': '1' }), async () => assigned('NO-SUCH-ITEM')),
			run: (connector, requests) =>
				connector.act(
					'reservation',
					'match',
					requests.map(({ sent }) => sent as ActRequest<ReservationMatch>),
				),
		};
		return {
			upstream: server.url,
			connect: ({ wrongCredential, ...options }) =>
				new TrytonWms({
					...options,
					system: 'tryton-wms',
					database: 'wms',
					user: trytonUser,
					password: wrongCredential ? wrongPassword : trytonPassword,
				}),
			secrets,
			timeoutMs: 3_000,
			skewed,
			jumped: jumped(server),
			ignoring: ignoringButtons('wait', 'assign_try', 'pick', 'pack', 'done', 'cancel', 'receive'),
			entities: [
				{
					entity: 'item',
					schema: Item,
					keyOf: ({ code }) => code,
					make: (count) => stocked(count, '0'),
					change: (codes) => writeItems(people(), codes, { name: `Article ${(last += 1)}` }),
					remove: (codes) => retireItems(people(), codes),
					manyRecords,
				},
				{
					entity: 'stockLevel',
					schema: StockLevel,
					keyOf: ({ item }) => item,
					make: (count) => stocked(count, '3'),
					change: async (codes) => {
						last += 1;
						await countStock(people(), Object.fromEntries(codes.map((code) => [code, 3 + last])));
					},
					remove: (codes) => retireItems(people(), codes),
					manyRecords,
					decimals: {
						values: weights,
						make: async (value) => (await stocked(1, value, 'kg'))[0] ?? '',
						read: ({ onHand }) => onHand,
					},
				},
				{
					entity: 'reservation',
					schema: Reservation,
					keyOf: (reservation) => reservation.order,
					make: drafted,
					change: async (orders) => {
						last += 1;
						const moves = await people().searchIn(
							'stock.move',
							Move,
							'shipment',
							(await shipments(orders)).map((id) => `stock.shipment.out,${id}`),
						);
						await people().call('model.stock.move.write', [
							moves.map(({ id }) => id),
							{ quantity: 1 + last },
						]);
					},
					remove: async (orders) => {
						const ids = await shipments(orders);
						await people().press('stock.shipment.out', 'cancel', ids);
						await people().call('model.stock.shipment.out.delete', [ids]);
					},
					manyRecords,
					decimals: {
						values: weights,
						make: async (value) => (await drafted(1, value, powder))[0] ?? '',
						read: ({ lines }) => lines[0]?.requested,
					},
				},
				...documentEntities(floor),
			] as Subject['entities'],
			works: [match, ...documentWorks(floor)],
			close: () => server.remove(),
		};
	},
);

function requestOf(
	sent: ActRequest<ReservationMatch>,
	applied: () => Promise<number>,
	next?: (expectedVersion: string) => WorkRequest,
): WorkRequest {
	return { key: sent.key, sent, applied, ...(next === undefined ? {} : { next }) };
}
