import {
	NodeOperationError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodeProperties,
	type ITriggerFunctions,
} from 'n8n-workflow';

import { eventOfChange } from '../../core/events/changeCapture';
import type { EntityName, SystemConnector } from '../../core/ports/systemConnector';
import { search } from './searches';
import type { SystemRole } from './systems';

/** Which record a run by hand is about; the node's `listSearch` needs a method `searchTestRecords`. */
export const testRecordProperty: INodeProperties = {
	displayName: 'Record for Test Runs',
	name: 'testRecord',
	type: 'resourceLocator',
	noDataExpression: true,
	default: { mode: 'list', value: '' },
	description:
		'The record that a run by hand in the editor is about; the first one when left empty. A published workflow ignores it.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'The first one, or select a record...',
			typeOptions: { searchListMethod: 'searchTestRecords', searchable: true },
		},
		{ displayName: 'By Key', name: 'id', type: 'string', placeholder: 'e.g. SO-00000010' },
	],
};

/** The live list of the entity that the trigger has chosen. */
export function testRecordSearch(role: SystemRole) {
	return async function (this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		const entity = String(this.getCurrentNodeParameter('entity')) as EntityName;
		return await search(this, role, entity, filter, (record) => ({
			name: shownOf(record),
			value: keyOf(record),
		}));
	};
}

/** For "Execute step": the event that the chosen record would make. */
export async function emitTestRecord(
	context: ITriggerFunctions,
	connector: SystemConnector,
	entity: EntityName,
	key: string,
): Promise<void> {
	const record =
		key === '' ? await firstOf(connector, entity) : (await connector.get(entity, [key])).get(key);
	if (record === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			key === ''
				? `${connector.system} has no ${entity} to show.`
				: `${connector.system} has no ${entity} "${key}" to show; pick another "${testRecordProperty.displayName}", or none.`,
		);
	}
	const change = { key: keyOf(record), changedAt: new Date().toISOString(), record };
	// The lowest number: in a test run nothing may pass for newer than what the system will tell.
	const event = eventOfChange(connector.system, entity, change, { sequence: 1, isNew: true });
	context.emit([[{ json: event as unknown as IDataObject }]]);
}

async function firstOf(connector: SystemConnector, entity: EntityName): Promise<object | undefined> {
	for await (const [record] of connector.list(entity, { pageSize: 1 })) {
		if (record !== undefined) return record;
	}
	return undefined;
}

/** Each entity's own name for its key. */
function keyOf(record: object): string {
	const { key, order, code, item } = record as Record<string, unknown>;
	return String(key ?? code ?? order ?? item);
}

function shownOf(record: object): string {
	const { number, partner, name, order, state } = record as {
		number?: string;
		partner?: { name?: string; code?: string };
		name?: string;
		order?: string;
		state?: string;
	};
	const parts = [number ?? keyOf(record), order, partner?.name ?? partner?.code, name, state];
	return [...new Set(parts)].filter((part) => part !== undefined && part !== '').join(' · ');
}
