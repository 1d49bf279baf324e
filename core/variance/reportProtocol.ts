import type { SettledFinding } from './finding';
import type { ReportedFinding, ReportFrame } from './reportContent';

/** What the thread that makes reports is asked, one after the other: first the frame, at last to finish. */
export type ReportRequest =
	| { kind: 'begin'; frame: ReportFrame }
	| { kind: 'findings'; findings: ReportedFinding[] }
	| { kind: 'settled'; settled: SettledFinding[] }
	| { kind: 'finish' };

export type ReportReply =
	| { kind: 'taken' }
	| { kind: 'made'; html: string; workbook: Uint8Array }
	| { kind: 'failed'; message: string };
