import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

interface Timed {
	noticedAt: number;
	dueAt: number;
	ruleDueAt: number;
}

/** Instants as people and other nodes read them. */
export function timed<T extends Timed>({ noticedAt, dueAt, ruleDueAt, ...rest }: T) {
	const at = (instant: number) => new Date(instant).toISOString();
	return { ...rest, noticedAt: at(noticedAt), dueAt: at(dueAt), ruleDueAt: at(ruleDueAt) };
}

export function paired(
	records: Array<object & { person?: string }>,
	itemOf: ReadonlyMap<string, number>,
): INodeExecutionData[] {
	return records.map((record) => ({
		json: record as IDataObject,
		pairedItem: { item: itemOf.get(record.person ?? '') ?? 0 },
	}));
}
