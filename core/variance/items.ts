import { columnsOf, type Side } from './definition';
import type { DuckDbEngine } from './duckdb';
import type { Source } from './engine';
import { rowsSource } from './rowsSource';

/** Records as one side's lines. A column that no record has is told as missing. */
export async function recordSource(
	engine: DuckDbEngine,
	records: Array<Record<string, unknown>>,
	side: Side,
): Promise<Source> {
	const columns = columnsOf(side).filter(
		(column) => records.length === 0 || records.some((record) => record[column] !== undefined),
	);
	return await rowsSource(engine, side, `items of ${side.name}`, columns, [records]);
}
