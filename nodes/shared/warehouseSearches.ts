import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { search } from './searches';

export async function searchShipments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'wms', 'shipment', filter, ({ key, number, order, state }) => ({
		name: [number ?? key, order, state].filter((part) => part !== undefined).join(' · '),
		value: key,
	}));
}

export async function searchReceipts(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'wms', 'receipt', filter, ({ key, number, order, state }) => ({
		name: [number ?? key, order, state].filter((part) => part !== undefined).join(' · '),
		value: key,
	}));
}
