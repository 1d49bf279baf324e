import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ItemResolver } from '../../../../core/crosswalk/itemResolution';
import { describeEvent, validateEvent } from '../../../../core/events/event';
import { problems } from '../../../../core/model/problems';
import { readStrictly } from '../../../../core/model/strictly';
import { SalesOrder } from '../../../../core/model/salesOrder';
import { matchOrders, type OrderToMatch } from '../../../../core/reserve/matchOrders';
import type { Database } from '../../../../core/store/database';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('reservation', 'match', [
	{
		displayName:
			'Takes events of sales orders as the Event Bus Trigger or the ERP Trigger gives them. Safe to repeat: an order that is reserved already, or an older state of it, changes nothing.',
		name: 'matchNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Order From',
		name: 'orderFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Event in the Input Item', value: 'event', description: 'The item is a sales order event' },
			{ name: 'Fields', value: 'fields', description: 'Give order, system and sequence yourself' },
		],
		default: 'event',
	},
	{
		displayName: 'Order',
		name: 'order',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'The sales order with key, state and lines',
		displayOptions: { show: { orderFrom: ['fields'] } },
	},
	{
		displayName: 'ERP System',
		name: 'source',
		type: 'string',
		default: 'sandbox-erp',
		required: true,
		description: 'The system whose item codes the order uses, as it is named in events and crosswalk',
		displayOptions: { show: { orderFrom: ['fields'] } },
	},
	{
		displayName: 'Sequence',
		name: 'sequence',
		type: 'number',
		default: 0,
		required: true,
		description: "The order's version: the higher is the newer; an older one never overwrites a newer one",
		displayOptions: { show: { orderFrom: ['fields'] } },
	},
	{
		displayName: 'Allow Partial Reservation',
		name: 'allowPartial',
		type: 'boolean',
		default: true,
		description:
			'Whether to reserve what is there and leave the rest on back order; when off, a line is reserved whole or not at all',
	},
]);

const Source = z.object({ orderFrom: z.enum(['event', 'fields']), allowPartial: z.boolean() });
const Fields = z.object({
	order: z.union([z.string(), z.looseObject({})]),
	source: z.string().min(1),
	sequence: z.coerce.number().int().nonnegative(),
});

const resolvers = new WeakMap<Database, ItemResolver>();

/** Makes the warehouse hold exactly what each order now asks for. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [warehouse, database] = await Promise.all([context.connector('wms'), context.database()]);
	const orders = context.items.map((_, index) => readOrder(context, index));
	const valid = orders.filter((order): order is OrderToMatch => !(order instanceof Error));
	const matched = await matchOrders(valid, warehouse, resolverOf(database), database);
	let next = 0;
	return context.answer(
		orders.map((order) => {
			const result = order instanceof Error ? order : matched[next++];
			if (result === undefined) return [];
			return result instanceof Error ? result : [result];
		}),
	);
}

function readOrder(context: OperationContext, index: number): OrderToMatch | Error {
	try {
		const { orderFrom, allowPartial } = context.parameters(Source, index);
		return {
			allowPartial,
			...(orderFrom === 'event' ? fromEvent(context, index) : fromFields(context, index)),
		};
	} catch (error) {
		if (error instanceof Error) return error;
		throw error;
	}
}

function fromEvent(context: OperationContext, index: number): Omit<OrderToMatch, 'allowPartial'> {
	const json = context.json(index);
	if (json.specversion === undefined) {
		throw context.invalid(
			`Item ${index} is no event. Take items of the Event Bus Trigger or ERP Trigger, or set "Order From" to "Fields".`,
		);
	}
	const parsed = validateEvent(json);
	if (!('event' in parsed))
		throw context.invalid(`Item ${index} is no sales order event. ${parsed.reason}`, parsed.subject);
	const { system, entity, sequence, change } = describeEvent(parsed.event);
	if (entity !== 'salesOrder') {
		throw context.invalid(
			`Item ${index} is an event of a ${entity}; only sales orders can be matched.`,
			parsed.event.subject,
		);
	}
	const order: SalesOrder =
		change === 'deleted'
			? { key: parsed.event.subject, state: 'cancelled', lines: [] }
			: (parsed.event.data as SalesOrder);
	return { order, source: system, sequence };
}

function fromFields(context: OperationContext, index: number): Omit<OrderToMatch, 'allowPartial'> {
	const { order, source, sequence } = context.parameters(Fields, index);
	const parsed = readStrictly(SalesOrder, typeof order === 'string' ? jsonOf(context, order, index) : order);
	if (!parsed.success)
		throw context.invalid(`The order of item ${index} is invalid: ${problems(parsed.error)}`);
	return { order: parsed.data, source, sequence };
}

function jsonOf(context: OperationContext, text: string, index: number): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw context.invalid(`The order of item ${index} is no JSON.`);
	}
}

function resolverOf(database: Database): ItemResolver {
	const known = resolvers.get(database) ?? new ItemResolver(database);
	resolvers.set(database, known);
	return known;
}
