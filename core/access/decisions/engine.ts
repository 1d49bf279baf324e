/** An entity as Cedar names it: a type such as `Employee`, and an id. */
export interface EntityUid {
	type: string;
	id: string;
}

/**
 * A value in Cedar's own JSON: numbers are whole and of 64 bits, decimals, addresses and instants are extension values, such
 * as `{ __extn: { fn: 'decimal', arg: '12.5000' } }`.
 * Source: Cedar's documentation, "Entities syntax" and "Context syntax".
 */
export type CedarValue =
	| boolean
	| number
	| string
	| CedarValue[]
	| { __entity: EntityUid }
	| { __extn: { fn: string; arg: CedarValue } | { fn: string; args: CedarValue[] } }
	| { [attribute: string]: CedarValue };

export interface Entity {
	uid: EntityUid;
	attrs: Record<string, CedarValue>;
	/** the entities that this one is in, directly; those they are in follow from their own */
	parents: EntityUid[];
	tags?: Record<string, CedarValue>;
}

export interface AccessRequest {
	principal: EntityUid;
	action: EntityUid;
	resource: EntityUid;
	context: Record<string, CedarValue>;
	/** What is known of the entities that the policies look at. One that is missing has no attributes and no parents. */
	entities: Entity[];
}

/** Policies as cedar-wasm takes them: Cedar's text by policy id. */
export interface PolicySet {
	staticPolicies: Record<string, string>;
	/** policies with `?principal` or `?resource`, by id */
	templates?: Record<string, string>;
	templateLinks?: TemplateLink[];
}

export interface TemplateLink {
	templateId: string;
	/** the id of the policy that the link makes */
	newId: string;
	/** by slot: `?principal`, `?resource` */
	values: Record<string, EntityUid>;
}

/** A policy that could not be evaluated. Cedar leaves it out of the decision. */
export interface PolicyError {
	policy: string;
	message: string;
}

export interface EngineDecision {
	outcome: 'permit' | 'deny';
	/** Ids of the policies that made the outcome, sorted. None: no policy permits it. */
	determining: string[];
	/** sorted by policy */
	errors: PolicyError[];
}

/**
 * Decides exactly as Cedar does: denied unless a policy permits it, a forbidding policy overrides, a policy that errors is
 * left out and named.
 */
export interface DecisionEngine {
	/** Throws MalformedRequestError for what is no request to Cedar, such as an extension value that cannot be read. */
	decide(request: AccessRequest): EngineDecision;
}

/** Makes an engine of policies, once a version. Throws MalformedPoliciesError for policies that Cedar cannot read. */
export type DecisionEngineFactory = (policies: PolicySet) => DecisionEngine;

export class MalformedRequestError extends Error {
	override readonly name = 'MalformedRequestError';
}

export class MalformedPoliciesError extends Error {
	override readonly name = 'MalformedPoliciesError';
}
