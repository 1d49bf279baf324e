import { AttributePlaces } from './attributes';
import { field, type Evaluation } from './evaluation';
import { extensionFunctions } from './extensions';
import { nameOf, type Hierarchy } from './hierarchy';
import { minus, overflow, plus, times } from './longs';
import { likeness } from './pattern';
import type { ExpressionJson, Operands, Pair } from './policyJson';
import { readValue } from './request';
import {
	Datetime,
	Duration,
	equal,
	Failure,
	RecordValue,
	SetValue,
	typeOf,
	Uid,
	wrongType,
	type Long,
	type Value,
} from './values';

/** A part of a policy, ready to be asked about a request. */
export type Expression = (evaluation: Evaluation) => Value | Failure;

/** What the policies of one engine have in common. */
export class Shared {
	readonly places = new AttributePlaces();
	readonly #expressions = new Map<string, Expression>();

	/**
	 * The same parts of policies become the same expression. What is looked at by one policy after the other, attributes of
	 * attributes and methods such as `context.now.toTime()`, is read once a request.
	 */
	of(json: ExpressionJson, make: () => Expression): Expression {
		if (!isShort(json)) return make();
		const name = JSON.stringify(json);
		let expression = this.#expressions.get(name);
		if (expression === undefined) {
			expression = (stepsOf(json) ?? 0) > 1 ? readOnce(make()) : make();
			this.#expressions.set(name, expression);
		}
		return expression;
	}
}

/** `longs`: what the numbers stand for that JavaScript's JSON cannot hold. */
export function compile(json: ExpressionJson, longs: Longs, shared: Shared): Expression {
	const make = () => {
		const [entry] = Object.entries(json);
		if (entry === undefined) throw new Error('An expression of a policy in JSON has no operator.');
		const [operator, operands] = entry;
		const inner: Inner = (part) => compile(part, longs, shared);
		if (!isOperator(operator)) return extensionCall(operator, (operands as ExpressionJson[]).map(inner));
		return makers[operator](operands as never, inner, { longs, places: shared.places });
	};
	// A number stands for another one in another policy.
	return longs.size > 0 ? make() : shared.of(json, make);
}

type Longs = ReadonlyMap<number, Long>;

/** Longer ones are seldom the same, and comparing them takes its time. */
const SHORT = 40;

/** Whether there is not much in it. */
function isShort(json: ExpressionJson): boolean {
	let left = SHORT;
	const waiting: unknown[] = [json];
	for (let part = waiting.pop(); part !== undefined && left > 0; part = waiting.pop(), left -= 1)
		if (typeof part === 'object' && part !== null)
			for (const inner of Object.values(part)) waiting.push(inner);
	return left > 0;
}

/** How many attributes and methods lead from a variable to it: 2 for `context.now.toTime()`; undefined for what is no path. */
function stepsOf(json: ExpressionJson): number | undefined {
	if (json.Var !== undefined) return 0;
	const [[operator, operands] = ['', undefined]] = Object.entries(json);
	const left = operator === '.' ? (operands as Operands['.']).left : undefined;
	const [only = left, ...others] = Array.isArray(operands) ? (operands as ExpressionJson[]) : [];
	if (only === undefined || others.length > 0 || operator === 'Set') return undefined;
	const steps = stepsOf(only);
	return steps === undefined ? undefined : steps + 1;
}

function readOnce(read: Expression): Expression {
	let of = 0;
	let value: Value | Failure;
	return (evaluation) => {
		if (of !== evaluation.number) {
			value = read(evaluation);
			of = evaluation.number;
		}
		return value;
	};
}

type Inner = (part: ExpressionJson) => Expression;

interface Surroundings {
	longs: Longs;
	places: AttributePlaces;
}

function isOperator(name: string): name is keyof Operands {
	return Object.hasOwn(makers, name);
}

const makers: {
	readonly [Operator in keyof Operands]: (
		operands: Operands[Operator],
		inner: Inner,
		surroundings: Surroundings,
	) => Expression;
} = {
	Value: (value, _, { longs }) =>
		constant((typeof value === 'number' ? longs.get(value) : undefined) ?? readValue(value)),
	Var: (name) => variables[name],
	'.': ({ left, attr }, inner, { places }) =>
		left.Var === undefined || left.Var === 'action'
			? attribute(inner(left), attr)
			: ownAttribute[left.Var](places.at(attr), attr),
	has: ({ left, attr }, inner) => hasPath(inner(left), typeof attr === 'string' ? [attr] : attr),
	like: ({ left, pattern }, inner) => like(inner(left), likeness(pattern)),
	is: ({ left, entity_type: type, in: group }, inner) => is(inner(left), type, group && inner(group)),
	'if-then-else': (parts, inner) => choice(inner(parts.if), inner(parts.then), inner(parts.else)),
	Set: (elements, inner) => set(elements.map(inner)),
	Record: (fields, inner) => record(Object.entries(fields).map(([name, part]) => [name, inner(part)])),
	'!': ({ arg }, inner) => not(inner(arg)),
	neg: ({ arg }, inner) => negative(inner(arg)),
	isEmpty: ({ arg }, inner) => isEmpty(inner(arg)),
	'&&': (operands, inner) => all(conjuncts(operands).map(inner)),
	'||': ofTwo(or),
	'==': ofTwo((left, right) => equals(left, right, true)),
	'!=': ofTwo((left, right) => equals(left, right, false)),
	'<': ofTwo((left, right) => ordered(left, right, (one, other) => one < other)),
	'<=': ofTwo((left, right) => ordered(left, right, (one, other) => one <= other)),
	'>': ofTwo((left, right) => ordered(left, right, (one, other) => one > other)),
	'>=': ofTwo((left, right) => ordered(left, right, (one, other) => one >= other)),
	'+': ofTwo((left, right) => arithmetic(left, right, plus, 'an addition')),
	'-': ofTwo((left, right) => arithmetic(left, right, minus, 'a subtraction')),
	'*': ofTwo((left, right) => arithmetic(left, right, times, 'a multiplication')),
	in: ofTwo(isIn),
	contains: ofTwo(contains),
	containsAll: ofTwo((left, right) => ofSets(left, right, (one, other) => one.hasAll(other))),
	containsAny: ofTwo((left, right) => ofSets(left, right, (one, other) => one.hasAny(other))),
	hasTag: ofTwo((left, right) => tag(left, right, (value) => value !== undefined)),
	getTag: ofTwo((left, right) => tag(left, right, (value, why) => value ?? why())),
};

function ofTwo(
	make: (left: Expression, right: Expression) => Expression,
): (operands: Pair, inner: Inner) => Expression {
	return ({ left, right }, inner) => make(inner(left), inner(right));
}

/** What does not depend on the request; kept on the expression, so that what is built of constants is built once. */
const constants = new WeakMap<Expression, Value | Failure>();

export function constant(value: Value | Failure): Expression {
	const expression = () => value;
	constants.set(expression, value);
	return expression;
}

const variables: Readonly<Record<Operands['Var'], Expression>> = {
	principal: (evaluation) => evaluation.principal,
	action: (evaluation) => evaluation.action,
	resource: (evaluation) => evaluation.resource,
	context: (evaluation) => evaluation.context,
};

/** Attributes of what the request is about have been read when policies are asked. */
const ownAttribute: Readonly<
	Record<Exclude<Operands['Var'], 'action'>, (place: number, name: string) => Expression>
> = {
	principal:
		(place, name) =>
		({ principalAttributes, principal, hierarchy }) =>
			principalAttributes[place] ?? lacking(principal, name, hierarchy),
	resource:
		(place, name) =>
		({ resourceAttributes, resource, hierarchy }) =>
			resourceAttributes[place] ?? lacking(resource, name, hierarchy),
	context: (place, name) => {
		const missing = new Failure(`The context has no attribute ${JSON.stringify(name)}.`);
		return (evaluation) => evaluation.contextAttributes[place] ?? missing;
	},
};

function lacking(uid: Uid, name: string, hierarchy: Hierarchy): Failure {
	return hierarchy.find(uid) === undefined
		? unknown(uid)
		: new Failure(`${nameOf(uid)} has no attribute ${JSON.stringify(name)}.`);
}

function attribute(left: Expression, name: string): Expression {
	const missing = new Failure(`The record has no attribute ${JSON.stringify(name)}.`);
	return (evaluation) => {
		const value = left(evaluation);
		if (value instanceof Uid) {
			const entity = evaluation.find(value);
			return (entity && field(entity.attrs, name)) ?? lacking(value, name, evaluation.hierarchy);
		}
		return value instanceof RecordValue
			? (value.get(name) ?? missing)
			: wrongType('a record or an entity', value);
	};
}

function unknown(uid: Uid): Failure {
	return new Failure(`The entity ${nameOf(uid)} is not known.`);
}

/** `has a.b.c`: there is an `a`, it has a `b`, and that a `c`. */
function hasPath(left: Expression, path: readonly string[]): Expression {
	return (evaluation) => {
		let value: Value | Failure | undefined = left(evaluation);
		for (const name of path) {
			if (value instanceof Uid) {
				const entity = evaluation.find(value);
				value = entity && field(entity.attrs, name);
			} else if (value instanceof RecordValue) value = value.get(name);
			else return wrongType('a record or an entity', value);
			if (value === undefined) return false;
		}
		return true;
	};
}

function tag(
	left: Expression,
	right: Expression,
	found: (value: Value | undefined, why: () => Failure) => Value | Failure,
): Expression {
	return (evaluation) => {
		const uid = left(evaluation);
		const name = right(evaluation);
		if (!(uid instanceof Uid)) return wrongType('an entity', uid);
		if (typeof name !== 'string') return wrongType('string', name);
		const entity = evaluation.find(uid);
		const value = entity?.tags === undefined ? undefined : field(entity.tags, name);
		return found(value, () =>
			entity === undefined ? unknown(uid) : new Failure(`${nameOf(uid)} has no tag ${JSON.stringify(name)}.`),
		);
	};
}

function like(left: Expression, matches: (text: string) => boolean): Expression {
	return (evaluation) => {
		const text = left(evaluation);
		return typeof text === 'string' ? matches(text) : wrongType('string', text);
	};
}

function is(left: Expression, type: string, group?: Expression): Expression {
	const within = group === undefined ? undefined : isIn(left, group);
	return (evaluation) => {
		const uid = left(evaluation);
		if (!(uid instanceof Uid)) return wrongType('an entity', uid);
		if (uid.type !== type) return false;
		return within === undefined ? true : within(evaluation);
	};
}

function choice(test: Expression, then: Expression, otherwise: Expression): Expression {
	return (evaluation) => {
		const holds = test(evaluation);
		if (holds === true) return then(evaluation);
		return holds === false ? otherwise(evaluation) : wrongType('bool', holds);
	};
}

function set(elements: readonly Expression[]): Expression {
	const values = elements.map((element) => constants.get(element));
	if (values.every((value) => value !== undefined && !(value instanceof Failure)))
		return constant(new SetValue(values as Value[]));
	return (evaluation) => {
		const built: Value[] = [];
		for (const element of elements) {
			const value = element(evaluation);
			if (value instanceof Failure) return value;
			built.push(value);
		}
		return new SetValue(built);
	};
}

function record(fields: ReadonlyArray<readonly [string, Expression]>): Expression {
	return (evaluation) => {
		const built = Object.create(null) as Record<string, Value>;
		for (const [name, part] of fields) {
			const value = part(evaluation);
			if (value instanceof Failure) return value;
			built[name] = value;
		}
		return new RecordValue(built);
	};
}

export function not(operand: Expression): Expression {
	return (evaluation) => {
		const value = operand(evaluation);
		return typeof value === 'boolean' ? !value : wrongType('bool', value);
	};
}

function negative(operand: Expression): Expression {
	return (evaluation) => {
		const value = operand(evaluation);
		return isLong(value) ? (minus(0, value) ?? overflow('a negation')) : wrongType('long', value);
	};
}

function isEmpty(operand: Expression): Expression {
	return (evaluation) => {
		const value = operand(evaluation);
		return value instanceof SetValue ? value.isEmpty : wrongType('set', value);
	};
}

/** `a && b && c`: the operands, from left to right. */
function conjuncts({ left, right }: Pair): ExpressionJson[] {
	return [...(left['&&'] === undefined ? [left] : conjuncts(left['&&'])), right];
}

/** A text that something must be for a condition to hold. */
export interface Requirement {
	of: Expression;
	text: string;
	/** what else has to hold; undefined when nothing has */
	rest: Expression | undefined;
}

const requirements = new WeakMap<Expression, Requirement>();

/** Of a condition that begins with `principal.department == "Finance"` or the like. */
export function requirementOf(condition: Expression): Requirement | undefined {
	return requirements.get(condition);
}

/** The later ones are not looked at once one is false. */
export function all(operands: readonly Expression[]): Expression {
	const expression: Expression = (evaluation) => {
		for (const operand of operands) {
			const value = operand(evaluation);
			if (value === false) return false;
			if (value !== true) return wrongType('bool', value);
		}
		return true;
	};
	const [first, ...others] = operands;
	const requirement = first && requirements.get(first);
	if (requirement !== undefined) {
		const { rest } = requirement;
		const still = rest === undefined ? others : [rest, ...others];
		requirements.set(expression, { ...requirement, rest: still.length === 0 ? undefined : all(still) });
	}
	return expression;
}

function or(left: Expression, right: Expression): Expression {
	return (evaluation) => {
		const first = left(evaluation);
		if (first === true) return true;
		if (first !== false) return wrongType('bool', first);
		const second = right(evaluation);
		return typeof second === 'boolean' ? second : wrongType('bool', second);
	};
}

function equals(left: Expression, right: Expression, expected: boolean): Expression {
	const text = constants.get(right);
	if (typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean') {
		const expression: Expression = (evaluation) => {
			const value = left(evaluation);
			return value instanceof Failure ? value : (value === text) === expected;
		};
		if (typeof text === 'string' && expected)
			requirements.set(expression, { of: left, text, rest: undefined });
		return expression;
	}
	return (evaluation) => {
		const one = left(evaluation);
		if (one instanceof Failure) return one;
		const other = right(evaluation);
		if (other instanceof Failure) return other;
		return equal(one, other) === expected;
	};
}

function ordered(left: Expression, right: Expression, test: (one: Long, other: Long) => boolean): Expression {
	return (evaluation) => {
		const one = left(evaluation);
		const other = right(evaluation);
		if (typeof one === 'number' && typeof other === 'number') return test(one, other);
		if (one instanceof Datetime && other instanceof Datetime)
			return test(one.milliseconds, other.milliseconds);
		if (one instanceof Duration && other instanceof Duration)
			return test(one.milliseconds, other.milliseconds);
		if (isLong(one) && isLong(other)) return test(one, other);
		if (one instanceof Failure) return one;
		return wrongType(
			isLong(one) || one instanceof Datetime || one instanceof Duration ? typeOf(one) : ORDERED,
			other,
		);
	};
}

const ORDERED = 'two of long, datetime or duration';

function arithmetic(
	left: Expression,
	right: Expression,
	calculate: (one: Long, other: Long) => Long | undefined,
	operation: string,
): Expression {
	return (evaluation) => {
		const one = left(evaluation);
		if (!isLong(one)) return wrongType('long', one);
		const other = right(evaluation);
		if (!isLong(other)) return wrongType('long', other);
		return calculate(one, other) ?? overflow(operation);
	};
}

function isLong(value: Value | Failure): value is Long {
	return typeof value === 'number' || typeof value === 'bigint';
}

function isIn(left: Expression, right: Expression): Expression {
	return (evaluation) => {
		const uid = left(evaluation);
		if (!(uid instanceof Uid)) return wrongType('an entity', uid);
		const group = right(evaluation);
		if (group instanceof Uid) return evaluation.hierarchy.isIn(uid, group);
		if (!(group instanceof SetValue)) return wrongType('an entity or a set of entities', group);
		const wrong = group.firstOther;
		if (wrong !== undefined) return wrongType('an entity', wrong);
		return (
			group.has(uid) ||
			evaluation.hierarchy.ancestors(uid).some(({ type, id }) => group.has(new Uid(type, id)))
		);
	};
}

function contains(left: Expression, right: Expression): Expression {
	return (evaluation) => {
		const whole = left(evaluation);
		if (!(whole instanceof SetValue)) return wrongType('set', whole);
		const value = right(evaluation);
		return value instanceof Failure ? value : whole.has(value);
	};
}

function ofSets(
	left: Expression,
	right: Expression,
	test: (one: SetValue, other: SetValue) => boolean,
): Expression {
	return (evaluation) => {
		const one = left(evaluation);
		if (!(one instanceof SetValue)) return wrongType('set', one);
		const other = right(evaluation);
		return other instanceof SetValue ? test(one, other) : wrongType('set', other);
	};
}

function extensionCall(name: string, args: readonly Expression[]): Expression {
	const extension = extensionFunctions.get(name);
	if (extension === undefined)
		return constant(new Failure(`There is no extension function ${JSON.stringify(name)}.`));
	const [first = NOTHING, second = NOTHING] = args;
	const wrongCount = new Failure(`${name} takes ${extension.arity} arguments, not ${args.length}.`);
	if (extension.arity !== args.length) return constant(wrongCount);
	const text = constants.get(first);
	// An address or an instant that the policy spells out is read once.
	if (args.length === 1 && text !== undefined && !(text instanceof Failure))
		return constant(extension.call(text, false));
	return (evaluation) => {
		const one = first(evaluation);
		if (one instanceof Failure) return one;
		const other = second(evaluation);
		return other instanceof Failure ? other : extension.call(one, other);
	};
}

const NOTHING: Expression = () => false;
