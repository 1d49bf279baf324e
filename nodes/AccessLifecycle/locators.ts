import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { accessBooks } from '../../core/store/accessGrants';
import { fromStateStore, recordKey, recordLocator } from '../shared/fields';
import { stateStore } from '../shared/stateStore';
import { accessSystemOf } from '../shared/systems';

export const accountProperty = recordLocator('account', 'account', 'Account', 'searchAccounts', 'gong.xue');
export const rightProperty = recordLocator('right', 'right', 'Right', 'searchRights', 'purchasing.write');
export const exceptionProperty: INodeProperties = fromStateStore(
	recordLocator('exception', 'exception', 'Exception', 'searchExceptions', 'handover-2026-11'),
);
export const RightOfAccount = z.object({ account: recordKey, right: recordKey });

const entriesShown = 100;

export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { accounts } = await (await systemOf(this)).grants();
	return entries(
		accounts.map(({ key, login, name, active }) => ({
			name: [login, name, active ? undefined : 'inactive'].filter(Boolean).join(' · '),
			value: key,
		})),
		filter,
	);
}

export async function searchRights(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	return entries(await rightsOf(this), filter);
}

export async function loadRights(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await rightsOf(this);
}

export async function searchExceptions(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const database = await stateStore(this, String(this.getCurrentNodeParameter('stateStore') ?? 'sqlite'));
	const { exceptions } = await accessBooks(database, (await systemOf(this)).system);
	return entries(
		exceptions.map(({ id, person, right = 'all rights', until }) => ({
			name: `${id} · ${person} · ${right} · until ${until.slice(0, 10)}`,
			value: id,
		})),
		filter,
	);
}

async function rightsOf(context: ILoadOptionsFunctions): Promise<Array<{ name: string; value: string }>> {
	const { rights } = await (await systemOf(context)).grants();
	return rights.map(({ key, name }) => ({ name: key === name ? key : `${key} · ${name}`, value: key }));
}

async function systemOf(context: ILoadOptionsFunctions) {
	return await accessSystemOf(context, String(context.getCurrentNodeParameter('system') ?? 'sandbox'));
}

function entries(all: Array<{ name: string; value: string }>, filter: string): INodeListSearchResult {
	const wanted = filter.toLowerCase();
	return { results: all.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, entriesShown) };
}
