import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { search, shown } from './searches';

export async function searchJournalEntries(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(
		this,
		'finance',
		'journalEntry',
		filter,
		({ key, number, date, description, state }) => ({
			name: shown(number ?? key, date, description, state),
			value: key,
		}),
	);
}

export async function searchLedgerPeriods(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'finance', 'ledgerPeriod', filter, ({ key, name, state }) => ({
		name: shown(key, name === key ? undefined : name, state),
		value: key,
	}));
}

export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'finance', 'account', filter, ({ key, name, postable }) => ({
		name: shown(key, name, postable ? undefined : 'heading'),
		value: key,
	}));
}

export async function searchAssets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'finance', 'asset', filter, ({ key, number, name, rule }) => ({
		name: shown(number ?? key, name, rule === undefined ? 'no rule' : undefined),
		value: key,
	}));
}

export async function searchDimensionValues(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'finance', 'dimensionValue', filter, ({ key, name }) => ({
		name: shown(key, name),
		value: key,
	}));
}
