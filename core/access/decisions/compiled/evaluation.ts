import type { AccessRequest, Entity } from '../engine';
import { Hierarchy } from './hierarchy';
import { readValue, refuseMalformed } from './request';
import { RecordValue, Uid, type Value } from './values';

let evaluations = 0;

/** One request while policies are asked about it. Nothing of it is read before a policy looks at it. */
export class Evaluation {
	/** What has been read for another request is out of date. */
	readonly number = (evaluations += 1);
	readonly principal: Uid;
	readonly action: Uid;
	readonly resource: Uid;
	readonly hierarchy: Hierarchy;
	#context: RecordValue | undefined;
	#principalEntity: Entity | null | undefined;
	#resourceEntity: Entity | null | undefined;

	/** Throws MalformedRequestError. */
	constructor(private readonly request: AccessRequest) {
		this.hierarchy = new Hierarchy(request.entities);
		refuseMalformed(request, this.hierarchy);
		this.principal = new Uid(request.principal.type, request.principal.id);
		this.action = new Uid(request.action.type, request.action.id);
		this.resource = new Uid(request.resource.type, request.resource.id);
	}

	get context(): RecordValue {
		return (this.#context ??= new RecordValue(this.request.context, readValue));
	}

	/** undefined when the context has no such attribute. */
	contextAttribute(name: string): Value | undefined {
		return field(this.request.context, name);
	}

	find(uid: Uid): Entity | null {
		if (uid === this.principal) return (this.#principalEntity ??= this.hierarchy.find(uid) ?? null);
		if (uid === this.resource) return (this.#resourceEntity ??= this.hierarchy.find(uid) ?? null);
		return this.hierarchy.find(uid) ?? null;
	}
}

/** undefined when there is no such field. */
export function field(fields: Readonly<Record<string, unknown>>, name: string): Value | undefined {
	// `__proto__` and `constructor` are names like any other.
	if (!Object.hasOwn(fields, name)) return undefined;
	const source = fields[name];
	return source === undefined ? undefined : readValue(source);
}
