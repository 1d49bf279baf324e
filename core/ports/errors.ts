/** What an error is about, so that a person finds the record and knows what to do. */
export interface ErrorSubject {
	/** name of the system, such as `sandbox-wms` */
	system: string;
	entity?: string;
	key?: string;
	/** one sentence: what to do next */
	hint?: string;
	/** milliseconds after which a retry is welcome */
	retryAfterMs?: number;
	cause?: unknown;
}

/** An error at the border to another system. Retryable ones may pass by themselves; the others need a person. */
export abstract class BridgeError extends Error {
	abstract override readonly name: string;
	abstract readonly retryable: boolean;
	readonly subject: ErrorSubject;

	constructor(message: string, subject: ErrorSubject) {
		super(message, { cause: subject.cause });
		this.subject = subject;
	}
}

/** The system does not know who is asking, or the credential has expired. */
export class AuthenticationError extends BridgeError {
	readonly name = 'AuthenticationError';
	readonly retryable = false;
}

/** The system knows who is asking and refuses. */
export class PermissionError extends BridgeError {
	readonly name = 'PermissionError';
	readonly retryable = false;
}

export class NotFoundError extends BridgeError {
	readonly name = 'NotFoundError';
	readonly retryable = false;
}

/** The record changed since it was read, or is in a state that forbids the action. */
export class ConflictError extends BridgeError {
	readonly name = 'ConflictError';
	readonly retryable = false;
}

/** The record itself is wrong; sending it again changes nothing. */
export class ValidationError extends BridgeError {
	readonly name = 'ValidationError';
	readonly retryable = false;
}

export class RateLimitError extends BridgeError {
	readonly name = 'RateLimitError';
	readonly retryable = true;
}

/** The system is away, hangs, cut the connection or failed by its own fault. What it did is not known. */
export class UnavailableError extends BridgeError {
	readonly name = 'UnavailableError';
	readonly retryable = true;
}

type Raised = new (message: string, subject: ErrorSubject) => BridgeError;

/** The same error with the entity and the record that it is about, where whoever raised it did not know. */
export function naming(error: BridgeError, about: { entity?: string; key?: string }): BridgeError {
	const { subject } = error;
	const { entity = about.entity, key = about.key } = subject;
	if (entity === subject.entity && key === subject.key) return error;
	const named = { ...(entity === undefined ? {} : { entity }), ...(key === undefined ? {} : { key }) };
	return new (error.constructor as Raised)(error.message, { ...subject, ...named });
}
