import type { Finding, TrendDay, VarianceClass } from '../variance/finding';
import type { GivenAcceptance, KeptFinding } from '../variance/history';
import type { Database, Row, Statement } from './database';
import { forEachIn, insertRows } from './statements';

/** One kept report of a comparison. */
export interface KeptRun {
	comparison: string;
	/** the day of the report */
	day: string;
	/** names the rows of its findings */
	run: string;
	/** changes when deals cannot be known again by their keys */
	identity: string;
	/** changes with anything that the comparison keeps to */
	definition: string;
	/** number of findings that are kept of it */
	findings: number;
	/** what the day came to */
	outcome: Omit<TrendDay, 'day'>;
}

/** One finding of a run as it is written. */
export interface FindingToKeep extends KeptFinding {
	/** `findingId` of the key */
	id: string;
	owner?: string;
	finding: Finding;
}

/** A finding of the last report, and the acceptance of it if there is one that fits its class and figures and has not expired. */
export interface OpenFinding extends KeptFinding {
	id: string;
	finding: Finding;
	acceptance?: GivenAcceptance;
}

const dayMs = 86_400_000;
const rowsAPage = 500;

/** The last kept reports of a comparison, the newest first. */
export async function lastRuns(database: Database, comparison: string, limit: number): Promise<KeptRun[]> {
	const [rows = []] = await database.transaction([
		{
			sql: 'SELECT * FROM variance_runs WHERE comparison = $1 ORDER BY day DESC LIMIT $2',
			parameters: [comparison, limit],
		},
	]);
	return rows.map(runOf);
}

/** Names of the comparisons of which reports are kept. */
export async function keptComparisons(database: Database): Promise<string[]> {
	const [rows = []] = await database.transaction([
		{ sql: 'SELECT DISTINCT comparison FROM variance_runs ORDER BY comparison' },
	]);
	return rows.map(({ comparison }) => String(comparison));
}

/** What is known of a run's findings, by id, the most money first. Undefined when another run took its place while it was read. */
export async function findingsOfRun(
	database: Database,
	{ run, findings }: KeptRun,
): Promise<Map<string, KeptFinding> | undefined> {
	const known = new Map<string, KeptFinding>();
	for (let from = 0; from < findings; from += rowsAPage) {
		const [rows = []] = await database.transaction([
			{
				sql: `SELECT finding, class, at_stake, fingerprint, open_since FROM variance_findings
					WHERE run = $1 AND rank >= $2 AND rank < $3 ORDER BY rank`,
				parameters: [run, from, from + rowsAPage],
			},
		]);
		for (const row of rows) known.set(String(row.finding), keptOf(row));
	}
	return known.size === findings ? known : undefined;
}

/** Whole findings of a run, by id. */
export async function contentsOf(
	database: Database,
	{ run }: KeptRun,
	ids: string[],
): Promise<Map<string, Finding>> {
	const contents = new Map<string, Finding>();
	for (let start = 0; start < ids.length; start += rowsAPage) {
		const results = await database.transaction(
			forEachIn(
				ids.slice(start, start + rowsAPage),
				[run],
				(list) => `SELECT finding, content FROM variance_findings WHERE run = $1 AND finding IN ${list}`,
			),
		);
		for (const { finding, content } of results.flat())
			contents.set(String(finding), JSON.parse(String(content)) as Finding);
	}
	return contents;
}

/** All acceptances of a comparison that nobody withdrew, by the finding's id. */
export async function acceptancesOf(
	database: Database,
	comparison: string,
): Promise<Map<string, GivenAcceptance>> {
	const [rows = []] = await database.transaction([
		{ sql: 'SELECT * FROM variance_acceptances WHERE comparison = $1', parameters: [comparison] },
	]);
	return new Map(
		rows.flatMap((row) => {
			const acceptance = acceptanceOf(row);
			return acceptance === undefined ? [] : [[String(row.finding), acceptance]];
		}),
	);
}

/** Writes findings of a run that is not in force yet, the first of them in this place. Safe to repeat. */
export async function writeFindings(
	database: Database,
	{ comparison, run }: Pick<KeptRun, 'comparison' | 'run'>,
	firstRank: number,
	findings: FindingToKeep[],
	at: number,
): Promise<void> {
	await database.transaction(
		insertRows({
			table: 'variance_findings',
			columns: [
				'run',
				'rank',
				'comparison',
				'finding',
				'class',
				'owner',
				'at_stake',
				'fingerprint',
				'open_since',
				'content',
				'written_at',
			],
			rows: findings.map(({ id, owner, finding, ...kept }, index) => [
				run,
				firstRank + index,
				comparison,
				id,
				kept.class,
				// PostgreSQL refuses the character in a text.
				owner?.replaceAll('\u0000', '') ?? null,
				kept.atStake,
				kept.fingerprint,
				kept.openSince,
				JSON.stringify(finding),
				at,
			]),
			suffix: 'ON CONFLICT (run, rank) DO NOTHING',
		}),
	);
}

/**
 * Puts a run in force as the report of its day, in place of one of the same day. False, and nothing has changed, when the run `base` that it was
 * compared with is no longer the one before it, or a later day is kept. What is older than needed goes: findings
 * of reports before `base`, reports and acceptances unseen for longer than `retentionDays`, rows that a run left which never came to its end.
 */
export async function putInForce(
	database: Database,
	run: KeptRun,
	base: KeptRun | undefined,
	{ at, retentionDays }: { at: number; retentionDays: number },
): Promise<boolean> {
	const { comparison, day } = run;
	const expired = new Date(Date.parse(day) - retentionDays * dayMs).toISOString().slice(0, 10);
	const oldest = base === undefined || base.day > expired ? expired : base.day;
	/** Whatever follows holds only when this run is the one in force. */
	const inForce = 'EXISTS (SELECT 1 FROM variance_runs WHERE comparison = $1 AND run = $2)';
	const [, inserted = []] = await database.transaction([
		// Two that end at the same moment do so one after the other.
		{
			sql: `INSERT INTO variance_comparisons (comparison, kept_at) VALUES ($1, $2)
				ON CONFLICT (comparison) DO UPDATE SET kept_at = excluded.kept_at`,
			parameters: [comparison, at],
		},
		{
			sql: `INSERT INTO variance_runs (comparison, day, run, identity, definition, findings, outcome)
				SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($7 AS TEXT)
				WHERE NOT EXISTS (SELECT 1 FROM variance_runs WHERE comparison = $1 AND day > $2)
				AND COALESCE((SELECT before.run FROM variance_runs AS before WHERE before.comparison = $1 AND before.day < $2
					ORDER BY before.day DESC LIMIT 1), '') = CAST($8 AS TEXT)
				ON CONFLICT (comparison, day) DO UPDATE SET
					replaced = CASE WHEN variance_runs.run = excluded.run THEN variance_runs.replaced ELSE variance_runs.run END,
					run = excluded.run, identity = excluded.identity, definition = excluded.definition,
					findings = excluded.findings, outcome = excluded.outcome
				RETURNING run`,
			parameters: [
				comparison,
				day,
				run.run,
				run.identity,
				run.definition,
				run.findings,
				JSON.stringify(run.outcome),
				base?.run ?? '',
			],
		},
		{
			sql: `DELETE FROM variance_findings WHERE comparison = $1 AND ${inForce} AND run IN
				(SELECT replaced FROM variance_runs WHERE comparison = $1 AND run = $2
				UNION SELECT run FROM variance_runs WHERE comparison = $1 AND day < $3)`,
			parameters: [comparison, run.run, base?.day ?? day],
		},
		{
			sql: `DELETE FROM variance_findings WHERE comparison = $1 AND written_at < $2 AND run NOT IN
				(SELECT run FROM variance_runs WHERE comparison = $1)`,
			parameters: [comparison, at - dayMs],
		},
		{
			sql: `DELETE FROM variance_runs WHERE comparison = $1 AND ${inForce} AND day < $3`,
			parameters: [comparison, run.run, oldest],
		},
		{
			sql: `UPDATE variance_acceptances SET seen_on = $3 WHERE comparison = $1 AND ${inForce} AND finding IN
				(SELECT finding FROM variance_findings WHERE run = $2)`,
			parameters: [comparison, run.run, day],
		},
		{
			sql: `DELETE FROM variance_acceptances WHERE comparison = $1 AND ${inForce} AND seen_on < $3`,
			parameters: [comparison, run.run, expired],
		},
	]);
	return inserted.length > 0;
}

/** Takes away the rows of a run that will not be put in force. */
export async function dropRun(database: Database, { run }: Pick<KeptRun, 'run'>): Promise<void> {
	await database.transaction([
		{
			sql: 'DELETE FROM variance_findings WHERE run = $1 AND run NOT IN (SELECT run FROM variance_runs)',
			parameters: [run],
		},
	]);
}

export interface OpenFilter {
	classes?: VarianceClass[];
	owner?: string;
	/** open since this day or earlier */
	openSinceUntil?: string;
	accepted?: boolean;
	/** on which acceptances must hold */
	today: string;
	limit: number;
}

/** The findings of the last kept report, the most money first. Undefined when no report is kept under the name. */
export async function openFindings(
	database: Database,
	comparison: string,
	filter: OpenFilter,
): Promise<{ day: string; findings: OpenFinding[] } | undefined> {
	for (;;) {
		const [last] = await lastRuns(database, comparison, 1);
		if (last === undefined) return undefined;
		const findings = await pagesOf(database, last, filter);
		const [still] = await lastRuns(database, comparison, 1);
		// Another run has taken its place meanwhile, and may have taken its rows away.
		if (still?.run === last.run) return { day: last.day, findings };
	}
}

async function pagesOf(
	database: Database,
	{ comparison, run, findings: count }: KeptRun,
	filter: OpenFilter,
): Promise<OpenFinding[]> {
	const found: OpenFinding[] = [];
	for (let from = 0; from < count && found.length < filter.limit; from += rowsAPage) {
		const [rows = []] = await database.transaction([
			openPage(comparison, run, { from, to: from + rowsAPage }, filter),
		]);
		found.push(...rows.map(openOf));
	}
	return found.slice(0, filter.limit);
}

function openPage(
	comparison: string,
	run: string,
	{ from, to }: { from: number; to: number },
	{ classes = [], owner, openSinceUntil, accepted, today }: OpenFilter,
): Statement {
	const parameters = [comparison, run, from, to, today];
	const given = (value: string) => `$${parameters.push(value)}`;
	const conditions = [
		...(classes.length === 0 ? [] : [`findings.class IN (${classes.map((name) => given(name)).join(', ')})`]),
		...(owner === undefined ? [] : [`findings.owner = ${given(owner)}`]),
		...(openSinceUntil === undefined ? [] : [`findings.open_since <= ${given(openSinceUntil)}`]),
		...(accepted === undefined ? [] : [`given.finding IS ${accepted ? 'NOT NULL' : 'NULL'}`]),
	];
	return {
		sql: `SELECT findings.*, given.accepted_by, given.accepted_at, given.reason, given.until
			FROM variance_findings AS findings LEFT JOIN variance_acceptances AS given
				ON given.comparison = $1 AND given.finding = findings.finding AND given.fingerprint = findings.fingerprint
				AND (given.until IS NULL OR given.until >= $5)
			WHERE findings.run = $2 AND findings.rank >= $3 AND findings.rank < $4 ${conditions.map((one) => `AND ${one}`).join(' ')}
			ORDER BY findings.rank`,
		parameters,
	};
}

/** One finding of the last kept report, whatever its class. */
export async function openFinding(
	database: Database,
	comparison: string,
	id: string,
	today: string,
): Promise<OpenFinding | undefined> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT findings.*, given.accepted_by, given.accepted_at, given.reason, given.until
				FROM variance_findings AS findings LEFT JOIN variance_acceptances AS given
					ON given.comparison = $1 AND given.finding = findings.finding AND given.fingerprint = findings.fingerprint
					AND (given.until IS NULL OR given.until >= $3)
				WHERE findings.finding = $2 AND findings.run =
					(SELECT run FROM variance_runs WHERE comparison = $1 ORDER BY day DESC LIMIT 1)`,
			parameters: [comparison, id, today],
		},
	]);
	return rows[0] && openOf(rows[0]);
}

/**
 * Accepts a finding of the last kept report as it stands there, in place of an earlier acceptance of it, and notes it in the audit trail. False, and
 * nothing has changed, when the finding is not there any more with the class and the figures that `fingerprint` stands for.
 */
export async function acceptFinding(
	database: Database,
	comparison: string,
	id: string,
	{ fingerprint, acceptedBy, acceptedAt, acceptanceReason, acceptedUntil }: GivenAcceptance,
): Promise<boolean> {
	const at = Date.parse(acceptedAt);
	const detail = JSON.stringify({ comparison, fingerprint, reason: acceptanceReason, until: acceptedUntil });
	const [accepted = []] = await database.transaction([
		{
			sql: `INSERT INTO variance_acceptances (comparison, finding, fingerprint, accepted_by, accepted_at, reason, until, seen_on)
				SELECT findings.comparison, findings.finding, findings.fingerprint, CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), CAST($7 AS TEXT), runs.day
				FROM variance_findings AS findings JOIN variance_runs AS runs ON runs.run = findings.run AND runs.comparison = $1
				WHERE findings.finding = $2 AND findings.fingerprint = $3
					AND runs.day = (SELECT MAX(last.day) FROM variance_runs AS last WHERE last.comparison = $1)
				ON CONFLICT (comparison, finding) DO UPDATE SET fingerprint = excluded.fingerprint, accepted_by = excluded.accepted_by,
					accepted_at = excluded.accepted_at, reason = excluded.reason, until = excluded.until, seen_on = excluded.seen_on
				RETURNING finding`,
			parameters: [comparison, id, fingerprint, acceptedBy, at, acceptanceReason, acceptedUntil ?? null],
		},
		{
			sql: `INSERT INTO audit (at, actor, action, subject, detail)
				SELECT CAST($3 AS BIGINT), CAST($4 AS TEXT), 'variance.accept', CAST($2 AS TEXT), CAST($5 AS TEXT)
				WHERE EXISTS (SELECT 1 FROM variance_acceptances WHERE comparison = $1 AND finding = $2 AND accepted_at = $3 AND accepted_by = $4)
				AND NOT EXISTS (SELECT 1 FROM audit WHERE at = $3 AND actor = $4 AND subject = $2 AND detail = $5)`,
			parameters: [comparison, id, at, acceptedBy, detail],
		},
	]);
	return accepted.length > 0;
}

/** Ends an acceptance at once, and notes it in the audit trail. Undefined when there is none. Safe to repeat. */
export async function withdrawAcceptance(
	database: Database,
	comparison: string,
	id: string,
	{ by, reason, at }: { by: string; reason: string; at: number },
): Promise<GivenAcceptance | undefined> {
	const [, deleted = []] = await database.transaction([
		{
			sql: `INSERT INTO audit (at, actor, action, subject, detail)
				SELECT CAST($3 AS BIGINT), CAST($4 AS TEXT), 'variance.withdrawAcceptance', CAST($2 AS TEXT), CAST($5 AS TEXT)
				WHERE EXISTS (SELECT 1 FROM variance_acceptances WHERE comparison = $1 AND finding = $2)`,
			parameters: [comparison, id, at, by, JSON.stringify({ comparison, reason })],
		},
		{
			sql: 'DELETE FROM variance_acceptances WHERE comparison = $1 AND finding = $2 RETURNING *',
			parameters: [comparison, id],
		},
	]);
	return deleted[0] && acceptanceOf(deleted[0]);
}

function runOf(row: Row): KeptRun {
	return {
		comparison: String(row.comparison),
		day: String(row.day),
		run: String(row.run),
		identity: String(row.identity),
		definition: String(row.definition),
		findings: Number(row.findings),
		outcome: JSON.parse(String(row.outcome)) as KeptRun['outcome'],
	};
}

function keptOf(row: Row): KeptFinding {
	return {
		class: String(row.class) as VarianceClass,
		atStake: String(row.at_stake),
		fingerprint: String(row.fingerprint),
		openSince: String(row.open_since),
	};
}

function openOf(row: Row): OpenFinding {
	const acceptance = acceptanceOf(row);
	return {
		...keptOf(row),
		id: String(row.finding),
		finding: JSON.parse(String(row.content)) as Finding,
		...(acceptance === undefined ? {} : { acceptance }),
	};
}

function acceptanceOf(row: Row): GivenAcceptance | undefined {
	const { fingerprint, accepted_by: by, accepted_at: at, reason, until } = row;
	if (by === null) return undefined;
	return {
		fingerprint: String(fingerprint),
		acceptedBy: String(by),
		acceptedAt: new Date(Number(at)).toISOString(),
		acceptanceReason: String(reason),
		...(until === null || until === undefined ? {} : { acceptedUntil: String(until) }),
	};
}
