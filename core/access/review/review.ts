import { broadPolicies, type BroadPolicy } from './broadPolicies';
import { dutyConflicts, standardDutyRules, type DutyConflict, type DutyRule } from './dutyConflicts';
import type { HeldRight } from './heldRight';
import { roleDrift, type RoleDrift } from './roleDrift';
import { superAdministrators, type SuperAdministrator } from './superAdministrators';
import { unusedRights, type UnusedRight } from './unusedRights';

export type ReviewFinding =
	| ({ kind: 'superAdministrator' } & SuperAdministrator)
	| ({ kind: 'dutyConflict' } & DutyConflict)
	| ({ kind: 'unusedRight' } & UnusedRight)
	| ({ kind: 'roleDrift' } & RoleDrift)
	| ({ kind: 'broadPolicy' } & BroadPolicy);

export interface ReviewTerms {
	/** more super administrators are too many */
	administratorLimit: number;
	administratorNames?: readonly string[];
	/** a right unused for so many days is reported */
	unusedDays: number;
	dutyRules?: readonly DutyRule[];
	/** Cedar texts by id */
	policies?: Record<string, string>;
	at: number;
}

export interface ReviewSummary {
	rights: number;
	holders: number;
	superAdministrators: number;
	administratorLimit: number;
	isAboveLimit: boolean;
	dutyConflicts: number;
	unusedRights: number;
	/** rights of which nobody knows when they were used or given */
	useUnknown: number;
	drifted: number;
	broadPolicies: number;
	/** accounts whose employee nobody knows */
	withoutPerson: number;
}

/** Everything that a review of who holds what finds, the gravest kind first. */
export function reviewRights(
	rights: readonly HeldRight[],
	{
		administratorLimit,
		administratorNames,
		unusedDays,
		dutyRules = standardDutyRules,
		policies = {},
		at,
	}: ReviewTerms,
): { findings: ReviewFinding[]; summary: ReviewSummary } {
	const administrators = superAdministrators(rights, administratorLimit, administratorNames);
	const conflicts = dutyConflicts(rights, dutyRules);
	const { unused, unknown } = unusedRights(rights, unusedDays, at);
	const drift = roleDrift(rights);
	const broad = broadPolicies({ policies });
	return {
		findings: [
			...administrators.holders.map((one) => ({ kind: 'superAdministrator' as const, ...one })),
			...conflicts.map((one) => ({ kind: 'dutyConflict' as const, ...one })),
			...broad.map((one) => ({ kind: 'broadPolicy' as const, ...one })),
			...drift.map((one) => ({ kind: 'roleDrift' as const, ...one })),
			...unused.map((one) => ({ kind: 'unusedRight' as const, ...one })),
		],
		summary: {
			rights: rights.length,
			holders: new Set(rights.map(({ person, system, account }) => person ?? `${system}: ${account}`)).size,
			superAdministrators: administrators.count,
			administratorLimit,
			isAboveLimit: administrators.isAbove,
			dutyConflicts: conflicts.length,
			unusedRights: unused.length,
			useUnknown: unknown,
			drifted: drift.length,
			broadPolicies: broad.length,
			withoutPerson: new Set(
				rights
					.filter(({ person }) => person === undefined)
					.map(({ system, account }) => `${system}: ${account}`),
			).size,
		},
	};
}
