import type { AccountBody } from './accounts';

type Line = [code: string, name: string, kind: AccountBody['kind'], heading?: 'heading'];

/** Codes as China's accounting standards for business enterprises number them. */
const lines: Line[] = [
	['1', '资产 Assets', 'asset', 'heading'],
	['1001', '库存现金 Cash on hand', 'asset'],
	['1002', '银行存款 Bank deposits', 'asset'],
	['1122', '应收账款 Accounts receivable', 'asset'],
	['1123', '预付账款 Prepayments', 'asset'],
	['1402', '在途物资 Goods in transit', 'asset'],
	['1405', '库存商品 Inventory', 'asset'],
	['1407', '发出商品 Goods shipped, not invoiced', 'asset'],
	['1601', '固定资产 Fixed assets', 'asset'],
	['1602', '累计折旧 Accumulated depreciation', 'asset'],
	['1606', '固定资产清理 Disposal of fixed assets', 'asset'],
	['1901', '待处理财产损溢 Stock differences to be settled', 'asset'],
	['2', '负债 Liabilities', 'liability', 'heading'],
	['2001', '短期借款 Short-term loans', 'liability'],
	['2202', '应付账款 Accounts payable', 'liability'],
	['220202', '暂估应付账款 Goods received, not invoiced', 'liability'],
	['2203', '预收账款 Advances from customers', 'liability'],
	['2211', '应付职工薪酬 Wages payable', 'liability'],
	['2221', '应交税费 Taxes payable', 'liability', 'heading'],
	['222101', '应交增值税（进项税额）Input VAT', 'liability'],
	['222102', '应交增值税（销项税额）Output VAT', 'liability'],
	['4', '所有者权益 Equity', 'equity', 'heading'],
	['4001', '实收资本 Paid-in capital', 'equity'],
	['4103', '本年利润 Profit of the year', 'equity'],
	['4104', '利润分配 Retained earnings', 'equity'],
	['5', '成本 Costs of production', 'other', 'heading'],
	['5101', '制造费用 Production overheads', 'other'],
	['6', '损益 Profit and loss', 'other', 'heading'],
	['6001', '主营业务收入 Revenue', 'revenue'],
	['6051', '其他业务收入 Other revenue', 'revenue'],
	['6115', '资产处置损益 Gains and losses on disposals', 'revenue'],
	['6401', '主营业务成本 Cost of goods sold', 'expense'],
	['6601', '销售费用 Selling expenses', 'expense'],
	['6602', '管理费用 Administrative expenses', 'expense'],
	['6603', '财务费用 Financial expenses', 'expense'],
	['660309', '尾差 Rounding differences', 'expense'],
	['6711', '营业外支出 Non-operating expenses', 'expense'],
];

export const chartOfAccounts: AccountBody[] = lines.map(([code, name, kind, heading]) => ({
	code,
	name,
	kind,
	postable: heading === undefined,
}));
