import { riskGroup, type Catalogue } from '../catalogue/catalogue';
import type { PolicyJson } from './policyJson';

/** What a policy looks at. Paths are such as `subject.rank`, or `request.secondApprover.rank` through another employee. */
export interface Reads {
	/** attributes that it reads without asking whether they are there */
	certain: Set<string>;
	/** attributes that it reads at all */
	all: Set<string>;
	/** It looks at attributes in a way that cannot be told from its text, so at any. */
	opaque: boolean;
	/** time zones that it asks the time in */
	timeZones: Set<string>;
	/** it asks for the instant itself */
	instant: boolean;
}

const roots: Record<string, string> = { principal: 'subject', resource: 'resource', context: 'request' };

export function readsOf({ principal, conditions }: PolicyJson): Reads {
	const reads: Reads = {
		certain: new Set(),
		all: new Set(),
		opaque: false,
		timeZones: new Set(),
		instant: false,
	};
	const asked = new Set<string>();
	if (principal.op === 'in' && 'entity' in principal) reads.all.add('subject.department');
	if (principal.op === 'is' && principal.in !== undefined) reads.all.add('subject.department');
	const visit = (node: unknown): void => {
		if (typeof node !== 'object' || node === null) return;
		if (Array.isArray(node)) {
			node.forEach(visit);
			return;
		}
		const path = pathOf(node);
		if (path !== undefined) {
			const [root, name, ...others] = path;
			if (root === 'request' && (name === undefined || (name === 'time' && others[0] === undefined)))
				reads.opaque = true;
			if (root === 'request' && name === 'time') {
				const [zone] = others;
				if (zone !== undefined) reads.timeZones.add(zone);
			} else if (root === 'request' && name === 'now') {
				reads.instant = true;
			} else if (name !== undefined) {
				reads.all.add(`${root}.${name}`);
				if (others[0] !== undefined) reads.all.add(`${root}.${name}.${others[0]}`);
			}
			return;
		}
		if ('.' in node) reads.opaque = true;
		const entries = node as Record<string, { left?: unknown; attr?: string | string[]; in?: unknown }>;
		const has = entries.has;
		if (has !== undefined && Object.keys(node).length === 1) {
			const base = pathOf(has.left);
			if (base === undefined) reads.opaque = true;
			const names = [has.attr ?? []].flat();
			for (const [index] of names.entries()) {
				const path = [...(base ?? []), ...names.slice(0, index + 1)].join('.');
				asked.add(path);
				if (base !== undefined) reads.all.add(path);
			}
			if (base !== undefined) return;
		}
		const inDepartment = entries.in ?? (entries.is?.in === undefined ? undefined : entries.is);
		if (inDepartment?.left !== undefined) {
			const base = pathOf(inDepartment.left);
			if (base !== undefined) reads.all.add([...base, 'department'].join('.'));
			else if (!('Var' in (inDepartment.left as object))) reads.opaque = true;
		}
		Object.values(node).forEach(visit);
	};
	conditions.forEach(({ body }) => visit(body));
	for (const path of reads.all) if (!asked.has(path)) reads.certain.add(path);
	return reads;
}

/** `principal.rank` as `['subject', 'rank']`; undefined for what is no path from a variable. */
function pathOf(node: unknown): string[] | undefined {
	if (typeof node !== 'object' || node === null) return undefined;
	const { Var: name, '.': access } = node as { Var?: string; '.'?: { left: unknown; attr: string } };
	if (name !== undefined) return roots[name] === undefined ? undefined : [roots[name]];
	if (access === undefined) return undefined;
	const base = pathOf(access.left);
	return base === undefined ? undefined : [...base, access.attr];
}

/** The operations of the catalogue that a policy is about. */
export function operationsOf({ action }: PolicyJson, { operations }: Catalogue): string[] {
	if (action.op === 'All') return operations.map(({ id }) => id);
	const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
	const ids = new Set(named.map((one) => ('id' in one ? one.id : one.__entity.id)));
	return operations
		.filter(({ id, risk }) => ids.has(id) || (action.op === 'in' && ids.has(riskGroup(risk))))
		.map(({ id }) => id);
}
