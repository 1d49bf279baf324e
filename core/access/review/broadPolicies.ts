import { readPolicyText } from '../policies/cedarText';
import type { PolicyDefinition } from '../policies/definition';
import type { PolicyJson } from '../policies/policyJson';

export interface BroadPolicy {
	policy: string;
	/** what it leaves open: neither its scope nor a condition says which */
	open: Array<'principal' | 'action' | 'resource'>;
	/** permits everything to everybody */
	isEverything: boolean;
}

/**
 * Policies that permit more than somebody may have meant: whose scope names no principal, action or resource and whose conditions do not look at it either.
 * A forbidding policy is never too broad. A policy that cannot be read is not judged; publishing refuses it.
 */
export function broadPolicies({ policies }: Pick<PolicyDefinition, 'policies'>): BroadPolicy[] {
	return Object.entries(policies).flatMap(([policy, text]): BroadPolicy[] => {
		const read = readPolicyText(policy, text);
		if (!('json' in read) || read.json.effect !== 'permit') return [];
		const open = openParts(read.json);
		// To let an action be done on any record is what most policies do: one open part is no finding.
		if (open.length < 2 && !open.includes('principal') && !open.includes('action')) return [];
		return open.length === 0 ? [] : [{ policy, open, isEverything: open.length === 3 }];
	});
}

function openParts({ principal, action, resource, conditions }: PolicyJson): BroadPolicy['open'] {
	const looked = new Set<string>();
	const visit = (node: unknown): void => {
		if (Array.isArray(node)) node.forEach(visit);
		else if (typeof node === 'object' && node !== null) {
			const { Var: name } = node as { Var?: unknown };
			if (typeof name === 'string') looked.add(name);
			else Object.values(node).forEach(visit);
		}
	};
	conditions.forEach(({ body }) => visit(body));
	const parts = { principal, action, resource };
	return (['principal', 'action', 'resource'] as const).filter(
		(name) => parts[name].op === 'All' && !looked.has(name),
	);
}
