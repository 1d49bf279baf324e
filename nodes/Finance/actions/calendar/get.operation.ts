import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { NotFoundError } from '../../../../core/ports/errors';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('calendar', 'get', [
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'An earlier version; 0 for the one that holds. To go back to one, save it again.',
	},
]);

const Parameters = z.object({ version: z.number().int().min(0) });

/** The calendars and legal entities as they hold, or as they were in an earlier version. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { acts } = await readBooks(await context.database());
	const saved = acts.flatMap((act) => (act.kind === 'organisation' ? [act] : []));
	return await context.forEachItem(async (index) => {
		const { version: asked } = context.parameters(Parameters, index);
		const version = asked === 0 ? saved.length : asked;
		const found = saved[version - 1];
		if (found === undefined)
			throw new NotFoundError(
				saved.length === 0
					? 'No accounting calendar is saved in this state store.'
					: `There is no version ${version} of the accounting calendar; versions are 1 to ${saved.length}.`,
				{
					system: 'accounting calendar',
					hint: 'Save one with Finance > Accounting Calendar > Save, or choose the state store in which it was saved.',
				},
			);
		const { by, at, reason, organisation } = found;
		return [
			{
				version,
				savedAt: at,
				savedBy: by,
				...(reason === undefined ? {} : { reason }),
				definition: organisation,
			},
		];
	});
}
