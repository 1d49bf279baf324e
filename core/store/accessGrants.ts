import { AccessException } from '../access/lifecycle/rules';
import { Grant } from '../model/grant';
import { clockToleranceMs, type OpenRevocation, type RevocationCause } from '../access/lifecycle/plan';
import type { Database, Row, Statement } from './database';
import { insertRows } from './statements';

/** The account itself, where a right's key stands. */
const wholeAccount = '';

/** A revocation that is decided, with how carrying it out went so far. */
export interface KeptRevocation extends OpenRevocation {
	attempts: number;
	nextAttemptAt: number;
	/** why the last attempt failed */
	failure?: string;
}

/** What is known here of one system's rights: the grants in the books, what is to be revoked, and the exceptions. */
export interface AccessBooks {
	grants: Grant[];
	open: KeptRevocation[];
	exceptions: AccessException[];
}

export async function accessBooks(database: Database, system: string): Promise<AccessBooks> {
	const [grants = [], open = [], exceptions = []] = await database.transaction([
		{
			sql: 'SELECT content FROM access_grants WHERE system = $1 ORDER BY account, right_key',
			parameters: [system],
		},
		{
			sql: 'SELECT * FROM access_revocations WHERE system = $1 ORDER BY due_at, account, right_key',
			parameters: [system],
		},
		{ sql: 'SELECT content FROM access_exceptions WHERE system = $1 ORDER BY id', parameters: [system] },
	]);
	return {
		grants: grants.map(({ content }) => Grant.parse(JSON.parse(String(content)))),
		open: open.map(revocationOf),
		exceptions: exceptions.map(({ content }) => AccessException.parse(JSON.parse(String(content)))),
	};
}

/** The statements that put grants into the books, in place of what stood there. */
export function booking(grants: Grant[], at: number): Statement[] {
	return insertRows({
		table: 'access_grants',
		columns: ['system', 'account', 'right_key', 'content', 'written_at'],
		rows: grants
			.toSorted((a, b) => (a.account + a.right < b.account + b.right ? -1 : 1))
			.map((grant) => [grant.system, grant.account, grant.right, JSON.stringify(grant), at]),
		suffix: `ON CONFLICT (system, account, right_key) DO UPDATE SET content = excluded.content, written_at = excluded.written_at`,
	});
}

/**
 * The statements that keep decisions. One that is kept for the same cause stays as it is, so that neither a repetition nor another
 * execution moves a deadline or forgets an attempt; a time-boxed grant's deadline follows the books, and one that was noticed by a clock that ran
 * ahead is noticed anew.
 */
export function keepingRevocations(system: string, decided: OpenRevocation[]): Statement[] {
	return insertRows({
		table: 'access_revocations',
		columns: [
			'system',
			'account',
			'right_key',
			'person',
			'cause',
			'reason',
			'noticed_at',
			'due_at',
			'attempts',
			'next_attempt_at',
			'lease_until',
		],
		rows: decided
			.toSorted((a, b) => (a.account + (a.right ?? '') < b.account + (b.right ?? '') ? -1 : 1))
			.map(({ account, right, person, cause, reason, noticedAt, dueAt }) => [
				system,
				account,
				right ?? wholeAccount,
				person ?? null,
				cause,
				reason,
				noticedAt,
				dueAt,
				0,
				0,
				0,
			]),
		suffix: `ON CONFLICT (system, account, right_key) DO UPDATE SET person = excluded.person, cause = excluded.cause,
			reason = excluded.reason, noticed_at = excluded.noticed_at, due_at = excluded.due_at, next_attempt_at = 0
			WHERE access_revocations.cause <> excluded.cause OR access_revocations.cause = 'timeBoxEnded'
				OR access_revocations.noticed_at > excluded.noticed_at + ${clockToleranceMs}`,
	});
}

/** The statements that end what was decided without carrying it out: the right is gone, or is the post's again. */
export function settling(system: string, settled: OpenRevocation[], at: number): Statement[] {
	return settled.flatMap((one) => [
		audited(system, one, 'access.settle', at),
		{
			sql: 'DELETE FROM access_revocations WHERE system = $1 AND account = $2 AND right_key = $3',
			parameters: [system, one.account, one.right ?? wholeAccount],
		},
	]);
}

/** Takes a revocation for this execution alone, until the lease ends; false when another has it or has done it. */
export async function claimRevocation(
	database: Database,
	system: string,
	{ account, right }: Pick<OpenRevocation, 'account' | 'right'>,
	{ now, leaseMs }: { now: number; leaseMs: number },
): Promise<boolean> {
	const [claimed = []] = await database.transaction([
		{
			sql: `UPDATE access_revocations SET lease_until = $5 WHERE system = $1 AND account = $2 AND right_key = $3
				AND (lease_until <= $4 OR lease_until > $6) RETURNING account`,
			// A lease that ends later than any given now is from a clock that ran ahead.
			parameters: [system, account, right ?? wholeAccount, now, now + leaseMs, now + leaseMs],
		},
	]);
	return claimed.length > 0;
}

/** It is done: the decision ends, the grant leaves the books, and the audit trail says so, all or nothing. */
export async function finishRevocation(
	database: Database,
	system: string,
	done: OpenRevocation,
	at: number,
): Promise<void> {
	const key = [system, done.account, done.right ?? wholeAccount];
	await database.transaction([
		audited(system, done, 'access.revoke', at),
		{
			sql: 'DELETE FROM access_revocations WHERE system = $1 AND account = $2 AND right_key = $3',
			parameters: key,
		},
		{
			sql: 'DELETE FROM access_grants WHERE system = $1 AND account = $2 AND right_key = $3',
			parameters: key,
		},
	]);
}

/** An attempt that failed: counted, and when the next may be. */
export async function failRevocation(
	database: Database,
	system: string,
	{ account, right }: Pick<OpenRevocation, 'account' | 'right'>,
	{ failure, nextAttemptAt }: { failure: string; nextAttemptAt: number },
): Promise<void> {
	await database.transaction([
		{
			sql: `UPDATE access_revocations SET attempts = attempts + 1, failure = $4, next_attempt_at = $5, lease_until = 0
				WHERE system = $1 AND account = $2 AND right_key = $3`,
			parameters: [system, account, right ?? wholeAccount, failure, nextAttemptAt],
		},
	]);
}

export async function addException(
	database: Database,
	system: string,
	exception: AccessException,
	at: number,
): Promise<void> {
	await database.transaction([
		{
			sql: `INSERT INTO access_exceptions (system, id, content, written_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (system, id) DO UPDATE SET content = excluded.content, written_at = excluded.written_at`,
			parameters: [system, exception.id, JSON.stringify(exception), at],
		},
		{
			sql: 'INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)',
			parameters: [
				at,
				exception.owner,
				'access.except',
				exception.person,
				JSON.stringify({ system, ...exception }),
			],
		},
	]);
}

/** False when there is none. */
export async function withdrawException(database: Database, system: string, id: string): Promise<boolean> {
	const [gone = []] = await database.transaction([
		{
			sql: 'DELETE FROM access_exceptions WHERE system = $1 AND id = $2 RETURNING id',
			parameters: [system, id],
		},
	]);
	return gone.length > 0;
}

function audited(
	system: string,
	{ account, right, person, cause, reason }: OpenRevocation,
	action: string,
	at: number,
): Statement {
	return {
		sql: `INSERT INTO audit (at, actor, action, subject, detail)
			SELECT CAST($1 AS BIGINT), 'access life cycle', CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT)
			WHERE EXISTS (SELECT 1 FROM access_revocations WHERE system = $5 AND account = $6 AND right_key = $7)`,
		parameters: [
			at,
			action,
			person ?? account,
			JSON.stringify({ system, account, right, cause, reason }),
			system,
			account,
			right ?? wholeAccount,
		],
	};
}

function revocationOf(row: Row): KeptRevocation {
	return {
		account: String(row.account),
		...(row.right_key === wholeAccount ? {} : { right: String(row.right_key) }),
		...(row.person === null ? {} : { person: String(row.person) }),
		cause: String(row.cause) as RevocationCause,
		reason: String(row.reason),
		noticedAt: Number(row.noticed_at),
		dueAt: Number(row.due_at),
		attempts: Number(row.attempts),
		nextAttemptAt: Number(row.next_attempt_at),
		...(row.failure === null || row.failure === undefined ? {} : { failure: String(row.failure) }),
	};
}

/** The statement that takes a grant out of the books. */
export function forgetting(
	system: string,
	{ account, right }: { account: string; right: string },
): Statement {
	return {
		sql: 'DELETE FROM access_grants WHERE system = $1 AND account = $2 AND right_key = $3',
		parameters: [system, account, right],
	};
}
