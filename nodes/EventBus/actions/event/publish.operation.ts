import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	EventChange,
	eventOf,
	isEventEntity,
	topicOf,
	validateEvent,
	type BridgeEvent,
	type EventEntity,
} from '../../../../core/events/event';
import { Key, SystemName } from '../../../../core/model/references';
import type { Database } from '../../../../core/store/database';
import { holdingPolicy } from '../../../../core/sync/policy/holdingPolicy';
import { selectEvents, type Selected } from '../../../../core/sync/policy/selectEvents';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { publisherOf } from '../../../shared/publishers';
import { streamOf } from '../../../shared/syncPolicies';
import { PublishRoute, routeProperties, Transport, transportProperty } from '../../publishRoute';

export const description: INodeProperties[] = shownFor('event', 'publish', [
	transportProperty,
	{
		displayName: 'Event From',
		name: 'eventFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Input Item', value: 'item', description: 'The item is an event, as the ERP Trigger gives it' },
			{ name: 'Fields', value: 'fields', description: 'Make the event from a record' },
		],
		default: 'item',
	},
	{
		displayName: 'System',
		name: 'systemName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. sandbox-erp',
		description: 'The system whose record changed, as it is named in events and crosswalk',
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		options: [
			{ name: 'Item', value: 'item' },
			{ name: 'Reservation', value: 'reservation' },
			{ name: 'Sales Order', value: 'salesOrder' },
			{ name: 'Stock Level', value: 'stockLevel' },
		],
		default: 'salesOrder',
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
	{
		displayName: 'Change',
		name: 'change',
		type: 'options',
		options: [
			{ name: 'Cancelled', value: 'cancelled' },
			{ name: 'Changed', value: 'changed' },
			{ name: 'Created', value: 'created' },
			{ name: 'Deleted', value: 'deleted' },
		],
		default: 'changed',
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
	{
		displayName: 'Key',
		name: 'key',
		type: 'string',
		default: '={{ $json.key }}',
		required: true,
		description: "The record's own identifier in its system",
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
	{
		displayName: 'Sequence',
		name: 'sequence',
		type: 'number',
		default: 1,
		required: true,
		description: "The record's version: it must rise with every change of the record",
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
	{
		displayName: 'Record',
		name: 'record',
		type: 'json',
		default: '={{ $json }}',
		description: 'The whole record as it now is, in canonical form',
		displayOptions: { show: { eventFrom: ['fields'] } },
	},
]);

/** Shown last, as everywhere in n8n. */
export const options: INodeProperties[] = shownFor('event', 'publish', [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			...routeProperties,
			{
				displayName: 'Patience (Seconds)',
				name: 'patience',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 5,
				description:
					'How long to wait for the confirmation; later the event stays safe in the outbox and the item says "queued"',
			},
			{
				displayName: 'Sync Policy Name or ID',
				name: 'syncPolicy',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getSyncPolicies' },
				default: '',
				description:
					'Publish only what this policy pushes, as the node Sync Policy says. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'Topic Prefix',
				name: 'prefix',
				type: 'string',
				default: 'erp',
				displayOptions: { show: { '/transport': ['mqtt'] } },
				description: 'First level of the topic: prefix/system/entity/change/key',
			},
		],
	},
]);

const Parameters = z.object({
	transport: Transport,
	eventFrom: z.enum(['item', 'fields']),
	options: z.object({
		...PublishRoute,
		patience: z.number().min(0).max(600).default(5),
		prefix: z
			.string()
			.regex(/^[^+#]+$/, 'must not hold + or #')
			.default('erp'),
		syncPolicy: z.string().default(''),
	}),
});

const Fields = z.object({
	systemName: SystemName,
	entity: z.string().refine(isEventEntity, 'is no known entity'),
	change: EventChange,
	key: Key,
	sequence: z.number().int().nonnegative(),
	record: z.union([z.string(), z.looseObject({})]).optional(),
});

/** Stores the events in the outbox and sends them; an item says whether the broker or receiver has confirmed it. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [first] = context.items;
	if (first === undefined) return [];
	const { transport, options: chosen } = context.parameters(Parameters, 0);
	const read = context.items.map((_, index) => readEvent(context, index));
	const database = await context.database();
	const { publisher } = await publisherOf(context.functions, database, transport, chosen);
	const valid = read.filter((event): event is BridgeEvent => !(event instanceof Error));
	const selected = await select(context, database, chosen.syncPolicy, valid);
	const topics = selected.flatMap((one) =>
		'push' in one
			? [{ topic: topicOf(transport === 'https' ? 'https' : chosen.prefix, one.push), event: one.push }]
			: [],
	);
	const outcomes = await publisher.publish(topics, chosen.patience * 1_000);
	let nextValid = 0;
	let next = 0;
	return context.answer(
		read.map((event) => {
			if (event instanceof Error) return event;
			const { id, type, subject } = event;
			const one = selected[nextValid];
			nextValid += 1;
			if (one !== undefined && 'keptBack' in one)
				return [{ id, type, subject, status: 'notPushed', reason: one.keptBack }];
			const outcome = outcomes[next];
			const topic = topics[next]?.topic;
			next += 1;
			return [
				{
					id,
					type,
					subject,
					topic,
					status: outcome?.confirmed === true ? 'published' : 'queued',
					...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
				},
			];
		}),
	);
}

/** What the sync policy lets through of each event; everything without one. */
async function select(
	context: OperationContext,
	database: Database,
	policyName: string,
	events: BridgeEvent[],
): Promise<Selected[]> {
	if (policyName === '') return events.map((push) => ({ push }));
	const { policy } = await holdingPolicy(database, policyName);
	return await selectEvents({
		database,
		policyName,
		policy,
		stream: streamOf(context),
		events,
		at: Date.now(),
	});
}

function readEvent(context: OperationContext, index: number): BridgeEvent | Error {
	try {
		const { eventFrom } = context.parameters(Parameters, index);
		const json = eventFrom === 'item' ? context.json(index) : eventFromFields(context, index);
		const parsed = validateEvent(json, { unknownFields: 'refused' });
		if ('event' in parsed) return parsed.event;
		return context.invalid(`Item ${index} can't be published. ${parsed.reason}`, parsed.subject);
	} catch (error) {
		if (error instanceof Error) return error;
		throw error;
	}
}

function eventFromFields(context: OperationContext, index: number): BridgeEvent {
	const { systemName, entity, change, key, sequence, record } = context.parameters(Fields, index);
	const content = typeof record === 'string' ? (JSON.parse(record) as IDataObject) : record;
	return eventOf({
		system: systemName,
		entity: entity as EventEntity,
		change,
		key,
		sequence,
		...(change === 'deleted' ? {} : { record: content }),
		changedAt: new Date().toISOString(),
	});
}
