import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { checkDirectory } from '../../../../core/hr/directoryCheck';
import type { Entities, EntityName, SystemConnector } from '../../../../core/ports/systemConnector';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { OptionalDay, dayProperty } from '../employee/day';

export const description: INodeProperties[] = shownFor('directory', 'check', [
	dayProperty('today', 'As of Day', 'Dates are judged as of this day. Empty: today'),
]);

const Parameters = z.object({ today: OptionalDay });

/** One item for each finding: people or posts on which nobody should rely when rights or approvals are decided. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const system = await context.connector('hr');
	return await context.forEachItem(async (index) => {
		const { today = new Date().toISOString().slice(0, 10) } = context.parameters(Parameters, index);
		const positions = await all(system, 'position');
		const departments = await all(system, 'department');
		return checkDirectory({
			employees: (await all(system, 'employee')) ?? [],
			...(positions === undefined ? {} : { positions }),
			...(departments === undefined ? {} : { departments }),
			today,
		});
	});
}

/** Nothing where the system keeps no such records. */
async function all<E extends EntityName>(
	system: SystemConnector,
	entity: E,
): Promise<Array<Entities[E]> | undefined> {
	if (entity !== 'employee' && system.capabilities().entities[entity]?.read !== true) return undefined;
	const records: Array<Entities[E]> = [];
	for await (const page of system.list(entity)) records.push(...page);
	return records;
}
