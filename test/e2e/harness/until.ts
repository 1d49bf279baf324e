import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until there is something; what is awaited here happens in another process. */
export async function until<T>(
	what: string,
	look: () => Promise<T | undefined | false> | T | undefined | false,
	timeoutMs = 90_000,
): Promise<T> {
	for (const deadline = Date.now() + timeoutMs; ; await pause(25)) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
	}
}
