import type { JournalEntry } from '../../../core/model/journalEntry';
import { SystemName } from '../../../core/model/references';

type Document = NonNullable<JournalEntry['document']>;

/**
 * The business document at the end of a move's description, as `Cost of goods sold [tryton-erp/delivery/17]`: Tryton's own
 * origin can refer to records of the same database only, and to few kinds of them.
 */
export function withDocument(description: string | undefined, document: Document | undefined): string {
	const mark = document === undefined ? '' : `[${markOf(document)}]`;
	return [description ?? '', mark].filter(Boolean).join(' ');
}

/** What `withDocument` put together. */
export function readDocument(text: string | null): { description?: string; document?: Document } {
	const found = /^(.*?) ?\[([^\]/[]+)\/([^\]/[]+)\/([^\]/[]+)\]$/s.exec(text ?? '');
	const [, description = '', system = '', ...coded] = found ?? [];
	const [type, key] = coded.map(decoded);
	if (!SystemName.safeParse(system).success || type === undefined || key === undefined)
		return text ? { description: text } : {};
	return { ...(description === '' ? {} : { description }), document: { system, type, key } };
}

/** Absent for what is no such code: somebody may write `[a/50%/c]` by hand. */
function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

function markOf({ system, type, key }: Document): string {
	return [system, type, key].map(encodeURIComponent).join('/');
}
