import { z } from 'zod/v4';

import type { Condition } from '../../model/conditions';

/** A comparison of one field of a document, as an accountant writes it. */
export const RuleCondition = z.object({
	/** path into the document */
	field: z
		.string()
		.min(1)
		.refine(
			(path) => !path.startsWith('line.'),
			'concerns the document; a condition cannot ask one of its lines',
		),
	operator: z.enum([
		'is',
		'isNot',
		'contains',
		'startsWith',
		'above',
		'atLeast',
		'below',
		'atMost',
		'isEmpty',
		'isNotEmpty',
	]),
	value: z.string().default(''),
});
export type RuleCondition = z.infer<typeof RuleCondition>;

/** Amounts and days are compared as such; what is only equal or not, as text: account 0100 is not 100. */
export function asked({ field, operator, value }: RuleCondition): Condition {
	const ordered =
		operator === 'above' || operator === 'atLeast' || operator === 'below' || operator === 'atMost';
	const kind = !ordered ? 'text' : /^\d{4}-\d{2}-\d{2}/.test(value) ? 'date' : 'decimal';
	return { path: field, kind, operator, value };
}

/** A fixed value, or the path of the field that has it. */
export const DimensionSource = z.union([
	z.object({ value: z.string().min(1) }),
	z.object({ field: z.string().min(1) }),
]);
export type DimensionSource = z.infer<typeof DimensionSource>;

/** The value that a source gives; nothing where the field is empty or holds no text, number or truth value. */
export function valueFrom(source: DimensionSource, read: (path: string) => unknown): string | undefined {
	if ('value' in source) return source.value;
	const value = read(source.field);
	const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
	return plain && value !== '' ? String(value) : undefined;
}
