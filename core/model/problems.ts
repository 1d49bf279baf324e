import type { z } from 'zod/v4';

/** Every problem on one line: `data.lines.0.quantity: must not be negative; ...`. */
export function problems(error: z.ZodError, root?: string): string {
	const shown = error.issues.slice(0, 20).map(({ path, message }) => {
		const field = [...(root === undefined ? [] : [root]), ...path].join('.');
		return field === '' ? message : `${field}: ${message}`;
	});
	const hidden = error.issues.length - shown.length;
	return `${shown.join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}.`;
}
