import { z } from 'zod/v4';

import { pathOf, type Attribute, type AttributeType } from '../catalogue/attributes';
import { attributesOf, riskGroup, type Catalogue, type SensitiveOperation } from '../catalogue/catalogue';
import { plainAddress } from '../policies/address';
import type { Needs } from '../policies/examine';
import type { AccessRequest, CedarValue, Entity, EntityUid } from './engine';
import type { AccessQuestion, Person } from './question';
import { localClock } from './localClock';

/** An attribute that stands in the way of a decision. */
export interface AttributeProblem {
	/** `subject.rank` */
	attribute: string;
	/** `missing`: not known. `wrong`: not what the catalogue says it is. */
	problem: 'missing' | 'wrong';
	/** the type that it should have */
	type: AttributeType;
}

export type RequestReading = { request: AccessRequest } | { problems: AttributeProblem[] };

const unsure = Symbol('not of the type');

/** Names and numbers as Cedar takes them; anything else is not of the type, and is not guessed at. */
const readers: Record<AttributeType, (value: unknown) => CedarValue | typeof unsure> = {
	text: (value) => (isText(value) ? value : unsure),
	number: (value) => (Number.isSafeInteger(value) ? (value as number) : unsure),
	amount: (value) => {
		const text = typeof value === 'number' ? String(value) : value;
		const parts = typeof text === 'string' ? /^(-?\d{1,14})(?:\.(\d{1,4})0*)?$/.exec(text) : null;
		return parts === null ? unsure : extension('decimal', `${parts[1]}.${parts[2] ?? '0'}`);
	},
	flag: (value) => (typeof value === 'boolean' ? value : unsure),
	address: (value) => {
		const address = typeof value === 'string' ? plainAddress(value) : undefined;
		return address === undefined ? unsure : extension('ip', address);
	},
	instant: (value) => {
		if (typeof value !== 'string' || !z.iso.datetime({ offset: true }).safeParse(value).success)
			return unsure;
		const at = Date.parse(value);
		return Number.isNaN(at) ? unsure : instant(at);
	},
	employee: (value) => (isText(value) && value !== '' ? { __entity: employee(value) } : unsure),
	texts: (value) => (Array.isArray(value) && value.every(isText) ? value : unsure),
};

/**
 * The question as Cedar takes it. Only attributes that the catalogue has, and that policies of the operation look at, are taken
 * over. What a policy is certain to read, or the operation requires, must be there; whatever is there must be of its type.
 */
export function accessRequest(
	question: AccessQuestion,
	operation: SensitiveOperation,
	catalogue: Catalogue,
	needs: Needs,
): RequestReading {
	const problems: AttributeProblem[] = [];
	const wanted = wantedBy(operation, catalogue, needs);
	const read = (attributes: Wanted[], given: Record<string, unknown>) => {
		const values: Record<string, CedarValue> = {};
		for (const { name, path, type, isRequired } of attributes) {
			const value = Object.hasOwn(given, name) ? given[name] : undefined;
			const isAbsent = value === undefined || value === null || value === '';
			const taken = isAbsent ? unsure : readers[type](value);
			if (taken !== unsure) values[name] = taken;
			else if (!isAbsent) problems.push({ attribute: path, problem: 'wrong', type });
			else if (isRequired) problems.push({ attribute: path, problem: 'missing', type });
		}
		return values;
	};
	const subject = employeeEntity(question.subject.id, read(wanted.subject, question.subject.attributes));
	const resourceAttributes = read(wanted.resource, question.resource.attributes);
	const context = read(wanted.request, question.request);
	const resource: Entity = {
		uid: { type: operation.resource, id: question.resource.id },
		attrs: resourceAttributes,
		parents: [],
	};
	const others = [
		...peopleIn(subject.attrs, 'subject'),
		...peopleIn(context, 'request'),
		...peopleIn(resourceAttributes, 'resource'),
	].map(([path, id]) => {
		if (id === question.subject.id) return undefined;
		const person = question.others.find((other) => other.id === id);
		if (person?.isKnown === false) problems.push({ attribute: path, problem: 'wrong', type: 'employee' });
		return employeeEntity(id, read(wanted.through.get(path) ?? [], person?.attributes ?? {}));
	});
	if (problems.length > 0) return { problems };
	if (needs.instant) context.now = instant(question.at);
	if (needs.timeZones.length > 0)
		context.time = Object.fromEntries(needs.timeZones.map((zone) => [zone, localClock(question.at, zone)]));
	const action: Entity = {
		uid: { type: 'Action', id: operation.id },
		attrs: {},
		parents: [{ type: 'Action', id: riskGroup(operation.risk) }],
	};
	const people = [subject, ...others.filter((one) => one !== undefined)];
	return {
		request: {
			principal: subject.uid,
			action: action.uid,
			resource: resource.uid,
			context,
			entities: distinct([
				action,
				resource,
				...people,
				...[question.subject, ...question.others].flatMap(departmentEntities),
			]),
		},
	};
}

/** An attribute to take over. */
interface Wanted {
	name: string;
	path: string;
	type: AttributeType;
	isRequired: boolean;
}

interface WantedAttributes extends Record<Attribute['of'], Wanted[]> {
	/** of employees that attributes name, by the path to the attribute */
	through: Map<string, Wanted[]>;
}

const known = new WeakMap<Needs, Map<string, WantedAttributes>>();

/** What to take over for an operation; found out once, since a million decisions may be replayed. */
function wantedBy(operation: SensitiveOperation, catalogue: Catalogue, needs: Needs): WantedAttributes {
	const byOperation = known.get(needs) ?? new Map<string, WantedAttributes>();
	known.set(needs, byOperation);
	const found = byOperation.get(operation.id);
	if (found !== undefined) return found;
	const required = new Set(needs.required[operation.id] ?? operation.requires);
	const used = new Set(needs.used[operation.id] ?? operation.requires);
	const attributes = attributesOf(catalogue);
	const of = (bearer: Attribute['of'], prefix: string = bearer) =>
		attributes.flatMap(({ of: its, name, type }): Wanted[] => {
			const path = `${prefix}.${name}`;
			return its === bearer && used.has(path) ? [{ name, path, type, isRequired: required.has(path) }] : [];
		});
	const naming = attributes.filter(({ type }) => type === 'employee').map(pathOf);
	const wanted = {
		subject: of('subject'),
		resource: of('resource'),
		request: of('request'),
		through: new Map(naming.map((path) => [path, of('subject', path)])),
	};
	byOperation.set(operation.id, wanted);
	return wanted;
}

/** People that attributes name, with the path to each. */
function peopleIn(attributes: Record<string, CedarValue>, of: Attribute['of']): Array<[string, string]> {
	return Object.entries(attributes).flatMap(([name, value]): Array<[string, string]> => {
		const uid = typeof value === 'object' && '__entity' in value ? (value.__entity as EntityUid) : undefined;
		return uid === undefined ? [] : [[pathOf({ of, name }), uid.id]];
	});
}

function employeeEntity(id: string, attrs: Record<string, CedarValue>): Entity {
	const { department } = attrs;
	return {
		uid: employee(id),
		attrs,
		parents: typeof department === 'string' ? [{ type: 'Department', id: department }] : [],
	};
}

function departmentEntities({ attributes, departmentsAbove }: Person): Entity[] {
	const { department } = attributes;
	if (!isText(department)) return [];
	const chain = [department, ...departmentsAbove];
	return chain.slice(0, -1).map((id, index) => ({
		uid: { type: 'Department', id },
		attrs: {},
		parents: [{ type: 'Department', id: chain[index + 1] ?? '' }],
	}));
}

/** Cedar refuses an entity that is given twice. */
function distinct(entities: Entity[]): Entity[] {
	const found = new Map<string, Entity>();
	for (const entity of entities) {
		const key = `${entity.uid.type} ${entity.uid.id}`;
		if (!found.has(key)) found.set(key, entity);
	}
	return [...found.values()];
}

function employee(id: string): EntityUid {
	return { type: 'Employee', id };
}

function extension(fn: string, arg: string): CedarValue {
	return { __extn: { fn, arg } };
}

function instant(at: number): CedarValue {
	return extension('datetime', new Date(at).toISOString());
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value.isWellFormed();
}
