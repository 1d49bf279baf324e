import type { INodeProperties } from 'n8n-workflow';

import { Erp } from '../../nodes/Erp/Erp.node';
import { Finance } from '../../nodes/Finance/Finance.node';
import { Wms } from '../../nodes/Wms/Wms.node';
import { quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { editor, run } from './nodeContext';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => await fixture.close());

const nodes = { erp: new Erp(), finance: new Finance(), wms: new Wms() };
type Search = (
	this: unknown,
	filter?: string,
) => Promise<{ results: Array<{ value: unknown; name: string }> }>;
const searches = (name: keyof typeof nodes) =>
	nodes[name].methods.listSearch as unknown as Record<string, Search>;

/** Resources by operation that work on one record, and the parameter that names it. */
const onOneRecord: Array<[keyof typeof nodes, string, string[], string]> = [
	['erp', 'salesOrder', ['get', 'update', 'confirm', 'cancel'], 'order'],
	['erp', 'purchaseOrder', ['get', 'update', 'confirm', 'cancel'], 'purchaseOrder'],
	['erp', 'item', ['get', 'update'], 'item'],
	['erp', 'partner', ['get', 'update'], 'partner'],
	['erp', 'delivery', ['get', 'update', 'confirm', 'cancel'], 'delivery'],
	['erp', 'invoice', ['get', 'update', 'confirm', 'cancel'], 'invoice'],
	['finance', 'account', ['get'], 'account'],
	['finance', 'asset', ['get'], 'asset'],
	['finance', 'dimensionValue', ['get'], 'dimensionValue'],
	['finance', 'journalEntry', ['get', 'update', 'post'], 'journalEntry'],
	['finance', 'ledgerPeriod', ['get'], 'ledgerPeriod'],
	['wms', 'reservation', ['get', 'release', 'reserve'], 'orderKey'],
	['wms', 'shipment', ['get', 'ship', 'cancel'], 'key'],
	['wms', 'shipment', ['create'], 'orderKey'],
	['wms', 'receipt', ['get', 'receive', 'cancel'], 'key'],
	['wms', 'receipt', ['create'], 'orderKey'],
	['wms', 'stockLevel', ['get'], 'item'],
	['wms', 'item', ['get'], 'item'],
	['wms', 'erpReport', ['resolveConflict'], 'key'],
];

test.each(onOneRecord)(
	'%s: %s: %j pick the record from a live list, or by a key that is checked',
	(name, resource, operations, parameter) => {
		for (const operation of operations) {
			const picker = nodes[name].description.properties.find(
				(property: INodeProperties) =>
					property.name === parameter &&
					property.displayOptions?.show?.['resource']?.includes(resource) === true &&
					property.displayOptions.show['operation']?.includes(operation) === true,
			);
			expect([operation, picker?.type]).toEqual([operation, 'resourceLocator']);
			const [list, byKey] = picker?.modes ?? [];
			expect(Object.keys(searches(name))).toContain(list?.typeOptions?.searchListMethod);
			expect(list?.typeOptions?.searchable).toBe(true);
			const [rule] = byKey?.validation ?? [];
			const { regex } = (rule as unknown as { properties: { regex: string } }).properties;
			const fits = (key: string) => new RegExp(`^${regex}$`).test(key);
			expect(['SO-1', '5', '物料 1'].every(fits)).toBe(true);
			expect([' SO-1', 'SO-1 ', ' ', 'x'.repeat(201)].some(fits)).toBe(false);
		}
	},
);

test('what the warehouse expects is picked from the purchase orders of the same system', async () => {
	const { results } = await (searches('wms')['searchPurchaseOrders'] as Search).call(
		editor(fixture.company, { system: 'sandbox' }),
		'PO-00000002',
	);
	expect(results).toMatchObject([{ value: 'PO-00000002', name: expect.stringContaining('苏州文汇') }]);
});

test('a key with outer spaces is refused before anything is asked of the system', async () => {
	const attempt = run(nodes.erp, fixture.company, {
		system: 'sandbox',
		resource: 'salesOrder',
		operation: 'get',
		order: { __rl: true, mode: 'id', value: ' SO-00000001' },
	});
	await expect(attempt).rejects.toThrow(/order: must not have control characters or outer spaces/);
});

describe('Get Many', () => {
	const partners = { system: 'sandbox', resource: 'partner', operation: 'getAll' };
	beforeAll(() => {
		for (let number = 0; number < 450; number += 1) {
			fixture.company.erp.partners.create({ code: `Z-${1_000 + number}`, name: 'Page filler', roles: [] });
		}
	});

	test('reads no more pages than the limit needs, also where conditions leave records out', async () => {
		const calls: string[] = [];
		const limited = await run(nodes.erp, fixture.company, { ...partners, limit: 3 }, calls);
		expect([limited.length, calls.length]).toEqual([3, 1]);
		calls.length = 0;
		const found = await run(
			nodes.erp,
			fixture.company,
			{
				...partners,
				limit: 200,
				conditions: { condition: [{ field: 'code', operator: 'startsWith', value: 'z-' }] },
			},
			calls,
		);
		expect(found.map(({ code }) => code)).toEqual(
			Array.from({ length: 200 }, (_, index) => `Z-${1_000 + index}`),
		);
		expect(calls.filter((url) => url.endsWith('/api/partners')).length).toBe(2);
	});

	test('Return All gives every record once, page by page', async () => {
		const calls: string[] = [];
		const all = await run(nodes.erp, fixture.company, { ...partners, returnAll: true }, calls);
		const codes = all.map(({ code }) => code);
		expect(new Set(codes).size).toBe(codes.length);
		expect(codes.length).toBe(fixture.company.erp.partners.list({ limit: 1_000 }).length);
		expect(calls.length).toBe(3);
	});
});
