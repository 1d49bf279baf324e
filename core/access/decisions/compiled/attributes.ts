import type { Value } from './values';

/** The values of attributes of a request, each in its place; undefined where the request has none. */
export type Attributes = Array<Value | undefined>;

/**
 * The attributes that the policies of one engine look at, each with a place of its own: a request is read once, in the order
 * in which it is written, and a policy finds an attribute without looking for its name.
 */
export class AttributePlaces {
	readonly #places = new Map<string, number>();

	/** Of a policy's attribute; a new one when no policy has looked at it before. */
	at(name: string): number {
		let place = this.#places.get(name);
		if (place === undefined) this.#places.set(name, (place = this.#places.size));
		return place;
	}

	/** undefined: no policy looks at it. */
	get(name: string): number | undefined {
		return this.#places.get(name);
	}

	get empty(): Attributes {
		return new Array<Value | undefined>(this.#places.size).fill(undefined);
	}
}
