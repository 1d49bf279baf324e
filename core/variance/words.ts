import type { Finding, SettledFinding, SideFigures, VarianceClass } from './finding';

export type ReportLanguage = 'en' | 'zh-CN';

interface ClassWords {
	name: string;
	/** what would settle it */
	settle: string;
}

export const classWords: Record<ReportLanguage, Record<VarianceClass, ClassWords>> = {
	en: {
		ambiguous: { name: 'Ambiguous', settle: 'Pair the lines by hand, or add a column to the key' },
		duplicate: { name: 'Duplicate', settle: 'Reverse the repeated document' },
		missing: { name: 'Missing on a side', settle: 'Enter the missing document, or reverse the other' },
		unbalanced: { name: 'Unbalanced', settle: 'Correct the entry until debit equals credit' },
		quantity: {
			name: 'Quantity',
			settle: 'Count or check the delivery, then correct the document that is wrong',
		},
		price: { name: 'Price', settle: 'Compare with the agreed price; correct or credit the invoice' },
		rate: {
			name: 'Currency rate',
			settle: 'Use the rate of the agreed day, or book the exchange difference',
		},
		tax: { name: 'Tax', settle: 'Check the tax code and rate; correct the invoice' },
		costing: {
			name: 'Costing method',
			settle: 'Revalue by the ledger’s costing method and book the difference',
		},
		amount: { name: 'Amount', settle: 'Look for discounts or charges; correct or credit the invoice' },
		rounding: { name: 'Rounding', settle: 'Write off to the rounding account' },
		period: { name: 'Period', settle: 'Accrue or defer, so that the deal lies in one period' },
		dimension: { name: 'Dimension missing', settle: 'Fill in the cost centre or project on the document' },
	},
	'zh-CN': {
		ambiguous: { name: '匹配不唯一', settle: '人工配对，或在匹配键中增加一列' },
		duplicate: { name: '重复', settle: '冲销重复的单据' },
		missing: { name: '单边缺失', settle: '补录缺失的单据，或冲销另一方' },
		unbalanced: { name: '借贷不平', settle: '更正分录，使借贷相等' },
		quantity: { name: '数量差异', settle: '盘点或核对出库，更正有误的单据' },
		price: { name: '单价差异', settle: '核对约定单价，更正或红冲发票' },
		rate: { name: '汇率差异', settle: '采用约定日期的汇率，或登记汇兑损益' },
		tax: { name: '税额差异', settle: '核对税码和税率，更正发票' },
		costing: { name: '计价方法差异', settle: '按总账的计价方法重新计价，并登记差额' },
		amount: { name: '金额差异', settle: '查找折扣或附加费，更正或红冲发票' },
		rounding: { name: '尾差', settle: '转入尾差科目' },
		period: { name: '跨期', settle: '计提或递延，使同一笔交易落在同一期间' },
		dimension: { name: '缺少核算维度', settle: '在单据上补填成本中心或项目' },
	},
};

const sideWords: Record<ReportLanguage, Record<string, string>> = {
	en: { orders: 'Orders', deliveries: 'Deliveries', invoices: 'Invoices', ledger: 'Ledger' },
	'zh-CN': { orders: '订单', deliveries: '出库', invoices: '发票', ledger: '总账' },
};

/** What people call a side; a name of one's own stays as it is. */
export function sideName(name: string, language: ReportLanguage): string {
	return sideWords[language][name] ?? name;
}

/** What the sides say of a deal where they differ, in one sentence for people. */
export function explain(
	{ class: kind, sides }: Pick<Finding, 'class' | 'sides'>,
	names: string[],
	language: ReportLanguage,
): string {
	const { none } = phrases[language];
	const parts = names.flatMap((name): Array<[string, string]> => {
		const side = sides[name];
		const said = side === undefined ? none : shown(kind, side, language);
		return said === undefined || said === '' ? [] : [[name, said]];
	});
	return sentence(parts, language);
}

/** What has changed on the sides since a finding was open, so that it is none any more. */
export function explainSettled(
	{ class: kind, sides, sidesNow }: SettledFinding,
	names: string[],
	language: ReportLanguage,
): string {
	const say = phrases[language];
	if (Object.keys(sidesNow).length === 0) return say.gone;
	const changes = names.flatMap((name): Array<[string, string]> => {
		const [then, now] = [sides[name], sidesNow[name]];
		if (then === undefined && now === undefined) return [];
		if (now === undefined) return [[name, say.removed]];
		const said = shown(kind, now, language) ?? '';
		if (then === undefined) return [[name, [say.entered, said].filter(Boolean).join(say.comma)]];
		const before = shown(kind, then, language) ?? '';
		return before === said ? [] : [[name, `${before} → ${said === '' ? say.filledIn : said}`]];
	});
	if (changes.length > 0) return sentence(changes, language);
	const others = names.filter((name) => JSON.stringify(sides[name]) !== JSON.stringify(sidesNow[name]));
	return others.length === 0
		? say.withinTolerance
		: sentence(
				others.map((name) => [name, say.otherFigures]),
				language,
			);
}

const phrases = {
	en: {
		none: 'none',
		gone: 'No side has the deal any more',
		removed: 'removed',
		entered: 'entered',
		filledIn: 'filled in',
		otherFigures: 'other figures than before',
		withinTolerance: 'The figures are as before; the comparison no longer counts them as a difference',
		comma: ', ',
		colon: ': ',
		semicolon: '; ',
		balance: 'debit less credit',
		quantity: 'quantity',
		lines: (count: number) => `${count} lines`,
		empty: (count: number, of: number) => `empty in ${count} of ${of}`,
	},
	'zh-CN': {
		none: '无',
		gone: '各方均已无此交易',
		removed: '已删除',
		entered: '已补录',
		filledIn: '已补填',
		otherFigures: '数据已更改',
		withinTolerance: '数据未变；按现行比对规则不再算作差异',
		comma: '，',
		colon: '：',
		semicolon: '；',
		balance: '借方减贷方',
		quantity: '数量',
		lines: (count: number) => `${count} 行`,
		empty: (count: number, _of: number) => `${count} 行为空`,
	},
};

function sentence(parts: Array<[name: string, said: string]>, language: ReportLanguage): string {
	const { colon, semicolon } = phrases[language];
	return parts.map(([name, said]) => `${sideName(name, language)}${colon}${said}`).join(semicolon);
}

/** What one side says about that in which a difference of the class consists. */
function shown(kind: VarianceClass, side: SideFigures, language: ReportLanguage): string | undefined {
	const say = phrases[language];
	switch (kind) {
		case 'price':
			if (side.price === undefined) return undefined;
			return side.price.low === side.price.high ? side.price.low : `${side.price.low}–${side.price.high}`;
		case 'rate':
			return side.rate === undefined ? side.currency : `${side.currency ?? ''} ${side.rate}`.trim();
		case 'tax':
			return side.tax;
		case 'costing':
			return side.cost;
		case 'unbalanced':
			return side.balance === undefined ? undefined : `${say.balance} ${side.balance}`;
		case 'amount':
		case 'rounding':
			return side.amount;
		case 'period':
			return side.firstDate === side.lastDate ? side.firstDate : `${side.firstDate} … ${side.lastDate}`;
		case 'dimension':
			return side.withoutDimension === undefined ? undefined : say.empty(side.withoutDimension, side.lines);
		default:
			return [
				...(side.lines > 1 ? [say.lines(side.lines)] : []),
				...(side.quantity === undefined ? [] : [`${say.quantity} ${side.quantity}`]),
				...(side.quantity === undefined && side.amount !== undefined ? [side.amount] : []),
			].join(say.comma);
	}
}
