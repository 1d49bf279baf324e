import {
	MalformedRequestError,
	type AccessRequest,
	type CedarValue,
	type Entity,
	type EntityUid,
} from '../engine';
import { extensionFunctions } from './extensions';
import { nameOf, type Hierarchy } from './hierarchy';
import { long } from './longs';
import { equal, Failure, RecordValue, SetValue, Uid, type Value } from './values';

/** How deep a value may be nested, as cedar-wasm's JSON reader has it: in the context, and in an entity. */
const DEEPEST_IN_CONTEXT = 125;
const DEEPEST_IN_ENTITY = 123;

const TYPE =
	/^(?!.*(?:^|::)(?:true|false|if|then|else|in|like|has|is|__cedar)(?:::|$))[_a-zA-Z][_a-zA-Z0-9]*(?:::[_a-zA-Z][_a-zA-Z0-9]*)*$/;

/** Types of entities are few; those that were found well-formed are not looked at again, up to so many. */
const knownTypes = new Set<string>();
const KEPT = 1000;

/**
 * Throws MalformedRequestError for what Cedar refuses as a whole: a number that is not whole, an address that is none, null,
 * an entity given twice in two ways, a circle of parents. Afterwards values are read without a second look.
 */
export function refuseMalformed(request: AccessRequest, hierarchy: Hierarchy): void {
	checkUid(request.principal, 'principal');
	checkUid(request.action, 'action');
	checkUid(request.resource, 'resource');
	const { context, entities } = request;
	if (!isObject(context) || escapeIn(context) !== undefined) throw refusal('the context is no record');
	checkFields(context, 'context', DEEPEST_IN_CONTEXT);
	if (!Array.isArray(entities)) throw refusal('the entities are no list');
	for (const entity of entities) checkEntity(entity);
	if (entities.length > 1) refuseContradictions(entities, hierarchy);
	const circle = hierarchy.circle();
	if (circle !== undefined) throw refusal(`${nameOf(circle)} is among its own parents`);
}

function checkEntity(entity: Entity): void {
	if (!isObject(entity)) throw refusal('an entity is no object');
	checkUid(entity.uid, 'an entity');
	const { uid, attrs, parents, tags } = entity;
	if (!isObject(attrs)) throw refusal(`${nameOf(uid)} has no attributes`);
	if (!Array.isArray(parents)) throw refusal(`${nameOf(uid)} has no list of parents`);
	checkFields(attrs, uid, DEEPEST_IN_ENTITY);
	for (const parent of parents) {
		checkUid(parent, 'a parent');
		if (isAction(uid) && !isAction(parent))
			throw refusal(`${nameOf(uid)} is an action, but its parent ${nameOf(parent)} is none`);
	}
	if (tags === undefined) return;
	if (!isObject(tags)) throw refusal(`the tags of ${nameOf(uid)} are no record`);
	checkFields(tags, uid, DEEPEST_IN_ENTITY);
}

function isAction({ type }: EntityUid): boolean {
	return type === 'Action' || type.endsWith('::Action');
}

function checkUid(uid: EntityUid, what: string): void {
	if (!isObject(uid) || typeof uid.type !== 'string' || typeof uid.id !== 'string')
		throw refusal(`${what} has no type and id that are texts`);
	if (knownTypes.has(uid.type)) {
		if (uid.id.isWellFormed()) return;
	} else if (TYPE.test(uid.type) && uid.id.isWellFormed()) {
		if (knownTypes.size < KEPT) knownTypes.add(uid.type);
		return;
	}
	throw refusal(
		`${what} has the type ${JSON.stringify(uid.type)} and the id ${JSON.stringify(uid.id)}, which Cedar does not read`,
	);
}

function checkFields(
	fields: Readonly<Record<string, unknown>>,
	where: EntityUid | 'context',
	depth: number,
): void {
	for (const name of Object.keys(fields)) {
		const field = fields[name];
		if (
			typeof field === 'string' ? !field.isWellFormed() : typeof field !== 'boolean' && field !== undefined
		) {
			const wrong = typeof field === 'string' ? 'text that is no Unicode' : wrongIn(field, depth);
			if (wrong !== undefined) throw refusal(`${JSON.stringify(name)} ${placeOf(where)} is ${wrong}`);
		}
		if (!name.isWellFormed()) throw refusal(`an attribute ${placeOf(where)} has a name that is no Unicode`);
	}
}

/** What is wrong with a value; undefined when Cedar reads it. */
function wrongIn(value: unknown, depth: number): string | undefined {
	if (typeof value === 'number')
		return isLong(value) ? undefined : 'a number that is not whole, or needs more than 64 bits';
	if (typeof value === 'boolean') return undefined;
	if (typeof value === 'string') return value.isWellFormed() ? undefined : 'text that is no Unicode';
	if (value === null || typeof value !== 'object')
		return value === null ? 'null' : `no value but ${typeof value}`;
	if (depth === 0) return 'nested too deeply';
	if (Array.isArray(value)) return firstWrong(value, depth);
	if ('toJSON' in value) return 'an object with a text of its own, such as a Date';
	const entries = Object.entries(value);
	const wrong = firstWrong(
		entries.filter(([, field]) => field !== undefined).map(([, field]) => field as unknown),
		depth,
	);
	if (wrong !== undefined) return wrong;
	if (!entries.every(([name]) => name.isWellFormed())) return 'a record with a name that is no Unicode';
	const escape = escapeIn(value as Record<string, unknown>);
	if (escape === '__expr') return 'an expression, which Cedar no longer reads in values';
	if (escape === '__entity') {
		const { type } = (value as { __entity: EntityUid }).__entity;
		return TYPE.test(type)
			? undefined
			: `an entity of the type ${JSON.stringify(type)}, which Cedar does not read`;
	}
	if (escape === undefined) return undefined;
	const result = callOf(value as { __extn: Call });
	return result instanceof Failure ? `an extension value that cannot be read: ${result.message}` : undefined;
}

function firstWrong(values: readonly unknown[], depth: number): string | undefined {
	for (const value of values) {
		const wrong = wrongIn(value, depth - 1);
		if (wrong !== undefined) return wrong;
	}
	return undefined;
}

type Call = { fn: string; arg: CedarValue } | { fn: string; args: CedarValue[] };

/** Cedar reads an object as an escape only when it has the one name and its contents are of the right form. */
function escapeIn(value: Readonly<Record<string, unknown>>): '__entity' | '__extn' | '__expr' | undefined {
	let only: string | undefined;
	for (const name in value) {
		if (value[name] === undefined) continue;
		if (only !== undefined) return undefined;
		only = name;
	}
	if (only === undefined || !only.startsWith('__')) return undefined;
	const content = value[only] as {
		type?: unknown;
		id?: unknown;
		fn?: unknown;
		arg?: unknown;
		args?: unknown;
	};
	if (only === '__expr') return typeof content === 'string' ? only : undefined;
	if (content === null || typeof content !== 'object') return undefined;
	if (only === '__entity')
		return typeof content.type === 'string' && typeof content.id === 'string' ? only : undefined;
	if (only !== '__extn' || typeof content.fn !== 'string') return undefined;
	return content.arg !== undefined || Array.isArray(content.args) ? only : undefined;
}

function isLong(value: number): boolean {
	return (
		Number.isSafeInteger(value) ||
		(Number.isInteger(value) && Math.abs(value) < 1e19 && longOf(value) !== undefined)
	);
}

/** As it is written: JSON prints large numbers with fewer digits than they have. */
function longOf(value: number): Value | undefined {
	return long(BigInt(String(value)));
}

/** A value of the request that has been found well-formed, or of a policy. */
export function readValue(source: unknown): Value {
	if (typeof source === 'string' || typeof source === 'boolean') return source;
	if (typeof source === 'number')
		return Number.isSafeInteger(source) ? source + 0 : (longOf(source) as Value);
	if (Array.isArray(source)) return new SetValue(source, readValue);
	const escape = escapeIn(source as Record<string, unknown>);
	if (escape === '__entity') {
		const { type, id } = (source as { __entity: EntityUid }).__entity;
		return new Uid(type, id);
	}
	if (escape === '__extn') return callOf(source as { __extn: Call }) as Value;
	return new RecordValue(source as Record<string, unknown>, readValue);
}

function callOf({ __extn: call }: { __extn: Call }): Value | Failure {
	const extension = extensionFunctions.get(call.fn);
	const args = 'arg' in call ? [call.arg] : call.args;
	if (extension === undefined)
		return new Failure(`There is no extension function ${JSON.stringify(call.fn)}.`);
	if (extension.arity !== args.length)
		return new Failure(`${call.fn} takes ${extension.arity} arguments, not ${args.length}.`);
	const [first = false, second = false] = args.map(readValue);
	return extension.call(first, second);
}

/** An entity given twice must be the same, in whatever order its parents and sets are written. */
function refuseContradictions(entities: readonly Entity[], hierarchy: Hierarchy): void {
	for (const entity of entities) {
		const first = hierarchy.find(entity.uid);
		if (first !== undefined && first !== entity && !isSameEntity(first, entity))
			throw refusal(`${nameOf(entity.uid)} is given twice, with different attributes or parents`);
	}
}

function isSameEntity(one: Entity, other: Entity): boolean {
	const names = ({ parents }: Entity) => new SetValue(parents.map(nameOf));
	const record = (fields: Record<string, CedarValue>) => new RecordValue(fields, readValue);
	return (
		equal(record(one.attrs), record(other.attrs)) &&
		equal(names(one), names(other)) &&
		equal(record(one.tags ?? {}), record(other.tags ?? {}))
	);
}

function isObject(value: unknown): boolean {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function placeOf(where: EntityUid | 'context'): string {
	return where === 'context' ? 'in the context' : `of ${nameOf(where)}`;
}

function refusal(reason: string): MalformedRequestError {
	return new MalformedRequestError(
		`The request was refused, nothing was decided: ${reason}. Correct what builds the request, and ask again.`,
	);
}
