import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { brokerOf, outboxOf, publisherOf } from '../../../shared/publishers';

export const description: INodeProperties[] = shownFor('outbox', 'get', [
	{
		displayName: 'Get State also sends: events that wait go out as soon as the broker takes them.',
		name: 'outboxNotice',
		type: 'notice',
		default: '',
	},
]);

/** How many events wait for the broker, and since when. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const outbox = outboxOf(database, await brokerOf(context.functions));
	(await publisherOf(context.functions, database, 'auto')).flush();
	return await context.forEachItem(async () => [await outbox.state()]);
}
