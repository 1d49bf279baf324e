import type { PolicyDefinition } from './definition';
import type { PolicyJson } from './policyJson';

type Link = NonNullable<PolicyDefinition['templateLinks']>[number];

/**
 * The policy that a template is with the entities of a link in its slots. Cedar allows slots in the head only. A slot without
 * a value stays: Cedar's validator names it.
 */
export function linkedPolicy(template: PolicyJson, { values }: Pick<Link, 'values'>): PolicyJson {
	return {
		...template,
		principal: filled(template.principal, values),
		resource: filled(template.resource, values),
	};
}

function filled<T extends PolicyJson['principal' | 'resource']>(head: T, values: Link['values']): T {
	const entityOf = (part: object): object => {
		if (!('slot' in part) || typeof part.slot !== 'string') return part;
		const { slot, ...others } = part;
		const entity = Object.hasOwn(values, slot) ? values[slot] : undefined;
		return entity === undefined ? part : { ...others, entity };
	};
	const outer = entityOf(head);
	return ('in' in outer && typeof outer.in === 'object' && outer.in !== null
		? { ...outer, in: entityOf(outer.in) }
		: outer) as unknown as T;
}
