import type { ApprovalDocument } from '../model/approval';

/** The checks, in the order in which a document meets what they look at. */
export const checkNames = ['flow', 'organisation', 'notification', 'authorisation'] as const;
export type CheckName = (typeof checkNames)[number];

/** Every fault that is told apart, with the check that finds it. */
export const codes = {
	flowMissing: 'flow',
	flowInactive: 'flow',
	noRule: 'flow',
	stepMissing: 'flow',
	stepInactive: 'flow',
	flowLoop: 'flow',
	approverEmpty: 'flow',
	positionUnknown: 'flow',
	positionClosed: 'flow',
	userLocked: 'organisation',
	mappingMissing: 'organisation',
	positionVacant: 'organisation',
	approverOnLeave: 'organisation',
	approverWithoutLogin: 'organisation',
	bindingMissing: 'organisation',
	syncOff: 'organisation',
	syncFailed: 'organisation',
	leftOut: 'organisation',
	syncStale: 'organisation',
	taskNotMade: 'notification',
	messageNotMade: 'notification',
	addressMissing: 'notification',
	addressWrong: 'notification',
	messageBounced: 'notification',
	messageRejected: 'notification',
	mailServerUnreachable: 'notification',
	mailQueueStopped: 'notification',
	messageStuck: 'notification',
	extraAuthorisationMissing: 'authorisation',
	overLimit: 'authorisation',
	submitterExcluded: 'authorisation',
	policyDenied: 'authorisation',
} as const satisfies Record<string, CheckName>;
export type FindingCode = keyof typeof codes;

/** A record that was looked at, and what it showed. */
export interface Evidence {
	system: string;
	entity: string;
	key: string;
	/** when the record came to be so, where the system says */
	at?: string;
	shows: Record<string, string>;
}

/** The record that is at fault, so that documents with one cause fall together. */
export interface Subject {
	system: string;
	entity: string;
	key: string;
}

export interface Finding {
	code: FindingCode;
	check: CheckName;
	subject: Subject;
	/** names and values that its sentences need */
	facts: Record<string, string>;
	evidence: Evidence[];
	/** shown by the records themselves, or concluded from what they do not say */
	certain: boolean;
}

/** `unknown`: what had to be looked at could not be read. `notReached`: an earlier fault leaves nothing to look at. */
export type CheckStatus = 'ok' | 'fault' | 'notReached' | 'unknown';

export interface CheckResult {
	check: CheckName;
	status: CheckStatus;
	/** the faults, the first the one that counts */
	findings: Finding[];
	/** what was looked at; with faults, theirs stands in the findings */
	evidence: Evidence[];
}

export interface RootCause extends Finding {
	confidence: 'certain' | 'likely';
	/** faults of later checks that follow from it and go away with it */
	explains: FindingCode[];
}

export interface Diagnosis {
	document: ApprovalDocument;
	/** `waits`: nothing is wrong, somebody has been asked and has not decided yet */
	verdict: 'blocked' | 'waits';
	checks: CheckResult[];
	/** absent when nothing is wrong */
	rootCause?: RootCause;
	/** faults that will stop the document once the root cause is mended */
	further: Finding[];
	/** logins of those who have been asked and may decide */
	waitsFor: string[];
}

export function finding(
	code: FindingCode,
	subject: Subject,
	facts: Record<string, string>,
	evidence: Evidence[],
	certain = true,
): Finding {
	return { code, check: codes[code], subject, facts, evidence, certain };
}
