/** Reads once and remembers, unless it failed. */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
	let value: Promise<T> | undefined;
	return () => {
		value ??= read().catch((error: unknown) => {
			value = undefined;
			throw error;
		});
		return value;
	};
}
