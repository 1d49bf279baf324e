import { z } from 'zod/v4';

import type { TrytonSession } from '../../../connectors/tryton/session';
import type { ProxiedCall, Subject } from '../../conformance/connector/subject';
import { trytonPassword, type TrytonServer } from './server';

/* What the conformance tests of Tryton as ERP and as WMS share. */

export const wrongPassword = 'the password of nobody';
export const secrets = [trytonPassword, wrongPassword];
export const byNumber = (a: string, b: string) => Number(a) - Number(b);
/** More than the connector reads in one page of changes. */
export const manyRecords = 120;

/** Ours is the clock that is moved, so that all of Tryton's stamps are off it alike. */
export async function skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T> {
	const now = Date.now.bind(Date);
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - offsetMs);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

/** The server's own clock, from which SQLite in it takes the stamps of rows, jumps; its sessions may expire by that. */
export function jumped(server: TrytonServer): Subject['jumped'] {
	return async (offsetMs, work) => {
		await server.moveClock(offsetMs);
		try {
			return await work();
		} finally {
			await server.moveClock(0);
		}
	};
}

/** Tryton answers a button that it ignores with null, as one that worked. `buttons` are those of the actions. */
export function ignoringButtons(...buttons: string[]): (call: ProxiedCall) => Promise<string | undefined> {
	return async ({ body }) => {
		const { id, method } = JSON.parse(body) as { id: number; method: string };
		const button = method.split('.').at(-1) ?? '';
		return buttons.includes(button) ? JSON.stringify({ id, result: null }) : undefined;
	};
}

/** Gives the articles' templates these values, all in one transaction. */
export async function writeItems(session: TrytonSession, codes: string[], values: object): Promise<void> {
	const Variant = z.object({ id: z.number().int(), template: z.number().int() });
	const found = await session.searchIn('product.product', Variant, 'code', codes);
	await session.call('model.product.template.write', [found.map(({ template }) => template), values]);
}

/** Sets articles aside, as people do with what is no longer sold. */
export async function retireItems(session: TrytonSession, codes: string[]): Promise<void> {
	await session.call('model.product.product.write', [
		await numbersOf(session, 'product.product', 'code', codes),
		{ active: false },
	]);
}

/** Customer shipments as a person fills them in; Tryton wants a price on what leaves. `origin` is the line of a sale. */
export async function shipmentsFor(
	session: TrytonSession,
	references: string[],
	code: string,
	quantity: number,
	origin?: string,
): Promise<Array<Record<string, unknown>>> {
	const Place = z.object({ id: z.number().int(), code: z.string().nullable() });
	const places = await session.search('stock.location', Place, [['code', 'in', ['WH', 'OUT', 'CUS']]]);
	const place = (name: string) => places.find((found) => found.code === name)?.id;
	const Customer = z.object({ id: z.number().int(), addresses: z.array(z.number().int()) });
	const [customer] = await session.search('party.party', Customer, [['code', '=', 'RETAIL']]);
	const Product = z.object({ id: z.number().int(), default_uom: z.number().int() });
	const [product] = await session.search('product.product', Product, [['code', '=', code]]);
	const company = await session.company();
	return references.map((reference) => ({
		reference,
		company,
		warehouse: place('WH'),
		customer: customer?.id,
		delivery_address: customer?.addresses[0],
		moves: [
			[
				'create',
				[
					{
						product: product?.id,
						uom: product?.default_uom,
						quantity,
						from_location: place('OUT'),
						to_location: place('CUS'),
						company,
						unit_price: { __class__: 'Decimal', decimal: '0' },
						...(origin === undefined ? {} : { origin }),
					},
				],
			],
		],
	}));
}

export async function numbersOf(
	session: TrytonSession,
	model: string,
	field: string,
	values: string[],
): Promise<number[]> {
	const found = await session.searchIn(model, z.object({ id: z.number().int() }), field, values);
	return found.map(({ id }) => id);
}
