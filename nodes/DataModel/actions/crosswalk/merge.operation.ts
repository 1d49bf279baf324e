import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { mergeCodes } from '../../../../core/crosswalk/linkList';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'merge', [
	kindProperty,
	systemNameProperty('system', 'System', 'The system that has the same thing under two codes', 'sandbox-erp'),
	codeProperty('duplicate', 'Duplicate Code', 'The code that is given up'),
	codeProperty('into', 'Code to Keep', 'The code that gets the links of the duplicate'),
]);

const Parameters = z.object({ kind: Kind, system: System, duplicate: Code, into: Code });

/** Gives the links of a duplicate to the code that stays, all or none; the duplicate is found as that code from then on. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const merge = context.parameters(Parameters, index);
		const moved = await mergeCodes(database, merge, Date.now());
		return [{ ...merge, moved: moved.map(({ to }) => to) }];
	});
}
