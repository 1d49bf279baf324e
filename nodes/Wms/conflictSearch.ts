import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { openConflicts } from '../../core/store/conflicts';
import { stateStore } from '../shared/stateStore';
import { connectorOf } from '../shared/systems';

/** The open conflicts of the chosen kind, by the key that "Resolve Conflict" takes. */
export async function searchConflicts(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const erp = await connectorOf(this, 'erp', String(this.getCurrentNodeParameter('system')));
	const database = await stateStore(this, String(this.getCurrentNodeParameter('stateStore') ?? 'sqlite'));
	const kind = this.getCurrentNodeParameter('kind');
	const conflicts = await openConflicts(database, erp.system);
	return {
		results: conflicts
			.filter(({ entity, key }) => entity === kind && key.toLowerCase().includes(filter.toLowerCase()))
			.map(({ key, fieldGroup }) => ({ name: `${key} · ${fieldGroup}`, value: key })),
	};
}
