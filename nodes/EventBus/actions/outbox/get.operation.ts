import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { publisherOf } from '../../../shared/publishers';
import { PublishRoute, routeProperties, Transport, transportProperty } from '../../publishRoute';

export const description: INodeProperties[] = shownFor('outbox', 'get', [
	transportProperty,
	{
		displayName:
			'Get State also sends: events that wait go out as soon as the broker or receiver takes them.',
		name: 'outboxNotice',
		type: 'notice',
		default: '',
	},
]);

/** Shown last, as everywhere in n8n. */
export const options: INodeProperties[] = shownFor('outbox', 'get', [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: routeProperties,
	},
]);

const Parameters = z.object({ transport: Transport, options: z.object(PublishRoute).prefault({}) });

/** How many events wait for the broker or receiver, and since when. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const { transport, options: route } = context.parameters(Parameters, 0);
	const { publisher, outbox } = await publisherOf(context.functions, database, transport, route);
	publisher.flush();
	return await context.forEachItem(async () => [await outbox.state()]);
}
