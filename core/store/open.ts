import type { Database } from './database';
import { openPostgres, type PostgresConfig } from './postgres';
import { openSqlite, type SqliteOptions } from './sqlite';

export type StoreConfig =
	| ({ kind: 'sqlite'; file: string } & SqliteOptions)
	| ({ kind: 'postgres' } & PostgresConfig);

/** The state store that a configuration names, ready to use. Close it when its user goes; others keep theirs. */
export async function openStore(config: StoreConfig): Promise<Database> {
	if (config.kind === 'sqlite') {
		const { file, patienceMs } = config;
		return await openSqlite(file, patienceMs === undefined ? {} : { patienceMs });
	}
	const { kind: _kind, ...postgres } = config;
	return await openPostgres(postgres);
}
