import type { EntityName, ListQuery, SystemConnector } from '../../core/ports/systemConnector';
import type { Selection } from './recordFields';

/** The first `limit` records of a list that are wanted, or all of them; pages are read only as far as needed. */
export async function collect<E extends EntityName>(
	connector: SystemConnector,
	entity: E,
	limit: number | undefined,
	query: ListQuery,
	{ native, wants, shown }: Selection,
): Promise<object[]> {
	const records: object[] = [];
	for await (const page of connector.list(entity, {
		...query,
		...(native ? { native } : {}),
		...(limit === undefined ? {} : { pageSize: Math.min(limit, 200) }),
	})) {
		for (const record of page) {
			if (!wants(record)) continue;
			records.push(shown(record));
			if (records.length === limit) return records;
		}
	}
	return records;
}
