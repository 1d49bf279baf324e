import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import type { EntityName } from '../../core/ports/systemConnector';
import {
	changeTriggerProperties,
	eventsProperty,
	triggerOnChanges,
	watchMethods,
} from '../shared/changeTrigger';
import { stateStoreCredential } from '../shared/stateStore';
import { systemCredentials } from '../shared/systems';
import { testRecordSearch } from '../shared/testRecord';

/** What the trigger offers, as people call it. */
const entities: Array<{ name: string; value: EntityName }> = [
	{ name: 'Sales Order', value: 'salesOrder' },
	{ name: 'Purchase Order', value: 'purchaseOrder' },
	{ name: 'Item', value: 'item' },
	{ name: 'Partner', value: 'partner' },
	{ name: 'Delivery', value: 'delivery' },
	{ name: 'Invoice', value: 'invoice' },
];

export class ErpTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ERP Trigger',
		name: 'erpTrigger',
		icon: { light: 'file:erpTrigger.svg', dark: 'file:erpTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["entity"] + ", every " + $parameter["interval"] + " s" }}',
		description: 'Starts the workflow when records change in an ERP that sends no events of its own',
		defaults: { name: 'ERP Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'The ERP is now polled; every change found reaches this workflow, in order per record.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: changeTriggerProperties(entities, [eventsProperty]),
	};

	methods = { listSearch: { searchTestRecords: testRecordSearch('erp') }, loadOptions: watchMethods };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await triggerOnChanges(this, { role: 'erp', entities: entities.map(({ value }) => value) });
	}
}
