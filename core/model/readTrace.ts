/**
 * Sees which fields of a JSON record are read. Elements of a list count as one: `lines.quantity` stands for the quantity of
 * every line.
 */
export class ReadTrace {
	private readonly read = new Set<string>();
	private readonly watched = new WeakMap<object, unknown>();

	/** The record, watched: it reads the same. */
	readonly record: unknown;

	constructor(private readonly original: unknown) {
		this.record = this.watch(original, '');
	}

	/** Fields that hold something and were not read, by path; a field of which nothing was read stands for all in it. */
	unread(): string[] {
		return this.unreadOf(treeOf([this.original]), '');
	}

	private watch(value: unknown, path: string): unknown {
		if (typeof value !== 'object' || value === null) {
			if (path !== '') this.read.add(path);
			return value;
		}
		const known = this.watched.get(value);
		if (known !== undefined) return known;
		const proxy: unknown = new Proxy(value, {
			get: (target, name, receiver) => {
				const inner: unknown = Reflect.get(target, name, receiver);
				if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return inner;
				if (Array.isArray(target)) return name === 'length' ? inner : this.watch(inner, path);
				return this.watch(inner, joined(path, name));
			},
		});
		this.watched.set(value, proxy);
		return proxy;
	}

	private unreadOf(tree: FieldTree, path: string): string[] {
		return [...tree].flatMap(([name, inner]) => {
			const own = joined(path, name);
			if (inner.size === 0) return this.read.has(own) ? [] : [own];
			return this.nothingReadIn(inner, own) ? [own] : this.unreadOf(inner, own);
		});
	}

	private nothingReadIn(tree: FieldTree, path: string): boolean {
		return [...tree].every(([name, inner]) => {
			const own = joined(path, name);
			return inner.size === 0 ? !this.read.has(own) : this.nothingReadIn(inner, own);
		});
	}
}

type FieldTree = Map<string, FieldTree>;

/** The fields of all the values together; a field that holds nothing is left out. */
function treeOf(values: unknown[]): FieldTree {
	const tree: FieldTree = new Map();
	const inside = new Map<string, unknown[]>();
	for (const value of values.flat(Infinity))
		if (typeof value === 'object' && value !== null)
			for (const [name, inner] of Object.entries(value))
				if (holdsSomething(inner)) inside.set(name, [...(inside.get(name) ?? []), inner]);
	for (const [name, inner] of inside) tree.set(name, treeOf(inner));
	return tree;
}

function holdsSomething(value: unknown): boolean {
	if (value === null || value === undefined || value === '') return false;
	return typeof value !== 'object' || Object.values(value).some(holdsSomething);
}

function joined(path: string, name: string): string {
	return path === '' ? name : `${path}.${name}`;
}
