import type { AccessRequest, Entity } from '../engine';
import type { AttributePlaces, Attributes } from './attributes';
import { Hierarchy } from './hierarchy';
import { readRequest, readValue } from './request';
import { RecordValue, Uid, type Value } from './values';

let evaluations = 0;
const NOTHING = new Uid('', '');

/** One request while policies are asked about it. An engine has one of them, and uses it again and again: it is quick. */
export class Evaluation {
	/** What has been read for another request is out of date. */
	number = 0;
	principal = NOTHING;
	action = NOTHING;
	resource = NOTHING;
	hierarchy = new Hierarchy([]);
	readonly contextAttributes: Attributes;
	readonly principalAttributes: Attributes;
	readonly resourceAttributes: Attributes;
	#fields: AccessRequest['context'] = {};
	#context: RecordValue | undefined;

	/** `places`: of all the attributes that policies look at. */
	constructor(private readonly places: AttributePlaces) {
		this.contextAttributes = places.empty;
		this.principalAttributes = places.empty;
		this.resourceAttributes = places.empty;
	}

	/** Throws MalformedRequestError. */
	begin(request: AccessRequest): void {
		const { principal, action, resource, context, entities } = request;
		this.number = evaluations += 1;
		this.hierarchy = new Hierarchy(entities);
		readRequest(request, this.places, this);
		this.principal = new Uid(principal.type, principal.id);
		this.action = new Uid(action.type, action.id);
		this.resource = new Uid(resource.type, resource.id);
		this.#fields = context;
		this.#context = undefined;
	}

	/** As a whole. */
	get context(): RecordValue {
		return (this.#context ??= new RecordValue(this.#fields, readValue));
	}

	find(uid: Uid): Entity | undefined {
		return this.hierarchy.find(uid);
	}
}

/** undefined when there is no such field. */
export function field(fields: Readonly<Record<string, unknown>>, name: string): Value | undefined {
	// `__proto__` and `constructor` are names like any other.
	if (!Object.hasOwn(fields, name)) return undefined;
	const source = fields[name];
	return source === undefined ? undefined : readValue(source);
}
