import type { EntityUid } from '../engine';
import type { Evaluation } from './evaluation';
import { requirementOf, type Expression } from './expression';
import type { Policy } from './policy';
import { isWithin, type EntityScope } from './scope';
import { Failure, wrongType } from './values';

/** Is told of every policy that applies, and of every one that errs. */
export interface Findings {
	applies(policy: Policy): void;
	errs(policy: Policy, failure: Failure): void;
}

/**
 * Finds the policies that apply to a request by action and then by principal or resource, so that what a decision costs
 * does not grow with the number of policies about other actions.
 */
export class PolicyIndex {
	readonly #anyAction = new Bucket();
	readonly #byAction = new ByName<Bucket>();
	readonly #byActionGroup = new ByName<Bucket>();

	constructor(policies: readonly Policy[]) {
		for (const policy of policies) {
			const { exactly, groups } = policy.scope.action;
			if (exactly !== undefined) this.#byAction.at(exactly, newBucket).add(policy);
			else if (groups === undefined) this.#anyAction.add(policy);
			else for (const group of groups) this.#byActionGroup.at(group, newBucket).add(policy);
		}
	}

	ask(evaluation: Evaluation, findings: Findings): void {
		const { action, hierarchy } = evaluation;
		if (!this.#anyAction.isEmpty) this.#anyAction.ask(evaluation, findings);
		this.#byAction.get(action)?.ask(evaluation, findings);
		if (this.#byActionGroup.isEmpty) return;
		this.#byActionGroup.get(action)?.ask(evaluation, findings);
		for (const group of hierarchy.ancestors(action))
			this.#byActionGroup.get(group)?.ask(evaluation, findings);
	}
}

function newBucket(): Bucket {
	return new Bucket();
}

/** Policies about one action or group of them: those about one principal or resource, those about one group, and the others. */
class Bucket {
	readonly #others: Candidate[] = [];
	readonly #facts: Fact[] = [];
	readonly #byPrincipal = new ByName<Candidate[]>();
	readonly #byPrincipalGroup = new ByName<Candidate[]>();
	readonly #byResource = new ByName<Candidate[]>();
	readonly #byResourceGroup = new ByName<Candidate[]>();
	#isByName = false;
	isEmpty = true;

	add(policy: Policy): void {
		const { principal, resource } = policy.scope;
		const [group] = principal.groups ?? [];
		const [place] = resource.groups ?? [];
		const { condition } = policy;
		const candidate = { policy, principal: typeOnly(principal), resource: typeOnly(resource), condition };
		this.isEmpty = false;
		this.#isByName ||= [principal, resource].some(
			({ exactly, groups }) => exactly !== undefined || groups !== undefined,
		);
		if (principal.exactly !== undefined)
			this.#byPrincipal.at(principal.exactly, newList).push({ ...candidate, resource: checked(resource) });
		else if (group !== undefined)
			this.#byPrincipalGroup.at(group, newList).push({ ...candidate, resource: checked(resource) });
		else if (resource.exactly !== undefined) this.#byResource.at(resource.exactly, newList).push(candidate);
		else if (place !== undefined) this.#byResourceGroup.at(place, newList).push(candidate);
		else this.#addByFact(candidate);
	}

	#addByFact(candidate: Candidate): void {
		const { policy, principal, resource } = candidate;
		const requirement = policy.condition && requirementOf(policy.condition);
		if (requirement === undefined || principal !== undefined || resource !== undefined) {
			this.#others.push(candidate);
			return;
		}
		let fact = this.#facts.find(({ of }) => of === requirement.of);
		if (fact === undefined) this.#facts.push((fact = { of: requirement.of, all: [], byText: new Map() }));
		fact.all.push(candidate);
		const found = { ...candidate, condition: requirement.rest };
		const same = fact.byText.get(requirement.text);
		if (same === undefined) fact.byText.set(requirement.text, [found]);
		else same.push(found);
	}

	ask(evaluation: Evaluation, findings: Findings): void {
		askEach(this.#others, evaluation, findings);
		for (const fact of this.#facts) {
			const value = fact.of(evaluation);
			// One that errs makes all of them err.
			const candidates =
				typeof value === 'string' ? fact.byText.get(value) : value instanceof Failure ? fact.all : undefined;
			if (candidates !== undefined) askEach(candidates, evaluation, findings);
		}
		if (this.#isByName) this.#askByName(evaluation, findings);
	}

	#askByName(evaluation: Evaluation, findings: Findings): void {
		const { principal, resource, hierarchy } = evaluation;
		if (!this.#byPrincipal.isEmpty) askEach(this.#byPrincipal.get(principal), evaluation, findings);
		if (!this.#byResource.isEmpty) askEach(this.#byResource.get(resource), evaluation, findings);
		if (!this.#byPrincipalGroup.isEmpty) {
			askEach(this.#byPrincipalGroup.get(principal), evaluation, findings);
			for (const group of hierarchy.ancestors(principal))
				askEach(this.#byPrincipalGroup.get(group), evaluation, findings);
		}
		if (!this.#byResourceGroup.isEmpty) {
			askEach(this.#byResourceGroup.get(resource), evaluation, findings);
			for (const group of hierarchy.ancestors(resource))
				askEach(this.#byResourceGroup.get(group), evaluation, findings);
		}
	}
}

/** Policies that ask for the same thing first: those that want it to be one text, by text. */
interface Fact {
	of: Expression;
	all: Candidate[];
	byText: Map<string, Candidate[]>;
}

function newList(): Candidate[] {
	return [];
}

/** A policy, and what is still to be checked once it was found where it was found. */
interface Candidate {
	policy: Policy;
	condition: Expression | undefined;
	principal: EntityScope | undefined;
	resource: EntityScope | undefined;
}

function typeOnly({ type }: EntityScope): EntityScope | undefined {
	return type === undefined ? undefined : { type };
}

function checked(scope: EntityScope): EntityScope | undefined {
	return Object.keys(scope).length === 0 ? undefined : scope;
}

function askEach(
	candidates: readonly Candidate[] | undefined,
	evaluation: Evaluation,
	findings: Findings,
): void {
	if (candidates === undefined) return;
	for (const candidate of candidates) {
		const { policy, principal, resource, condition } = candidate;
		if (policy.isInSeveral) {
			if (policy.asked === evaluation.number) continue;
			policy.asked = evaluation.number;
		}
		if (principal !== undefined && !isWithin(evaluation.principal, principal, evaluation)) continue;
		if (resource !== undefined && !isWithin(evaluation.resource, resource, evaluation)) continue;
		const holds = condition === undefined || condition(evaluation);
		if (holds === true) findings.applies(policy);
		else if (holds !== false) findings.errs(policy, wrongType('bool', holds));
	}
}

/** By type and then by id: no text is put together to look something up. */
class ByName<T> {
	readonly #types = new Map<string, Map<string, T>>();

	get isEmpty(): boolean {
		return this.#types.size === 0;
	}

	get({ type, id }: EntityUid): T | undefined {
		return this.#types.get(type)?.get(id);
	}

	at({ type, id }: EntityUid, make: () => T): T {
		let ids = this.#types.get(type);
		if (ids === undefined) this.#types.set(type, (ids = new Map<string, T>()));
		let found = ids.get(id);
		if (found === undefined) ids.set(id, (found = make()));
		return found;
	}
}
