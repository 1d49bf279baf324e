import type { ApprovalDocument } from '../model/approval';
import { compare } from '../model/decimal';

/** How long a document may wait. The shortest limit whose amount it reaches counts. */
export interface WaitLimits {
	hours: number;
	/** from an amount on, inclusive, in the document's own currency */
	fromAmount: Array<{ amount: string; hours: number }>;
	/** tell again every so many hours; absent: once */
	remindEveryHours?: number;
}

export interface LateDocument {
	document: ApprovalDocument;
	limitHours: number;
	waitedHours: number;
	/** 1 when the limit is passed, then one more with each reminder */
	reminder: number;
}

const hourMs = 3_600_000;

/** The documents that wait longer than their limit at the instant `now`. */
export function lateDocuments(
	documents: ApprovalDocument[],
	limits: WaitLimits,
	now: string,
): LateDocument[] {
	return documents.flatMap((document) => {
		const limitHours = limitOf(document, limits);
		const waitedHours = (Date.parse(now) - Date.parse(document.waitingSince)) / hourMs;
		if (waitedHours <= limitHours) return [];
		const { remindEveryHours } = limits;
		const reminder =
			remindEveryHours === undefined ? 1 : 1 + Math.floor((waitedHours - limitHours) / remindEveryHours);
		return [{ document, limitHours, waitedHours: Math.round(waitedHours * 100) / 100, reminder }];
	});
}

/** The shortest limit there is: nothing that waits less can be late. */
export function shortestLimit({ hours, fromAmount }: WaitLimits): number {
	return Math.min(hours, ...fromAmount.map((one) => one.hours));
}

function limitOf({ amount }: ApprovalDocument, { hours, fromAmount }: WaitLimits): number {
	const reached = fromAmount.filter((one) => compare(amount, one.amount) >= 0);
	return Math.min(hours, ...reached.map((one) => one.hours));
}
