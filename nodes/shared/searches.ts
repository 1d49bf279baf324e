import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import type { Entities, EntityName } from '../../core/ports/systemConnector';
import { connectorOf, type SystemRole } from './systems';

/** Entries a picker shows at a time. */
const entriesShown = 50;

export async function search<E extends EntityName>(
	context: ILoadOptionsFunctions,
	role: SystemRole,
	entity: E,
	filter: string | undefined,
	entry: (record: Entities[E]) => INodeListSearchItems,
): Promise<INodeListSearchResult> {
	const connector = await connectorOf(context, role, String(context.getCurrentNodeParameter('system')));
	const results: INodeListSearchItems[] = [];
	const query = {
		pageSize: entriesShown,
		...(filter === undefined || filter === '' ? {} : { search: filter }),
	};
	for await (const page of connector.list(entity, query)) {
		results.push(...page.map(entry));
		if (results.length >= entriesShown) break;
	}
	return { results: results.slice(0, entriesShown) };
}

/** What a picker shows of a record. */
export function shown(...parts: Array<string | undefined>): string {
	return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

export async function searchSalesOrders(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'erp', 'salesOrder', filter, ({ key, number, partner, state }) => ({
		name: shown(number ?? key, partner?.name ?? partner?.code, state),
		value: key,
	}));
}

export async function searchReservations(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'wms', 'reservation', filter, ({ order, lines }) => ({
		name: `${order} · ${lines.length === 1 ? '1 item' : `${lines.length} items`}`,
		value: order,
	}));
}

export async function searchItems(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'wms', 'item', filter, ({ code, name }) => ({
		name: name === undefined ? code : `${code} · ${name}`,
		value: code,
	}));
}
