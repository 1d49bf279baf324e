import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod/v4';

import { TrytonFinance } from '../../../connectors/tryton/finance/trytonFinance';
import type { TrytonOptions } from '../../../connectors/tryton/options';
import type { TrytonSession } from '../../../connectors/tryton/session';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { Outcome } from '../../../core/ports/systemConnector';
import { confirmSales, createItems, draftSales, processSales, taxGoods } from './company';

export const deals = 30;

/**
 * Sales of one line each, sold with 19 % tax, delivered, invoiced, and booked: revenue by Tryton itself, the cost of the goods by a voucher for
 * each delivery. Sale, line, shipment, invoice and its line have the same number in Tryton.
 */
export async function dealsOfAMonth(people: TrytonSession, options: TrytonOptions): Promise<void> {
	await createItems(people, [{ code: 'KETTLE', name: 'Kettle 1.7 l' }]);
	const tax = await taxGoods(people, '0.19');
	const sales = await draftSales(
		people,
		Array.from({ length: deals }, (_, index) => ({
			lines: [{ code: 'KETTLE', quantity: 1 + (index % 7), price: `${20 + index}.00`, taxes: [tax] }],
		})),
	);
	await confirmSales(people, sales);
	await processSales(people, sales);
	const numbersOf = async (model: string) =>
		(await people.search(model, z.object({ id: z.number() }), [])).map(({ id }) => id);
	const shipments = await numbersOf('stock.shipment.out');
	for (const button of ['wait', 'assign_force', 'pick', 'pack', 'done'])
		await people.press('stock.shipment.out', button, shipments);
	const invoices = await numbersOf('account.invoice');
	for (const button of ['validate_invoice', 'post']) await people.press('account.invoice', button, invoices);
	await bookCosts(options);
}

/** A posted entry for each delivery: cost of goods sold against inventory, on a cost centre. */
async function bookCosts(options: TrytonOptions): Promise<void> {
	const ledger = new TrytonFinance({ ...options, entity: 'riverside' });
	const requests = [];
	for await (const page of new TrytonErp(options).list('delivery'))
		for (const { key, deliveredAt = '', lines } of page) {
			const cost = String(
				lines.reduce((sum, line) => sum + Number(line.quantity) * Number(line.unitCost), 0),
			);
			const draft = {
				date: deliveredAt.slice(0, 10),
				currency: 'EUR',
				description: 'Cost of goods sold',
				document: { system: options.system, type: 'delivery', key },
				lines: [
					{ account: '5100', debit: cost, credit: '0', dimensions: { costCentre: 'CC-100' } },
					{ account: '1400', debit: '0', credit: cost, dimensions: { costCentre: 'CC-100' } },
				],
			};
			requests.push({ idempotencyKey: `cost-${key}`, draft });
		}
	const entries = (await ledger.create('journalEntry', requests)).map((outcome) => valueOf(outcome));
	const posting = entries.map(({ key }) => ({ key, idempotencyKey: 'post', input: {} }));
	for (const outcome of await ledger.act('journalEntry', 'post', posting)) valueOf(outcome);
}

function valueOf<T>(outcome: Outcome<T>): T {
	if ('error' in outcome) throw outcome.error;
	return outcome.value;
}

/** The deal into which each error is planted; how, is in `plantErrors`. */
export const planted = {
	quantity: 3,
	price: 5,
	rate: 7,
	missing: 11,
	amount: 13,
	tax: 15,
	period: 17,
	unbalanced: 19,
	rounding: 21,
	costing: 23,
	dimension: 25,
	duplicate: 27,
};

/** Twelve errors, written into the database past Tryton. */
export function plantErrors(database: DatabaseSync): void {
	const change = (rows: number, sql: string, ...parameters: SQLInputValue[]) => {
		const { changes } = database.prepare(sql).run(...parameters);
		if (changes !== rows) throw new Error(`${sql} changed ${changes} rows`);
	};
	const number = (sql: string, ...parameters: SQLInputValue[]) =>
		Number(Object.values(database.prepare(sql).get(...parameters) ?? {})[0]);
	// Tryton keeps decimals in SQLite as bytes.
	const decimal = (value: number) => Buffer.from(value.toFixed(2));
	const copy = (table: string, id: number, differing: Record<string, number> = {}) => {
		const row = { ...database.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id), ...differing };
		const values = { ...row, id: number(`SELECT max(id) + 1 FROM ${table}`) };
		const names = Object.keys(values);
		const marks = names.map(() => '?').join(', ');
		change(
			1,
			`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`,
			...(Object.values(values) as SQLInputValue[]),
		);
		return values.id;
	};
	const revenueMove = (invoice: number) => number('SELECT move FROM account_invoice WHERE id = ?', invoice);
	const costMove = (delivery: number) =>
		number('SELECT id FROM account_move WHERE description LIKE ?', `%/delivery/${delivery}]`);
	const lineOn = (move: number, account: string) =>
		number(
			'SELECT id FROM account_move_line WHERE move = ? AND account = (SELECT id FROM account_account WHERE code = ?)',
			move,
			account,
		);
	const add = (move: number, account: string, side: 'debit' | 'credit', cents: number) => {
		const line = lineOn(move, account);
		const old = number(`SELECT CAST(${side} AS TEXT) FROM account_move_line WHERE id = ?`, line);
		const now = decimal((Math.round(old * 100) + cents) / 100);
		change(1, `UPDATE account_move_line SET ${side} = ? WHERE id = ?`, now, line);
	};

	change(1, 'UPDATE sale_line SET quantity = quantity + 2 WHERE sale = ?', planted.quantity);
	change(1, 'UPDATE sale_line SET unit_price = ? WHERE sale = ?', decimal(99.5), planted.price);
	const dollar = number("SELECT id FROM currency_currency WHERE code = 'USD'");
	change(1, 'UPDATE sale_sale SET currency = ? WHERE id = ?', dollar, planted.rate);

	const lost = revenueMove(planted.missing);
	change(3, 'DELETE FROM account_move_line WHERE move = ?', lost);
	change(1, 'DELETE FROM account_move WHERE id = ?', lost);
	add(revenueMove(planted.amount), '4000', 'credit', 500);
	add(revenueMove(planted.amount), '1100', 'debit', 500);
	add(revenueMove(planted.tax), '2200', 'credit', 100);
	add(revenueMove(planted.tax), '1100', 'debit', 100);
	change(
		1,
		"UPDATE account_move SET date = date(date, '-40 days'), period = (SELECT id FROM account_period WHERE date(account_move.date, '-40 days') BETWEEN start_date AND end_date) WHERE id = ?",
		revenueMove(planted.period),
	);
	add(revenueMove(planted.unbalanced), '1100', 'debit', 700);
	add(revenueMove(planted.rounding), '4000', 'credit', 1);
	add(revenueMove(planted.rounding), '1100', 'debit', 1);

	add(costMove(planted.costing), '5100', 'debit', 300);
	add(costMove(planted.costing), '1400', 'credit', 300);
	change(
		1,
		'DELETE FROM analytic_account_line WHERE move_line = ?',
		lineOn(costMove(planted.dimension), '5100'),
	);
	const twice = costMove(planted.duplicate);
	const again = copy('account_move', twice);
	for (const account of ['5100', '1400']) {
		const line = lineOn(twice, account);
		const copied = copy('account_move_line', line, { move: again });
		copy('analytic_account_line', number('SELECT id FROM analytic_account_line WHERE move_line = ?', line), {
			move_line: copied,
		});
	}
}
