import { broadPolicies } from '../../../../core/access/review/broadPolicies';
import { dutyConflicts, standardDutyRules } from '../../../../core/access/review/dutyConflicts';
import type { HeldRight } from '../../../../core/access/review/heldRight';
import { reviewRights } from '../../../../core/access/review/review';
import { roleDrift } from '../../../../core/access/review/roleDrift';
import { superAdministrators } from '../../../../core/access/review/superAdministrators';
import { unusedRights } from '../../../../core/access/review/unusedRights';
import { explainReview } from '../../../../core/access/review/words';

const held = (person: string, right: string, more: Partial<HeldRight> = {}): HeldRight => ({
	system: 'erp',
	account: person.toLowerCase(),
	person,
	right,
	...more,
});
const at = Date.parse('2026-11-25T00:00:00Z');

test('37 super administrators against a limit of 3, each counted once over all systems', () => {
	const rights = Array.from({ length: 37 }, (_, index) => [
		held(`E${index}`, 'Administrator'),
		held(`E${index}`, 'group 7', { system: 'wms', administrator: true }),
		held(`E${index}`, 'Sales administration clerk'),
	]).flat();
	const found = superAdministrators(rights, 3);
	expect(found).toMatchObject({ count: 37, limit: 3, isAbove: true });
	expect(found.holders[0]?.rights.map(({ system }) => system)).toEqual(['erp', 'wms']);
	expect(superAdministrators(rights.slice(0, 9), 3).isAbove).toBe(false);
});

test('duties that nobody should hold together are found across systems, and only where one person holds both', () => {
	const rights = [
		held('E1', 'supplier.create'),
		held('E1', 'payment.release', { system: 'bank' }),
		held('E2', 'supplier.create'),
		held('E3', 'payment.release', { system: 'bank' }),
	];
	const conflicts = dutyConflicts(rights);
	expect(conflicts.map(({ rule, holder }) => `${rule} ${holder}`)).toEqual(['supplier-payment E1']);
	expect(conflicts[0]).toMatchObject({
		risk: 'critical',
		second: [{ system: 'bank', right: 'payment.release' }],
	});
	expect(new Set(standardDutyRules.map(({ id }) => id)).size).toBe(standardDutyRules.length);
});

test('rights that a system knows by numbers are judged by their names, and told by both', () => {
	const right = (person: string, key: string, rightName: string): HeldRight => ({
		system: 'tryton',
		account: person,
		person,
		right: key,
		rightName,
	});
	const rights = [
		right('E1', '17', 'Maintain suppliers'),
		right('E1', '23', 'Payment run'),
		right('E2', '4', 'Domain Admins'),
	];
	const [conflict] = dutyConflicts(rights);
	expect(conflict).toMatchObject({
		rule: 'supplier-payment',
		holder: 'E1',
		first: [{ system: 'tryton', right: '17', rightName: 'Maintain suppliers' }],
	});
	const { holders } = superAdministrators(rights, 0);
	expect(holders.map(({ holder }) => holder)).toEqual(['E2']);
	for (const one of holders)
		expect(explainReview({ kind: 'superAdministrator', ...one }, 'en')).toBe(
			'E2 may do everything by tryton 4 (Domain Admins)',
		);
});

test('a right is unused since its last use, else since it was given; where neither is known nothing is concluded', () => {
	const rights = [
		held('E1', 'a', { lastUsedAt: '2026-08-01T00:00:00Z', since: '2020-01-01' }),
		held('E2', 'a', { since: '2026-05-01' }),
		held('E3', 'a', { lastUsedAt: '2026-11-20T00:00:00Z' }),
		held('E4', 'a'),
	];
	const { unused, unknown } = unusedRights(rights, 90, at);
	expect(unused.map(({ holder, because, days }) => `${holder} ${because} ${days}`)).toEqual([
		'E2 neverUsed 208',
		'E1 notUsed 116',
	]);
	expect(unknown).toBe(1);
});

test('who holds what the others of the post do not, or lacks what they have, has drifted', () => {
	const rights = Array.from({ length: 10 }, (_, index) => [
		held(`E${index}`, 'orders', { post: 'Buyer' }),
		...(index === 0 ? [] : [held(`E${index}`, 'suppliers', { post: 'Buyer' })]),
	]).flat();
	rights.push(held('E0', 'payroll', { post: 'Buyer' }), held('E99', 'payroll', { post: 'HR clerk' }));
	expect(roleDrift(rights)).toEqual([
		{
			holder: 'E0',
			post: 'Buyer',
			peers: 9,
			beyond: [{ system: 'erp', right: 'payroll', peersWithIt: 0 }],
			missing: [{ system: 'erp', right: 'suppliers', peersWithIt: 9 }],
			// Holds 2, the others 2, one in common: 1 − 1/3.
			distance: 0.67,
		},
	]);
});

test('a policy is broad when neither its scope nor a condition says who, what or on what', () => {
	const policies = {
		everything: 'permit(principal, action, resource);',
		anybody: 'permit(principal, action == Action::"price.change", resource);',
		whoever: 'permit(principal, action == Action::"price.change", resource) when { principal.rank > 5 };',
		anything: 'permit(principal == Employee::"E1", action, resource) when { resource.region == "EU" };',
		forbidding: 'forbid(principal, action, resource);',
		broken: 'permit(',
	};
	expect(broadPolicies({ policies }).map(({ policy, open }) => `${policy}: ${open.join(' ')}`)).toEqual([
		'everything: principal action resource',
		'anybody: principal resource',
		'anything: action',
	]);
});

test('every kind of finding is explained in both languages', () => {
	const rights = [
		held('E0', 'admin', { post: 'Buyer', since: '2026-01-01' }),
		held('E0', 'supplier.create', { post: 'Buyer' }),
		held('E0', 'payment.release', { post: 'Buyer' }),
		...Array.from({ length: 9 }, (_, index) => held(`P${index}`, 'orders', { post: 'Buyer' })),
	];
	const { findings, summary } = reviewRights(rights, {
		administratorLimit: 0,
		unusedDays: 90,
		policies: { all: 'permit(principal, action, resource);' },
		at,
	});
	expect(new Set(findings.map(({ kind }) => kind)).size).toBe(5);
	expect(summary).toMatchObject({
		superAdministrators: 1,
		isAboveLimit: true,
		dutyConflicts: 1,
		broadPolicies: 1,
		unusedRights: 1,
	});
	for (const finding of findings) {
		expect(explainReview(finding, 'zh-CN')).toMatch(/[一-鿿]/);
		expect(explainReview(finding, 'en')).not.toMatch(/[一-鿿]/);
	}
});
