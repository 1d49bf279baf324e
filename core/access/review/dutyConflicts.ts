import { z } from 'zod/v4';

import { holderOf, namedRight, namesOf, type HeldRight, type NamedRight } from './heldRight';

/**
 * Two duties that nobody should hold together. A right belongs to a duty when its name has one of the duty's words: `supplier.create`, a group "Create
 * suppliers", 供应商维护.
 */
export const DutyRule = z.object({
	id: z.string().min(1),
	name: z.object({ en: z.string(), zh: z.string() }),
	risk: z.enum(['medium', 'high', 'critical']),
	first: z.array(z.string().min(1)).min(1),
	second: z.array(z.string().min(1)).min(1),
});
export type DutyRule = z.infer<typeof DutyRule>;

const rule = (
	id: string,
	en: string,
	zh: string,
	risk: DutyRule['risk'],
	first: string[],
	second: string[],
): DutyRule => ({ id, name: { en, zh }, risk, first, second });

const supplier = [
	'supplier.create',
	'supplier.change',
	'create supplier',
	'maintain supplier',
	'vendor master',
	'供应商维护',
	'供应商主数据',
];
const payment = [
	'payment.create',
	'payment.release',
	'payment.approve',
	'pay invoice',
	'payment run',
	'release payment',
	'付款',
];
const purchase = [
	'purchaseOrder.create',
	'create purchase order',
	'enter purchase order',
	'采购订单录入',
	'创建采购订单',
];
const approvePurchase = [
	'purchaseOrder.approve',
	'approve purchase order',
	'release purchase order',
	'采购订单审批',
];
const goodsReceipt = ['receipt.post', 'goods receipt', 'receive goods', '收货'];
const supplierInvoice = [
	'supplierInvoice.post',
	'invoice.post',
	'enter supplier invoice',
	'accounts payable',
	'应付',
	'供应商发票',
];
const customer = ['customer.create', 'customer.change', 'maintain customer', 'customer master', '客户维护'];
const salesOrder = ['salesOrder.create', 'create sales order', '销售订单录入', '创建销售订单'];
const price = ['price.change', 'priceList.change', 'change price', 'maintain price', '改价', '价格维护'];
const credit = ['creditLimit.change', 'credit limit', '信用额度'];
const journal = ['journalEntry.post', 'journal.post', 'journal.create', 'post journal', '凭证录入', '过账'];
const approveJournal = ['journalEntry.approve', 'journal.approve', 'approve journal', '凭证审核'];
const period = ['period.close', 'period.reopen', 'close period', 'open period', '结账', '反结账'];
const bankAccount = ['bankAccount.change', 'bank account', '银行账户'];
const bankStatement = ['bank.reconcile', 'bank reconciliation', '银行对账'];
const stockCount = ['stock.count', 'stocktaking', 'inventory count', '盘点'];
const stockAdjustment = ['stock.adjust', 'inventory adjustment', '库存调整'];
const asset = ['asset.create', 'asset.dispose', 'asset master', '资产处置', '固定资产维护'];
const payrollRun = ['payroll.run', 'payroll.approve', 'run payroll', '工资发放'];
const employee = ['employee.create', 'employee.change', 'maintain employee', '员工维护', '人事档案'];
const userRights = [
	'user.assign',
	'role.assign',
	'permission.grant',
	'user administration',
	'用户管理',
	'权限分配',
];
const shipment = ['delivery.ship', 'goods issue', 'ship goods', '发货'];
const customerCredit = ['creditNote.post', 'credit note', '红字发票', '贷项凭证'];

/** The usual conflicts of purchasing, sales, warehouse, finance, payroll and administration; a start that each company edits. */
export const standardDutyRules: DutyRule[] = [
	rule(
		'supplier-payment',
		'Maintain suppliers and pay them',
		'维护供应商并付款',
		'critical',
		supplier,
		payment,
	),
	rule(
		'purchase-approve',
		'Order and approve the order',
		'录入并审批采购订单',
		'high',
		purchase,
		approvePurchase,
	),
	rule('purchase-receipt', 'Order and receive the goods', '采购并收货', 'high', purchase, goodsReceipt),
	rule('purchase-payment', 'Order and pay', '采购并付款', 'high', purchase, payment),
	rule(
		'receipt-invoice',
		'Receive goods and enter the invoice',
		'收货并录入供应商发票',
		'high',
		goodsReceipt,
		supplierInvoice,
	),
	rule(
		'supplier-invoice',
		'Maintain suppliers and enter their invoices',
		'维护供应商并录入其发票',
		'high',
		supplier,
		supplierInvoice,
	),
	rule('invoice-payment', 'Enter invoices and pay them', '录入发票并付款', 'high', supplierInvoice, payment),
	rule(
		'bank-payment',
		'Change bank accounts and pay',
		'维护银行账户并付款',
		'critical',
		bankAccount,
		payment,
	),
	rule(
		'payment-reconcile',
		'Pay and reconcile the bank',
		'付款并进行银行对账',
		'high',
		payment,
		bankStatement,
	),
	rule(
		'customer-order',
		'Maintain customers and sell to them',
		'维护客户并录入销售订单',
		'medium',
		customer,
		salesOrder,
	),
	rule('order-price', 'Sell and change prices', '销售并改价', 'high', salesOrder, price),
	rule('order-credit', 'Sell and change credit limits', '销售并调整信用额度', 'high', salesOrder, credit),
	rule(
		'ship-credit-note',
		'Ship goods and issue credit notes',
		'发货并开具贷项凭证',
		'high',
		shipment,
		customerCredit,
	),
	rule(
		'journal-approve',
		'Post journal entries and approve them',
		'录入并审核凭证',
		'critical',
		journal,
		approveJournal,
	),
	rule(
		'journal-period',
		'Post journal entries and open periods',
		'过账并开关会计期间',
		'high',
		journal,
		period,
	),
	rule(
		'count-adjust',
		'Count the stock and adjust it',
		'盘点并调整库存',
		'high',
		stockCount,
		stockAdjustment,
	),
	rule(
		'asset-journal',
		'Maintain assets and post journal entries',
		'维护资产并过账',
		'medium',
		asset,
		journal,
	),
	rule(
		'employee-payroll',
		'Maintain employees and run payroll',
		'维护员工并发放工资',
		'critical',
		employee,
		payrollRun,
	),
	rule('rights-payment', 'Assign rights and pay', '分配权限并付款', 'critical', userRights, payment),
	rule(
		'rights-journal',
		'Assign rights and post journal entries',
		'分配权限并过账',
		'high',
		userRights,
		journal,
	),
];

export interface DutyConflict {
	rule: string;
	name: DutyRule['name'];
	risk: DutyRule['risk'];
	holder: string;
	holderName?: string;
	first: NamedRight[];
	second: NamedRight[];
}

const risks = ['critical', 'high', 'medium'];

/** Who holds both duties of a rule, in whatever systems. */
export function dutyConflicts(
	rights: readonly HeldRight[],
	rules: readonly DutyRule[] = standardDutyRules,
): DutyConflict[] {
	const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_.-]+/g, '');
	const matcher = (words: readonly string[]) => {
		const wanted = words.map(plain);
		const known = new Map<string, boolean>();
		const fits = (name: string) => {
			const seen = known.get(name);
			if (seen !== undefined) return seen;
			const text = plain(name);
			const found = wanted.some((word) => text.includes(word));
			known.set(name, found);
			return found;
		};
		return (right: HeldRight) => namesOf(right).some(fits);
	};
	const compiled = rules.map((one) => ({
		...one,
		isFirst: matcher(one.first),
		isSecond: matcher(one.second),
	}));
	const conflicts: DutyConflict[] = [];
	for (const [holder, held] of Map.groupBy(rights, holderOf)) {
		for (const { id, name, risk, isFirst, isSecond } of compiled) {
			const first = held.filter(isFirst);
			if (first.length === 0) continue;
			const second = held.filter(isSecond);
			if (second.length === 0) continue;
			const holderName = held.find((one) => one.name !== undefined)?.name;
			conflicts.push({
				rule: id,
				name,
				risk,
				holder,
				...(holderName === undefined ? {} : { holderName }),
				first: first.map(namedRight),
				second: second.map(namedRight),
			});
		}
	}
	return conflicts.sort(
		(a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk) || (a.holder < b.holder ? -1 : 1),
	);
}
