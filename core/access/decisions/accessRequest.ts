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
	const attributes = attributesOf(catalogue);
	const required = new Set(needs.required[operation.id] ?? operation.requires);
	const used = new Set(needs.used[operation.id] ?? operation.requires);
	const read = (of: Attribute['of'], given: Record<string, unknown>, prefix: string = of) =>
		record(
			attributes.flatMap(({ of: bearer, name, type }): Array<[string, CedarValue]> => {
				const path = `${prefix}.${name}`;
				if (bearer !== of || !used.has(path)) return [];
				const value = Object.hasOwn(given, name) ? given[name] : undefined;
				const isAbsent = value === undefined || value === null || value === '';
				const taken = isAbsent ? unsure : readers[type](value);
				if (taken !== unsure) return [[name, taken]];
				if (!isAbsent) problems.push({ attribute: path, problem: 'wrong', type });
				else if (required.has(path)) problems.push({ attribute: path, problem: 'missing', type });
				return [];
			}),
		);
	const subject = employeeEntity(question.subject.id, read('subject', question.subject.attributes));
	const resourceAttributes = read('resource', question.resource.attributes);
	const context = read('request', question.request);
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
		const known = question.others.find((person) => person.id === id);
		if (known?.isKnown === false) problems.push({ attribute: path, problem: 'wrong', type: 'employee' });
		return employeeEntity(id, read('subject', known?.attributes ?? {}, path));
	});
	if (problems.length > 0) return { problems };
	context.now = instant(question.at);
	context.time = record(needs.timeZones.map((zone) => [zone, localClock(question.at, zone)]));
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

function record(entries: Array<[string, CedarValue]>): Record<string, CedarValue> {
	return Object.fromEntries(entries);
}
