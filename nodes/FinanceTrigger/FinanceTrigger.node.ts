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
	{ name: 'Journal Entry', value: 'journalEntry' },
	{ name: 'Ledger Period', value: 'ledgerPeriod' },
	{ name: 'Account', value: 'account' },
	{ name: 'Asset', value: 'asset' },
	{ name: 'Dimension Value', value: 'dimensionValue' },
];

export class FinanceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Finance Trigger',
		name: 'financeTrigger',
		icon: { light: 'file:financeTrigger.svg', dark: 'file:financeTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["entity"] + ", every " + $parameter["interval"] + " s" }}',
		description: 'Starts the workflow when entries, periods, accounts or assets change in a ledger',
		defaults: { name: 'Finance Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'The ledger is now polled; every change found reaches this workflow, in order per record.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: changeTriggerProperties(entities, [eventsProperty]),
	};

	methods = { listSearch: { searchTestRecords: testRecordSearch('finance') }, loadOptions: watchMethods };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await triggerOnChanges(this, { role: 'finance', entities: entities.map(({ value }) => value) });
	}
}
