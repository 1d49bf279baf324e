import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { isEventEntity } from '../../../../core/events/event';
import { canonicalEntities } from '../../../../core/model/entities';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Json, objectOf } from '../../fields';

export const description: INodeProperties[] = shownFor('record', 'validate', [
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Delivery', value: 'delivery' },
			{ name: 'Invoice', value: 'invoice' },
			{ name: 'Item', value: 'item' },
			{ name: 'Movement', value: 'movement' },
			{ name: 'Partner', value: 'partner' },
			{ name: 'Purchase Order', value: 'purchaseOrder' },
			{ name: 'Receipt', value: 'receipt' },
			{ name: 'Reservation', value: 'reservation' },
			{ name: 'Sales Order', value: 'salesOrder' },
			{ name: 'Shipment', value: 'shipment' },
			{ name: 'Stock Level', value: 'stockLevel' },
		],
		default: 'item',
		description: 'What the record should be',
	},
	{
		displayName: 'Record',
		name: 'record',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'The record to check',
	},
	{
		displayName: 'Invalid Records',
		name: 'invalidRecords',
		type: 'options',
		options: [
			{
				name: 'Mark',
				value: 'mark',
				description: 'Put every record out with "valid" and its list of problems',
			},
			{ name: 'Refuse', value: 'refuse', description: 'Fail with all problems of the record' },
		],
		default: 'mark',
		description: 'What to do with a record that is not valid',
	},
]);

const Parameters = z.object({ entity: z.string(), record: Json, invalidRecords: z.enum(['mark', 'refuse']) });

interface FieldProblem {
	/** path to the field, such as `lines.0.quantity`; empty for the record itself */
	field: string;
	message: string;
}

/** Whether each record is a canonical one, and everything that is wrong with it. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { entity, record, invalidRecords } = context.parameters(Parameters, index);
		if (!isEventEntity(entity)) throw context.invalid(`The entity "${entity}" is unknown.`);
		const given = objectOf(record);
		const parsed = canonicalEntities[entity].safeParse(given);
		if (parsed.success) return [{ valid: true, entity, record: parsed.data, problems: [] }];
		const problems: FieldProblem[] =
			given === undefined
				? [{ field: '', message: 'must be a JSON object' }]
				: parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
		if (invalidRecords === 'refuse') {
			const list = problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
			throw context.invalid(
				`Item ${index} is no valid ${entity}: ${list.join('; ')}.`,
				String(given?.key ?? given?.code ?? index),
			);
		}
		return [{ valid: false, entity, record: given ?? record, problems }];
	});
}
