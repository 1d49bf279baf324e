import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { judged } from '../../../../core/model/canonicalMapping';
import { describeProblems } from '../../../../core/model/problems';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty, InvalidRecords, invalidRecordsProperty, Json, objectOf } from '../../fields';

export const description: INodeProperties[] = shownFor('record', 'validate', [
	entityProperty,
	{
		displayName: 'Record',
		name: 'record',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'The record to check',
	},
	invalidRecordsProperty,
]);

const Parameters = z.object({ entity: Entity, record: Json, invalidRecords: InvalidRecords });

/** Whether each record is a canonical one, and everything that is wrong with it. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { entity, record, invalidRecords } = context.parameters(Parameters, index);
		const given = objectOf(record);
		const { valid, ...found } =
			given === undefined
				? { valid: false, record, problems: [{ field: '', message: 'must be a JSON object' }] }
				: judged(entity, { record: given, problems: [], unmapped: [] });
		if (!valid && invalidRecords === 'refuse') {
			throw context.invalid(
				`Item ${index} is no valid ${entity}: ${describeProblems(found.problems)}.`,
				String(given?.key ?? given?.code ?? index),
			);
		}
		return [{ valid, entity, record: found.record, problems: found.problems }];
	});
}
