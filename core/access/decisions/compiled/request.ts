import {
	MalformedRequestError,
	type AccessRequest,
	type CedarValue,
	type Entity,
	type EntityUid,
} from '../engine';
import type { AttributePlaces, Attributes } from './attributes';
import { extensionFunctions } from './extensions';
import { isSame, nameOf, type Hierarchy } from './hierarchy';
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

/** What policies look at of a request. */
interface Into {
	readonly hierarchy: Hierarchy;
	readonly contextAttributes: Attributes;
	readonly principalAttributes: Attributes;
	readonly resourceAttributes: Attributes;
}

/**
 * Throws MalformedRequestError for what Cedar refuses as a whole: a number that is not whole, an address that is none, null,
 * an entity given twice in two ways, a circle of parents. Afterwards values are read without a second look.
 */
export function readRequest(
	{ principal, action, resource, context, entities }: AccessRequest,
	places: AttributePlaces,
	{ hierarchy, contextAttributes, principalAttributes, resourceAttributes }: Into,
): void {
	checkUid(principal, 'principal');
	checkUid(action, 'action');
	checkUid(resource, 'resource');
	if (!isObject(context) || escapeIn(context) !== undefined) throw refusal('the context is no record');
	clear(contextAttributes);
	clear(principalAttributes);
	clear(resourceAttributes);
	readFields(context, 'context', DEEPEST_IN_CONTEXT, places, contextAttributes);
	if (!Array.isArray(entities)) throw refusal('the entities are no list');
	let principals = 0;
	let resources = 0;
	for (const entity of entities) {
		if (!isObject(entity) || !isObject(entity.uid)) throw refusal('an entity is no object with a uid');
		if (isSame(entity.uid, principal)) {
			readEntity(entity, places, principalAttributes);
			principals += 1;
		} else if (isSame(entity.uid, resource)) {
			readEntity(entity, places, resourceAttributes);
			resources += 1;
		} else {
			checkUid(entity.uid, 'an entity');
			readEntity(entity, places);
		}
	}
	if (principals > 0 && isSame(principal, resource)) copy(principalAttributes, resourceAttributes);
	const others = entities.length - principals - resources;
	if (principals > 1 || resources > 1 || others > 1) refuseContradictions(entities, hierarchy);
	const circle = hierarchy.circle();
	if (circle !== undefined) throw refusal(`${nameOf(circle)} is among its own parents`);
}

function clear(attributes: Attributes): void {
	for (let place = 0; place < attributes.length; place += 1) attributes[place] = undefined;
}

function copy(from: Attributes, to: Attributes): void {
	for (let place = 0; place < from.length; place += 1) to[place] = from[place];
}

function readEntity({ uid, attrs, parents, tags }: Entity, places: AttributePlaces, into?: Attributes): void {
	if (!isObject(attrs)) throw refusal(`${nameOf(uid)} has no attributes`);
	if (!Array.isArray(parents)) throw refusal(`${nameOf(uid)} has no list of parents`);
	readFields(attrs, uid, DEEPEST_IN_ENTITY, places, into);
	for (const parent of parents) {
		checkUid(parent, 'a parent');
		if (isAction(uid) && !isAction(parent))
			throw refusal(`${nameOf(uid)} is an action, but its parent ${nameOf(parent)} is none`);
	}
	if (tags === undefined) return;
	if (!isObject(tags)) throw refusal(`the tags of ${nameOf(uid)} are no record`);
	readFields(tags, uid, DEEPEST_IN_ENTITY, places);
}

function isAction({ type }: EntityUid): boolean {
	return type === 'Action' || type.endsWith('::Action');
}

function isUid(uid: EntityUid | undefined): uid is EntityUid {
	return (
		typeof uid === 'object' && uid !== null && typeof uid.type === 'string' && typeof uid.id === 'string'
	);
}

function checkUid(uid: EntityUid, what: string): void {
	if (!isUid(uid)) throw refusal(`${what} has no type and id that are texts`);
	if (isType(uid.type) && uid.id.isWellFormed()) return;
	throw refusal(
		`${what} has the type ${JSON.stringify(uid.type)} and the id ${JSON.stringify(uid.id)}, which Cedar does not read`,
	);
}

function isType(text: string): boolean {
	if (knownTypes.has(text)) return true;
	if (!TYPE.test(text)) return false;
	if (knownTypes.size < KEPT) knownTypes.add(text);
	return true;
}

/** Checks all of them, and puts those that policies look at into their places. */
function readFields(
	fields: Readonly<Record<string, unknown>>,
	where: EntityUid | 'context',
	depth: number,
	places: AttributePlaces,
	into?: Attributes,
): void {
	for (const name in fields) {
		const source = fields[name];
		const place = places.get(name);
		// A name that a policy has is one that Cedar has read.
		if (place === undefined && !name.isWellFormed())
			throw refusal(`an attribute ${placeOf(where)} has a name that is no Unicode`);
		if (source === undefined) continue;
		const value = checkedValue(source, depth);
		if (value instanceof Wrong) throw refusal(`${JSON.stringify(name)} ${placeOf(where)} is ${value.reason}`);
		// What an object has inherited is no attribute of its own.
		if (into !== undefined && place !== undefined && hasOwnProperty.call(fields, name)) into[place] = value;
	}
}

/** In a loop over an object's names it is quicker than Object.hasOwn, by far. */
const { hasOwnProperty } = Object.prototype;

/** What is wrong with a value. */
class Wrong {
	constructor(readonly reason: string) {}
}

/** A value of the request: checked, and read. */
function checkedValue(source: unknown, depth: number): Value | Wrong {
	if (typeof source === 'string') return source.isWellFormed() ? source : new Wrong(NO_UNICODE);
	if (typeof source === 'boolean') return source;
	if (typeof source === 'object' && source !== null && depth > 0 && hasOneName(source)) {
		const { __extn: call, __entity: entity } = source as { __extn?: LooseCall; __entity?: EntityUid };
		if (typeof call === 'object' && call !== null && typeof call.arg === 'string') {
			const extension = extensionFunctions.get(call.fn as string);
			if (extension?.arity === 1) {
				// Text that is no Unicode is none that an extension function reads.
				const value = extension.call(call.arg, false);
				return value instanceof Failure ? new Wrong(unreadable(value)) : value;
			}
		} else if (isUid(entity) && isType(entity.type) && entity.id.isWellFormed())
			return new Uid(entity.type, entity.id);
	}
	const wrong = wrongIn(source, depth);
	return wrong === undefined ? readValue(source) : new Wrong(wrong);
}

const NO_UNICODE = 'text that is no Unicode';

function unreadable({ message }: Failure): string {
	return `an extension value that cannot be read: ${message}`;
}

/** What is wrong with a value; undefined when Cedar reads it. */
function wrongIn(value: unknown, depth: number): string | undefined {
	if (typeof value === 'string') return value.isWellFormed() ? undefined : NO_UNICODE;
	if (typeof value === 'boolean') return undefined;
	if (typeof value === 'number')
		return isLong(value) ? undefined : 'a number that is not whole, or needs more than 64 bits';
	if (value === null || typeof value !== 'object')
		return value === null ? 'null' : `no value but ${typeof value}`;
	if (depth === 0) return 'nested too deeply';
	return Array.isArray(value)
		? wrongInList(value, depth - 1)
		: wrongInRecord(value as Readonly<Record<string, unknown>>, depth - 1);
}

function wrongInList(values: readonly unknown[], depth: number): string | undefined {
	for (const value of values) {
		const wrong = wrongIn(value, depth);
		if (wrong !== undefined) return wrong;
	}
	return undefined;
}

function wrongInRecord(value: Readonly<Record<string, unknown>>, depth: number): string | undefined {
	if (isEscape(value)) return wrongEscape(value);
	if (typeof value.toJSON === 'function') return 'an object with a text of its own, such as a Date';
	for (const name in value) {
		const field = value[name];
		const wrong = field === undefined ? undefined : wrongIn(field, depth);
		if (wrong !== undefined) return wrong;
		if (!name.isWellFormed()) return 'a record with a name that is no Unicode';
	}
	const escape = escapeIn(value);
	if (escape === undefined) return undefined;
	if (escape === '__expr') return 'an expression, which Cedar no longer reads in values';
	if (escape === '__extn') return wrongCall(value as { __extn: Call });
	const { type } = (value as { __entity: EntityUid }).__entity;
	return isType(type)
		? undefined
		: `an entity of the type ${JSON.stringify(type)}, which Cedar does not read`;
}

/** `{ __entity: { type, id } }` or `{ __extn: { fn, arg } }`, all of them texts, as nearly all escapes are. */
type PlainEscape = { __entity: EntityUid } | { __extn: { fn: string; arg: string } };

function isEscape(value: Readonly<Record<string, unknown>>): value is PlainEscape {
	const { __extn: call, __entity: entity } = value as { __extn?: Call; __entity?: EntityUid };
	if (typeof call === 'object' && call !== null) {
		if (typeof call.fn !== 'string' || !('arg' in call) || typeof call.arg !== 'string') return false;
	} else if (typeof entity === 'object' && entity !== null) {
		if (typeof entity.type !== 'string' || typeof entity.id !== 'string') return false;
	} else return false;
	return hasOneName(value);
}

function hasOneName(value: object): boolean {
	let names = 0;
	for (const name in value) names += name === '' ? 2 : 1;
	return names === 1;
}

function wrongEscape(value: PlainEscape): string | undefined {
	if ('__extn' in value) return value.__extn.arg.isWellFormed() ? wrongCall(value) : NO_UNICODE;
	const { type, id } = value.__entity;
	return isType(type) && id.isWellFormed()
		? undefined
		: `an entity of the type ${JSON.stringify(type)}, which Cedar does not read`;
}

function wrongCall(call: { __extn: Call }): string | undefined {
	const result = callOf(call);
	return result instanceof Failure ? unreadable(result) : undefined;
}

type LooseCall = { fn?: unknown; arg?: unknown } | null;

type Call = { fn: string; arg: CedarValue } | { fn: string; args: CedarValue[] };

/** Cedar reads an object as an escape only when it has the one name and its contents are of the right form. */
function escapeIn(value: Readonly<Record<string, unknown>>): '__entity' | '__extn' | '__expr' | undefined {
	if (value.__entity === undefined && value.__extn === undefined && value.__expr === undefined)
		return undefined;
	let only: string | undefined;
	for (const name in value) {
		if (value[name] === undefined) continue;
		if (only !== undefined) return undefined;
		only = name;
	}
	if (only === undefined) return undefined;
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
	if (isEscape(source as Record<string, unknown>)) return readEscape(source as PlainEscape);
	const escape = escapeIn(source as Record<string, unknown>);
	if (escape === '__extn') return callOf(source as { __extn: Call }) as Value;
	return new RecordValue(source as Record<string, unknown>, readValue);
}

function readEscape(value: PlainEscape): Value {
	return '__extn' in value ? (callOf(value) as Value) : new Uid(value.__entity.type, value.__entity.id);
}

function callOf({ __extn: call }: { __extn: Call }): Value | Failure {
	const extension = extensionFunctions.get(call.fn);
	if (extension === undefined)
		return new Failure(`There is no extension function ${JSON.stringify(call.fn)}.`);
	if ('arg' in call && extension.arity === 1) return extension.call(readValue(call.arg), false);
	const args = 'arg' in call ? [call.arg] : call.args;
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
