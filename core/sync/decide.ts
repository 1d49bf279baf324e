import type { FieldGroup, Side } from './ownership';

/** One field group of one record, each value as comparable text; undefined: the side has no such record. */
export interface TwoSides {
	group: FieldGroup;
	/** the side that reports a change */
	changedSide: Side;
	/** what it now has there */
	changed: string;
	/** what the other side has */
	other: string | undefined;
	/** what both had when they last agreed; undefined when they never did */
	agreed: string | undefined;
}

export type Decision =
	/** both have the same: it was applied before, or the change is our own coming back */
	| 'equal'
	/** the other side takes the value over */
	| 'apply'
	/** nothing new: the reporting side still has what was agreed, and the owner has moved on */
	| 'outdated'
	/** a person has to choose */
	| 'conflict';

/**
 * What becomes of a change, by comparison of three values: what changed, what the other side has, and what both agreed on.
 * A value is taken over only from its owner, and only where the other side still has what was agreed, so no
 * change of anybody is overwritten unseen.
 */
export function decide({ group, changedSide, changed, other, agreed }: TwoSides): Decision {
	if (changed === other) return 'equal';
	if (changedSide === group.owner) return other === agreed ? 'apply' : 'conflict';
	return changed === agreed ? 'outdated' : 'conflict';
}
