import type { INodeProperties } from 'n8n-workflow';

/** What can be done with shipments, receipts, movements and reports to the ERP. */
export const documentOperations: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['shipment'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Cancel a shipment that has not left',
				action: 'Cancel a shipment',
			},
			{
				name: 'Create',
				value: 'create',
				description: 'Make a shipment of goods that an order has reserved',
				action: 'Create a shipment',
			},
			{ name: 'Get', value: 'get', description: 'Get one shipment', action: 'Get a shipment' },
			{ name: 'Get Many', value: 'getAll', description: 'Get many shipments', action: 'Get many shipments' },
			{
				name: 'Ship',
				value: 'ship',
				description: 'Book the goods issue: stock and reservation fall',
				action: 'Ship a shipment',
			},
		],
		default: 'create',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['receipt'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Cancel a receipt that has brought nothing yet',
				action: 'Cancel a receipt',
			},
			{
				name: 'Create',
				value: 'create',
				description: 'Announce goods that will arrive',
				action: 'Create a receipt',
			},
			{ name: 'Get', value: 'get', description: 'Get one receipt', action: 'Get a receipt' },
			{ name: 'Get Many', value: 'getAll', description: 'Get many receipts', action: 'Get many receipts' },
			{
				name: 'Receive',
				value: 'receive',
				description: 'Take the goods in: stock rises, back orders are filled',
				action: 'Receive a receipt',
			},
		],
		default: 'create',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['movement'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				description: 'Get the changes of the stock on hand',
				action: 'Get many movements',
			},
		],
		default: 'getAll',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['erpReport'] } },
		options: [
			{
				name: 'Get Conflicts',
				value: 'getConflicts',
				description: 'List what warehouse and ERP disagree about',
				action: 'Get conflicts with the ERP',
			},
			{
				name: 'Report',
				value: 'report',
				description: 'Bring delivered quantities and stock on hand to the ERP',
				action: 'Report stock and shipments to the ERP',
			},
			{
				name: 'Resolve Conflict',
				value: 'resolveConflict',
				description: 'Settle one conflict as you choose',
				action: 'Resolve a conflict with the ERP',
			},
		],
		default: 'report',
	},
];
