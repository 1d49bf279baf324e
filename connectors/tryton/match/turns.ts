const tails = new Map<string, Promise<unknown>>();

/**
 * One after the other, for all of this process that share a name. Tryton bars two assignments at once: on PostgreSQL the
 * second is refused, on SQLite (which is for trials) nothing stops both from taking the same stock.
 */
export async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
	const result = (tails.get(name) ?? Promise.resolve()).then(work);
	const tail = result.then(
		() => undefined,
		() => undefined,
	);
	tails.set(name, tail);
	try {
		return await result;
	} finally {
		if (tails.get(name) === tail) tails.delete(name);
	}
}
