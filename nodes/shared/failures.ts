import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IRun,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { identify, type EventFailure, type RunOutcome } from '../../core/events/dispatcher';
import { AuthenticationError, BridgeError, ConflictError, PermissionError } from '../../core/ports/errors';

const longestReason = 1_000;

const Failure = z.object({
	event: z.string(),
	reason: z.string(),
	retryable: z.boolean(),
	counted: z.boolean().optional(),
	retryAfterMs: z.number().optional(),
});

/** What a node of this package puts into its error's context, and the triggers read there when the execution has ended. */
const FailureContext = z.object({
	retryable: z.boolean().optional(),
	retryAfterMs: z.number().optional(),
	failures: z.array(Failure).optional(),
});

/** A failed item, with the reason. */
export interface ItemFailure {
	itemIndex: number;
	error: Error;
}

/**
 * One error for all items that failed. It names each event at fault, so that the trigger can set it aside and run the others
 * again without it.
 */
export function batchError(
	node: INode,
	items: INodeExecutionData[],
	failures: ItemFailure[],
): NodeOperationError {
	const [first] = failures;
	const error = operationError(node, first?.error ?? new Error('Nothing failed.'), first?.itemIndex ?? 0);
	if (failures.length > 1) {
		error.message = `${failures.length} of ${items.length} items failed; the first: ${error.message}`;
		error.description = failures
			.slice(0, 10)
			.map((failure) => `Item ${failure.itemIndex}: ${failure.error.message}`)
			.join('\n');
	}
	const named = failures.flatMap(({ itemIndex, error: cause }): EventFailure[] => {
		const event = eventIdentity(items[itemIndex]?.json);
		return event === undefined
			? []
			: [{ event, reason: cause.message.slice(0, longestReason), ...retryOf(cause) }];
	});
	if (named.length === failures.length) error.context.failures = named as unknown as IDataObject[];
	return error;
}

/** An error of one item, or of the whole operation, as n8n shows it. */
export function operationError(node: INode, cause: Error, itemIndex: number): NodeOperationError {
	if (cause instanceof NodeOperationError) return cause;
	const given = cause instanceof BridgeError ? cause.subject.hint : undefined;
	const hint = given !== undefined && cause.message.includes(given) ? undefined : given;
	const error = new NodeOperationError(node, cause.message, {
		itemIndex,
		...(hint === undefined ? {} : { description: hint }),
	});
	// n8n puts a general sentence in place of a message that holds a socket's error code, and the system's name is gone.
	error.message = cause.message;
	const { retryable, counted = false, retryAfterMs } = retryOf(cause);
	error.context.retryable = retryable && !counted;
	if (retryAfterMs !== undefined) error.context.retryAfterMs = retryAfterMs;
	return error;
}

/**
 * A refused credential is no event's fault: events wait until somebody mends it. A conflict, or a right that is missing,
 * may be one record's own and may pass: it is tried again, but not for ever.
 */
function retryOf(error: Error): Pick<EventFailure, 'retryable' | 'counted' | 'retryAfterMs'> {
	if (error instanceof BridgeError) {
		const { retryAfterMs } = error.subject;
		const counted = error instanceof ConflictError || error instanceof PermissionError;
		return {
			retryable: error.retryable || error instanceof AuthenticationError || counted,
			...(counted ? { counted } : {}),
			...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		};
	}
	return { retryable: 'retryable' in error && error.retryable === true };
}

function eventIdentity(json: IDataObject | undefined): string | undefined {
	const { specversion, source, id } = json ?? {};
	return specversion === '1.0' && typeof source === 'string' && typeof id === 'string'
		? identify({ source, id })
		: undefined;
}

/**
 * What a finished execution says about its events. Without run data (queue mode) the status decides. An execution that
 * waits (Wait node, human approval) has taken its events over and counts as done.
 */
export function outcomeOf(run: IRun | undefined): RunOutcome {
	if (run === undefined)
		return { ok: false, reason: 'n8n did not say how the execution ended.', retryable: true };
	if (run.status === 'success' || run.status === 'waiting') return { ok: true };
	const error = run.data?.resultData?.error;
	const reason = (error?.message ?? `The execution ended as "${run.status}".`).slice(0, longestReason);
	const context = FailureContext.safeParse((error as { context?: unknown } | undefined)?.context ?? {});
	const { failures, retryAfterMs, retryable } = context.success ? context.data : {};
	return {
		ok: false,
		reason,
		retryable: retryable ?? (run.status === 'crashed' || run.status === 'canceled' || isPassing(error)),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
		...(failures === undefined ? {} : { failures: failures as EventFailure[] }),
	};
}

/** Other nodes' errors: HTTP statuses and socket codes that pass by themselves (RFC 9110, 15.5 and 15.6; RFC 6585, 4). */
function isPassing(error: unknown): boolean {
	const { httpCode, code, cause } = (error ?? {}) as {
		httpCode?: unknown;
		code?: unknown;
		cause?: { code?: unknown };
	};
	const status = Number(httpCode);
	if ([408, 425, 429].includes(status) || status >= 500) return true;
	return [httpCode, code, cause?.code].some((one) =>
		['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN'].includes(String(one)),
	);
}
