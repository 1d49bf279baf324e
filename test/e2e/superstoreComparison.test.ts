import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCompany, type Company } from '../../sandbox/company/company';
import type { ErpOrder } from '../../sandbox/company/erp/model';
import { compare } from '../../sandbox/demo/comparison';
import { readSuperstore } from '../../sandbox/demo/dataset';
import { runDemo, type DemoResult } from '../../sandbox/demo/run';

/** Does what an integration would do on a commit in the ERP. */
type Integration = (order: ErpOrder, company: Company) => void;

/** The demo's verdict on an integration, over 60 orders, 20 changes and 10 cancellations. */
async function verdictOn(integration: Integration): Promise<DemoResult> {
	const folder = await mkdtemp(join(tmpdir(), 'superstore-comparison-'));
	const apiKey = 'a-key-for-tests';
	const company = await startCompany({
		folder,
		apiKey,
		seed: false,
		page: false,
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
		erp: { publish: false },
		wms: { publish: false },
	});
	company.erp.onCommit((commits) => {
		for (const { order } of commits) integration(order, company);
	});
	try {
		const { erp: erpUrl, wms: wmsUrl } = company.addresses;
		return await runDemo(
			{ erpUrl, wmsUrl, apiKey },
			{
				orders: readSuperstore().slice(0, 60),
				changes: 20,
				cancellations: 10,
				rate: 1_000,
				seed: 3,
				patienceMs: 1_200,
			},
		);
	} finally {
		await company.close();
		await rm(folder, { recursive: true, force: true });
	}
}

/** Reserves the ordered numbers as if every unit were the one in which the WMS counts. */
const ignoringUnits: Integration = ({ id, version, status, lines }, { warehouse }) => {
	const wanted = new Map<string, number>();
	for (const { gtin, quantity } of status === 'cancelled' ? [] : lines) {
		const sku = warehouse.itemsByGtin([gtin])[0]?.sku ?? '';
		wanted.set(sku, (wanted.get(sku) ?? 0) + Number(quantity));
	}
	warehouse.match([
		{
			order: id,
			sequence: version,
			lines: [...wanted].map(([sku, quantity]) => ({ sku, quantity: String(quantity) })),
		},
	]);
};

describe('the comparison finds out an integration', () => {
	test('that does nothing: every order is lost, but for those that ask for nothing any more', async () => {
		const { lost, wrong, appliedTwice, reservations } = await verdictOn(() => undefined);
		expect({ wrong, appliedTwice, reservations }).toEqual({ wrong: [], appliedTwice: [], reservations: 0 });
		expect(lost.length).toBeGreaterThanOrEqual(45);
		expect(lost.length).toBeLessThanOrEqual(50);
	});

	test('that ignores units: wrong, though every version is answered', async () => {
		const { lost, wrong, appliedTwice } = await verdictOn(ignoringUnits);
		expect({ lost, appliedTwice }).toEqual({ lost: [], appliedTwice: [] });
		expect(wrong.length).toBeGreaterThan(0);
		expect(wrong.length).toBeLessThan(60);
	});

	test('that never hears of cancellations: these are lost', async () => {
		const { lost } = await verdictOn((order, company) => {
			if (order.status !== 'cancelled') ignoringUnits(order, company);
		});
		expect(lost.length).toBeGreaterThan(0);
		expect(lost.length).toBeLessThanOrEqual(10);
		for (const { what } of lost) expect(what).toContain('asks for nothing');
	});

	test('that applies a version twice, going by the log of movements', () => {
		const movement = { order: 'SO-1', sku: 'A', delta: '2', sequence: 4, at: '2026-01-31T08:00:00.000Z' };
		const movements = [
			{ ...movement, id: 1, cause: 'match' as const },
			{ ...movement, id: 2, cause: 'fill' as const },
			{ ...movement, id: 3, sequence: 5, cause: 'match' as const },
			{ ...movement, id: 4, cause: 'match' as const },
		];
		const books = { orders: [], reservations: [], movements, available: new Map<string, string>() };
		expect(compare(books, new Map()).appliedTwice).toEqual([
			{ order: 'SO-1', what: 'version 4 changed the stock of A once more by 2' },
		]);
	});
});
