import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { defaultDispatchOptions, type DispatchOptions } from '../../core/events/dispatcher';

/** How events are handed to the workflow: the same choices for every trigger of this package. */
export const deliveryProperties: INodeProperties[] = [
	{
		displayName: 'Max Attempts',
		name: 'maxAttempts',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'How often an event is tried before it becomes a dead letter. While a system is away, events wait and no attempt counts.',
	},
	{
		displayName: 'Max Executions at Once',
		name: 'maxInFlight',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50 },
		default: 2,
		description:
			'How many executions of this workflow may run at the same time. More are seldom faster, because they share one thread.',
	},
	{
		displayName: 'Max Events per Execution',
		name: 'maxBatch',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 5_000 },
		default: 500,
		description:
			'While the workflow keeps up, an event goes out alone and at once. Under load those that wait go out together, at most this many.',
	},
	{
		displayName: 'Remember Events For (Hours)',
		name: 'retentionHours',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 72,
		description: 'How long a finished event is remembered to recognise a late duplicate',
	},
];

export const DeliveryOptions = z.object({
	maxAttempts: z.number().int().min(1).default(defaultDispatchOptions.maxAttempts),
	maxInFlight: z.number().int().min(1).max(50).default(defaultDispatchOptions.maxInFlight),
	maxBatch: z.number().int().min(1).max(5_000).default(defaultDispatchOptions.maxBatch),
	retentionHours: z.number().min(1).default(72),
});

export function dispatchOptions({
	retentionHours,
	...chosen
}: z.infer<typeof DeliveryOptions>): DispatchOptions {
	return {
		...defaultDispatchOptions,
		...chosen,
		maxLoaded: Math.max(defaultDispatchOptions.maxLoaded, chosen.maxBatch * (chosen.maxInFlight + 1)),
		retentionMs: retentionHours * 3_600_000,
	};
}
