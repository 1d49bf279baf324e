import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { defaultEngine, engines } from '../../core/access/decisions/livePolicies';
import { PolicySetName } from '../../core/access/policies/definition';
import { holdingDefinition } from '../../core/access/policies/publish';
import { policySetNames } from '../../core/store/accessPolicies';
import { fromStateStore } from '../shared/fields';
import { stateStore } from '../shared/stateStore';

/** What a node is set to before somebody chooses: one set is enough for most. */
const usualSet = 'main';

export const policySetProperty: INodeProperties = fromStateStore({
	displayName: 'Policy Set',
	name: 'policySet',
	type: 'resourceLocator',
	default: { mode: 'name', value: usualSet },
	required: true,
	description: 'The policies to work with. What was published last holds.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a policy set...',
			typeOptions: { searchListMethod: 'searchPolicySets', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. main' },
	],
});

export const PolicySetParameter = z.object({ policySet: PolicySetName });

export const sensitiveOperationProperty: INodeProperties = fromStateStore({
	displayName: 'Sensitive Operation',
	name: 'sensitiveOperation',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'What somebody wants to do',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a sensitive operation...',
			typeOptions: { searchListMethod: 'searchSensitiveOperations', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. supplier.changePaymentTerms',
		},
	],
});

export const languageProperty: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'options',
	options: [
		{ name: 'Chinese (Simplified)', value: 'zh-CN' },
		{ name: 'English', value: 'en' },
	],
	default: 'en',
	description: 'Of the sentence that says why',
};

export const strictProperty: INodeProperties = {
	displayName: 'Strict Mode',
	name: 'strict',
	type: 'boolean',
	default: true,
	description:
		'Whether to deny when a policy that could apply cannot be evaluated. Otherwise such a policy is left out, as in plain Cedar: one that forbids would then forbid nothing.',
};

export const engineProperty: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	options: [
		{
			name: 'Cedar',
			value: 'cedar',
			description: "Cedar's own implementation: the reference, a hundred times slower and more",
		},
		{
			name: 'Compiled',
			value: 'compiled',
			description: 'Decides the same, as quickly for thousands of policies as for a few',
		},
	],
	default: defaultEngine,
	description: 'What evaluates the policies',
};

export const Engine = z.string().refine((name) => Object.hasOwn(engines, name), 'is no decision engine');

export async function searchPolicySets(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const saved = await policySetNames(await storeOf(this));
	const names = saved.some(({ name }) => name === usualSet)
		? saved
		: [{ name: usualSet, version: 0 }, ...saved];
	const results = names
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.map(({ name, version }) => ({
			name,
			value: name,
			description: version === 0 ? 'Nothing was published yet' : `Version ${version}`,
		}));
	return { results };
}

export async function searchSensitiveOperations(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const operations = await operationsOf(this);
	const results = operations
		.map(({ id, name, risk }) => ({
			name: `${name.en} · ${name.zh}`,
			value: id,
			description: `${risk} risk`,
		}))
		.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
	return { results };
}

/** The same for a choice of several. */
export async function loadSensitiveOperations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return (await operationsOf(this)).map(({ id, name }) => ({ name: `${name.en} · ${name.zh}`, value: id }));
}

async function operationsOf(context: ILoadOptionsFunctions) {
	const set = context.getCurrentNodeParameter('policySet', { extractValue: true });
	const name = typeof set === 'string' && set !== '' ? set : usualSet;
	const { definition } = await holdingDefinition(await storeOf(context), name);
	return definition.catalogue.operations;
}

async function storeOf(context: ILoadOptionsFunctions) {
	return await stateStore(context, String(context.getCurrentNodeParameter('stateStore') ?? 'sqlite'));
}
