import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { SystemName } from '../../../../core/model/references';
import { forgetAll, forgetting } from '../../../../core/store/onDemandRecords';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityOptions } from '../../entities';

export const description: INodeProperties[] = shownFor('record', 'invalidate', [
	{
		displayName: 'System Name',
		name: 'systemName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. sandbox-erp',
		description: 'The system whose records are forgotten, as it is named in events',
	},
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		options: entityOptions,
		default: 'partner',
	},
	{
		displayName: 'Key',
		name: 'key',
		type: 'string',
		default: '',
		placeholder: 'e.g. C-1001',
		description: "The record's key or code; empty for all records of the entity",
	},
]);

const Parameters = z.object({
	systemName: SystemName,
	entity: Entity,
	key: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string().max(200)),
});

/** Forgets records that were read on demand; whoever asks next asks the system. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { systemName: system, entity, key } = context.parameters(Parameters, index);
		if (key === '') return [{ system, entity, forgotten: await forgetAll(database, system, entity) }];
		const [rows = []] = await database.transaction(forgetting([{ system, entity, key }]));
		return [{ system, entity, key, forgotten: rows.length }];
	});
}
