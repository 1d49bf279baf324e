import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import * as compare from './actions/compare.operation';

export class Variance implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Variance',
		name: 'variance',
		icon: { light: 'file:variance.svg', dark: 'file:variance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Compare orders, deliveries, invoices and ledger, classify each difference, report it',
		defaults: { name: 'Variance' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: compare.outputs.map(() => NodeConnectionTypes.Main),
		outputNames: compare.outputs,
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Comparison', value: 'comparison' }],
				default: 'comparison',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['comparison'] } },
				options: [
					{
						name: 'Compare',
						value: 'compare',
						description: 'Compare two to four sides of the same deals, and write the report',
						action: 'Compare orders deliveries invoices and ledger',
					},
				],
				default: 'compare',
			},
			...compare.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, { comparison: { compare } });
	}
}
