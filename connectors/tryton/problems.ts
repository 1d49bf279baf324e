import type { z } from 'zod/v4';

/** Every field at fault in one sentence; `known` says it in Tryton's terms where there are some. */
export function problemsOf(error: z.ZodError, known: Record<string, string> = {}): string {
	const sentences = error.issues.map(({ path, message }) => {
		const field = path.join('.');
		const own = known[field];
		return own === undefined ? `${field}: ${message}` : `${field}: ${own}`;
	});
	return `${[...new Set(sentences)].join('; ')}.`;
}
