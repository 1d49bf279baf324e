/** A whole number of 64 bits: a number where it is exact, otherwise a bigint. One number has one form, so `===` compares. */
export type Long = number | bigint;

/** What an expression of a policy yields. */
export type Value = boolean | Long | string | Uid | SetValue | RecordValue | ExtensionValue;

export type ExtensionValue = Decimal | Address | Datetime | Duration;

/** Why a policy could not be evaluated. Returned rather than thrown: a missing attribute is an everyday matter, and must be quick. */
export class Failure {
	constructor(readonly message: string) {}
}

/** The name of an entity. */
export class Uid {
	constructor(
		readonly type: string,
		readonly id: string,
	) {}
}

/** A number with four decimal places, as a whole number of ten-thousandths. */
export class Decimal {
	constructor(readonly units: Long) {}
}

/** An instant in milliseconds since 1970-01-01T00:00Z. */
export class Datetime {
	constructor(readonly milliseconds: Long) {}
}

export class Duration {
	constructor(readonly milliseconds: Long) {}
}

/** An IP address, or a range of them. */
export class Address {
	constructor(
		readonly family: 4 | 6,
		/** the address in groups of 16 bits: two or eight */
		readonly groups: readonly number[],
		readonly prefix: number,
	) {}
}

/** A set: built by a policy, or an array of a request, whose elements are read when they are first looked at. */
export class SetValue {
	#elements: readonly Value[] | undefined;
	#keys: Set<string> | undefined;
	#other: { first: Value | undefined } | undefined;

	constructor(
		private readonly source: readonly unknown[],
		private readonly read?: (source: unknown) => Value,
	) {
		if (read === undefined) this.#elements = source as readonly Value[];
	}

	get isEmpty(): boolean {
		return this.source.length === 0;
	}

	get elements(): readonly Value[] {
		return (this.#elements ??= this.source.map((element) =>
			(this.read as (source: unknown) => Value)(element),
		));
	}

	has(value: Value): boolean {
		const { elements } = this;
		if (elements.length > FEW) return this.keys.has(keyOf(value));
		for (const element of elements) if (equal(element, value)) return true;
		return false;
	}

	hasAll(other: SetValue): boolean {
		return other.elements.every((element) => this.has(element));
	}

	hasAny(other: SetValue): boolean {
		if (other.elements.length > this.elements.length) return other.hasAny(this);
		return other.elements.some((element) => this.has(element));
	}

	/** The first element that is no entity; undefined when all are. */
	get firstOther(): Value | undefined {
		this.#other ??= { first: this.elements.find((element) => !(element instanceof Uid)) };
		return this.#other.first;
	}

	get keys(): Set<string> {
		return (this.#keys ??= new Set(this.elements.map(keyOf)));
	}
}

/** Up to so many elements are compared one by one. */
const FEW = 8;

/** A record: built by a policy, or an object of a request, whose attributes are read when they are looked at. */
export class RecordValue {
	constructor(
		private readonly fields: Readonly<Record<string, unknown>>,
		private readonly read?: (source: unknown) => Value,
	) {}

	get(name: string): Value | undefined {
		// `__proto__` and `constructor` are names like any other.
		if (!Object.hasOwn(this.fields, name)) return undefined;
		const field = this.fields[name];
		return field === undefined || this.read === undefined ? (field as Value | undefined) : this.read(field);
	}

	/** Sorted. */
	get names(): string[] {
		return Object.keys(this.fields)
			.filter((name) => this.fields[name] !== undefined)
			.sort();
	}
}

/** Cedar's `==`: values of different types are merely different. */
export function equal(one: Value, other: Value): boolean {
	if (one === other) return true;
	if (typeof one !== 'object' || typeof other !== 'object') return false;
	if (one instanceof Uid) return other instanceof Uid && one.id === other.id && one.type === other.type;
	if (one instanceof SetValue) return other instanceof SetValue && equalSets(one, other);
	if (one instanceof RecordValue) return other instanceof RecordValue && equalRecords(one, other);
	if (one instanceof Decimal) return other instanceof Decimal && one.units === other.units;
	if (one instanceof Datetime) return other instanceof Datetime && one.milliseconds === other.milliseconds;
	if (one instanceof Duration) return other instanceof Duration && one.milliseconds === other.milliseconds;
	return other instanceof Address && keyOf(one) === keyOf(other);
}

function equalSets(one: SetValue, other: SetValue): boolean {
	return one.hasAll(other) && other.hasAll(one);
}

function equalRecords(one: RecordValue, other: RecordValue): boolean {
	const { names } = one;
	const others = other.names;
	return (
		names.length === others.length &&
		names.every(
			(name, place) => others[place] === name && equal(one.get(name) as Value, other.get(name) as Value),
		)
	);
}

/** A text that two values share if and only if they are equal. */
function keyOf(value: Value): string {
	if (typeof value === 'string') return `s${JSON.stringify(value)}`;
	if (typeof value !== 'object') return String(value);
	if (value instanceof Uid) return `e${JSON.stringify([value.type, value.id])}`;
	if (value instanceof Decimal) return `d${value.units}`;
	if (value instanceof Datetime) return `t${value.milliseconds}`;
	if (value instanceof Duration) return `u${value.milliseconds}`;
	if (value instanceof Address) return `i${value.groups.join(':')}/${value.prefix}`;
	if (value instanceof SetValue) return `[${[...value.keys].sort().join()}]`;
	return `{${value.names.map((name) => `${JSON.stringify(name)}${keyOf(value.get(name) as Value)}`).join()}}`;
}

/** The type as Cedar names it in its messages. */
export function typeOf(value: Value): string {
	if (typeof value === 'boolean') return 'bool';
	if (typeof value === 'string') return 'string';
	if (typeof value !== 'object') return 'long';
	if (value instanceof Uid) return `entity ${value.type}`;
	if (value instanceof SetValue) return 'set';
	if (value instanceof RecordValue) return 'record';
	if (value instanceof Decimal) return 'decimal';
	if (value instanceof Datetime) return 'datetime';
	if (value instanceof Duration) return 'duration';
	return 'ipaddr';
}

/** The failure that came along, or that of a value of the wrong type. */
export function wrongType(expected: string, value: Value | Failure): Failure {
	return value instanceof Failure ? value : new Failure(`Expected ${expected}, but got ${typeOf(value)}.`);
}
