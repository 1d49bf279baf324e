import type { EntityUid } from '../engine';
import type { Evaluation } from './evaluation';
import type { Policy } from './policy';
import type { EntityScope } from './scope';

/**
 * Finds the policies that a request could concern, by action and then by principal or resource, so that what a decision
 * costs does not grow with the number of policies about other actions.
 */
export class PolicyIndex {
	readonly #anyAction = new Bucket();
	readonly #byAction = new ByName<Bucket>();
	readonly #byActionGroup = new ByName<Bucket>();
	#asked = 0;

	constructor(policies: readonly Policy[]) {
		for (const policy of policies) {
			const { exactly, groups } = policy.scope.action;
			if (exactly !== undefined) this.#byAction.at(exactly, newBucket).add(policy);
			else if (groups === undefined) this.#anyAction.add(policy);
			else for (const group of groups) this.#byActionGroup.at(group, newBucket).add(policy);
		}
	}

	/** Each policy that may concern the request, once. */
	each(evaluation: Evaluation, visit: (policy: Policy) => void): void {
		const { action, hierarchy } = evaluation;
		this.#anyAction.each(evaluation, visit);
		this.#byAction.get(action)?.each(evaluation, visit);
		if (this.#byActionGroup.isEmpty) return;
		const asked = (this.#asked += 1);
		const visitOnce = (policy: Policy) => {
			if (policy.asked === asked) return;
			policy.asked = asked;
			visit(policy);
		};
		this.#byActionGroup.get(action)?.each(evaluation, visitOnce);
		for (const group of hierarchy.ancestors(action))
			this.#byActionGroup.get(group)?.each(evaluation, visitOnce);
	}
}

function newBucket(): Bucket {
	return new Bucket();
}

/** Policies about one action: those about one principal or group, about one resource or group, and the others. */
class Bucket {
	readonly #others: Policy[] = [];
	readonly #byPrincipal = new ByName<Policy[]>();
	readonly #byResource = new ByName<Policy[]>();

	add(policy: Policy): void {
		const principal = keyOf(policy.scope.principal);
		const resource = keyOf(policy.scope.resource);
		if (principal !== undefined) this.#byPrincipal.at(principal, () => []).push(policy);
		else if (resource !== undefined) this.#byResource.at(resource, () => []).push(policy);
		else this.#others.push(policy);
	}

	each(evaluation: Evaluation, visit: (policy: Policy) => void): void {
		for (const policy of this.#others) visit(policy);
		if (!this.#byPrincipal.isEmpty) visitEach(this.#byPrincipal, evaluation.principal, evaluation, visit);
		if (!this.#byResource.isEmpty) visitEach(this.#byResource, evaluation.resource, evaluation, visit);
	}
}

/** The one entity that a request's must be, or be in. */
function keyOf({ exactly, groups }: EntityScope): EntityUid | undefined {
	return exactly ?? groups?.[0];
}

function visitEach(
	policies: ByName<Policy[]>,
	uid: EntityUid,
	{ hierarchy }: Evaluation,
	visit: (policy: Policy) => void,
): void {
	policies.get(uid)?.forEach(visit);
	for (const group of hierarchy.ancestors(uid)) policies.get(group)?.forEach(visit);
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
