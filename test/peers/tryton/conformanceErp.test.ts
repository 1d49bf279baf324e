import { z } from 'zod/v4';

import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import { Item } from '../../../core/model/item';
import { Partner } from '../../../core/model/partner';
import { SalesOrder } from '../../../core/model/salesOrder';
import type { ActRequest, NoInput } from '../../../core/ports/systemConnector';
import type { Subject, Work, WorkRequest } from '../../conformance/connector/subject';
import { connectorConformance } from '../../conformance/connector/suite';
import { createItems, draftSales, linesOf, sessionOf, writeLines } from './company';
import {
	byNumber,
	ignoringButtons,
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

connectorConformance(
	'Tryton as ERP',
	{
		entities: {
			salesOrder: {},
			item: { cannot: { decimals: 'ratios of units belong to the units' } },
			partner: { cannot: { decimals: 'a partner has none' } },
		},
		works: { 'confirm salesOrder': {}, 'cancel salesOrder': {} },
	},
	async () => {
		const server = await startTryton({ erp: 'erp' });
		const people = () => sessionOf(server.url, 'erp');
		await createItems(people(), [{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' }]);
		let last = 0;
		const Party = z.object({ id: z.number().int(), code: z.string() });
		const parties = new Map(
			(await people().search('party.party', Party, [])).map(({ id, code }) => [code, id]),
		);
		const writeParties = async (codes: string[], values: object) => {
			const ids = await numbersOf(people(), 'party.party', 'code', codes);
			await people().call('model.party.party.write', [ids, values]);
		};
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
				does: name,
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
			ignoring: ignoringButtons('quote', 'confirm', 'cancel'),
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
					remove: async (keys) => {
						const sales = keys.map(Number);
						await people().press('sale.sale', 'cancel', sales);
						await people().call('model.sale.sale.delete', [sales]);
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
					change: (codes) => writeItems(people(), codes, { name: `Article ${(last += 1)}` }),
					remove: (codes) => retireItems(people(), codes),
					manyRecords,
				},
				{
					entity: 'partner',
					schema: Partner,
					keyOf: ({ code }) => code,
					// Tryton sorts codes of parties by length, so the list follows the parties' numbers.
					compare: (a, b) => (parties.get(a) ?? 0) - (parties.get(b) ?? 0),
					make: async (count) => {
						const codes = Array.from({ length: count }, () => `T-${100_000 + (last += 1)}`);
						const made = await people().create(
							'party.party',
							codes.map((code) => ({ code, name: `Partner ${code}` })),
						);
						codes.forEach((code, index) => parties.set(code, made[index] ?? 0));
						return codes;
					},
					change: (codes) => writeParties(codes, { name: `Partner ${(last += 1)}` }),
					remove: (codes) => writeParties(codes, { active: false }),
					manyRecords,
				},
			] as Subject['entities'],
			works: [acting('confirm'), acting('cancel')],
			close: () => server.remove(),
		};
	},
);
