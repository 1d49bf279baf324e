import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../../shared/operationContext';
import * as check from './check.operation';
import * as exportDescription from './exportDescription.operation';

export const systemOperationProperty: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['system'] } },
	options: [
		{
			name: 'Check',
			value: 'check',
			description: 'Say which parts of the connection and its description work; changes nothing',
			action: 'Check a system',
		},
		{
			name: 'Export Description',
			value: 'exportDescription',
			description: 'Give the description of a REST system as JSON, and as a form to paste onto the canvas',
			action: 'Export the description of a REST system',
		},
	],
	default: 'check',
};

export const systemOperations: Record<string, Operation> = {
	check: check.execute,
	exportDescription: exportDescription.execute,
};
