import fc from 'fast-check';

import { canonicalEntities } from '../../../../core/model/entities';
import { optionalPaths, pushedPart } from '../../../../core/sync/policy/pushedFields';
import type { PolicyEntity } from '../../../../core/sync/policy/fieldTree';
import type { SyncPolicy } from '../../../../core/sync/policy/syncPolicy';
import { EntityAndTwo } from './records';

const pushing = (entity: PolicyEntity, fields?: string[]): SyncPolicy => ({
	timeToLive: 300,
	entities: { [entity]: { sync: 'push', ...(fields === undefined ? {} : { fields }) } },
});
const Case = EntityAndTwo.chain((given) =>
	fc.record({
		entity: fc.constant(given.entity),
		before: fc.constant(given.before),
		after: fc.constant(given.after),
		fields: fc.subarray(optionalPaths(given.entity), { minLength: 1 }),
	}),
);

/** Every value of a record by its path without list positions; found without the code under test. */
function values(value: unknown, path = ''): Array<[string, unknown]> {
	if (Array.isArray(value)) return value.flatMap((one) => values(one, path));
	if (typeof value !== 'object' || value === null) return value === undefined ? [] : [[path, value]];
	return Object.entries(value).flatMap(([name, one]) => values(one, path === '' ? name : `${path}.${name}`));
}
const isWithin = (path: string, fields: string[]) =>
	fields.some((field) => path === field || path.startsWith(`${field}.`));

test('a pushed record is a whole canonical record, and keeps its identity', () => {
	fc.assert(
		fc.property(Case, ({ entity, before, fields }) => {
			const part = pushedPart(pushing(entity, fields), entity, before) ?? {};
			expect(canonicalEntities[entity].parse(part)).toEqual(part);
			expect([part.key, part.code]).toEqual([before.key, before.code]);
			const lines = (record: Record<string, unknown>) =>
				((record.lines ?? []) as Array<{ line: string }>).map(({ line }) => line);
			expect(lines(part)).toEqual(lines(before));
		}),
	);
});

test('no value is pushed that is neither listed nor one that the record cannot be without', () => {
	fc.assert(
		fc.property(Case, ({ entity, before, fields }) => {
			const part = pushedPart(pushing(entity, fields), entity, before) ?? {};
			const optional = optionalPaths(entity);
			for (const [path] of values(part)) {
				const leaveable = optional.filter((one) => isWithin(path, [one]));
				// What may be left out is there because it, or something within it or around it, is listed.
				for (const one of leaveable)
					expect(isWithin(one, fields) || fields.some((field) => isWithin(field, [one]))).toBe(true);
			}
		}),
	);
});

test('a record without its listed values differs from one with others: no such change is missed', () => {
	fc.assert(
		fc.property(Case, ({ entity, before, after, fields }) => {
			const listed = (record: Record<string, unknown>) =>
				JSON.stringify(values(record).filter(([path]) => isWithin(path, fields)));
			fc.pre(listed(before) !== listed(after));
			const policy = pushing(entity, fields);
			expect(pushedPart(policy, entity, before)).not.toEqual(pushedPart(policy, entity, after));
		}),
	);
});

test('without a list all is pushed; without a rule nothing is', () => {
	fc.assert(
		fc.property(EntityAndTwo, ({ entity, before }) => {
			expect(pushedPart(pushing(entity), entity, before)).toEqual(before);
			expect(pushedPart({ timeToLive: 1, entities: {} }, entity, before)).toBeUndefined();
			for (const sync of ['pull', 'none'] as const)
				expect(
					pushedPart({ timeToLive: 1, entities: { [entity]: { sync } } }, entity, before),
				).toBeUndefined();
		}),
	);
});

test('a nested field comes with what its object cannot be without, and a system’s own field by its name', () => {
	const partner = {
		code: 'C-1',
		name: 'Claire',
		roles: ['customer'],
		address: { street: '1 Main St', city: 'Suzhou' },
		native: { 'x.term': '30 days', rating: 'A' },
	};
	const part = (fields: string[]) => pushedPart(pushing('partner', fields), 'partner', partner);
	expect(part(['address.city'])).toEqual({
		code: 'C-1',
		roles: ['customer'],
		address: { city: 'Suzhou' },
	});
	expect(part(['native.x.term'])).toEqual({
		code: 'C-1',
		roles: ['customer'],
		native: { 'x.term': '30 days' },
	});
	// Nothing of the address is there to be pushed.
	expect(part(['address.country'])).toEqual({ code: 'C-1', roles: ['customer'] });
	const order = {
		key: 'SO-1',
		state: 'draft',
		partner: { code: 'C-1', name: 'Claire' },
		lines: [{ line: '1', item: { code: 'A', name: 'Pen' }, quantity: '2', unit: 'H87', unitPrice: '9.90' }],
	};
	expect(pushedPart(pushing('salesOrder', ['lines.unitPrice']), 'salesOrder', order)).toEqual({
		key: 'SO-1',
		state: 'draft',
		lines: [{ line: '1', item: { code: 'A' }, quantity: '2', unit: 'H87', unitPrice: '9.90' }],
	});
});
