import { z } from 'zod/v4';

import type { HttpTransport } from '../../ports/httpTransport';
import type { Evaluation } from './messages';

/** `permitted` and `denied` are the decision point's own words; for all others nothing was decided, and it is denied. */
export type ForeignReason = 'permitted' | 'denied' | 'unanswered' | 'refused' | 'unreadable';

export interface ForeignAnswer {
	outcome: 'permit' | 'deny';
	reason: ForeignReason;
	/** what the decision point says beside the decision */
	context?: Record<string, unknown>;
	/** HTTP status, where an answer came */
	status?: number;
	/** what went wrong, where something did */
	failure?: string;
	/** under which the decision point has it in its own log, where it keeps such ids */
	requestId: string;
}

const Answered = z.object({ decision: z.boolean(), context: z.record(z.string(), z.unknown()).optional() });

/**
 * Asks another decision point by the OpenID AuthZEN Authorization API 1.0. Only a decision that is `true`, in an answer of status
 * 200, permits; it never throws.
 */
export async function askDecisionPoint(
	send: HttpTransport,
	evaluation: Evaluation,
	{ url, timeoutMs, requestId }: { url: string; timeoutMs: number; requestId: string },
): Promise<ForeignAnswer> {
	const denied = (reason: ForeignReason, found: Partial<ForeignAnswer>): ForeignAnswer => ({
		outcome: 'deny',
		reason,
		...found,
		requestId,
	});
	try {
		const { status, body } = await send({
			method: 'POST',
			url,
			headers: { 'x-request-id': requestId },
			body: evaluation,
			timeoutMs,
		});
		if (status !== 200) {
			const said = typeof body === 'string' && body.trim() !== '' ? `: ${body.trim().slice(0, 300)}` : '';
			return denied('refused', { status, failure: `The decision point answered ${status}${said}` });
		}
		const answered = Answered.safeParse(body);
		if (!answered.success)
			return denied('unreadable', { status, failure: 'The answer has no decision that is true or false.' });
		const { decision, context } = answered.data;
		const found = { status, ...(context === undefined ? {} : { context }) };
		return decision
			? { outcome: 'permit', reason: 'permitted', ...found, requestId }
			: denied('denied', found);
	} catch (error) {
		return denied('unanswered', { failure: error instanceof Error ? error.message : String(error) });
	}
}
