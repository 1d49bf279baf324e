import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../../shared/operationContext';
import * as check from './check.operation';

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
	],
	default: 'check',
};

export const systemOperations: Record<string, Operation> = { check: check.execute };
