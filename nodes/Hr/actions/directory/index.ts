import type { INodeProperties } from 'n8n-workflow';

import * as check from './check.operation';

/** What can be done with a system's records as a whole. */
export const directoryOperations = { check };

export const directoryOperationProperty: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['directory'] } },
	options: [
		{
			name: 'Check',
			value: 'check',
			description: 'Find duplicates, managers in a circle, posts without a user and dates that do not fit',
			action: 'Check a directory',
		},
	],
	default: 'check',
};
