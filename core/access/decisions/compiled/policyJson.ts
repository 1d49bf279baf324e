import type { CedarValue, EntityUid } from '../engine';

/**
 * Policies in Cedar's JSON format, as cedar-wasm's policyToJson gives them.
 * Source: Cedar's documentation, "JSON policy format".
 */
export interface PolicyJson {
	effect: 'permit' | 'forbid';
	principal: ScopeJson;
	action: ActionScopeJson;
	resource: ScopeJson;
	conditions: Array<{ kind: 'when' | 'unless'; body: ExpressionJson }>;
}

export type EntityJson = EntityUid | { __entity: EntityUid };

export type EntityOrSlot = { entity: EntityJson } | { slot: string };

export type ScopeJson =
	| { op: 'All' }
	| ({ op: '==' } & EntityOrSlot)
	| ({ op: 'in' } & EntityOrSlot)
	| { op: 'is'; entity_type: string; in?: EntityOrSlot };

export type ActionScopeJson =
	| { op: 'All' }
	| { op: '=='; entity: EntityJson }
	| { op: 'in'; entity: EntityJson }
	| { op: 'in'; entities: EntityJson[] };

/** One name, the operator's or an extension function's, and what it is applied to. */
export type ExpressionJson = Partial<Operands>;

/** By operator. An extension function has its arguments, in a list. */
export interface Operands
	extends Record<UnaryOperator, { arg: ExpressionJson }>,
		Record<BinaryOperator, Pair> {
	Value: CedarValue;
	Var: 'principal' | 'action' | 'resource' | 'context';
	'.': { left: ExpressionJson; attr: string };
	has: { left: ExpressionJson; attr: string | string[] };
	like: { left: ExpressionJson; pattern: PatternPart[] };
	is: { left: ExpressionJson; entity_type: string; in?: ExpressionJson };
	'if-then-else': { if: ExpressionJson; then: ExpressionJson; else: ExpressionJson };
	Set: ExpressionJson[];
	Record: Record<string, ExpressionJson>;
}

export interface Pair {
	left: ExpressionJson;
	right: ExpressionJson;
}

export type PatternPart = 'Wildcard' | { Literal: string };

type UnaryOperator = '!' | 'neg' | 'isEmpty';

type BinaryOperator =
	| '=='
	| '!='
	| '<'
	| '<='
	| '>'
	| '>='
	| '&&'
	| '||'
	| '+'
	| '-'
	| '*'
	| 'in'
	| 'contains'
	| 'containsAll'
	| 'containsAny'
	| 'hasTag'
	| 'getTag';

export function uidOf(entity: EntityJson): EntityUid {
	return '__entity' in entity ? entity.__entity : entity;
}
