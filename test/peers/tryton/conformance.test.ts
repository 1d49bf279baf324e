import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import { TrytonWms } from '../../../connectors/tryton/trytonWms';
import { Item } from '../../../core/model/item';
import { Partner } from '../../../core/model/partner';
import { Reservation, StockLevel } from '../../../core/model/reservation';
import { SalesOrder } from '../../../core/model/salesOrder';
import type { ActRequest, NoInput, ReservationMatch } from '../../../core/ports/systemConnector';
import { matchOf } from '../../connectors/sandboxFixture';
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { connectorConformance } from '../../conformance/connector/suite';
import { countStock, createItems, draftSales, linesOf, sessionOf, writeLines } from './company';
import { startTryton, trytonPassword, trytonUser } from './server';

jest.setTimeout(240_000);

const wrongPassword = 'the password of nobody';
const secrets = [trytonPassword, wrongPassword];
const byNumber = (a: string, b: string) => Number(a) - Number(b);
/** More than the connector reads in one page of changes. */
const manyRecords = 120;

/** Tryton's clock is that of its own process; ours is the one that is moved. */
async function skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T> {
	const now = Date.now.bind(Date);
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - offsetMs);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

/** Decimals of at most 15 digits, which is what Tryton's SQLite keeps, and 4 after the point, as a price has. */
const prices = ['0.3', '0.1', '0.7', '1.005', '4.35', '0.0001', '12345678901.2345', '99999999999.9999'];

connectorConformance(
	'Tryton as ERP',
	{ entities: ['salesOrder', 'item', 'partner'], works: ['confirm', 'cancel'] },
	async () => {
		const server = await startTryton({ erp: 'erp' });
		const people = () => sessionOf(server.url, 'erp');
		await createItems(people(), [{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' }]);
		let last = 0;
		const State = z.object({ id: z.number(), state: z.string() });
		const acting = (name: 'confirm' | 'cancel'): Work => {
			const requestFor = async (sent: number): Promise<WorkRequest> => {
				const key = String(sent);
				return {
					key,
					sent: { key, idempotencyKey: `${name}/${key}`, input: {} },
					applied: async () => {
						const [row] = await people().search('sale.sale', State, [['id', '=', sent]]);
						return row?.state === (name === 'confirm' ? 'confirmed' : 'cancelled') ? 1 : 0;
					},
				};
			};
			return {
				name,
				entity: 'salesOrder',
				stride: 3,
				request: async () => requestFor((await draftSales(people(), [sale()]))[0] ?? 0),
				refused: () => requestFor(999_999_999),
				run: (connector, requests) =>
					connector.act(
						'salesOrder',
						name,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};
		const sale = (price = '10.00') => ({ lines: [{ code: 'KETTLE', quantity: 1, price }] });
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
			entities: [
				{
					entity: 'salesOrder',
					schema: SalesOrder,
					keyOf: ({ key }) => key,
					compare: byNumber,
					make: async (count) =>
						(
							await draftSales(
								people(),
								Array.from({ length: count }, () => sale()),
							)
						).map(String),
					change: async (keys) => {
						last += 1;
						const lines = await linesOf(people(), [...new Set(keys)].map(Number));
						await writeLines(people(), new Map([...lines.values()].flat().map((line) => [line, 10 + last])));
					},
					manyRecords,
					decimals: {
						values: prices,
						make: async (price) => String((await draftSales(people(), [sale(price)]))[0]),
						read: ({ lines }) => lines[0]?.unitPrice,
					},
				},
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
				},
				{
					entity: 'partner',
					// Tryton sorts codes of parties by length, so the list follows the parties' numbers: here codes rise with them.
					schema: Partner,
					keyOf: ({ code }) => code,
					make: async (count) => {
						const codes = Array.from({ length: count }, () => `T-${100_000 + (last += 1)}`);
						await people().create(
							'party.party',
							codes.map((code) => ({ code, name: `Partner ${code}` })),
						);
						return codes;
					},
				},
			] as Subject['entities'],
			works: [acting('confirm'), acting('cancel')],
			close: () => server.remove(),
		};
	},
);

connectorConformance(
	'Tryton as WMS',
	{ entities: ['item', 'stockLevel', 'reservation'], works: ['match a reservation'] },
	async () => {
		const server = await startTryton({ wms: 'wms' });
		const people = () => sessionOf(server.url, 'wms');
		let last = 0;
		const order = () => `K${999_999 - (last += 1)}`;
		const stocked = async (quantity: number): Promise<string> => {
			const code = `W-${999_999 - (last += 1)}`;
			await createItems(people(), [{ code, name: `Article ${code}` }]);
			if (quantity > 0) await countStock(people(), { [code]: quantity });
			return code;
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
		const own = new TrytonWms({
			system: 'tryton-wms',
			url: server.url,
			database: 'wms',
			user: trytonUser,
			password: trytonPassword,
			transport: axiosTransport(),
		});
		const many = await stocked(1_000_000);
		const match: Work = {
			name: 'match a reservation',
			stride: 5,
			entity: 'reservation',
			request: async () => {
				const code = await stocked(100);
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
			entities: [
				{
					entity: 'item',
					schema: Item,
					keyOf: ({ code }) => code,
					make: (count) => several(count, () => stocked(0)),
				},
				{
					entity: 'stockLevel',
					schema: StockLevel,
					keyOf: ({ item }) => item,
					make: (count) => several(count, () => stocked(3)),
				},
				{
					entity: 'reservation',
					schema: Reservation,
					keyOf: (reservation) => reservation.order,
					make: async (count) => {
						const outcomes = await own.act(
							'reservation',
							'match',
							Array.from({ length: count }, () => matchOf(order(), 1, { [many]: '1' })),
						);
						return outcomes.map((outcome) => {
							if ('error' in outcome) throw outcome.error;
							return outcome.key;
						});
					},
				},
			] as Subject['entities'],
			works: [match],
			close: () => server.remove(),
		};
	},
);

async function several(count: number, make: () => Promise<string>): Promise<string[]> {
	const made: string[] = [];
	while (made.length < count) made.push(await make());
	return made;
}

function requestOf(
	sent: ActRequest<ReservationMatch>,
	applied: () => Promise<number>,
	next?: (expectedVersion: string) => WorkRequest,
): WorkRequest {
	return { key: sent.key, sent, applied, ...(next === undefined ? {} : { next }) };
}
