import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { shownFor } from '../shared/fields';
import { route } from '../shared/operationContext';
import { searchItems, searchReservations } from '../shared/searches';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty, systemCredentials, systemProperty } from '../shared/systems';
import * as getReservation from './actions/reservation/get.operation';
import * as matchReservation from './actions/reservation/match.operation';
import * as releaseReservation from './actions/reservation/release.operation';
import * as getStockLevel from './actions/stockLevel/get.operation';
import * as getAllStockLevels from './actions/stockLevel/getAll.operation';

export class Wms implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WMS',
		name: 'wms',
		icon: { light: 'file:wms.svg', dark: 'file:wms.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Reserve stock for orders and read stock levels in a warehouse management system',
		defaults: { name: 'WMS' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: [
			systemProperty,
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Reservation', value: 'reservation' },
					{ name: 'Stock Level', value: 'stockLevel' },
				],
				default: 'reservation',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['reservation'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						description: 'Get what is held for an order',
						action: 'Get a reservation',
					},
					{
						name: 'Match Order',
						value: 'match',
						description: 'Make the warehouse hold exactly what each order now asks for',
						action: 'Match reservations to orders',
					},
					{
						name: 'Release',
						value: 'release',
						description: 'Give back all that is held for an order',
						action: 'Release a reservation',
					},
				],
				default: 'match',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['stockLevel'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						description: 'Get the stock of one item',
						action: 'Get a stock level',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'Get the stock of many items',
						action: 'Get many stock levels',
					},
				],
				default: 'get',
			},
			...matchReservation.description,
			...getReservation.description,
			...releaseReservation.description,
			...getStockLevel.description,
			...getAllStockLevels.description,
			...shownFor('reservation', 'match', [stateStoreProperty]),
		],
	};

	methods = { listSearch: { searchReservations, searchItems } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			reservation: {
				get: getReservation.execute,
				match: matchReservation.execute,
				release: releaseReservation.execute,
			},
			stockLevel: { get: getStockLevel.execute, getAll: getAllStockLevels.execute },
		});
	}
}
