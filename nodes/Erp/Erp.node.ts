import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { operationProperty, type EntityOperation } from '../shared/entityOperations';
import {
	searchDeliveries,
	searchErpItems,
	searchInvoices,
	searchPartners,
	searchPurchaseOrders,
} from '../shared/erpSearches';
import { route, type Operation } from '../shared/operationContext';
import { recordFieldMethods } from '../shared/recordFields';
import { recordFormOf } from '../shared/recordForm';
import { searchSalesOrders } from '../shared/searches';
import { restSystemProperties } from '../shared/restSystem';
import { credentialsProperty, systemCredentials, systemProperty } from '../shared/systems';
import { deliveryOperations } from './actions/delivery';
import { delivery } from './actions/delivery/delivery';
import { invoiceOperations } from './actions/invoice';
import { invoice } from './actions/invoice/invoice';
import { itemOperations } from './actions/item';
import { item } from './actions/item/item';
import { partnerOperations } from './actions/partner';
import { partner } from './actions/partner/partner';
import { purchaseOrderOperations } from './actions/purchaseOrder';
import { purchaseOrder } from './actions/purchaseOrder/purchaseOrder';
import { salesOrderOperations } from './actions/salesOrder';
import { salesOrder } from './actions/salesOrder/salesOrder';
import { systemOperationProperty, systemOperations } from './actions/system';

const operations: Record<string, Record<string, EntityOperation>> = {
	delivery: deliveryOperations,
	invoice: invoiceOperations,
	item: itemOperations,
	partner: partnerOperations,
	purchaseOrder: purchaseOrderOperations,
	salesOrder: salesOrderOperations,
};

export class Erp implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ERP',
		name: 'erp',
		icon: { light: 'file:erp.svg', dark: 'file:erp.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Read and write orders, items, partners, deliveries and invoices of an ERP in one canonical form',
		defaults: { name: 'ERP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: systemCredentials,
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
					{ name: delivery.title, value: delivery.entity },
					{ name: invoice.title, value: invoice.entity },
					{ name: item.title, value: item.entity },
					{ name: partner.title, value: partner.entity },
					{ name: purchaseOrder.title, value: purchaseOrder.entity },
					{ name: salesOrder.title, value: salesOrder.entity },
					{ name: 'System', value: 'system' },
				],
				default: 'salesOrder',
			},
			operationProperty(delivery, deliveryOperations),
			operationProperty(invoice, invoiceOperations),
			operationProperty(item, itemOperations),
			operationProperty(partner, partnerOperations),
			operationProperty(purchaseOrder, purchaseOrderOperations),
			operationProperty(salesOrder, salesOrderOperations),
			systemOperationProperty,
			...Object.values(operations)
				.flatMap((ofEntity) => Object.values(ofEntity))
				.flatMap(({ description }) => description),
		],
	};

	methods = {
		listSearch: {
			searchSalesOrders,
			searchPurchaseOrders,
			searchErpItems,
			searchPartners,
			searchDeliveries,
			searchInvoices,
		},
		loadOptions: recordFieldMethods('erp'),
		resourceMapping: {
			loadRecordForm: recordFormOf([delivery, invoice, item, partner, purchaseOrder, salesOrder]),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, { ...executables(), system: systemOperations });
	}
}

function executables(): Record<string, Record<string, Operation>> {
	return Object.fromEntries(
		Object.entries(operations).map(([entity, ofEntity]) => [
			entity,
			Object.fromEntries(Object.entries(ofEntity).map(([name, { execute }]) => [name, execute])),
		]),
	);
}
