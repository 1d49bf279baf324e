import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { Quantity } from '../../core/model/decimal';
import { problems } from '../../core/model/problems';
import { readStrictly } from '../../core/model/strictly';
import { Key } from '../../core/model/references';
import { NotFoundError } from '../../core/ports/errors';
import type { EntityName, ListQuery, Outcome } from '../../core/ports/systemConnector';
import { recordKey, returnAllProperties } from '../shared/fields';
import { collect } from '../shared/getMany';
import { conditionsProperty, fieldsToReturnProperty, selectionOf } from '../shared/recordFields';
import type { OperationContext } from '../shared/operationContext';

/** What each entity is called in messages. */
const names = { shipment: 'shipment', receipt: 'receipt', reservation: 'reservation' };

/** One record for each input item, or the error that it does not exist. */
export async function getRecord(
	context: OperationContext,
	entity: keyof typeof names,
): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { key } = context.parameters(KeyParameter, index);
		const record = (await warehouse.get(entity, [key])).get(key);
		if (record !== undefined) return [record];
		throw new NotFoundError(`${warehouse.system} has no ${names[entity]} "${key}".`, {
			system: warehouse.system,
			entity,
			key,
			hint: 'Pick it from the list, or check the key.',
		});
	});
}

/** Parameters of every "Get Many". */
export const getManyProperties: INodeProperties[] = [
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Changed Since',
				name: 'changedSince',
				type: 'dateTime',
				default: '',
				description: 'Only records changed at or after this time',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				description: 'Text that the key, or the order behind it, contains',
			},
		],
	},
	conditionsProperty,
	fieldsToReturnProperty,
];

const GetMany = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: z.object({ search: z.string().optional(), changedSince: z.string().optional() }),
});

export async function getManyRecords(
	context: OperationContext,
	entity: EntityName,
): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { returnAll, limit, filters } = context.parameters(GetMany, index);
		const query: ListQuery = {};
		if (filters.search) query.search = filters.search;
		if (filters.changedSince) query.changedSince = instantOf(context, filters.changedSince);
		const selection = await selectionOf(context, warehouse, entity, index);
		return await collect(warehouse, entity, returnAll ? undefined : limit, query, selection);
	});
}

function instantOf(context: OperationContext, text: string): string {
	const instant = new Date(text);
	if (Number.isNaN(instant.getTime()))
		throw context.invalid(`Wrong parameter: filters.changedSince: "${text}" is no date and time.`);
	return instant.toISOString();
}

export const KeyParameter = z.object({ key: recordKey });

export const idempotencyProperty: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. ={{ $json.subject }}',
	description:
		'The same key makes the same record only once, however often the workflow runs. Left empty: once for each input item of an execution.',
};

/** The key that the user gave, or one that a retry of this execution has again. */
export function idempotencyKeyOf(context: OperationContext, given: string, itemIndex: number): string {
	if (given !== '') return given;
	const { functions } = context;
	return `${functions.getWorkflow().id ?? 'unsaved'}/${functions.getExecutionId()}/${functions.getNode().id}/${itemIndex}`;
}

export const linesProperty: INodeProperties = {
	displayName: 'Lines',
	name: 'lines',
	type: 'json',
	default: '[]',
	placeholder: '[{ "item": "W1-4100", "quantity": "2" }]',
	description: "Items in the warehouse's own codes, quantities as text in the item's base unit",
};

const Lines = z.array(z.object({ item: Key, quantity: Quantity }));

/** The lines of the `lines` parameter, each checked. */
export function linesOf(context: OperationContext, given: unknown): z.infer<typeof Lines> {
	let lines = given;
	if (typeof given === 'string') {
		try {
			lines = given.trim() === '' ? [] : (JSON.parse(given) as unknown);
		} catch {
			throw context.invalid('Wrong parameter: lines: it is no JSON.');
		}
	}
	const parsed = readStrictly(Lines, lines);
	if (parsed.success) return parsed.data;
	throw context.invalid(`Wrong parameter: ${problems(parsed.error, 'lines')}`);
}

/** The one outcome of a call for one record. */
export function recordOf<T extends object>(
	context: OperationContext,
	outcomes: Array<Outcome<T>>,
): IDataObject {
	const [outcome] = outcomes;
	if (outcome === undefined) throw context.invalid('The system did not answer.');
	if ('error' in outcome) throw outcome.error;
	return outcome.value as IDataObject;
}

/** Carries an action out on one record for each input item. Repeating it changes nothing. */
export async function actOnRecord(
	context: OperationContext,
	entity: 'shipment' | 'receipt',
	action: 'ship' | 'receive' | 'cancel',
): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { key } = context.parameters(KeyParameter, index);
		const requests = [{ key, idempotencyKey: `${action}/${key}`, input: {} }];
		const outcomes =
			entity === 'shipment'
				? await warehouse.act('shipment', action === 'receive' ? 'ship' : action, requests)
				: await warehouse.act('receipt', action === 'ship' ? 'receive' : action, requests);
		return [recordOf(context, outcomes as Array<Outcome<object>>)];
	});
}
