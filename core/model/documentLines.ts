import { z } from 'zod/v4';

/** An array in which each line's `line` is its own, at most 10,000 of them. */
export function documentLines<Line extends z.ZodType<{ line?: string | undefined }>>(line: Line) {
	return z
		.array(line)
		.max(10_000)
		.superRefine((lines, context) => {
			const seen = new Set<string>();
			lines.forEach(({ line: identifier }, index) => {
				if (identifier === undefined) return;
				if (seen.has(identifier)) {
					context.addIssue({
						code: 'custom',
						path: [index, 'line'],
						message: `line "${identifier}" appears twice; each line needs an identifier of its own`,
					});
				}
				seen.add(identifier);
			});
		});
}
