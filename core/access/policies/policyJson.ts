import type { Clause, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/** An expression in Cedar's JSON policy format: an object with one key, the operator. */
export type Expression = Extract<Clause, { kind: 'when' }>['body'];
export type { Clause, PolicyJson };

type Operands = { left: Expression; right: Expression };

export const variable = (name: 'principal' | 'resource' | 'context'): Expression => ({ Var: name });
export const literal = (value: string | number | boolean): Expression => ({ Value: value });
export const entity = (type: string, id: string): Expression => ({ Value: { __entity: { type, id } } });
export const field = (left: Expression, attr: string): Expression => ({ '.': { left, attr } });
export const has = (left: Expression, attr: string): Expression => ({ has: { left, attr } }) as Expression;
export const not = (arg: Expression): Expression => ({ '!': { arg } });
export const setOf = (values: Expression[]): Expression => ({ Set: values });
export const call = (name: string, ...args: Expression[]): Expression => ({ [name]: args }) as Expression;
export const compare = (
	operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains',
	left: Expression,
	right: Expression,
): Expression => ({ [operator]: { left, right } }) as Expression;

/** `a && b && c`, as Cedar's parser builds it: from the left. */
export function all([first, ...others]: Expression[]): Expression {
	if (first === undefined) return literal(true);
	return others.reduce<Expression>((left, right) => ({ '&&': { left, right } }), first);
}

/** `a || b || (c || d)`, in halves: Cedar's JSON is read some 60 operators deep, and a list of ranges is longer than that. */
export function any(expressions: Expression[]): Expression {
	const [first, ...others] = expressions;
	if (first === undefined) return literal(false);
	if (others.length === 0) return first;
	const half = Math.ceil(expressions.length / 2);
	return { '||': { left: any(expressions.slice(0, half)), right: any(expressions.slice(half)) } };
}

/** What an expression consists of when it is `a && b && c`. */
export function conjuncts(expression: Expression): Expression[] {
	const operands = operandsOf(expression, '&&');
	return operands === undefined ? [expression] : [...conjuncts(operands.left), ...conjuncts(operands.right)];
}

/** What an expression consists of when it is `a || b || c`. */
export function alternatives(expression: Expression): Expression[] {
	const operands = operandsOf(expression, '||');
	return operands === undefined
		? [expression]
		: [...alternatives(operands.left), ...alternatives(operands.right)];
}

function operandsOf(expression: Expression, operator: string): Operands | undefined {
	return (expression as Record<string, Operands>)[operator];
}

/** The same for expressions that mean the same by their form, whatever order their keys stand in. */
export function printed(value: unknown): string {
	return JSON.stringify(value, (_key, one: unknown) =>
		typeof one === 'object' && one !== null && !Array.isArray(one)
			? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
			: one,
	);
}
