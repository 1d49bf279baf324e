import { z } from 'zod/v4';

import type { FieldDescription } from '../../core/ports/systemConnector';
import type { TrytonSession } from './session';

const Fields = z.record(z.string(), z.object({ type: z.string(), required: z.boolean().optional() }));

/** The fields of Tryton's models by name, each after the prefix that stands for its model. */
export async function describeModels(
	session: TrytonSession,
	models: Record<string, string>,
): Promise<FieldDescription[]> {
	const descriptions = await Promise.all(
		Object.entries(models).map(async ([prefix, model]) => {
			const fields = Fields.parse(await session.call(`model.${model}.fields_get`, [null]));
			return Object.entries(fields).map(([name, { type, required = false }]) => ({
				name: `${prefix}${name}`,
				type,
				required,
			}));
		}),
	);
	return descriptions.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}
