import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { PolicyName } from '../../core/sync/policy/syncPolicy';
import { allPolicies, type SavedPolicy } from '../../core/store/syncPolicies';
import { fromStateStore } from './fields';
import type { OperationContext } from './operationContext';
import { stateStore } from './stateStore';

export const policyProperty: INodeProperties = fromStateStore({
	displayName: 'Policy',
	name: 'policy',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The sync policy that says what is pushed and what is read on demand',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a policy...',
			typeOptions: { searchListMethod: 'searchSyncPolicies', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. head office to plants' },
	],
});

export const PolicyParameter = z.object({ policy: PolicyName });

/** The policies in the node's state store. */
export async function searchSyncPolicies(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const results = (await policiesOf(this))
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.map(({ name }) => ({ name, value: name }));
	return { results };
}

/** The same, for an option among others. */
export async function getSyncPolicies(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const policies = await policiesOf(this);
	return policies.map(({ name, version }) => ({ name, value: name, description: `Version ${version}` }));
}

/** Who applies a policy: what was pushed is remembered for each node by itself. */
export function streamOf({ functions }: OperationContext): string {
	return `${functions.getWorkflow().id ?? 'unsaved'}/${functions.getNode().id}`;
}

async function policiesOf(context: ILoadOptionsFunctions): Promise<SavedPolicy[]> {
	const choice = String(context.getCurrentNodeParameter('stateStore') ?? 'sqlite');
	return await allPolicies(await stateStore(context, choice));
}
