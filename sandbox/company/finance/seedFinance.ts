import { add } from '../../../core/model/decimal';
import { assetCards } from './assetCards';
import { chartOfAccounts } from './chart';
import type { Finance } from './finance';

/**
 * Fills an empty ledger: the chart, the months of last year and this one, dimensions, fixed assets, and a few posted entries. Last
 * year is locked and this year closed, up to the month before the last.
 */
export function seedFinance(finance: Finance, today = new Date()): void {
	const year = today.getUTCFullYear();
	const cards = assetCards(year);
	finance.import(() => {
		for (const account of chartOfAccounts) finance.accounts.create(account);
		for (const value of dimensionValues(year)) finance.dimensions.create(value);
		for (const card of cards) finance.assets.create(card);
		for (const period of months(year - 1)) finance.periods.create(period);
		for (const period of months(year)) finance.periods.create(period);
		for (const entry of entries(
			year,
			today.getUTCMonth(),
			cards.map(({ cost }) => String(cost)),
		)) {
			finance.entries.act(finance.entries.create(entry).record.id, 'post');
		}
		const open = new Date(Date.UTC(year, today.getUTCMonth() - 1, 1)).toISOString().slice(0, 10);
		for (const { id, body } of finance.periods.list({ limit: 100 })) {
			if (body.to < open) finance.periods.act(id, body.to < `${year}` ? 'lock' : 'close');
		}
	});
}

function months(year: number): Array<{ code: string; name: string; from: string; to: string }> {
	return Array.from({ length: 12 }, (_, month) => {
		const day = (date: Date) => date.toISOString().slice(0, 10);
		return {
			code: `${year}-${String(month + 1).padStart(2, '0')}`,
			name: `${year}年${month + 1}月`,
			from: day(new Date(Date.UTC(year, month, 1))),
			to: day(new Date(Date.UTC(year, month + 1, 0))),
		};
	});
}

function dimensionValues(year: number): object[] {
	return [
		{ dimension: 'costCentre', code: 'CC-100', name: '销售部 Sales' },
		{ dimension: 'costCentre', code: 'CC-200', name: '仓储部 Warehouse' },
		{ dimension: 'costCentre', code: 'CC-300', name: '行政部 Administration' },
		{
			dimension: 'costCentre',
			code: 'CC-900',
			name: '旧门店 Closed shop',
			validTo: `${year - 1}-12-31`,
		},
		{ dimension: 'profitCentre', code: 'PC-FUR', name: '家具 Furniture' },
		{ dimension: 'profitCentre', code: 'PC-OFF', name: '办公用品 Office supplies' },
		{ dimension: 'profitCentre', code: 'PC-TEC', name: '电子产品 Technology' },
		{ dimension: 'project', code: 'P-001', name: '仓库改造 Warehouse refit', validFrom: `${year - 1}-01-01` },
		{ dimension: 'project', code: 'P-002', name: '网上商城 Web shop', validFrom: `${year}-01-01` },
		{
			dimension: 'project',
			code: 'P-003',
			name: '展会 Trade fair',
			validFrom: `${year - 1}-03-01`,
			validTo: `${year - 1}-10-31`,
		},
		{ dimension: 'sourceOfFunds', code: 'operating', name: '经营资金 Operating funds' },
		{ dimension: 'sourceOfFunds', code: 'investment', name: '投资资金 Investment funds' },
		{ dimension: 'sourceOfFunds', code: 'grant', name: '专项拨款 Grants', validTo: `${year}-12-31` },
	];
}

/** The opening of last year, and the rent of each month since; `month` is the present one from 0. */
function entries(year: number, month: number, costs: string[]): object[] {
	const fixed = costs.reduce(add, '0');
	const opening = {
		date: `${year - 1}-01-01`,
		text: '期初余额 Opening balances',
		lines: [
			{ account: '1002', debit: '1860000' },
			{ account: '1405', debit: '820000' },
			{ account: '1601', debit: fixed },
			{ account: '4001', credit: add('2680000', fixed) },
		],
	};
	const rent = Array.from({ length: 12 + month }, (_, index) => ({
		date: new Date(Date.UTC(year - 1, index, 5)).toISOString().slice(0, 10),
		text: '房租 Rent',
		lines: [
			{ account: '6602', debit: '18500', text: '办公室 Office', dimensions: { costCentre: 'CC-300' } },
			{ account: '6601', debit: '26400', text: '仓库 Warehouse', dimensions: { costCentre: 'CC-200' } },
			{ account: '1002', credit: '44900' },
		],
	}));
	return [opening, ...rent];
}
