import type { Approvals } from './approvals';

/** HR position, the ERP's position, and its name here. */
const positions = [
	['GM', 'GENERAL_MANAGER', 'General manager 总经理'],
	['SAL-DIR', 'SALES_DIRECTOR', 'Sales director 销售总监'],
	['SAL-SUP-E', 'SALES_SUP_EAST', 'Sales supervisor east 华东销售主管'],
	['SAL-SUP-S', 'SALES_SUP_SOUTH', 'Sales supervisor south 华南销售主管'],
	['SAL-SUP-W', 'SALES_SUP_WEST', 'Sales supervisor west 西南销售主管'],
	['WHS-MGR', 'WAREHOUSE_MANAGER', 'Warehouse manager 仓储经理'],
	['WHS-SUP-E', 'WAREHOUSE_SUP_EAST', 'Warehouse supervisor Suzhou 苏州仓主管'],
	['WHS-SUP-S', 'WAREHOUSE_SUP_SOUTH', 'Warehouse supervisor Foshan 佛山仓主管'],
	['PUR-MGR', 'PURCHASING_MANAGER', 'Purchasing manager 采购经理'],
	['FIN-DIR', 'FINANCE_DIRECTOR', 'Finance director 财务总监'],
	['FIN-SUP', 'FINANCE_SUPERVISOR', 'Finance supervisor 财务主管'],
	['HRM-MGR', 'HR_MANAGER', 'HR manager 人力资源经理'],
	['ITD-MGR', 'IT_MANAGER', 'IT manager 信息技术经理'],
] as const;

const limits = [
	['SALES_SUP_EAST', '500000'],
	['SALES_SUP_SOUTH', '500000'],
	['SALES_SUP_WEST', '500000'],
	['FINANCE_SUPERVISOR', '500000'],
	['SALES_DIRECTOR', '2000000'],
	['FINANCE_DIRECTOR', '2000000'],
] as const;

const step = (id: string, name: string, approver: string, next: string | null) => ({
	id,
	name,
	active: true,
	approver,
	next,
});
const branch = (id: string, region: string) => ({
	id,
	active: true,
	from: '50000',
	below: '500000',
	branches: [region],
	step: `sales-${region}`,
});

/**
 * A flow for sales orders, its positions, limits and one special customer, and a first run of the interface to HR. No order needs
 * approval until the setting `approvalFrom` names an amount.
 */
export async function seedApprovals(
	approvals: Approvals,
	addresses: { hr: string; smtp: { host: string; port: number } },
): Promise<void> {
	const { records } = approvals;
	records.transaction(() => {
		records.put('settings', {
			id: 'settings',
			submitterExcluded: true,
			mailHost: addresses.smtp.host,
			mailPort: addresses.smtp.port,
			mailQueue: 'running',
			mailTimeoutMs: 2_000,
			mailAttempts: 2,
			sender: 'erp@sandbox.example',
			hrInterface: 'on',
			hrUrl: addresses.hr,
			startedWith: { hrUrl: addresses.hr, mailPort: addresses.smtp.port },
		});
		for (const [hr, position, name] of positions) {
			records.put('positions', { id: position, name, open: true });
			records.put('mappings', { id: hr, position });
		}
		for (const [position, limit] of limits)
			records.put('limits', { id: position, position, limit, currency: 'CNY' });
		records.put('specialCustomers', {
			id: 'C-1004',
			authorisation: 'KEY-ACCOUNT',
			reason: 'Goods on consignment',
			holders: ['he.liping', 'lin.zhiyuan', 'zhou.min', 'chen.jing', 'huang.zhiqiang', 'luo.xiaoyan'],
		});
		records.put('flows', {
			id: 'sales-order',
			name: 'Sales orders 销售订单',
			document: 'salesOrder',
			active: true,
			currency: 'CNY',
			rules: [
				{ id: 'small', active: true, from: '0', below: '50000', step: 'finance' },
				branch('east', 'east'),
				branch('south', 'south'),
				branch('west', 'west'),
				{ id: 'large', active: true, from: '500000', step: 'director' },
			],
			steps: [
				step('sales-east', 'Sales supervisor east 华东销售主管', 'SALES_SUP_EAST', 'finance'),
				step('sales-south', 'Sales supervisor south 华南销售主管', 'SALES_SUP_SOUTH', 'finance'),
				step('sales-west', 'Sales supervisor west 西南销售主管', 'SALES_SUP_WEST', 'finance'),
				step('finance', 'Finance supervisor 财务主管', 'FINANCE_SUPERVISOR', null),
				step('director', 'Sales director 销售总监', 'SALES_DIRECTOR', 'finance-director'),
				step('finance-director', 'Finance director 财务总监', 'FINANCE_DIRECTOR', null),
			],
			changedAt: new Date().toISOString(),
		});
	});
	await approvals.synchronise();
}

/** Ports may differ from those of the last time: what pointed to the company's own services does so again. */
export function followAddresses(
	{ records }: Approvals,
	{ hr, smtp }: { hr: string; smtp: { port: number } },
): void {
	const settings = records.get('settings', 'settings');
	if (settings === undefined) return;
	const { startedWith, hrUrl, mailPort } = settings;
	records.put('settings', {
		...settings,
		hrUrl: hrUrl === startedWith?.hrUrl ? hr : hrUrl,
		mailPort: mailPort === startedWith?.mailPort ? smtp.port : mailPort,
		startedWith: { hrUrl: hr, mailPort: smtp.port },
	});
}
