import type { z } from 'zod/v4';

import type { assetKind } from './assets';

type Card = z.input<typeof assetKind.fields>;

/** The company's fixed assets. One has no rule yet, and one was sold last year. */
export function assetCards(year: number): Card[] {
	const before = year - 1;
	return [
		{
			code: 'FA-1001',
			name: '送货车 Delivery van',
			place: '苏州 Suzhou',
			currency: 'CNY',
			cost: '286000',
			residualValue: '14300',
			inService: `${before}-03-15`,
			rule: { method: 'straightLine', usefulLifeMonths: 60, convention: 'followingMonth' },
		},
		{
			code: 'FA-1002',
			name: '仓库货架 Warehouse racking',
			place: '苏州 Suzhou',
			currency: 'CNY',
			cost: '168000',
			residualValue: '8400',
			inService: `${before}-06-01`,
			rule: { method: 'straightLine', usefulLifeMonths: 120, convention: 'monthly' },
		},
		{
			code: 'FA-1003',
			name: '服务器 Servers',
			currency: 'CNY',
			cost: '92000',
			residualValue: '4600',
			inService: `${before}-01-10`,
			rule: {
				method: 'decliningBalance',
				factor: '2',
				switchToStraightLine: true,
				usefulLifeMonths: 36,
				convention: 'monthly',
			},
		},
		{
			code: 'FA-1004',
			name: '包装机 Packing machine',
			place: '苏州 Suzhou',
			currency: 'CNY',
			cost: '240000',
			residualValue: '12000',
			inService: `${before}-02-01`,
			rule: { method: 'unitsOfProduction', totalUnits: '1200000' },
			production: Array.from({ length: 24 }, (_, month) => ({
				on: `${before + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-28`,
				units: String(9_000 + ((month * 37) % 11) * 400),
			})).slice(1),
		},
		{
			code: 'FA-1005',
			name: '办公室装修 Office fit-out',
			currency: 'CNY',
			cost: '150000',
			residualValue: '0',
			inService: `${before}-07-01`,
			rule: { method: 'sumOfYears', usefulLifeMonths: 60, convention: 'daily' },
		},
		{
			code: 'FA-1006',
			name: '叉车 Forklift',
			place: '苏州 Suzhou',
			currency: 'CNY',
			cost: '78000',
			residualValue: '3900',
			inService: `${before}-11-20`,
		},
		{
			code: 'FA-1007',
			name: '旧打印机 Old printer',
			currency: 'CNY',
			cost: '18000',
			residualValue: '900',
			inService: `${before - 1}-04-01`,
			rule: { method: 'straightLine', usefulLifeMonths: 36, convention: 'halfYear' },
			disposal: { on: `${before}-09-30`, proceeds: '6500' },
		},
	];
}
