import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';

import { cedarEngine } from '../../../core/access/decisions/cedarEngine';
import { compiledEngine } from '../../../core/access/decisions/compiled/compiledEngine';
import { changed } from '../../../core/access/policies/change';
import { compileForm } from '../../../core/access/policies/compileForm';
import { emptyDefinition } from '../../../core/access/policies/definition';
import { PolicyForm } from '../../../core/access/policies/form';
import { readForm } from '../../../core/access/policies/readForm';

/** Names that would end a string, a policy or a line if they were pasted into Cedar text. */
const name = fc
	.oneof(
		fc.constantFrom(
			'Purchasing',
			'采购部',
			'R&D "new"',
			'");\npermit(principal,action,resource);//'.replace('\n', ' '),
			'a\\',
			'${x}',
			'\u202eevil',
			'*',
		),
		fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
	)
	.filter((text) => PolicyForm.shape.departments.safeParse([text]).success);
const names = fc.array(name, { maxLength: 3 });
const rank = fc.integer({ min: 0, max: 20 });
const amount = fc
	.tuple(fc.integer({ min: -999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 9_999 }))
	.map(([whole, decimals]) => `${whole}.${String(decimals).padStart(4, '0')}`);
const minutes = fc.integer({ min: 0, max: 1_439 });
const time = (at: number) =>
	`${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
const hours = fc
	.record({
		zone: fc.constantFrom('Asia/Shanghai', 'America/New_York', 'UTC', 'Europe/Berlin'),
		weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 })),
		from: minutes.map(time),
		to: fc.oneof(minutes.map(time), fc.constant('24:00')),
		when: fc.constantFrom('inside', 'outside'),
	})
	.filter(({ from, to }) => from !== to);
const address = fc.oneof(
	fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
	fc.tuple(fc.ipV6(), fc.integer({ min: 96, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
	fc.ipV4(),
);
const form = fc
	.record(
		{
			effect: fc.constantFrom('permit', 'forbid'),
			operations: fc.uniqueArray(fc.constantFrom('price.change', 'contract.void', 'data.export')),
			departments: names,
			positions: names,
			regions: names,
			states: names,
			rankFrom: rank,
			rankTo: rank,
			addresses: fc.record({
				ranges: fc.array(address, { minLength: 1, maxLength: 3 }),
				when: fc.constantFrom('inside', 'outside'),
			}),
			hours,
			amountAbove: amount,
			amountUpTo: amount,
			currency: fc.constantFrom('CNY', 'EUR'),
			own: fc.constantFrom('any', 'own', 'notOwn'),
			secondApprover: fc.record(
				{ when: fc.constantFrom('given', 'missing'), rankFrom: rank, states: names },
				{ requiredKeys: ['when'] },
			),
			description: name,
		},
		{ requiredKeys: ['effect'] },
	)
	.filter((candidate) => PolicyForm.safeParse(candidate).success);

describe('The policy form', () => {
	test('every form becomes one policy of Cedar, and is read back as it was', () => {
		fc.assert(
			fc.property(form, (filled) => {
				const canonical = PolicyForm.parse(filled);
				const text = compileForm(canonical);
				expect(cedar.checkParsePolicySet({ staticPolicies: { only: text } })).toEqual({ type: 'success' });
				expect(readForm(text)).toEqual({ form: canonical });
			}),
			{ numRuns: 200 },
		);
	});

	test('a policy that people wrote in their own way is shown in the form when it says the same', () => {
		const text = `
			// buyers and their leads
			permit (principal in Department::"Purchasing", action == Action::"price.change", resource)
			when { principal.rank >= 3 && ["active"].contains(principal.state) && context.ip.isInRange(ip("10.0.0.0/8")) };`;
		expect(readForm(text)).toEqual({
			form: PolicyForm.parse({
				effect: 'permit',
				operations: ['price.change'],
				departments: ['Purchasing'],
				rankFrom: 3,
				states: ['active'],
				addresses: { ranges: ['10.0.0.0/8'] },
			}),
		});
	});

	test.each([
		[
			'a comparison that the form has not',
			'permit(principal, action, resource) when { principal.rank > 3 };',
		],
		[
			'two bounds on one field',
			'permit(principal, action, resource) when { principal.rank >= 3 && principal.rank >= 5 };',
		],
		[
			'an alternative',
			'permit(principal, action, resource) when { principal.rank >= 3 || principal.rank <= 1 };',
		],
		['an exception', 'permit(principal, action, resource) unless { principal.rank >= 3 };'],
		['one employee', 'permit(principal == Employee::"7", action, resource);'],
		['one record', 'permit(principal, action, resource == Supplier::"S-1");'],
		['a group of operations', 'permit(principal, action in Action::"risk:low", resource);'],
		['an annotation', '@owner("me") permit(principal, action, resource);'],
		[
			'an approver who need not be another person',
			'permit(principal, action, resource) when { context has secondApprover };',
		],
		[
			'two time zones',
			'permit(principal, action, resource) when { context.time["UTC"].minute >= 5 && context.time["Asia/Shanghai"].minute < 9 };',
		],
		['a department that is none', 'permit(principal in Employee::"x", action, resource);'],
	])('%s stays text, and the form says so', (_, text) => {
		expect(readForm(text)).toEqual({ notInForm: expect.stringMatching(/^It .*\.$/) as unknown });
	});

	test.each([
		['addresses', { addresses: { ranges: ['10.0.0.0/33'] } }],
		['addresses', { addresses: { ranges: ['010.0.0.1'] } }],
		['addresses', { addresses: { ranges: ['fe80::1%eth0'] } }],
		['hours', { hours: { zone: '+08:00' } }],
		['hours', { hours: { zone: 'Mars/Olympus' } }],
		['amountUpTo', { amountUpTo: '1.23456' }],
		['amountUpTo', { amountUpTo: '1e5' }],
		['departments', { departments: ['a\u0000b'] }],
		['departments', { departments: [' Finance'] }],
	])('a wrong value in %s is refused', (field, wrong) => {
		const parsed = PolicyForm.safeParse({ effect: 'permit', ...wrong });
		expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([field]);
	});

	test.each(['inside', 'outside'] as const)(
		'a thousand ranges are one policy, are read back, and decide %s them',
		async (when) => {
			const ranges = Array.from({ length: 1_000 }, (_, index) => `10.${index >> 2}.${(index & 3) * 64}.0/24`);
			const change = {
				kind: 'form' as const,
				policy: 'sites',
				form: { effect: 'permit', addresses: { ranges, when } },
			};
			const { problems, definition } = await changed(emptyDefinition, change);
			expect(problems).toEqual([]);
			expect(readForm(definition.policies.sites ?? '')).toEqual({ form: PolicyForm.parse(change.form) });
			const uid = (type: string) => ({ type, id: 'x' });
			const asked = {
				principal: uid('Employee'),
				action: uid('Action'),
				resource: uid('Price'),
				entities: [],
			};
			const both = [compiledEngine, cedarEngine].map((make) => make({ staticPolicies: definition.policies }));
			const permits = (ip: string) =>
				both.map(
					(engine) => engine.decide({ ...asked, context: { ip: { __extn: { fn: 'ip', arg: ip } } } }).outcome,
				);
			const [within, without] = when === 'inside' ? ['permit', 'deny'] : ['deny', 'permit'];
			for (const ip of ['10.0.0.7', '10.124.128.255', '10.249.192.1'])
				expect(permits(ip)).toEqual([within, within]);
			for (const ip of ['10.0.1.0', '10.250.0.1', '11.0.0.7'])
				expect(permits(ip)).toEqual([without, without]);
		},
	);

	test('more ranges than that are refused by field', async () => {
		const ranges = Array.from({ length: 1_001 }, () => '10.0.0.0/8');
		const form = { effect: 'permit', addresses: { ranges } };
		await expect(changed(emptyDefinition, { kind: 'form', policy: 'many', form })).rejects.toThrow(
			/"many" can't be used: .*addresses\.ranges/,
		);
	});

	test('ranges in a row or in brackets, as people write them, are shown in the form', () => {
		const [a, b, c, d, e] = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16', '10.5.0.0/16'].map(
			(range) => `context.ip.isInRange(ip("${range}"))`,
		);
		for (const text of [`${a} || ${b} || ${c} || ${d} || ${e}`, `${a} || (${b} || (${c} || (${d} || ${e})))`])
			for (const when of ['inside', 'outside'] as const) {
				const body = when === 'inside' ? text : `!(${text})`;
				expect(readForm(`permit(principal, action, resource) when { ${body} };`)).toMatchObject({
					form: { addresses: { when, ranges: [1, 2, 3, 4, 5].map((part) => `10.${part}.0.0/16`) } },
				});
			}
	});

	test('a range of IPv4 written as IPv6 is the range of IPv4', () => {
		const { addresses } = PolicyForm.parse({
			effect: 'permit',
			addresses: { ranges: ['::ffff:10.0.0.0/104', '2001:DB8::/32', '10.1.2.3'] },
		});
		expect(addresses?.ranges).toEqual(['10.0.0.0/8', '2001:db8::/32', '10.1.2.3/32']);
	});
});
