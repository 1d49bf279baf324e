import { join } from 'node:path';

import { Erp } from '../../sandbox/company/erp/erp';
import { Finance } from '../../sandbox/company/finance/finance';
import { seedFinance } from '../../sandbox/company/finance/seedFinance';
import { plantErrors } from '../../sandbox/company/planted/errors';
import { seedCompany } from '../../sandbox/company/seed';
import { Warehouse } from '../../sandbox/company/wms/warehouse';
import { temporaryFolder } from './sandboxFixture';

/** A company that was seeded at that moment. */
function seededAt(now: Date) {
	const { folder, remove } = temporaryFolder();
	const options = { publish: true, topicPrefix: 'erp' };
	const erp = new Erp(join(folder, 'erp.db'), options);
	const warehouse = new Warehouse(join(folder, 'wms.db'), options);
	const finance = new Finance(join(folder, 'finance.db'), options);
	seedFinance(finance, now);
	const waiting = () => [erp, warehouse, finance].map(({ outbox }) => outbox?.sizeAfter(0));
	seedCompany(erp, warehouse, () => {
		const before = waiting();
		plantErrors({ erp, warehouse, finance }, now);
		expect(waiting()).toEqual(before);
	});
	const close = (): void => {
		erp.close();
		warehouse.close();
		finance.close();
		remove();
	};
	return { erp, finance, close };
}

test.each([
	['2026-03-31T23:59:00Z', '2026-03'],
	['2026-03-31T15:59:00Z', '2026-02'],
	['2027-01-01T00:00:00Z', '2026-12'],
	['2026-12-31T16:00:00Z', '2026-12'],
	['2028-03-01T12:00:00Z', '2028-02'],
])(
	'seeded at %s, the deals lie in %s as the company counts its days, and no event tells of them',
	(at, month) => {
		const { erp, finance, close } = seededAt(new Date(at));
		try {
			const months = erp.orders({ status: 'done', limit: 100 }).map(({ orderedAt }) => orderedAt.slice(0, 7));
			// One is ordered, and leaves, at the end of the month before: the cut-off error.
			expect(months).toHaveLength(28);
			expect(months.filter((one) => one === month)).toHaveLength(27);
			const booked = finance.entries.list({ limit: 1_000 }).filter(({ body }) => body.source !== undefined);
			expect(new Set(booked.map(({ body }) => body.period))).toEqual(new Set([month]));
			expect(booked.every(({ status }) => status === 'posted')).toBe(true);
		} finally {
			close();
		}
	},
);
