import type { EntityName, ListQuery, SystemConnector } from '../../core/ports/systemConnector';

/** The first `limit` records of a list, or all of them; pages are read only as far as needed. */
export async function collect<E extends EntityName>(
	connector: SystemConnector,
	entity: E,
	limit: number | undefined,
	query: ListQuery = {},
): Promise<object[]> {
	const records: object[] = [];
	for await (const page of connector.list(entity, {
		...query,
		...(limit === undefined ? {} : { pageSize: Math.min(limit, 200) }),
	})) {
		records.push(...page);
		if (limit !== undefined && records.length >= limit) return records.slice(0, limit);
	}
	return records;
}
