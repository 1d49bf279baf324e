import type { JournalEntryDraft } from '../../model/journalEntry';
import type { CalendarDate } from '../calendar/calendarDate';
import { checkPosting, type Books } from '../calendar/periodLock';
import { modulesOf } from './postingDocument';

/** Who posts, and when. */
export interface Poster {
	person?: string;
	roles?: string[];
	/** exceptions from locks expire */
	now: Date;
}

/** Why an entry may not be posted on its day, and the earliest later day on which it may. */
export interface BlockedPosting {
	reason: string;
	suggestedDate?: CalendarDate;
}

/** The accounting calendar's answer for every module that the entry's document posts into; `undefined` when nothing forbids it. */
export function blockedPosting(
	books: Books,
	{ entity, date, document }: Pick<JournalEntryDraft, 'entity' | 'date' | 'document'>,
	poster: Poster,
): BlockedPosting | undefined {
	if (entity === undefined)
		return {
			reason: 'The entry names no legal entity, so no accounting calendar says whether its day is open.',
		};
	const modules = modulesOf(document?.type);
	const forbiddenOn = (day: CalendarDate) => {
		for (const module of modules) {
			const check = checkPosting(books, { ...poster, entity, module, date: day });
			if ('refused' in check) return { reason: check.refused };
			if (!check.allowed) return check;
		}
		return undefined;
	};
	const first = forbiddenOn(date);
	if (first === undefined) return undefined;
	// A day that is open for one module may be closed for the next.
	let later: BlockedPosting | undefined = first;
	let suggestedDate: CalendarDate | undefined;
	for (let tries = 0; later !== undefined && tries < mostTries; tries += 1) {
		suggestedDate = later.suggestedDate;
		later = suggestedDate === undefined ? undefined : forbiddenOn(suggestedDate);
	}
	return {
		reason: first.reason,
		...(suggestedDate === undefined || later !== undefined ? {} : { suggestedDate }),
	};
}

/** Days that are tried in turn: two modules, ten years of thirteen periods each. */
const mostTries = 260;
