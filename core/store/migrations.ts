import { type Database, StoreUnavailableError } from './database';
import { StatementError } from './statementError';

/**
 * The schema by version. A version that was released is never edited; a change is a new version at the end.
 * `{position}` is a number that rises with every insert and is never given twice, even after deletions.
 */
const migrations: string[][] = [
	[
		`CREATE TABLE inbox (
			{position},
			consumer TEXT NOT NULL,
			event_id TEXT NOT NULL,
			ordering_key TEXT NOT NULL,
			sequence BIGINT NOT NULL,
			topic TEXT NOT NULL,
			payload TEXT,
			state TEXT NOT NULL CHECK (state IN ('waiting', 'dead', 'done')),
			attempts INTEGER NOT NULL,
			next_attempt_at BIGINT NOT NULL,
			received_at BIGINT NOT NULL,
			finished_at BIGINT,
			reason TEXT,
			UNIQUE (consumer, event_id)
		)`,
		'CREATE INDEX inbox_by_consumer ON inbox (consumer, state, position)',
		'CREATE INDEX inbox_by_end ON inbox (state, finished_at)',
		`CREATE TABLE outbox (
			{position},
			broker TEXT NOT NULL,
			topic TEXT NOT NULL,
			event_id TEXT NOT NULL,
			payload TEXT NOT NULL,
			created_at BIGINT NOT NULL,
			confirmed_at BIGINT,
			UNIQUE (broker, event_id)
		)`,
		'CREATE INDEX outbox_by_broker ON outbox (broker, confirmed_at, position)',
		`CREATE TABLE cursors (
			owner TEXT NOT NULL,
			name TEXT NOT NULL,
			value TEXT NOT NULL,
			updated_at BIGINT NOT NULL,
			PRIMARY KEY (owner, name)
		)`,
		`CREATE TABLE captured (
			system TEXT NOT NULL,
			entity TEXT NOT NULL,
			key TEXT NOT NULL,
			sequence BIGINT NOT NULL,
			announced BIGINT NOT NULL,
			fingerprint TEXT NOT NULL,
			updated_at BIGINT NOT NULL,
			PRIMARY KEY (system, entity, key)
		)`,
		`CREATE TABLE crosswalk (
			kind TEXT NOT NULL CHECK (kind IN ('item', 'partner', 'unit', 'employee')),
			system_a TEXT NOT NULL,
			code_a TEXT NOT NULL,
			system_b TEXT NOT NULL,
			code_b TEXT NOT NULL,
			origin TEXT NOT NULL,
			created_at BIGINT NOT NULL,
			PRIMARY KEY (kind, system_a, code_a, system_b),
			UNIQUE (kind, system_a, system_b, code_b)
		)`,
		`CREATE TABLE applied (
			target TEXT NOT NULL,
			entity TEXT NOT NULL,
			key TEXT NOT NULL,
			sequence BIGINT NOT NULL,
			fingerprint TEXT NOT NULL,
			applied_at BIGINT NOT NULL,
			PRIMARY KEY (target, entity, key)
		)`,
		`CREATE TABLE audit (
			{position},
			at BIGINT NOT NULL,
			actor TEXT NOT NULL,
			action TEXT NOT NULL,
			subject TEXT NOT NULL,
			detail TEXT NOT NULL
		)`,
		'CREATE INDEX audit_by_time ON audit (at)',
	],
	[
		`CREATE TABLE conflicts (
			target TEXT NOT NULL,
			entity TEXT NOT NULL,
			key TEXT NOT NULL,
			field_group TEXT NOT NULL,
			owner TEXT NOT NULL,
			record TEXT NOT NULL,
			agreed TEXT,
			owner_value TEXT,
			other_value TEXT,
			sequence BIGINT NOT NULL,
			found_at BIGINT NOT NULL,
			PRIMARY KEY (target, entity, key)
		)`,
	],
	[
		`CREATE TABLE sync_policies (
			name TEXT NOT NULL,
			version BIGINT NOT NULL,
			definition TEXT NOT NULL,
			saved_at BIGINT NOT NULL,
			PRIMARY KEY (name, version)
		)`,
		`CREATE TABLE pushed (
			stream TEXT NOT NULL,
			system TEXT NOT NULL,
			entity TEXT NOT NULL,
			key TEXT NOT NULL,
			sequence BIGINT NOT NULL,
			seen BIGINT NOT NULL,
			fingerprint TEXT NOT NULL,
			pushed_at BIGINT NOT NULL,
			PRIMARY KEY (stream, system, entity, key)
		)`,
		`CREATE TABLE on_demand (
			system TEXT NOT NULL,
			entity TEXT NOT NULL,
			key TEXT NOT NULL,
			reader TEXT NOT NULL,
			record TEXT,
			fetched_at BIGINT NOT NULL,
			lease TEXT,
			lease_until BIGINT NOT NULL,
			settled TEXT,
			failure TEXT,
			PRIMARY KEY (system, entity, key, reader)
		)`,
		'CREATE INDEX on_demand_by_age ON on_demand (fetched_at)',
		`CREATE TABLE sync_traffic (
			policy TEXT NOT NULL,
			entity TEXT NOT NULL,
			day TEXT NOT NULL,
			events_sent BIGINT NOT NULL,
			events_kept_back BIGINT NOT NULL,
			fields_kept_back BIGINT NOT NULL,
			bytes_sent BIGINT NOT NULL,
			bytes_kept_back BIGINT NOT NULL,
			reads BIGINT NOT NULL,
			requests BIGINT NOT NULL,
			from_cache BIGINT NOT NULL,
			shared BIGINT NOT NULL,
			PRIMARY KEY (policy, entity, day)
		)`,
	],
	[
		`CREATE TABLE aliases (
			kind TEXT NOT NULL,
			system TEXT NOT NULL,
			code TEXT NOT NULL,
			kept_code TEXT NOT NULL,
			merged_at BIGINT NOT NULL,
			PRIMARY KEY (kind, system, code)
		)`,
		'CREATE INDEX aliases_by_kept_code ON aliases (kind, system, kept_code)',
	],
	[
		`CREATE TABLE fiscal_books (
			version BIGINT PRIMARY KEY,
			kind TEXT NOT NULL,
			actor TEXT NOT NULL,
			at BIGINT NOT NULL,
			entry TEXT NOT NULL
		)`,
	],
	[
		`CREATE TABLE finance_rule_sets (
			name TEXT NOT NULL,
			version BIGINT NOT NULL,
			definition TEXT NOT NULL,
			saved_at BIGINT NOT NULL,
			PRIMARY KEY (name, version)
		)`,
		`CREATE TABLE vouchers (
			ledger TEXT NOT NULL,
			voucher TEXT NOT NULL,
			entry TEXT NOT NULL,
			fingerprint TEXT NOT NULL,
			booked_at BIGINT NOT NULL,
			PRIMARY KEY (ledger, voucher)
		)`,
	],
	[
		`CREATE TABLE variance_comparisons (
			comparison TEXT PRIMARY KEY,
			kept_at BIGINT NOT NULL
		)`,
		`CREATE TABLE variance_runs (
			comparison TEXT NOT NULL,
			day TEXT NOT NULL,
			run TEXT NOT NULL,
			replaced TEXT,
			identity TEXT NOT NULL,
			definition TEXT NOT NULL,
			findings BIGINT NOT NULL,
			outcome TEXT NOT NULL,
			PRIMARY KEY (comparison, day)
		)`,
		`CREATE TABLE variance_findings (
			run TEXT NOT NULL,
			rank BIGINT NOT NULL,
			comparison TEXT NOT NULL,
			finding TEXT NOT NULL,
			class TEXT NOT NULL,
			owner TEXT,
			at_stake TEXT NOT NULL,
			fingerprint TEXT NOT NULL,
			open_since TEXT NOT NULL,
			content TEXT NOT NULL,
			written_at BIGINT NOT NULL,
			PRIMARY KEY (run, rank)
		)`,
		'CREATE INDEX variance_findings_by_finding ON variance_findings (run, finding)',
		'CREATE INDEX variance_findings_by_age ON variance_findings (comparison, written_at)',
		`CREATE TABLE variance_acceptances (
			comparison TEXT NOT NULL,
			finding TEXT NOT NULL,
			fingerprint TEXT NOT NULL,
			accepted_by TEXT NOT NULL,
			accepted_at BIGINT NOT NULL,
			reason TEXT NOT NULL,
			until TEXT,
			seen_on TEXT NOT NULL,
			PRIMARY KEY (comparison, finding)
		)`,
	],
	[
		`CREATE TABLE access_policies (
			name TEXT NOT NULL,
			version BIGINT NOT NULL,
			definition TEXT NOT NULL,
			needs TEXT NOT NULL,
			digest TEXT NOT NULL,
			published_at BIGINT NOT NULL,
			published_by TEXT NOT NULL,
			reason TEXT NOT NULL,
			restored_version BIGINT,
			PRIMARY KEY (name, version)
		)`,
		`CREATE TABLE decision_chain (
			name TEXT PRIMARY KEY,
			position BIGINT NOT NULL,
			hash TEXT NOT NULL,
			start_position BIGINT NOT NULL,
			start_hash TEXT NOT NULL
		)`,
		`INSERT INTO decision_chain (name, position, hash, start_position, start_hash) VALUES ('decisions', 0, '', 0, '')`,
		`CREATE TABLE decision_log (
			position BIGINT PRIMARY KEY,
			at BIGINT NOT NULL,
			subject TEXT NOT NULL,
			operation TEXT NOT NULL,
			outcome TEXT NOT NULL,
			record TEXT NOT NULL,
			hash TEXT NOT NULL
		)`,
		'CREATE INDEX decision_log_by_time ON decision_log (at)',
		'CREATE INDEX decision_log_by_subject ON decision_log (subject, at)',
	],
	[
		`CREATE TABLE known_employees (
			observer TEXT NOT NULL,
			key TEXT NOT NULL,
			sequence BIGINT NOT NULL,
			state TEXT NOT NULL,
			employment TEXT NOT NULL,
			absences BIGINT NOT NULL,
			updated_at BIGINT NOT NULL,
			PRIMARY KEY (observer, key)
		)`,
	],
	[
		`CREATE TABLE access_campaigns (
			name TEXT PRIMARY KEY,
			started_at BIGINT NOT NULL,
			due_at BIGINT NOT NULL
		)`,
		`CREATE TABLE access_campaign_items (
			campaign TEXT NOT NULL,
			item TEXT NOT NULL,
			token TEXT NOT NULL UNIQUE,
			reviewer TEXT NOT NULL,
			subject TEXT NOT NULL,
			decision TEXT,
			decided_by TEXT,
			decided_at BIGINT,
			reason TEXT,
			reminders BIGINT NOT NULL,
			reminded_at BIGINT NOT NULL,
			PRIMARY KEY (campaign, item)
		)`,
	],
	[
		`CREATE TABLE access_grants (
			system TEXT NOT NULL,
			account TEXT NOT NULL,
			right_key TEXT NOT NULL,
			content TEXT NOT NULL,
			written_at BIGINT NOT NULL,
			PRIMARY KEY (system, account, right_key)
		)`,
		`CREATE TABLE access_revocations (
			system TEXT NOT NULL,
			account TEXT NOT NULL,
			right_key TEXT NOT NULL,
			person TEXT,
			cause TEXT NOT NULL,
			reason TEXT NOT NULL,
			noticed_at BIGINT NOT NULL,
			due_at BIGINT NOT NULL,
			attempts BIGINT NOT NULL,
			next_attempt_at BIGINT NOT NULL,
			lease_until BIGINT NOT NULL,
			failure TEXT,
			PRIMARY KEY (system, account, right_key)
		)`,
		`CREATE TABLE access_exceptions (
			system TEXT NOT NULL,
			id TEXT NOT NULL,
			content TEXT NOT NULL,
			written_at BIGINT NOT NULL,
			PRIMARY KEY (system, id)
		)`,
	],
	[
		`CREATE TABLE approval_delegations (
			name TEXT NOT NULL,
			version BIGINT NOT NULL,
			definition TEXT NOT NULL,
			saved_at BIGINT NOT NULL,
			PRIMARY KEY (name, version)
		)`,
	],
];

const dialects = {
	sqlite: {
		position: 'position INTEGER PRIMARY KEY AUTOINCREMENT',
		findVersions: `SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'`,
		// A transaction that writes has the file to itself.
		lock: 'SELECT 1 AS locked',
	},
	postgres: {
		position: 'position BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY',
		findVersions: `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'`,
		// CREATE TABLE IF NOT EXISTS alone fails when two sessions run it at once. The number is this package's own.
		lock: 'SELECT pg_advisory_xact_lock(4917302551)',
	},
};

/**
 * Brings the schema up to date. Safe when several processes start at once: each version's number is inserted together
 * with its changes, so only one of them can apply it, and the others go on from there.
 */
export async function migrate(database: Database): Promise<void> {
	for (;;) {
		const version = await currentVersion(database);
		if (version > migrations.length) {
			throw new StoreUnavailableError(
				`The state store has schema version ${version}, and this release knows ${migrations.length} at most. Update n8n-nodes-erp-bridge on this host.`,
			);
		}
		const changes = migrations[version];
		if (changes === undefined) return;
		try {
			await apply(database, version + 1, changes);
		} catch (error) {
			if (!(error instanceof StatementError) || (await currentVersion(database)) === version) throw error;
		}
	}
}

async function currentVersion(database: Database): Promise<number> {
	const [found = []] = await database.transaction([{ sql: dialects[database.dialect].findVersions }]);
	if (found.length === 0) return 0;
	const [versions = []] = await database.transaction([
		{ sql: 'SELECT COALESCE(MAX(version), 0) AS version FROM schema_version' },
	]);
	return Number(versions[0]?.version ?? 0);
}

async function apply(database: Database, version: number, changes: string[]): Promise<void> {
	const { position, lock } = dialects[database.dialect];
	await database.transaction([
		{ sql: lock },
		{
			sql: 'CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)',
		},
		{
			sql: 'INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)',
			parameters: [version, Date.now()],
		},
		...changes.map((sql) => ({ sql: sql.replace('{position}', position) })),
	]);
}
