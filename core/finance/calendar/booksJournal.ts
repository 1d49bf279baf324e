import type { Organisation } from './legalEntity';
import type { Books, LockChange, LockException, PostingModule } from './periodLock';

/** One act in the books: who did what, when. An act is never changed; a later one may take it back. */
export type BooksAct =
	| { kind: 'organisation'; organisation: Organisation; by: string; at: string; reason?: string }
	/** one change for each module; all of one entity and period */
	| { kind: 'locks'; changes: LockChange[] }
	/** one exception for each module; all have the same id */
	| { kind: 'exception'; exceptions: LockException[] }
	| { kind: 'withdrawal'; exception: string; by: string; at: string; reason: string };

/** The books as these acts, in their order, have made them. Without an organisation they have no entity. */
export function foldActs(acts: readonly BooksAct[]): Books {
	let organisation: Organisation = { calendars: [], entities: [] };
	const changes: LockChange[] = [];
	let exceptions: LockException[] = [];
	for (const act of acts) {
		switch (act.kind) {
			case 'organisation':
				({ organisation } = act);
				break;
			case 'locks':
				changes.push(...act.changes);
				break;
			case 'exception':
				exceptions.push(...act.exceptions);
				break;
			case 'withdrawal':
				exceptions = exceptions.map((one) =>
					one.id === act.exception ? { ...one, withdrawnAt: act.at } : one,
				);
		}
	}
	return { organisation, changes, exceptions };
}

export type ActionTaken = 'saveCalendar' | LockChange['action'] | 'grantException' | 'withdrawException';

/** One line of the audit trail. */
export interface AuditLine {
	/** number of the act in the books, from 1 */
	version: number;
	at: string;
	by: string;
	action: ActionTaken;
	entity?: string;
	period?: string;
	modules?: PostingModule[];
	reason?: string;
	/** of a soft close: who may still post */
	roles?: string[];
	/** id of the exception that was granted or withdrawn */
	exception?: string;
	/** of an exception that was granted */
	person?: string;
	role?: string;
	until?: string;
}

export interface AuditQuery {
	entity?: string;
	period?: string;
	module?: PostingModule;
	by?: string;
	actions?: ActionTaken[];
	/** instants; `since` belongs to the answer, `before` does not */
	since?: Date;
	before?: Date;
}

/** Who did what when, in the order in which it was done. */
export function auditTrail(acts: readonly BooksAct[], query: AuditQuery = {}): AuditLine[] {
	const granted = new Map(
		acts.flatMap((act) => (act.kind === 'exception' ? [[act.exceptions[0]?.id, act] as const] : [])),
	);
	return acts
		.map((act, index): AuditLine => {
			const version = index + 1;
			switch (act.kind) {
				case 'organisation': {
					const { by, at, reason } = act;
					return { version, at, by, action: 'saveCalendar', ...(reason === undefined ? {} : { reason }) };
				}
				case 'locks': {
					const [first] = act.changes;
					return {
						version,
						...shared(act.changes),
						action: first?.action ?? 'reopen',
						...(first?.action === 'softClose' ? { roles: first.roles } : {}),
					};
				}
				case 'exception': {
					const { id = '', person, role, until = '' } = act.exceptions[0] ?? {};
					return {
						version,
						...shared(act.exceptions),
						action: 'grantException',
						exception: id,
						...(person === undefined ? {} : { person }),
						...(role === undefined ? {} : { role }),
						until,
					};
				}
				case 'withdrawal': {
					const { exception, by, at, reason } = act;
					const { entity, period, modules } = shared(granted.get(exception)?.exceptions ?? []);
					return { version, at, by, action: 'withdrawException', entity, period, modules, reason, exception };
				}
			}
		})
		.filter((line) => wanted(line, query));
}

type Shared = Pick<LockChange, 'entity' | 'period' | 'by' | 'at' | 'reason'> & { modules: PostingModule[] };

function shared(
	entries: ReadonlyArray<Pick<LockChange, 'entity' | 'period' | 'by' | 'at' | 'reason' | 'module'>>,
): Shared {
	const { entity = '', period = '', by = '', at = '', reason = '' } = entries[0] ?? {};
	return { at, by, entity, period, modules: entries.map(({ module }) => module), reason };
}

function wanted(
	line: AuditLine,
	{ entity, period, module, by, actions, since, before }: AuditQuery,
): boolean {
	const at = Date.parse(line.at);
	return (
		(entity === undefined || line.entity === entity) &&
		(period === undefined || line.period === period) &&
		(module === undefined || line.modules?.includes(module) === true) &&
		(by === undefined || line.by === by) &&
		(actions === undefined || actions.includes(line.action)) &&
		(since === undefined || at >= since.getTime()) &&
		(before === undefined || at < before.getTime())
	);
}
