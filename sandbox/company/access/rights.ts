/** What accounts of the ERP can be given, and the calls that need it. */
export interface ErpRight {
	code: string;
	name: string;
	administrator?: boolean;
	/** methods and the path under /api with which the call begins */
	calls: Array<[methods: string, path: string]>;
}

const writing = 'POST PUT PATCH DELETE';

export const administratorRight = 'erp.admin';

export const erpRights: ErpRight[] = [
	{ code: administratorRight, name: '超级管理员 Super administrator', administrator: true, calls: [] },
	{ code: 'sales.read', name: '查看销售订单 Read sales orders', calls: [['GET', 'orders']] },
	{ code: 'sales.write', name: '录入销售订单 Enter sales orders', calls: [[writing, 'orders']] },
	{ code: 'purchasing.read', name: '查看采购订单 Read purchase orders', calls: [['GET', 'purchases']] },
	{ code: 'purchasing.write', name: '录入采购订单 Enter purchase orders', calls: [[writing, 'purchases']] },
	{ code: 'partners.write', name: '维护客户和供应商 Maintain partners', calls: [[writing, 'partners']] },
	{ code: 'items.write', name: '维护物料 Maintain items', calls: [[writing, 'items']] },
	{ code: 'deliveries.write', name: '录入发货 Enter deliveries', calls: [[writing, 'deliveries']] },
	{ code: 'invoices.read', name: '查看发票 Read invoices', calls: [['GET', 'invoices']] },
	{ code: 'invoices.write', name: '录入发票 Enter invoices', calls: [[writing, 'invoices']] },
	{
		code: 'masterData.read',
		name: '查看主数据 Read items and partners',
		calls: [
			['GET', 'items'],
			['GET', 'partners'],
			['GET', 'deliveries'],
		],
	},
];

/** The rights that the company gives to each post. */
export const rightsOfPosts: Record<string, string[]> = {
	GM: ['sales.read', 'purchasing.read', 'invoices.read', 'masterData.read'],
	'SAL-DIR': ['sales.read', 'sales.write', 'invoices.read', 'masterData.read'],
	'SAL-SUP-E': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-SUP-S': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-SUP-W': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-REP-E': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-REP-S': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-REP-W': ['sales.read', 'sales.write', 'masterData.read'],
	'SAL-OPS': ['sales.read', 'partners.write', 'masterData.read'],
	'WHS-MGR': ['deliveries.write', 'items.write', 'masterData.read'],
	'WHS-SUP-E': ['deliveries.write', 'masterData.read'],
	'WHS-SUP-S': ['deliveries.write', 'masterData.read'],
	'WHS-OPR': ['masterData.read'],
	'PUR-MGR': ['purchasing.read', 'purchasing.write', 'partners.write', 'masterData.read'],
	'PUR-BUY': ['purchasing.read', 'purchasing.write', 'masterData.read'],
	'FIN-DIR': ['invoices.read', 'sales.read', 'purchasing.read', 'masterData.read'],
	'FIN-SUP': ['invoices.read', 'invoices.write', 'masterData.read'],
	'FIN-ACC': ['invoices.read', 'invoices.write', 'masterData.read'],
	'FIN-CSH': ['invoices.read'],
	'ITD-MGR': [administratorRight],
	'ITD-ADM': [administratorRight],
};
