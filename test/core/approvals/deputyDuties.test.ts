import { dutiesAgainst } from '../../../core/approvals/deputyDuties';
import type { AccessSnapshot } from '../../../core/ports/accessSystem';

const lin = { key: 'lin', name: 'Lin', employee: 'E8', state: 'active' as const };
const snapshot = (held: string[], more: Partial<AccessSnapshot> = {}): AccessSnapshot => ({
	system: 'erp',
	takenAt: '2026-03-02T08:00:00.000Z',
	complete: true,
	accounts: [{ key: 'A1', login: 'LIN', employee: 'E8', active: true }],
	rights: [
		{ key: 'admin', name: 'Everything', administrator: true },
		{ key: 'r17', name: 'Enter sales orders', administrator: false },
		{ key: 'sales.read', name: 'Read sales orders', administrator: false },
		{ key: 'purchase', name: 'Enter purchase orders', administrator: false },
		{ key: 'supplier.create', name: 'Create supplier', administrator: false },
		{ key: 'payment.release', name: 'Release payments', administrator: false },
	],
	grants: held.map((right) => ({ system: 'erp', account: 'A1', right, why: 'unknown' })),
	...more,
});
const against = (...given: Parameters<typeof snapshot>) =>
	dutiesAgainst(lin, ['salesOrder'], snapshot(...given), 'en').join(' ');

test('who only reads may decide; who enters such documents may not, whatever the right is called', () => {
	expect(against(['sales.read', 'purchase'])).toBe('');
	expect(against(['r17'])).toContain('Enter sales orders and approve them');
	expect(dutiesAgainst(lin, ['purchaseOrder'], snapshot(['purchase']), 'zh-CN').join('')).toContain(
		'审批采购订单',
	);
});

test('a conflict that the deputy has anyway is not that of the delegation', () => {
	expect(against(['supplier.create', 'payment.release'])).toBe('');
});

test('who may do everything, has no account, or cannot be looked at whole is refused', () => {
	expect(against(['admin'])).toContain('may do everything (admin)');
	expect(against([], { accounts: [] })).toContain('has no account in erp');
	expect(against([], { complete: false, missing: 'page 2' })).toContain('page 2');
});
