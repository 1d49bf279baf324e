import { z } from 'zod/v4';

import type { TrytonSession } from '../../../connectors/tryton/session';
import type { TrytonWms } from '../../../connectors/tryton/trytonWms';
import { Movement } from '../../../core/model/movement';
import { Receipt } from '../../../core/model/receipt';
import { Shipment } from '../../../core/model/shipment';
import type { ActRequest, CreateRequest, Drafts, NoInput } from '../../../core/ports/systemConnector';
import { matchOf } from '../../connectors/sandboxFixture';
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { byNumber, manyRecords, numbersOf } from './conformanceSubject';

/** What the documents of a Tryton warehouse need of the warehouse itself. */
export interface WarehouseFloor {
	people(): TrytonSession;
	/** the connector, for what only it can begin */
	own: TrytonWms;
	/** new articles of which so much is there */
	stocked(count: number, quantity: string, unit?: string): Promise<string[]>;
	newOrder(): string;
	/** shipments for new orders, as people draft them; the orders */
	drafted(count: number, quantity?: string, code?: string): Promise<string[]>;
	/** numbers of the customer shipments of these orders */
	shipments(orders: string[]): Promise<number[]>;
	weights: string[];
	/** an article by weight, with plenty of stock */
	powder: string;
	/** an article of which there is plenty */
	many: string;
}

const Numbered = z.object({ id: z.number().int() });

/** Shipments, receipts and movements of the warehouse for the kit. */
export function documentEntities(floor: WarehouseFloor): Subject['entities'] {
	const { people } = floor;
	const changeMoves = async (model: string, keys: string[]) => {
		const moves = await people().searchIn(
			'stock.move',
			Numbered.extend({ quantity: z.number() }),
			'shipment',
			keys.map((key) => `${model},${key}`),
		);
		await people().call(
			'model.stock.move.write',
			moves.flatMap(({ id, quantity }) => [[id], { quantity: quantity + 1 }]),
		);
	};
	const remove = async (model: string, keys: string[]) => {
		await people().press(model, 'cancel', keys.map(Number));
		await people().call(`model.${model}.delete`, [keys.map(Number)]);
	};
	const shipmentsOf = async (orders: string[]) => (await floor.shipments(orders)).map(String);
	return [
		{
			entity: 'shipment',
			schema: Shipment,
			keyOf: ({ key }) => key,
			compare: byNumber,
			make: async (count) => shipmentsOf(await floor.drafted(count)),
			change: (keys) => changeMoves('stock.shipment.out', keys),
			remove: (keys) => remove('stock.shipment.out', keys),
			manyRecords,
			decimals: {
				values: floor.weights,
				make: async (value) => (await shipmentsOf(await floor.drafted(1, value, floor.powder)))[0] ?? '',
				read: ({ lines }) => lines[0]?.quantity,
			},
		},
		{
			entity: 'receipt',
			schema: Receipt,
			keyOf: ({ key }) => key,
			compare: byNumber,
			make: async (count) => (await expected(floor, count)).map(String),
			change: (keys) => changeMoves('stock.shipment.in', keys),
			remove: (keys) => remove('stock.shipment.in', keys),
			manyRecords,
			decimals: {
				values: floor.weights,
				make: async (value) => String((await expected(floor, 1, value, floor.powder))[0]),
				read: ({ lines }) => lines[0]?.quantity,
			},
		},
		{
			entity: 'movement',
			schema: Movement,
			keyOf: ({ key }) => key,
			compare: byNumber,
			make: async (count) => {
				const codes = await floor.stocked(count, '3');
				return (await numbersOf(people(), 'stock.move', 'product.code', codes)).map(String);
			},
			manyRecords,
			decimals: {
				values: floor.weights,
				make: async (value) => {
					const codes = await floor.stocked(1, value, 'kg');
					return String((await numbersOf(people(), 'stock.move', 'product.code', codes))[0]);
				},
				read: ({ quantity }) => quantity,
			},
		},
	];
}

/** The actions on shipments and receipts, and what makes them. */
export function documentWorks(floor: WarehouseFloor): Work[] {
	const { people } = floor;
	const stateOf = async (model: string, id: string) =>
		(await people().search(model, Numbered.extend({ state: z.string() }), [['id', '=', Number(id)]]))[0]
			?.state;
	const acting = (
		entity: 'shipment' | 'receipt',
		does: 'ship' | 'cancel' | 'receive',
		end: string,
		begin: () => Promise<string>,
	): Work => {
		const model = entity === 'shipment' ? 'stock.shipment.out' : 'stock.shipment.in';
		const requestFor = (key: string): WorkRequest => ({
			key,
			sent: { key, idempotencyKey: `${does}/${key}`, input: {} },
			applied: async () => ((await stateOf(model, key)) === end ? 1 : 0),
		});
		return {
			does,
			entity,
			stride: 4,
			otherVersion: '2000-01-01T00:00:00.000000Z',
			request: async () => requestFor(await begin()),
			refused: async () => requestFor('999999999'),
			run: async (connector, requests) => {
				const sent = requests.map((request) => request.sent as ActRequest<NoInput>);
				return entity === 'shipment'
					? connector.act('shipment', does as 'ship', sent)
					: connector.act('receipt', does as 'receive', sent);
			},
		};
	};
	const reserved = async (): Promise<string> => {
		const order = floor.newOrder();
		const [outcome] = await floor.own.act('reservation', 'match', [matchOf(order, 1, { [floor.many]: '2' })]);
		if (outcome !== undefined && 'error' in outcome) throw outcome.error;
		return order;
	};
	const reservedShipment = async () => String((await floor.shipments([await reserved()]))[0]);
	const announced = async () => String((await expected(floor, 1))[0]);
	const making = (
		entity: 'shipment' | 'receipt',
		request: Work['request'],
		refused: Work['refused'],
	): Work => ({
		does: 'create',
		entity,
		stride: 5,
		request,
		refused,
		run: async (connector, requests) =>
			(await connector.create?.(
				entity,
				requests.map(({ sent }) => sent as CreateRequest<Drafts['shipment']>),
			)) ?? [],
	});
	const shipmentRequest = (order: string): WorkRequest => ({
		sent: { idempotencyKey: `make/${order}`, draft: { order, lines: [] } },
		applied: async () => {
			const states = await Promise.all(
				(await floor.shipments([order])).map((id) => stateOf('stock.shipment.out', String(id))),
			);
			return states.filter((state) => state === 'picked').length;
		},
	});
	const receiptRequest = (order: string, item: string): WorkRequest => ({
		sent: { idempotencyKey: `announce/${order}`, draft: { order, lines: [{ item, quantity: '4' }] } },
		applied: async () =>
			(
				await people().search('stock.shipment.in', Numbered, [
					['reference', 'like', `order ${order} (%`],
					['state', '=', 'draft'],
				])
			).length,
	});
	return [
		acting('shipment', 'ship', 'done', reservedShipment),
		acting('shipment', 'cancel', 'cancelled', reservedShipment),
		acting('receipt', 'receive', 'done', announced),
		acting('receipt', 'cancel', 'cancelled', announced),
		making(
			'shipment',
			async () => shipmentRequest(await reserved()),
			async () => shipmentRequest(floor.newOrder()),
		),
		making(
			'receipt',
			async () => receiptRequest(floor.newOrder(), floor.many),
			async () => receiptRequest(floor.newOrder(), 'NO-SUCH-ITEM'),
		),
	];
}

/** Supplier shipments, as people draft them, all in one transaction. */
async function expected(
	{ people, many }: WarehouseFloor,
	count: number,
	quantity = '1',
	code = many,
): Promise<number[]> {
	const session = people();
	const Place = Numbered.extend({ code: z.string().nullable() });
	const places = await session.search('stock.location', Place, [['code', 'in', ['WH', 'IN', 'SUP']]]);
	const place = (name: string) => places.find((found) => found.code === name)?.id;
	const [supplier] = await session.search('party.party', Numbered, [['code', '=', 'RETAIL']]);
	const Product = Numbered.extend({ default_uom: z.number().int() });
	const [product] = await session.search('product.product', Product, [['code', '=', code]]);
	const company = await session.company();
	return session.create(
		'stock.shipment.in',
		Array.from({ length: count }, () => ({
			company,
			warehouse: place('WH'),
			supplier: supplier?.id,
			moves: [
				[
					'create',
					[
						{
							product: product?.id,
							uom: product?.default_uom,
							quantity: Number(quantity),
							from_location: place('SUP'),
							to_location: place('IN'),
							company,
							unit_price: { __class__: 'Decimal', decimal: '5' },
						},
					],
				],
			],
		})),
	);
}
