import { z } from 'zod/v4';

import { BridgeEvent, EventChange, type EventEntity } from '../../core/events/event';
import { canonicalEntities } from '../../core/model/entities';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** Rules that the code checks and JSON Schema can't express. */
const beyondSchema =
	'Beyond what the schema can say: a quantity is not negative and below 1,000,000,000, a GTIN has a right check digit, ' +
	'keys have no outer spaces or control characters, and a line identifier appears once in its record.';

/** JSON Schema (draft 2020-12) of each canonical entity, by entity. Fields that have a default may be left out. */
export function entitySchemas(): Map<EventEntity, JsonObject> {
	return new Map(
		(Object.keys(canonicalEntities) as EventEntity[]).map((entity) => [
			entity,
			{
				...plain(z.toJSONSchema(canonicalEntities[entity], { io: 'input' })),
				title: entity,
				description: beyondSchema,
			},
		]),
	);
}

/** The events of this package as an AsyncAPI 3.0 document. */
export function asyncApiDocument(version: string): JsonObject {
	const entities = Object.keys(canonicalEntities) as EventEntity[];
	return {
		asyncapi: '3.0.0',
		info: {
			title: 'n8n-nodes-erp-bridge events',
			version,
			description:
				'Changes of business records between ERP, WMS and others, as CloudEvents 1.0 in JSON over MQTT (QoS 1) or HTTPS. ' +
				`The data is the whole record as of that change. ${beyondSchema}`,
			license: { name: 'MIT' },
		},
		defaultContentType: 'application/json',
		channels: Object.fromEntries(entities.map((entity) => [entity, channel(entity)])),
		operations: Object.fromEntries(
			entities.flatMap((entity) => {
				const reference = { $ref: `#/channels/${entity}` };
				const name = entity.charAt(0).toUpperCase() + entity.slice(1);
				return [
					[`publish${name}`, { action: 'send', channel: reference, summary: 'Event Bus: Publish' }],
					[`receive${name}`, { action: 'receive', channel: reference, summary: 'Event Bus Trigger' }],
				];
			}),
		),
		components: {
			messages: Object.fromEntries(entities.map((entity) => [entity, message(entity)])),
			schemas: {
				event: draft7(BridgeEvent),
				...Object.fromEntries(entities.map((entity) => [entity, draft7(canonicalEntities[entity])])),
			},
		},
	};
}

function channel(entity: EventEntity): JsonObject {
	return {
		address: `{prefix}/{system}/${entity}/{change}/{key}`,
		messages: { [entity]: { $ref: `#/components/messages/${entity}` } },
		parameters: {
			prefix: { description: 'Topic prefix of the site', default: 'erp' },
			system: { description: 'Name of the system that owns the record', examples: ['sandbox-erp'] },
			change: { description: 'What happened to the record', enum: [...EventChange.options] },
			key: { description: "The record's key, percent-encoded" },
		},
	};
}

function message(entity: EventEntity): JsonObject {
	const types = EventChange.options.map((change) => `erp-bridge.${entity}.${change}`);
	return {
		name: entity,
		title: `Change of a ${entity}`,
		contentType: 'application/cloudevents+json',
		payload: {
			allOf: [
				{ $ref: '#/components/schemas/event' },
				{
					type: 'object',
					properties: { type: { type: 'string', enum: types } },
				},
				{
					if: { type: 'object', properties: { type: { const: `erp-bridge.${entity}.deleted` } } },
					else: {
						type: 'object',
						required: ['data'],
						properties: { data: { $ref: `#/components/schemas/${entity}` } },
					},
				},
			],
		},
	};
}

function draft7(schema: z.ZodType): JsonObject {
	const { $schema: _dialect, ...rest } = plain(z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }));
	return rest;
}

function plain(schema: unknown): JsonObject {
	return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
