import type { Entity } from './description';

type FieldMapping = Pick<Entity, 'mapping' | 'fields' | 'lines'>;

/** JSONata on the system's record that gives the canonical one, whichever way the description says it. */
export function mappingOf({ mapping, fields = {}, lines }: FieldMapping): string {
	if (mapping !== undefined) return mapping;
	const record = objectOf(nested(fields));
	if (lines === undefined) return record;
	const each = `[(${lines.from}).${objectOf(nested(lines.fields))}]`;
	return record === '{}' ? `{"lines": ${each}}` : `${record.slice(0, -1)}, "lines": ${each}}`;
}

/** The path in the description to correct when the mapping is wrong. */
export function mappingPath(entity: string, { mapping }: FieldMapping): string {
	return `entities.${entity}.${mapping === undefined ? 'fields' : 'mapping'}`;
}

/** Without the objects that hold nothing, because each of their fields gave nothing. */
export function pruned(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(pruned);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, inner]) => {
			const kept = pruned(inner);
			return isEmptyObject(kept) ? [] : [[name, kept]];
		}),
	);
}

interface Tree {
	[name: string]: string | Tree;
}

function nested(fields: Record<string, string>): Tree {
	const tree: Tree = {};
	for (const [name, expression] of Object.entries(fields)) {
		const path = name.split('.');
		const last = path.pop() ?? name;
		let branch = tree;
		for (const part of path) {
			const inner = branch[part];
			const next: Tree = typeof inner === 'object' ? inner : {};
			branch[part] = next;
			branch = next;
		}
		branch[last] = expression;
	}
	return tree;
}

function objectOf(tree: Tree): string {
	const fields = Object.entries(tree).map(
		([name, value]) =>
			`${JSON.stringify(name)}: ${typeof value === 'string' ? `(${value})` : objectOf(value)}`,
	);
	return `{${fields.join(', ')}}`;
}

function isEmptyObject(value: unknown): boolean {
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
	);
}
