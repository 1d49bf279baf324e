import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { readAhead } from '../../../../core/access/policies/cedarJson';
import { needsIn } from '../../../../core/access/policies/examine';
import { holdingDefinition } from '../../../../core/access/policies/publish';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';

export const description: INodeProperties[] = shownFor('sensitiveOperation', 'getAll', [policySetProperty]);

/** The catalogue, with the attributes that must be known: those that it requires, and those that policies ask about. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const { definition } = await holdingDefinition(database, policySet);
		await readAhead(definition);
		const needs = needsIn(definition);
		return definition.catalogue.operations.map((operation) => ({
			...operation,
			requiredAttributes: needs.required[operation.id] ?? [],
		}));
	});
}
