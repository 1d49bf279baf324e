import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { search, shown } from './searches';

export async function searchPurchaseOrders(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'purchaseOrder', filter, ({ key, number, partner, state }) => ({
		name: shown(number ?? key, partner?.name ?? partner?.code, state),
		value: key,
	}));
}

export async function searchErpItems(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'item', filter, ({ code, name }) => ({
		name: shown(code, name),
		value: code,
	}));
}

export async function searchPartners(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'partner', filter, ({ code, name }) => ({
		name: shown(code, name),
		value: code,
	}));
}

export async function searchDeliveries(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'delivery', filter, ({ key, number, order, state }) => ({
		name: shown(number ?? key, order, state),
		value: key,
	}));
}

export async function searchInvoices(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'invoice', filter, ({ key, number, partner, total, currency, state }) => ({
		name: shown(
			number ?? key,
			partner?.name ?? partner?.code,
			total === undefined ? undefined : `${total} ${currency}`,
			state,
		),
		value: key,
	}));
}
