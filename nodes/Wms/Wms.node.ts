import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { operationProperty } from '../shared/entityOperations';
import { searchPurchaseOrders } from '../shared/erpSearches';
import { shownFor } from '../shared/fields';
import { route } from '../shared/operationContext';
import { recordFieldMethods } from '../shared/recordFields';
import { recordFormOf } from '../shared/recordForm';
import { searchItems, searchReservations } from '../shared/searches';
import { searchReceipts, searchShipments } from '../shared/warehouseSearches';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { restSystemProperties } from '../shared/restSystem';
import { credentialsProperty, systemCredentials, systemProperty } from '../shared/systems';
import * as getConflicts from './actions/erpReport/getConflicts.operation';
import * as report from './actions/erpReport/report.operation';
import * as resolveConflict from './actions/erpReport/resolveConflict.operation';
import { itemOperations } from './actions/item';
import { item } from './actions/item/item';
import * as getAllMovements from './actions/movement/getAll.operation';
import * as cancelReceipt from './actions/receipt/cancel.operation';
import * as createReceipt from './actions/receipt/create.operation';
import * as getReceipt from './actions/receipt/get.operation';
import * as getAllReceipts from './actions/receipt/getAll.operation';
import * as receiveReceipt from './actions/receipt/receive.operation';
import * as getReservation from './actions/reservation/get.operation';
import * as getAllReservations from './actions/reservation/getAll.operation';
import * as matchReservation from './actions/reservation/match.operation';
import * as releaseReservation from './actions/reservation/release.operation';
import * as reserveReservation from './actions/reservation/reserve.operation';
import * as cancelShipment from './actions/shipment/cancel.operation';
import * as createShipment from './actions/shipment/create.operation';
import * as getShipment from './actions/shipment/get.operation';
import * as getAllShipments from './actions/shipment/getAll.operation';
import * as shipShipment from './actions/shipment/ship.operation';
import * as getStockLevel from './actions/stockLevel/get.operation';
import * as getAllStockLevels from './actions/stockLevel/getAll.operation';
import { searchConflicts } from './conflictSearch';
import { documentOperations } from './documentOperations';

export class Wms implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WMS',
		name: 'wms',
		icon: { light: 'file:wms.svg', dark: 'file:wms.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Reserve, ship and receive goods in a warehouse management system, and read its stock',
		defaults: { name: 'WMS' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: [
			systemProperty,
			credentialsProperty,
			...restSystemProperties,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'ERP Report', value: 'erpReport' },
					{ name: 'Item', value: 'item' },
					{ name: 'Movement', value: 'movement' },
					{ name: 'Receipt', value: 'receipt' },
					{ name: 'Reservation', value: 'reservation' },
					{ name: 'Shipment', value: 'shipment' },
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
						name: 'Get Many',
						value: 'getAll',
						description: 'Get what is held for many orders',
						action: 'Get many reservations',
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
					{
						name: 'Reserve',
						value: 'reserve',
						description: 'Hold the lines that you give',
						action: 'Reserve items',
					},
				],
				default: 'match',
			},
			operationProperty(item, itemOperations),
			...documentOperations,
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
			...getAllReservations.description,
			...releaseReservation.description,
			...reserveReservation.description,
			...getShipment.description,
			...getAllShipments.description,
			...createShipment.description,
			...shipShipment.description,
			...cancelShipment.description,
			...getReceipt.description,
			...getAllReceipts.description,
			...createReceipt.description,
			...receiveReceipt.description,
			...cancelReceipt.description,
			...Object.values(itemOperations).flatMap(({ description }) => description),
			...getAllMovements.description,
			...report.description,
			...getConflicts.description,
			...resolveConflict.description,
			...getStockLevel.description,
			...getAllStockLevels.description,
			...shownFor('reservation', 'match', [stateStoreProperty]),
		],
	};

	methods = {
		listSearch: {
			searchConflicts,
			searchItems,
			searchPurchaseOrders,
			searchReceipts,
			searchReservations,
			searchShipments,
		},
		loadOptions: recordFieldMethods('wms'),
		resourceMapping: { loadRecordForm: recordFormOf([item]) },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			erpReport: {
				report: report.execute,
				getConflicts: getConflicts.execute,
				resolveConflict: resolveConflict.execute,
			},
			item: {
				get: itemOperations.get.execute,
				getAll: itemOperations.getAll.execute,
				upsert: itemOperations.upsert.execute,
			},
			movement: {
				getAll: getAllMovements.execute,
			},
			receipt: {
				cancel: cancelReceipt.execute,
				create: createReceipt.execute,
				get: getReceipt.execute,
				getAll: getAllReceipts.execute,
				receive: receiveReceipt.execute,
			},
			reservation: {
				get: getReservation.execute,
				getAll: getAllReservations.execute,
				match: matchReservation.execute,
				release: releaseReservation.execute,
				reserve: reserveReservation.execute,
			},
			shipment: {
				cancel: cancelShipment.execute,
				create: createShipment.execute,
				get: getShipment.execute,
				getAll: getAllShipments.execute,
				ship: shipShipment.execute,
			},
			stockLevel: {
				get: getStockLevel.execute,
				getAll: getAllStockLevels.execute,
			},
		});
	}
}
