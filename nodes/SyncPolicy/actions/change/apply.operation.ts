import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { validateEvent, type BridgeEvent } from '../../../../core/events/event';
import { holdingPolicy } from '../../../../core/sync/policy/holdingPolicy';
import { selectEvents } from '../../../../core/sync/policy/selectEvents';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicyParameter, policyProperty, streamOf } from '../../../shared/syncPolicies';

export const description: INodeProperties[] = shownFor('change', 'apply', [policyProperty]);

/** The outputs of the operation, in this order. */
export const outputs = ['Push', 'Not Pushed'];

/** Parts the events that have something to push, with their pushed fields only, from those that have not. */
export async function execute(
	context: OperationContext,
): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	if (context.items.length === 0) return [[], []];
	const read = context.items.map((_, index) => eventOf(context, index));
	// An invalid event ends the node here, before any of its neighbours counts as pushed.
	const refused = context.answer(read.map((event) => (event instanceof Error ? event : [])));
	const database = await context.database();
	const { policy: name } = context.parameters(PolicyParameter, 0);
	const { policy } = await holdingPolicy(database, name);
	const positions = read.flatMap((event, item) => (event instanceof Error ? [] : [{ event, item }]));
	const selected = await selectEvents({
		database,
		policyName: name,
		policy,
		stream: streamOf(context),
		events: positions.map(({ event }) => event),
		at: Date.now(),
	});
	const pushed: INodeExecutionData[] = [...refused];
	const keptBack: INodeExecutionData[] = [];
	selected.forEach((one, index) => {
		const pairedItem = { item: positions[index]?.item ?? 0 };
		if ('push' in one) pushed.push({ json: one.push as unknown as IDataObject, pairedItem });
		else keptBack.push({ json: { ...context.json(pairedItem.item), notPushed: one.keptBack }, pairedItem });
	});
	return [pushed, keptBack];
}

function eventOf(context: OperationContext, index: number): BridgeEvent | Error {
	const parsed = validateEvent(context.json(index));
	if ('event' in parsed) return parsed.event;
	return context.invalid(
		`Item ${index} is no event of a change, as the ERP Trigger gives it. ${parsed.reason}`,
		parsed.subject,
	);
}
