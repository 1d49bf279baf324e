const running = new Map<string, Promise<unknown>>();

/**
 * Work under one name, one after the other in this process. Looking for a record and making it are two calls: two
 * executions that do so at once would both find nothing.
 */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
	const before = running.get(name) ?? Promise.resolve();
	const mine = before.then(work, work);
	const settled = mine.catch(() => undefined);
	running.set(name, settled);
	try {
		return await mine;
	} finally {
		if (running.get(name) === settled) running.delete(name);
	}
}
