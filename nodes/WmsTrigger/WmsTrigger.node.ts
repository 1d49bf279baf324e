import {
	NodeConnectionTypes,
	NodeOperationError,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import type { CaptureSettings } from '../../core/events/changeCapture';
import { Quantity } from '../../core/model/decimal';
import { problems } from '../../core/model/problems';
import { StockLevel } from '../../core/model/reservation';
import { isBelow } from '../../core/model/stockThreshold';
import type { EntityName } from '../../core/ports/systemConnector';
import {
	changeTriggerProperties,
	eventsProperty,
	triggerOnChanges,
	watchMethods,
} from '../shared/changeTrigger';
import { stateStoreCredential } from '../shared/stateStore';
import { systemCredentials } from '../shared/systems';
import { testRecordSearch } from '../shared/testRecord';

/** What the trigger offers, as people call it. */
const entities: Array<{ name: string; value: EntityName }> = [
	{ name: 'Movement', value: 'movement' },
	{ name: 'Receipt', value: 'receipt' },
	{ name: 'Reservation', value: 'reservation' },
	{ name: 'Shipment', value: 'shipment' },
	{ name: 'Stock Level', value: 'stockLevel' },
];

const stockProperties: INodeProperties[] = [
	{
		displayName: 'Start When',
		name: 'startWhen',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { entity: ['stockLevel'] } },
		options: [
			{
				name: 'Stock Changes',
				value: 'changes',
				description: 'On each change of what is on hand or reserved',
			},
			{
				name: 'Stock Falls Below a Level',
				value: 'belowLevel',
				description: 'Once when an item falls below the level, and again only after it was back at it',
			},
		],
		default: 'changes',
	},
	{
		displayName: 'Level',
		name: 'level',
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: { entity: ['stockLevel'], startWhen: ['belowLevel'] } },
		default: '10',
		required: true,
		description: "In the item's base unit. Stock that equals the level is not below it.",
	},
	{
		displayName: 'Measure',
		name: 'measure',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { entity: ['stockLevel'], startWhen: ['belowLevel'] } },
		options: [
			{ name: 'Available', value: 'available', description: 'On hand less what is reserved' },
			{ name: 'On Hand', value: 'onHand', description: 'All that is on the shelf' },
		],
		default: 'available',
		description: 'What is compared with the level',
	},
];

const Threshold = z.object({ level: Quantity, measure: z.enum(['available', 'onHand']) });

export class WmsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WMS Trigger',
		name: 'wmsTrigger',
		icon: { light: 'file:wmsTrigger.svg', dark: 'file:wmsTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["entity"] + ", every " + $parameter["interval"] + " s" }}',
		description: 'Starts the workflow when stock, shipments or receipts change in a warehouse',
		defaults: { name: 'WMS Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'The warehouse is now polled; every change found reaches this workflow, in order per record.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: changeTriggerProperties(entities, [
			...stockProperties,
			{
				...eventsProperty,
				displayOptions: { hide: { startWhen: ['belowLevel'] } },
			},
		]),
	};

	methods = { listSearch: { searchTestRecords: testRecordSearch('wms') }, loadOptions: watchMethods };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await triggerOnChanges(this, {
			role: 'wms',
			entities: entities.map(({ value }) => value),
			filter: thresholdOf,
		});
	}
}

/**
 * "Below the level" is a change of a state with two values: only crossing it counts, and only downwards is told. What the
 * last look saw is remembered, so a restart tells nothing twice.
 */
function thresholdOf(
	context: ITriggerFunctions,
	entity: EntityName,
): Pick<CaptureSettings, 'wants' | 'stateOf'> {
	if (entity !== 'stockLevel' || context.getNodeParameter('startWhen', 'changes') !== 'belowLevel') return {};
	const parsed = Threshold.safeParse({
		level: String(context.getNodeParameter('level', '')).trim(),
		measure: context.getNodeParameter('measure', 'available'),
	});
	if (!parsed.success)
		throw new NodeOperationError(context.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
	const below = (record: unknown): boolean => isBelow(StockLevel.parse(record), parsed.data);
	return {
		stateOf: (record) => (below(record) ? 'below' : 'above'),
		wants: ({ data }) => data !== undefined && below(data),
	};
}
