import { ConflictError, NotFoundError } from '../../core/ports/errors';
import type { ActRequest, NoInput, Outcome } from '../../core/ports/systemConnector';
import { expressed, type CanonicalDocument, type ReadDocument } from './documentReading';
import { inTurn } from './match/turns';
import { outcomesOf } from './outcomes';
import type { TrytonSession } from './session';

/** One action on documents of one kind. */
export interface DocumentStep {
	/** the states it leaves behind; a document that is there already stays as it is */
	reached: string[];
	/** buttons that a person would press, by the state in which the document is; absent where Tryton knows no way */
	buttons: Record<string, string[]>;
	/** as the refusal says it */
	past: string;
	/** what to do when Tryton knows no way, or went only a part of it */
	hint: string;
}

export interface ActedKind<T extends CanonicalDocument> {
	entity: string;
	/** as people say it in Tryton */
	name: string;
	model: string;
	steps: Record<string, DocumentStep>;
	read(key: string): Promise<ReadDocument<T> | undefined>;
}

/** Tries to assign all of a shipment's goods, and answers with `true` when it could. Picked without that, goods would leave that nobody has. */
const assigning = 'assign_try';

/** Each document is read back: Tryton answers a button that it ignores like one that worked. */
export async function actOnDocuments<T extends CanonicalDocument>(
	session: TrytonSession,
	kind: ActedKind<T>,
	action: string,
	requests: Array<ActRequest<NoInput>>,
): Promise<Array<Outcome<T>>> {
	return await outcomesOf(
		kind.entity,
		requests,
		{ request: ({ key }) => key, record: ({ key }) => key },
		async (request) =>
			await inTurn(`${session.address} ${kind.model} ${request.key}`, () =>
				actOnDocument(session, kind, action, request),
			),
	);
}

async function actOnDocument<T extends CanonicalDocument>(
	session: TrytonSession,
	kind: ActedKind<T>,
	action: string,
	{ key, expectedVersion }: ActRequest<NoInput>,
): Promise<T> {
	const { entity, name, model, steps } = kind;
	const step = steps[action];
	if (step === undefined) throw new Error(`no step "${action}" of ${entity}`);
	const before = await existingDocument(session, kind, key);
	const document = expressed(before);
	expectVersion(session, kind, document, expectedVersion);
	if (step.reached.includes(before.state)) return document;
	const refused = (state: string) =>
		new ConflictError(
			`${titled(name)} ${document.number ?? key} of ${session.system} is ${state}; it could not be ${step.past}.`,
			session.about({ entity, key, hint: step.hint }),
		);
	const way = step.buttons[before.state];
	if (way === undefined) throw refused(before.state);
	for (const [index, button] of way.entries()) {
		const guard = index === 0 && expectedVersion !== undefined ? { _timestamp: before.timestamps } : {};
		const answer = await session.call(`model.${model}.${button}`, [[before.id]], guard);
		if (button === assigning && answer !== true) break;
	}
	const after = await existingDocument(session, kind, key);
	if (!step.reached.includes(after.state)) throw refused(after.state);
	return expressed(after);
}

export async function existingDocument<T extends CanonicalDocument, R extends ReadDocument<T>>(
	session: TrytonSession,
	{ entity, name, read }: { entity: string; name: string; read(key: string): Promise<R | undefined> },
	key: string,
): Promise<R> {
	const found = await read(key);
	if (found !== undefined) return found;
	throw new NotFoundError(
		`${session.system} has no ${name} ${key}.`,
		session.about({ entity, key, hint: 'Give the key, not the number.' }),
	);
}

/** Refuses what was decided on an older state of the document. */
export function expectVersion(
	session: TrytonSession,
	{ name, entity }: { name: string; entity: string },
	{ key, number, revision }: CanonicalDocument,
	expected: string | undefined,
): void {
	if (expected === undefined || expected === revision) return;
	throw new ConflictError(
		`${titled(name)} ${number ?? key} of ${session.system} is at revision ${revision}, not ${expected}.`,
		session.about({ entity, key, hint: 'Read it again and repeat the change on what it now is.' }),
	);
}

export function titled(name: string): string {
	return name.charAt(0).toUpperCase() + name.slice(1);
}
