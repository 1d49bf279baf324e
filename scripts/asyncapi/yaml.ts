import type { Json } from './document';

/** A JSON value as YAML 1.2 in block style. Texts are in double quotes, where YAML reads what JSON writes. */
export function yamlOf(value: Json, indent = ''): string {
	if (Array.isArray(value)) {
		return value.map((one) => `${indent}-${nested(one, indent)}`).join('');
	}
	if (typeof value === 'object' && value !== null) {
		return Object.entries(value)
			.map(([name, one]) => `${indent}${keyOf(name)}:${nested(one, indent)}`)
			.join('');
	}
	return `${indent}${JSON.stringify(value)}\n`;
}

function nested(value: Json, indent: string): string {
	const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
	if (typeof value !== 'object' || value === null || isEmpty) return ` ${JSON.stringify(value)}\n`;
	return `\n${yamlOf(value, `${indent}  `)}`;
}

/** Words that YAML 1.1 reads as something else are quoted, for older readers. */
function keyOf(name: string): string {
	const isPlain =
		/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name);
	return isPlain ? name : JSON.stringify(name);
}
