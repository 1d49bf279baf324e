import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { validateEvent, type BridgeEvent } from '../../../../core/events/event';
import { reportToErp } from '../../../../core/sync/reportToErp';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';
import { erpFor, resolverOf } from './systems';

export const description: INodeProperties[] = shownFor('erpReport', 'report', [
	{
		displayName:
			"Takes events of shipments and stock levels as the Event Bus Trigger or the WMS Trigger gives them. The ERP's own events of stock levels may come too: what this node caused is recognised, what a person changed is listed as a conflict.",
		name: 'reportNotice',
		type: 'notice',
		default: '',
	},
	stateStoreProperty,
]);

/** Brings delivered quantities and stock on hand to the ERP. Repeats and older states change nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [wms, erp, database] = await Promise.all([
		context.connector('wms'),
		erpFor(context),
		context.database(),
	]);
	const events = context.items.map((_, index) => readEvent(context, index));
	const valid = events.filter((event): event is BridgeEvent => !(event instanceof Error));
	const systems = { erp, wms, database, resolver: resolverOf(database) };
	const reported = await reportToErp(valid, systems, Date.now());
	let next = 0;
	return context.answer(
		events.map((event) => {
			const result = event instanceof Error ? event : reported[next++];
			if (result === undefined) return [];
			return result instanceof Error ? result : [result];
		}),
	);
}

function readEvent(context: OperationContext, index: number): BridgeEvent | Error {
	const parsed = validateEvent(context.json(index));
	if ('event' in parsed) return parsed.event;
	return context.invalid(
		`Item ${index} is no event of a shipment or stock level. ${parsed.reason}`,
		parsed.subject,
	);
}
