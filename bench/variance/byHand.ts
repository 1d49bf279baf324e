import { literal } from '../../core/variance/engine';
import type { Files } from './data';

/**
 * What somebody who knows the data writes in DuckDB for it: the three files read with their types, one row a key on each side, one
 * join, one CASE. It levels no keys, checks no decimals, pairs no lines, and knows that months are calendar months.
 */
export function byHand({ orders, deliveries, invoices }: Files): string {
	return `CREATE TABLE differences AS
	WITH o AS (
		SELECT order_no, count(*) AS n, sum(quantity) AS quantity, min(price) AS price, sum(amount) AS amount, sum(tax) AS tax,
			min(currency) AS currency, min(rate) AS rate, sum(amount * rate) AS local, min(date) AS first_day, max(date) AS last_day,
			count(*) FILTER (WHERE cost_centre IS NULL) AS blank, min(customer) AS customer
		FROM read_csv(${literal(orders)}, header = true, columns = {'order_no': 'VARCHAR', 'quantity': 'DECIMAL(18,4)', 'price': 'DECIMAL(18,4)',
			'amount': 'DECIMAL(18,2)', 'tax': 'DECIMAL(18,2)', 'currency': 'VARCHAR', 'rate': 'DECIMAL(18,6)', 'date': 'DATE',
			'cost_centre': 'VARCHAR', 'customer': 'VARCHAR'})
		GROUP BY order_no),
	d AS (
		SELECT order_no, count(*) AS n, sum(quantity) AS quantity, sum(cost) AS cost, min(date) AS first_day, max(date) AS last_day
		FROM read_csv(${literal(deliveries)}, header = true, columns = {'order_no': 'VARCHAR', 'quantity': 'DECIMAL(18,4)', 'cost': 'DECIMAL(18,2)',
			'date': 'DATE', 'warehouse': 'VARCHAR'})
		GROUP BY order_no),
	i AS (
		SELECT order_no, count(*) AS n, sum(quantity) AS quantity, min(price) AS price, sum(amount) AS amount, sum(tax) AS tax,
			min(quantity) AS one_quantity, min(amount) AS one_amount,
			min(currency) AS currency, min(rate) AS rate, sum(amount * rate) AS local, sum(cost) AS cost, sum(debit) - sum(credit) AS balance,
			min(date) AS first_day, max(date) AS last_day, count(*) FILTER (WHERE cost_centre IS NULL) AS blank
		FROM read_csv(${literal(invoices)}, header = true, columns = {'order_no': 'VARCHAR', 'quantity': 'DECIMAL(18,4)', 'price': 'DECIMAL(18,4)',
			'amount': 'DECIMAL(18,2)', 'tax': 'DECIMAL(18,2)', 'currency': 'VARCHAR', 'rate': 'DECIMAL(18,6)', 'cost': 'DECIMAL(18,2)',
			'debit': 'DECIMAL(18,2)', 'credit': 'DECIMAL(18,2)', 'date': 'DATE', 'cost_centre': 'VARCHAR'})
		GROUP BY order_no),
	joined AS (
		SELECT coalesce(o.order_no, d.order_no, i.order_no) AS order_no, CASE
			WHEN o.n IS NULL OR d.n IS NULL OR i.n IS NULL THEN 'missing'
			WHEN i.n > 1 AND i.one_quantity = o.quantity AND i.one_amount = o.amount THEN 'duplicate'
			WHEN o.n > 1 AND i.n > 1 AND (o.quantity <> d.quantity OR o.quantity <> i.quantity OR o.amount <> i.amount) THEN 'ambiguous'
			WHEN i.balance <> 0 THEN 'unbalanced'
			WHEN o.quantity <> d.quantity OR o.quantity <> i.quantity THEN 'quantity'
			WHEN o.price <> i.price THEN 'price'
			WHEN o.currency <> i.currency OR o.rate <> i.rate THEN 'rate'
			WHEN abs(o.tax - i.tax) > 0.01 THEN 'tax'
			WHEN d.cost <> i.cost THEN 'costing'
			WHEN abs(o.amount - i.amount) > 0.01 THEN 'amount'
			WHEN o.amount <> i.amount OR o.tax <> i.tax THEN 'rounding'
			WHEN date_trunc('month', least(o.first_day, d.first_day, i.first_day)) <> date_trunc('month', greatest(o.last_day, d.last_day, i.last_day)) THEN 'period'
			WHEN o.blank > 0 OR i.blank > 0 THEN 'dimension'
			END AS class,
			i.local - o.local AS difference, o.quantity AS ordered, d.quantity AS delivered, i.quantity AS invoiced, o.customer
		FROM o FULL JOIN d USING (order_no) FULL JOIN i ON i.order_no = coalesce(o.order_no, d.order_no))
	SELECT * FROM joined WHERE class IS NOT NULL ORDER BY abs(difference) DESC`;
}
