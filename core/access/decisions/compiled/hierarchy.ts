import type { Entity, EntityUid } from '../engine';

/** Up to so many entities are looked through one by one; an index of fewer would cost more than it saves. */
const FEW = 8;

/** The entities of one request, by name, and what they are in. */
export class Hierarchy {
	#byName: Map<string, Entity> | undefined;
	#ancestors: Map<Entity, readonly EntityUid[]> | undefined;

	constructor(private readonly entities: readonly Entity[]) {}

	find(uid: EntityUid): Entity | undefined {
		const { entities } = this;
		if (entities.length > FEW) {
			this.#byName ??= new Map(entities.map((entity) => [keyOf(entity.uid), entity]));
			return this.#byName.get(keyOf(uid));
		}
		for (const entity of entities) if (isSame(entity.uid, uid)) return entity;
		return undefined;
	}

	/** Everything the entity is in, near or far, itself left out. None for an entity that the request does not know. */
	ancestors(uid: EntityUid): readonly EntityUid[] {
		const entity = this.find(uid);
		if (entity === undefined || entity.parents.length === 0) return [];
		const known = this.#ancestors?.get(entity);
		if (known !== undefined) return known;
		const found = new Distinct();
		for (const parent of entity.parents) found.add(parent);
		// The list grows while it is read.
		for (const ancestor of found.list) {
			const group = this.find(ancestor);
			if (group !== undefined) for (const parent of group.parents) found.add(parent);
		}
		this.#ancestors ??= new Map();
		this.#ancestors.set(entity, found.list);
		return found.list;
	}

	/** Cedar's `in` between two entities: the same, or in it near or far. */
	isIn(uid: EntityUid, group: EntityUid): boolean {
		if (isSame(uid, group)) return true;
		for (const ancestor of this.ancestors(uid)) if (isSame(ancestor, group)) return true;
		return false;
	}

	/** An entity that is its own ancestor; undefined when there is none, as there should be. */
	circle(): EntityUid | undefined {
		if (!this.#isSeveralDeep()) return undefined;
		if (this.entities.length > FEW) return this.#circle();
		for (const { uid, parents } of this.entities)
			if (parents.length > 0 && this.ancestors(uid).some((ancestor) => isSame(ancestor, uid))) return uid;
		return undefined;
	}

	/** Whether a parent has parents of its own, as far as is known. */
	#isSeveralDeep(): boolean {
		for (const { parents } of this.entities)
			for (const parent of parents) {
				const found = this.find(parent);
				if (found !== undefined && found.parents.length > 0) return true;
			}
		return false;
	}

	#circle(): EntityUid | undefined {
		const done = new Set<Entity>();
		for (const entity of this.entities) {
			const below = new Set([entity]);
			const path = [{ entity, next: 0 }];
			for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
				const parent = step.entity.parents[step.next];
				step.next += 1;
				if (parent === undefined) {
					done.add(step.entity);
					below.delete(step.entity);
					path.pop();
					continue;
				}
				const found = this.find(parent);
				if (found === undefined || done.has(found)) continue;
				if (below.has(found)) return found.uid;
				below.add(found);
				path.push({ entity: found, next: 0 });
			}
		}
		return undefined;
	}
}

/** Entities in the order in which they were added, each once. */
class Distinct {
	readonly list: EntityUid[] = [];
	#names: Set<string> | undefined;

	add(uid: EntityUid): void {
		if (this.#has(uid)) return;
		this.list.push(uid);
		this.#names?.add(keyOf(uid));
	}

	#has(uid: EntityUid): boolean {
		const { list } = this;
		if (list.length <= FEW) return list.some((one) => isSame(one, uid));
		this.#names ??= new Set(list.map(keyOf));
		return this.#names.has(keyOf(uid));
	}
}

export function isSame(one: EntityUid, other: EntityUid): boolean {
	// Types differ more often, and are compared sooner: they are few, and mostly one and the same text.
	return one.type === other.type && one.id === other.id;
}

/** A type has no blank in it. */
function keyOf({ type, id }: EntityUid): string {
	return `${type} ${id}`;
}

/** As policies write it: `Employee::"E-17"`. */
export function nameOf({ type, id }: EntityUid): string {
	return `${type}::${JSON.stringify(id)}`;
}
