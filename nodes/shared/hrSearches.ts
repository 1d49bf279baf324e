import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import type { Employee } from '../../core/model/employee';
import { search, shown } from './searches';
import { connectorOf } from './systems';

/** People looked at for the departments and positions that they name, where the system keeps none of its own. */
const peopleLookedAt = 2_000;

export async function searchEmployees(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'hr', 'employee', filter, ({ key, number, name, department, state }) => ({
		name: shown(number ?? key, name, department, state === 'active' ? undefined : state),
		value: key,
	}));
}

export async function searchPositions(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'hr', 'position', filter, ({ key, name, holders }) => ({
		name: shown(key, name, holders.length === 0 ? 'vacant' : undefined),
		value: key,
	}));
}

export async function searchDepartments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'hr', 'department', filter, ({ key, name }) => ({
		name: shown(key, name),
		value: key,
	}));
}

/** `loadOptions` of a node that asks for a department or position. */
export const organisationMethods = {
	async loadDepartments(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return await organisationOptions(this, 'department');
	},
	async loadPositions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return await organisationOptions(this, 'position');
	},
};

/** The system's own departments or positions; those that its people name where it keeps none. */
async function organisationOptions(
	context: ILoadOptionsFunctions,
	entity: 'department' | 'position',
): Promise<INodePropertyOptions[]> {
	const connector = await connectorOf(context, 'hr', String(context.getCurrentNodeParameter('system')));
	if (connector.capabilities().entities[entity]?.read === true) {
		const options: INodePropertyOptions[] = [];
		for await (const page of connector.list(entity))
			options.push(...page.map(({ key, name }) => ({ name: shown(key, name), value: key })));
		return options;
	}
	const named = new Set<string>();
	let people = 0;
	for await (const page of connector.list('employee')) {
		for (const employee of page as Employee[]) {
			const value = employee[entity];
			if (value !== undefined) named.add(value);
		}
		people += page.length;
		if (people >= peopleLookedAt) break;
	}
	return [...named].toSorted().map((value) => ({ name: value, value }));
}
