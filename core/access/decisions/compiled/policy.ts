import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

import { cedarJson, type PolicyKind } from '../../policies/cedarJson';
import { CedarFailedError, useCedar } from '../cedar';
import { MalformedPoliciesError, type PolicySet } from '../engine';
import { nestingProblem } from '../../policies/nesting';
import type { AttributePlaces } from './attributes';
import { all, compile, not, Shared, type Expression } from './expression';
import type { PolicyJson } from './policyJson';
import { actionScope, entityScope, type Scope } from './scope';
import { withStandIns } from './standIns';

/** A policy, or a template's link, ready to be asked about requests. */
export class Policy {
	/** a policy about several groups of actions can be found more than once */
	readonly isInSeveral: boolean;
	/** the last request that such a policy was asked about */
	asked = 0;

	constructor(
		readonly id: string,
		readonly effect: 'permit' | 'forbid',
		readonly scope: Scope,
		/** undefined when the scope is all there is */
		readonly condition: Expression | undefined,
	) {
		this.isInSeveral = (scope.action.groups?.length ?? 0) > 1;
	}
}

/** What an engine decides by. */
export interface CompiledPolicies {
	policies: Policy[];
	/** of the attributes that the policies look at */
	places: AttributePlaces;
}

/** Reads policies with Cedar itself, and compiles what it makes of them. Throws MalformedPoliciesError. */
export function policiesOf({
	staticPolicies,
	templates = {},
	templateLinks = [],
}: PolicySet): CompiledPolicies {
	for (const [id, text] of Object.entries({ ...templates, ...staticPolicies })) {
		const problem = nestingProblem(text);
		if (problem !== undefined)
			throw new MalformedPoliciesError(
				`Policy ${JSON.stringify(id)} ${problem.message} It does not go live.`,
			);
	}
	// Without templates a set is as good as each of its policies, which are read below: thousands take Cedar seconds.
	if (Object.keys(templates).length > 0 || templateLinks.length > 0) {
		const check = readByCedar(() =>
			useCedar((cedar) => cedar.checkParsePolicySet({ staticPolicies, templates, templateLinks })),
		);
		if (check.type === 'failure') throw malformed(check.errors);
	}
	const shared = new Shared();
	const statics = Object.entries(staticPolicies).map(([id, text]) =>
		policyOf(id, compiledPolicy(text, shared, 'policy'), {}),
	);
	const compiled = new Map(
		Object.entries(templates).map(([id, text]) => [id, compiledPolicy(text, shared, 'template')]),
	);
	const linked = templateLinks.map(({ templateId, newId, values }) =>
		// Cedar has refused a link of no template.
		policyOf(newId, compiled.get(templateId) as Compiled, values),
	);
	return { policies: [...statics, ...linked], places: shared.places };
}

function readByCedar<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
		throw new MalformedPoliciesError(error.message, { cause: error });
	}
}

interface Compiled {
	json: PolicyJson;
	condition: Expression | undefined;
}

function compiledPolicy(text: string, shared: Shared, kind: PolicyKind): Compiled {
	const source = withStandIns(text);
	const answer = readByCedar(() => {
		// A number may be too large for Cedar as well, which its stand-in is not.
		const original = source.text === text ? undefined : cedarJson(text, kind);
		return original?.type === 'failure' ? original : cedarJson(source.text, kind);
	});
	if (answer.type === 'failure') throw malformed(answer.errors);
	const json = answer.json as PolicyJson;
	const conditions = json.conditions.map(({ kind, body }) => {
		const condition = compile(body, source.longs, shared);
		return kind === 'when' ? condition : not(condition);
	});
	const [only] = conditions;
	return { json, condition: conditions.length > 1 ? all(conditions) : only };
}

function policyOf(
	id: string,
	{ json, condition }: Compiled,
	values: Record<string, { type: string; id: string }>,
): Policy {
	const scope = {
		principal: entityScope(json.principal, values),
		action: actionScope(json.action),
		resource: entityScope(json.resource, values),
	};
	return new Policy(id, json.effect, scope, condition);
}

function malformed(errors: readonly DetailedError[]): MalformedPoliciesError {
	const reasons = errors.map(({ message, help }) => (help ? `${message} (${help})` : message));
	return new MalformedPoliciesError(
		`Cedar cannot read the policies, they do not go live: ${reasons.join('; ')}`,
	);
}
