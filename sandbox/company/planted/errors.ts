import { customers } from '../catalogue/items';
import type { Erp } from '../erp/erp';
import type { Finance } from '../finance/finance';
import type { Warehouse } from '../wms/warehouse';
import { lastMonth } from './companyCalendar';
import { writePurchase, type Purchase } from './purchases';
import { billedMore, bookWithoutDocument, receivableLess, writeSale, type Goods, type Sale } from './sales';

type Deal = Omit<Sale, 'customer'>;

const penQuantities = (...quantities: string[]): Goods[] =>
	quantities.map((quantity) => ['OFF-AR-10004078', quantity, 'H87']);

/** Sales on which all sides agree. */
const agreed: Deal[] = [
	{ day: 2, goods: [['FUR-CH-10002647', '12']] },
	{
		day: 3,
		goods: [
			['OFF-PA-10000474', '4', 'XCT'],
			['OFF-AR-10004078', '48'],
		],
	},
	{ day: 4, goods: [['TEC-AC-10003628', '20']], currency: 'USD' },
	{
		day: 6,
		goods: [
			['OFF-ST-10003716', '2'],
			['OFF-LA-10001613', '36'],
			['OFF-EN-10001509', '100'],
		],
	},
	{ day: 9, goods: [['TEC-PH-10003505', '5']] },
	{
		day: 12,
		goods: [
			['OFF-AP-10001205', '10'],
			['OFF-AP-10002311', '6'],
		],
	},
	{ day: 15, goods: penQuantities('24', '12') },
	{ day: 18, goods: [['FUR-TA-10001095', '3']] },
];

/**
 * Sales with one error each, in the order of README.md's table. The first ten are wrong between order, delivery and invoice, and the
 * ledger follows the invoice; in the others the ledger is wrong.
 */
const wrong: Deal[] = [
	// missing
	{ day: 3, goods: [['FUR-CH-10002880', '24']], billed: false },
	{ day: 4, goods: [['TEC-CO-10001449', '6']], delivered: false },
	// quantity, price, amount, currency, rounding
	{ day: 5, goods: [['OFF-AR-10000380', '40']], billed: { goods: [['OFF-AR-10000380', '44']] } },
	{
		day: 6,
		goods: [['TEC-PH-10002923', '24']],
		billed: { goods: [['TEC-PH-10002923', '24', 'H87', '39.99']] },
	},
	{ day: 7, goods: [['OFF-ST-10001490', '5']], invoiceEdit: billedMore('90') },
	{ day: 8, goods: [['TEC-AC-10003038', '60']], currency: 'USD', billed: { currency: 'CNY' } },
	{ day: 9, goods: [['OFF-FA-10002280', '75']], invoiceEdit: billedMore('0.01') },
	// duplicate, ambiguous, dimension
	{ day: 10, goods: [['FUR-FU-10004973', '30']], billed: { times: 2 } },
	{ day: 11, goods: penQuantities('10', '20', '30'), billed: { goods: penQuantities('12', '20', '35') } },
	{ day: 12, goods: [['OFF-BI-10004970', '96']], costCentre: false },
	// period: left on the last day of the month before, booked and billed in this one
	{ day: -2, goods: [['FUR-BO-10001337', '8']], delivered: 0, costEntry: { day: 1 }, billed: { day: 2 } },
	// the ledger: missing, amount, tax, rounding, cost, currency, duplicate, balance, dimension
	{ day: 13, goods: [['TEC-MA-10001972', '4']], salesEntry: { times: 0 } },
	{ day: 14, goods: [['OFF-SU-10003505', '10']], salesEntry: { amount: '1185.60' } },
	{ day: 15, goods: [['OFF-AP-10004708', '30']], salesEntry: { tax: '102.76' } },
	{ day: 16, goods: [['OFF-EN-10004459', '45']], salesEntry: { tax: '44.70' } },
	{ day: 17, goods: [['FUR-CH-10003774', '9']], costEntry: { cost: '521.40' } },
	{ day: 18, goods: [['TEC-AC-10004510', '50']], currency: 'USD', salesEntry: { currency: 'CNY' } },
	{ day: 19, goods: [['OFF-BI-10001524', '20']], salesEntry: { times: 2 } },
	{ day: 20, goods: [['OFF-AP-10003971', '80']], salesEntry: { edit: receivableLess('100') } },
	{ day: 21, goods: [['OFF-PA-10002986', '60']], salesEntry: { costCentre: false } },
];

/** Purchases whose bills may be paid, and such whose may not: see README.md. */
const purchases: Purchase[] = [
	{
		supplier: 'S-2002',
		day: 2,
		ordered: [
			['OFF-PA-10000474', '200', '21.50'],
			['OFF-PA-10002986', '300', '3.90'],
		],
		billed: [
			['OFF-PA-10000474', '200', '21.50'],
			['OFF-PA-10002986', '300', '3.90'],
		],
	},
	// half of it came, and half of it is billed
	{
		supplier: 'S-2001',
		day: 3,
		ordered: [['OFF-AR-10004757', '500', '1.90']],
		received: ['250'],
		billed: [['OFF-AR-10004757', '250', '1.90']],
	},
	{
		supplier: 'S-2002',
		day: 4,
		ordered: [
			['OFF-EN-10001509', '400', '1.20'],
			['OFF-EN-10004459', '300', '4.60'],
		],
		received: ['400', '260'],
		billed: [
			['OFF-EN-10001509', '400', '1.20'],
			['OFF-EN-10004459', '300', '4.60'],
		],
	},
	{
		supplier: 'S-2003',
		day: 5,
		ordered: [['FUR-CH-10003774', '20', '55.00']],
		billed: [['FUR-CH-10003774', '20', '59.50']],
	},
	{
		supplier: 'S-2001',
		day: 6,
		ordered: [['TEC-PH-10002923', '60', '22.00']],
		received: false,
		billed: [['TEC-PH-10002923', '60', '22.00']],
	},
	{
		supplier: 'S-2002',
		day: 7,
		ordered: [['OFF-FA-10002280', '400', '2.80']],
		billed: [['OFF-FA-10002280', '400', '2.80']],
		billedBefore: true,
	},
	{
		supplier: 'S-2003',
		day: 8,
		ordered: [['FUR-TA-10001039', '10', '52.00']],
		billed: [['FUR-TA-10001039', '10', '52.00']],
		currency: 'USD',
	},
	{ supplier: 'S-2001', day: 9, billed: [['OFF-AP-10001205', '30', '33.00']] },
];

/**
 * Deals of last month in all services, among them errors of every class, for whoever looks for differences. The services check what they are
 * given; what they would refuse is written past them, as an edit of the database does it.
 */
export function plantErrors(
	{ erp, warehouse, finance }: { erp: Erp; warehouse: Warehouse; finance: Finance },
	now = new Date(),
): void {
	const month = lastMonth(now);
	[...agreed, ...wrong].forEach((deal, index) => {
		const customer = customers[index % customers.length];
		if (customer !== undefined) writeSale({ erp, finance }, { ...deal, customer }, month);
	});
	bookWithoutDocument(finance, '640', 22, month);
	for (const purchase of purchases) writePurchase({ erp, warehouse }, purchase, month);
}
