import { CloudEvent } from 'cloudevents';
import { z } from 'zod/v4';

import { canonicalEntities } from '../model/entities';
import { problems } from '../model/problems';
import { Key, SystemName } from '../model/references';
import { readStrictly } from '../model/strictly';

/** Every canonical entity travels as an event. */
export type EventEntity = keyof typeof canonicalEntities;

export const EventChange = z.enum(['created', 'changed', 'cancelled', 'deleted']);
export type EventChange = z.infer<typeof EventChange>;

const typePrefix = 'erp-bridge.';

/** Digits of the `sequence` extension, so that text order is number order (CloudEvents extension "sequence"). */
const sequenceDigits = 16;

/**
 * A change of one record, as CloudEvents 1.0 in JSON. `source` is `/{system}`, `subject` the record's key, `type`
 * `erp-bridge.{entity}.{change}`. Within one source, entity and subject the higher `sequence` is the newer state;
 * `data` is the whole canonical entity as of that change (absent when deleted).
 */
export const BridgeEvent = z.looseObject({
	specversion: z.literal('1.0'),
	id: z.string().min(1).max(500),
	source: z.string().regex(/^\/[^/]+$/, 'must be "/" and the name of the system'),
	type: z.string().min(1).max(200),
	subject: Key,
	time: z.iso.datetime({ offset: true }),
	datacontenttype: z.literal('application/json').optional(),
	dataschema: z.string().optional(),
	sequence: z.string().regex(/^\d{1,16}$/, 'must be up to 16 digits'),
	partitionkey: Key,
	data: z.unknown(),
});
export type BridgeEvent = z.infer<typeof BridgeEvent>;

/** What an event says, apart from its envelope. */
export interface RecordChange {
	system: string;
	entity: EventEntity;
	change: EventChange;
	key: string;
	/** order within this record; non-negative and rising */
	sequence: number;
	/** the canonical entity; absent when deleted */
	record?: unknown;
	/** ISO 8601 instant of the change in the source system */
	changedAt: string;
}

/** The event for a change. The same change always has the same id, so a repetition is recognised anywhere. */
export function eventOf(change: RecordChange): BridgeEvent {
	const { system, entity, key, sequence } = change;
	const event = new CloudEvent({
		id: `${system}/${entity}/${key}/${sequence}`,
		source: `/${SystemName.parse(system)}`,
		type: `${typePrefix}${entity}.${change.change}`,
		subject: key,
		time: change.changedAt,
		datacontenttype: 'application/json',
		sequence: String(sequence).padStart(sequenceDigits, '0'),
		partitionkey: `${system}/${entity}/${key}`,
		data: change.record,
	});
	return JSON.parse(JSON.stringify(event)) as BridgeEvent;
}

/** Topic of a change: `{prefix}/{system}/{entity}/{change}/{key}`, the key percent-encoded. */
export function topicOf(prefix: string, event: BridgeEvent): string {
	const { system, entity, change } = describeEvent(event);
	return [prefix, system, entity, change, encodeTopicLevel(event.subject)].join('/');
}

/** System, entity and change that the envelope names. Entity and change may be unknown ones. */
export function describeEvent(event: BridgeEvent): {
	system: string;
	entity: string;
	change: string;
	sequence: number;
} {
	const [entity = '', change = ''] = event.type.startsWith(typePrefix)
		? event.type.slice(typePrefix.length).split('.')
		: [event.type];
	return { system: event.source.slice(1), entity, change, sequence: Number(event.sequence) };
}

/** Events that must keep their order among themselves share this: one record of one system. */
export function orderingKey(event: BridgeEvent): string {
	const { system, entity } = describeEvent(event);
	return `${system}/${entity}/${event.subject}`;
}

/** MQTT forbids `+`, `#` and NUL in a published topic, and `/` would open a new level (MQTT 5.0, 4.7). */
function encodeTopicLevel(text: string): string {
	return encodeURIComponent(text);
}

export interface ParsedEvent {
	event: BridgeEvent;
}
export interface RefusedEvent {
	/** every problem found, each naming its field */
	reason: string;
	/** as much of the identity as could be read */
	id?: string;
	subject?: string;
}

/**
 * Reads one message. Whatever is wrong with it (not JSON, no CloudEvent, unknown type, wrong field) becomes one
 * reason that names every field at fault.
 */
export function parseEvent(payload: string | Uint8Array): ParsedEvent | RefusedEvent {
	let json: unknown;
	try {
		json = JSON.parse(
			typeof payload === 'string' ? payload : new TextDecoder('utf-8', { fatal: true }).decode(payload),
		);
	} catch {
		return { reason: 'The message is not JSON in UTF-8.' };
	}
	return validateEvent(json);
}

/**
 * `unknownFields`: a record that arrives may have fields that this version does not know, which are left out; one that is
 * sent from here may not, since they would be lost.
 */
export function validateEvent(
	json: unknown,
	{ unknownFields = 'ignored' }: { unknownFields?: 'ignored' | 'refused' } = {},
): ParsedEvent | RefusedEvent {
	const envelope = BridgeEvent.safeParse(json);
	if (!envelope.success) {
		return {
			reason: `The message is not a valid CloudEvent: ${problems(envelope.error)}`,
			...identityOf(json),
		};
	}
	const event = envelope.data;
	const { entity, change } = describeEvent(event);
	const identity = { id: event.id, subject: event.subject };
	if (!isEventEntity(entity) || !EventChange.safeParse(change).success) {
		return {
			reason: `The event type "${event.type}" is unknown; known are ${knownTypes().join(', ')}.`,
			...identity,
		};
	}
	if (change === 'deleted') return { event };
	const schema: z.ZodType = canonicalEntities[entity];
	const data = unknownFields === 'refused' ? readStrictly(schema, event.data) : schema.safeParse(event.data);
	if (!data.success)
		return { reason: `The ${entity} in the event is invalid: ${problems(data.error, 'data')}`, ...identity };
	const { key = event.subject } = data.data as { key?: string };
	if (key !== event.subject) {
		return {
			reason: `The ${entity} in the event is invalid: data.key differs from the subject.`,
			...identity,
		};
	}
	return { event: { ...event, data: data.data } };
}

export function isEventEntity(name: string): name is EventEntity {
	return Object.hasOwn(canonicalEntities, name);
}

function knownTypes(): string[] {
	return Object.keys(canonicalEntities).map(
		(entity) => `${typePrefix}${entity}.{${EventChange.options.join('|')}}`,
	);
}

function identityOf(json: unknown): { id?: string; subject?: string } {
	const Identity = z.object({
		id: z.string().max(500).optional().catch(undefined),
		subject: z.string().max(500).optional().catch(undefined),
	});
	const identity = Identity.safeParse(json);
	return identity.success ? identity.data : {};
}
