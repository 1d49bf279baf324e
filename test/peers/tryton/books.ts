import { z } from 'zod/v4';

import type { TrytonSession } from '../../../connectors/tryton/session';
import { confirmSales, createItems, draftSales, processSales } from './company';

/* What accountants do in the company's Tryton, through the same public methods and buttons as Tryton's own client. */

const Numbered = z.object({ id: z.number().int() });

/** A day as Tryton takes it. */
export function day(text: string) {
	const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
	return { __class__: 'date', year, month, day: date };
}

export function amount(decimal: string) {
	return { __class__: 'Decimal', decimal };
}

/** The number of the only record that has this value in a field. */
export async function numberOf(
	session: TrytonSession,
	model: string,
	field: string,
	value: unknown,
): Promise<number> {
	const [found] = await session.search(model, Numbered, [[field, '=', value]]);
	if (found === undefined) throw new Error(`Tryton has no ${model} whose ${field} is ${String(value)}`);
	return found.id;
}

/** A fiscal year without periods, of its own sequences. */
export async function openFiscalYear(session: TrytonSession, from: string, to: string): Promise<number> {
	const company = await session.company();
	const sequence = async (model: string, type: string) => {
		const kind = await numberOf(session, 'ir.sequence.type', 'name', type);
		const [made] = await session.create(model, [{ name: from, sequence_type: kind, company }]);
		return made;
	};
	const invoices = await sequence('ir.sequence.strict', 'Invoice');
	const fields = ['out_invoice', 'in_invoice', 'out_credit_note', 'in_credit_note'];
	const [year = 0] = await session.create('account.fiscalyear', [
		{
			name: from,
			company,
			start_date: day(from),
			end_date: day(to),
			post_move_sequence: await sequence('ir.sequence', 'Account Move'),
			invoice_sequences: [
				[
					'create',
					[{ company, ...Object.fromEntries(fields.map((field) => [`${field}_sequence`, invoices])) }],
				],
			],
		},
	]);
	return year;
}

/** Periods of one day each, all in one transaction, from a day of the fiscal year on. */
export async function openDays(
	session: TrytonSession,
	fiscalYear: number,
	from: string,
	count: number,
): Promise<number[]> {
	const first = Date.parse(`${from}T00:00:00Z`);
	const days = Array.from({ length: count }, (_, index) =>
		new Date(first + index * 86_400_000).toISOString().slice(0, 10),
	);
	return await session.create(
		'account.period',
		days.map((one) => ({
			name: one,
			fiscalyear: fiscalYear,
			start_date: day(one),
			end_date: day(one),
			type: 'standard',
		})),
	);
}

/** Draft moves of cost of goods sold against inventory, as an accountant enters them by hand, all in one transaction. */
export async function draftMoves(
	session: TrytonSession,
	count: number,
	{ on, costs = '10.00', period }: { on: string; costs?: string; period?: number },
): Promise<number[]> {
	const company = await session.company();
	const account = (code: string) => numberOf(session, 'account.account', 'code', code);
	const [cost, inventory] = [await account('5100'), await account('1400')];
	const journal = await numberOf(session, 'account.journal', 'code', 'STO');
	const own = period ?? (await numberOf(session, 'account.period', 'name', on.slice(0, 7)));
	return await session.create(
		'account.move',
		Array.from({ length: count }, () => ({
			company,
			journal,
			period: own,
			date: day(on),
			lines: [
				[
					'create',
					[
						{ account: cost, debit: amount(costs), credit: amount('0') },
						{ account: inventory, debit: amount('0'), credit: amount(costs) },
					],
				],
			],
		})),
	);
}

/** Assets in use, of the packing line's kind: two years, 1,200 less 200. */
export async function runAssets(
	session: TrytonSession,
	count: number,
	{ from, to, value = '1200' }: { from: string; to: string; value?: string },
): Promise<number[]> {
	const company = await session.company();
	const product = await numberOf(session, 'product.product', 'code', 'PACKING-LINE');
	const journal = await numberOf(session, 'account.journal', 'type', 'asset');
	const ids = await session.create(
		'account.asset',
		Array.from({ length: count }, () => ({
			company,
			product,
			account_journal: journal,
			value: amount(value),
			depreciated_amount: amount('0'),
			residual_value: amount('0'),
			purchase_date: day(from),
			start_date: day(from),
			end_date: day(to),
			frequency: 'yearly',
			depreciation_method: 'linear',
			quantity: 1,
		})),
	);
	await session.press('account.asset', 'run', ids);
	return ids;
}

/**
 * Part deliveries of one large sale, of one to seven kettles in turn that cost 5.00 each: packed by hand, and then shipped. One sale
 * for each would take Tryton a minute to process.
 */
export async function deliver(session: TrytonSession, count: number): Promise<void> {
	await createItems(session, [{ code: 'KETTLE', name: 'Kettle 1.7 l' }]);
	const sales = await draftSales(session, [{ lines: [{ code: 'KETTLE', quantity: 100_000 }] }]);
	await confirmSales(session, sales);
	await processSales(session, sales);
	const Move = Numbered.extend({
		product: z.number(),
		uom: z.number(),
		from_location: z.number(),
		to_location: z.number(),
		company: z.number(),
		currency: z.number(),
		origin: z.string(),
	});
	const Shipment = Numbered.extend({
		customer: z.number(),
		delivery_address: z.number(),
		warehouse: z.number(),
		company: z.number(),
	});
	const [move] = await session.search('stock.move', Move, [['origin', 'like', 'sale.line,%']]);
	const [whole] = await session.search('stock.shipment.out', Shipment, []);
	const { id: _move, ...moved } = move as z.infer<typeof Move>;
	const { id: _whole, ...shipped } = whole as z.infer<typeof Shipment>;
	for (let made = 0; made < count; made += 50) {
		const shipments = await session.create(
			'stock.shipment.out',
			Array.from({ length: Math.min(50, count - made) }, (_, index) => {
				const quantity = 1 + ((made + index) % 7);
				const line = { ...moved, quantity, unit_price: amount('10') };
				return { ...shipped, state: 'packed', moves: [['create', [line]]] };
			}),
		);
		await session.press('stock.shipment.out', 'done', shipments);
	}
}
