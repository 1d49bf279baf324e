import fc from 'fast-check';

import { decide } from '../../../core/sync/decide';
import { ownership } from '../../../core/sync/ownership';

const Value = fc.constantFrom('1', '2', '3');
const Maybe = fc.option(Value, { nil: undefined });
const Groups = fc.constantFrom(...Object.values(ownership));
const Sides = fc.constantFrom('erp' as const, 'wms' as const);

test('a value that the other side changed since both agreed is never overwritten', () => {
	fc.assert(
		fc.property(Groups, Sides, Value, Maybe, Maybe, (group, changedSide, changed, other, agreed) => {
			const decision = decide({ group, changedSide, changed, other, agreed });
			if (decision === 'apply') expect([other, changedSide]).toEqual([agreed, group.owner]);
		}),
	);
});

test('applying ends it: the change itself, coming back from either side, asks for nothing more', () => {
	fc.assert(
		fc.property(Groups, Value, Maybe, (group, changed, other) => {
			fc.pre(decide({ group, changedSide: group.owner, changed, other, agreed: other }) === 'apply');
			for (const changedSide of ['erp', 'wms'] as const)
				expect(decide({ group, changedSide, changed, other: changed, agreed: changed })).toBe('equal');
		}),
	);
});

test.each([
	['the owner changed, the other side has what was agreed', 'wms', '2', '1', '1', 'apply'],
	['both changed at once', 'wms', '2', '3', '1', 'conflict'],
	['both changed to the same', 'wms', '2', '2', '1', 'equal'],
	['the first report to an ERP that has nothing', 'wms', '2', undefined, undefined, 'apply'],
	['the first report to an ERP with a value of its own', 'wms', '2', '3', undefined, 'conflict'],
	['the other side changed what it does not own', 'erp', '3', '1', '1', 'conflict'],
	['the other side still has what was agreed', 'erp', '1', '2', '1', 'outdated'],
] as const)('%s', (_what, changedSide, changed, other, agreed, expected) => {
	expect(decide({ group: ownership.onHand, changedSide, changed, other, agreed })).toBe(expected);
});
