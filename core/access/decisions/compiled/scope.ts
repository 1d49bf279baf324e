import type { EntityUid } from '../engine';
import type { Evaluation } from './evaluation';
import { isSame } from './hierarchy';
import { uidOf, type ActionScopeJson, type EntityOrSlot, type ScopeJson } from './policyJson';
import type { Uid } from './values';

/** The head of a policy: whom, doing what, on what it is about. It never errors. */
export interface Scope {
	principal: EntityScope;
	action: EntityScope;
	resource: EntityScope;
}

/** `groups`: it is, or is in, one of them. */
export interface EntityScope {
	type?: string;
	exactly?: EntityUid;
	groups?: readonly EntityUid[];
}

/** `values` are the entities of a template's slots. */
export function entityScope(json: ScopeJson, values: Readonly<Record<string, EntityUid>>): EntityScope {
	const entity = (part: EntityOrSlot) =>
		'slot' in part ? (values[part.slot] as EntityUid) : uidOf(part.entity);
	if (json.op === '==') return { exactly: entity(json) };
	if (json.op === 'in') return { groups: [entity(json)] };
	if (json.op === 'is') return { type: json.entity_type, ...(json.in && { groups: [entity(json.in)] }) };
	return {};
}

export function actionScope(json: ActionScopeJson): EntityScope {
	if (json.op === '==') return { exactly: uidOf(json.entity) };
	if (json.op === 'in')
		return { groups: 'entities' in json ? json.entities.map(uidOf) : [uidOf(json.entity)] };
	return {};
}

export function isWithin(uid: Uid, { type, exactly, groups }: EntityScope, evaluation: Evaluation): boolean {
	if (exactly !== undefined) return isSame(uid, exactly);
	if (type !== undefined && uid.type !== type) return false;
	return groups === undefined || groups.some((group) => evaluation.hierarchy.isIn(uid, group));
}
