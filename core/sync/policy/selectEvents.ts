import { createHash } from 'node:crypto';

import { describeEvent, isEventEntity, type BridgeEvent } from '../../events/event';
import type { Database } from '../../store/database';
import { forgetting } from '../../store/onDemandRecords';
import { notePushed, type PushableState } from '../../store/pushed';
import { countTraffic, noTraffic, type Traffic } from '../../store/syncTraffic';
import { pushedPart, valueCount } from './pushedFields';
import type { SyncPolicy } from './syncPolicy';

/** Why an event is not pushed. */
export type KeptBack =
	/** the policy pushes nothing of its entity */
	| 'entity is not pushed'
	/** none of the pushed fields differs from what was pushed last */
	| 'no pushed field changed';

export type Selected = { push: BridgeEvent } | { keptBack: KeptBack };

export interface Selection {
	database: Database;
	policyName: string;
	policy: SyncPolicy;
	/** who selects: what was pushed is remembered for each by itself */
	stream: string;
	/** valid events, those of one record in their order */
	events: BridgeEvent[];
	/** milliseconds since 1970 */
	at: number;
}

/**
 * What the policy lets through of each event, in the order given. An event whose pushed fields are as they were pushed last
 * is kept back; an event given again is let through again. Records that were read on demand and have changed are forgotten.
 */
export async function selectEvents(selection: Selection): Promise<Selected[]> {
	const { database, policyName, policy, stream, events, at } = selection;
	const parts = events.map((event) => partOf(policy, event));
	const states = parts.flatMap((part, index): PushableState[] => {
		const event = events[index];
		if (part === undefined || event === undefined) return [];
		const { system, entity, sequence, change } = describeEvent(event);
		return [{ system, entity, key: event.subject, sequence, fingerprint: fingerprintOf(change, part) }];
	});
	await database.transaction(
		forgetting(
			events.map((event) => {
				const { system, entity } = describeEvent(event);
				return { system, entity, key: event.subject };
			}),
		),
	);
	const differs = await notePushed(database, `${policyName} ${stream}`, states, at);
	let next = 0;
	const selected = parts.map((part): Selected => {
		if (part === undefined) return { keptBack: 'entity is not pushed' };
		const hasToGo = differs[next];
		next += 1;
		return hasToGo === false ? { keptBack: 'no pushed field changed' } : { push: part };
	});
	await countTraffic(database, policyName, trafficOf(events, selected), at);
	return selected;
}

/** The event with its pushed fields only; undefined when its entity is not pushed. */
function partOf(policy: SyncPolicy, event: BridgeEvent): BridgeEvent | undefined {
	const { entity, change } = describeEvent(event);
	if (!isEventEntity(entity)) return event;
	const data = change === 'deleted' ? {} : (event.data as Record<string, unknown>);
	const part = pushedPart(policy, entity, data);
	if (part === undefined) return undefined;
	return change === 'deleted' ? event : { ...event, data: part };
}

/** The same for the same pushed content. That a record was cancelled or deleted is pushed too. */
function fingerprintOf(change: string, { data }: BridgeEvent): string {
	const end = change === 'cancelled' || change === 'deleted' ? change : '';
	return createHash('sha256')
		.update(JSON.stringify([end, data ?? null]))
		.digest('base64');
}

function trafficOf(events: BridgeEvent[], selected: Selected[]): Map<string, Traffic> {
	const byEntity = new Map<string, Traffic>();
	events.forEach((event, index) => {
		const { entity } = describeEvent(event);
		const sent = selected[index];
		const part = sent !== undefined && 'push' in sent ? sent.push : undefined;
		const bytesSent = part === undefined ? 0 : sizeOf(part);
		const counted = byEntity.get(entity) ?? { ...noTraffic };
		byEntity.set(entity, counted);
		counted.eventsSent += part === undefined ? 0 : 1;
		counted.eventsKeptBack += part === undefined ? 1 : 0;
		counted.fieldsKeptBack += valueCount(event.data) - valueCount(part?.data);
		counted.bytesSent += bytesSent;
		counted.bytesKeptBack += sizeOf(event) - bytesSent;
	});
	return byEntity;
}

function sizeOf(event: BridgeEvent): number {
	return Buffer.byteLength(JSON.stringify(event));
}
