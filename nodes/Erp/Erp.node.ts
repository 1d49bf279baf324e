import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import { searchSalesOrders } from '../shared/searches';
import { credentialsProperty, systemCredentials, systemProperty } from '../shared/systems';
import * as getSalesOrder from './actions/salesOrder/get.operation';
import * as getAllSalesOrders from './actions/salesOrder/getAll.operation';

export class Erp implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ERP',
		name: 'erp',
		icon: { light: 'file:erp.svg', dark: 'file:erp.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Read sales orders of an ERP in one canonical form',
		defaults: { name: 'ERP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: systemCredentials,
		properties: [
			systemProperty,
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Sales Order', value: 'salesOrder' }],
				default: 'salesOrder',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['salesOrder'] } },
				options: [
					{ name: 'Get', value: 'get', description: 'Get one sales order', action: 'Get a sales order' },
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'Get many sales orders',
						action: 'Get many sales orders',
					},
				],
				default: 'get',
			},
			...getSalesOrder.description,
			...getAllSalesOrders.description,
		],
	};

	methods = { listSearch: { searchSalesOrders } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			salesOrder: { get: getSalesOrder.execute, getAll: getAllSalesOrders.execute },
		});
	}
}
