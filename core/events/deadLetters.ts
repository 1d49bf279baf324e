import type { Database, Row } from '../store/database';
import { forEachIn } from '../store/statements';
import { parseEvent } from './event';
import type { DeadLetter } from './inbox';

export interface DeadLetterFilter {
	/** only those of this consumer; absent: all */
	consumer?: string;
	limit: number;
}

const columns = 'position, consumer, topic, event_id, reason, attempts, received_at, finished_at, payload';

/** The dead letters, newest first. */
export async function listDeadLetters(
	database: Database,
	{ consumer, limit }: DeadLetterFilter,
): Promise<DeadLetter[]> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT ${columns} FROM inbox
				WHERE state = 'dead' AND ($1 = '' OR consumer = $1) ORDER BY finished_at DESC, position DESC LIMIT $2`,
			parameters: [consumer ?? '', limit],
		},
	]);
	return rows.map(deadLetterOf);
}

export interface ReplayOutcome {
	position: number;
	/** why it could not be replayed; absent when it waits again */
	refused?: string;
}

/**
 * Puts dead letters back among the waiting events of their consumer, with all attempts ahead of them. A message that is
 * no valid event would only die again, so it is refused and stays where it is. The consumer is woken with `wakeConsumer`.
 */
export async function replayDeadLetters(database: Database, positions: number[]): Promise<ReplayOutcome[]> {
	const letters = await readDeadLetters(database, positions);
	const outcomes: ReplayOutcome[] = [];
	for (const position of positions) {
		const letter = letters.get(position);
		const refused =
			letter === undefined
				? `There is no dead letter ${position}.`
				: refusal(parseEvent(letter.payload), letter);
		outcomes.push(refused === undefined ? { position } : { position, refused });
	}
	const replayable = outcomes.filter(({ refused }) => refused === undefined).map(({ position }) => position);
	if (replayable.length > 0) {
		await database.transaction(
			forEachIn(
				replayable,
				[],
				(list) => `UPDATE inbox SET state = 'waiting', attempts = 0, next_attempt_at = 0, finished_at = NULL
					WHERE state = 'dead' AND position IN ${list}`,
			),
		);
	}
	return outcomes;
}

/** Gives dead letters up: marked done, payload gone. Returns the positions that were discarded. */
export async function discardDeadLetters(
	database: Database,
	positions: number[],
	now: number,
): Promise<number[]> {
	const results = await database.transaction(
		forEachIn(
			positions,
			[now],
			(list) => `UPDATE inbox SET state = 'done', payload = NULL, finished_at = $1
				WHERE state = 'dead' AND position IN ${list} RETURNING position`,
		),
	);
	return results.flat().map((row) => Number(row.position));
}

async function readDeadLetters(database: Database, positions: number[]): Promise<Map<number, DeadLetter>> {
	const results = await database.transaction(
		forEachIn(
			positions,
			[],
			(list) => `SELECT ${columns} FROM inbox WHERE state = 'dead' AND position IN ${list}`,
		),
	);
	return new Map(results.flat().map((row) => [Number(row.position), deadLetterOf(row)]));
}

function refusal(parsed: ReturnType<typeof parseEvent>, letter: DeadLetter): string | undefined {
	if ('event' in parsed) return undefined;
	return `Dead letter ${letter.position} can't be replayed as it is: ${parsed.reason} Mend it at its source and discard this one.`;
}

function deadLetterOf(row: Row): DeadLetter {
	const id = String(row.event_id);
	return {
		position: Number(row.position),
		consumer: String(row.consumer),
		topic: String(row.topic),
		...(id.startsWith('invalid ') ? {} : { eventId: id.slice(id.indexOf(' ') + 1) }),
		reason: String(row.reason ?? ''),
		attempts: Number(row.attempts),
		receivedAt: new Date(Number(row.received_at)).toISOString(),
		diedAt: new Date(Number(row.finished_at)).toISOString(),
		payload: String(row.payload ?? ''),
	};
}
