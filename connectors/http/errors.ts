import {
	AuthenticationError,
	BridgeError,
	ConflictError,
	type ErrorSubject,
	NotFoundError,
	PermissionError,
	RateLimitError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import { TransportError, type HttpResponse } from '../../core/ports/httpTransport';

/**
 * The error that an HTTP status stands for (RFC 9110, 15). `message` is the sentence for a person; `subject` names
 * system, entity and key. A hint already in `subject` stays; otherwise one that fits the status is given.
 * For a status of success there is no error to make: it becomes UnavailableError, since the answer was not understood.
 */
export function errorOfResponse(
	response: HttpResponse,
	subject: ErrorSubject,
	message: string,
	now = Date.now(),
): BridgeError {
	const { status } = response;
	const about = (hint: string): ErrorSubject => ({ hint, ...subject });
	const text = `${message} (HTTP ${status})`;
	switch (status) {
		case 401:
			return new AuthenticationError(text, about(`Check the credential for ${subject.system}.`));
		case 403:
			return new PermissionError(
				text,
				about(`Give the user of this credential the right in ${subject.system}.`),
			);
		case 404:
		case 410:
			return new NotFoundError(text, about('Check the address and that the record still exists.'));
		case 409:
		case 412:
			return new ConflictError(text, about('Read the record again and repeat the change on what it now is.'));
		case 408:
		case 425:
			return new UnavailableError(text, { ...about('Try again.'), ...retryAfter(response, now) });
		case 429:
			return new RateLimitError(text, {
				...about('Try again later, with fewer calls.'),
				...retryAfter(response, now),
			});
		default:
			if (status >= 400 && status < 500) {
				return new ValidationError(text, about('Correct the record and send it again.'));
			}
			return new UnavailableError(text, {
				...about(`Try again; if it persists, look into the log of ${subject.system}.`),
				...retryAfter(response, now),
			});
	}
}

/** What a connector throws when sending failed: a BridgeError as it is, no answer as UnavailableError. */
export function errorOfFailure(failure: unknown, subject: ErrorSubject): BridgeError {
	if (failure instanceof BridgeError) return failure;
	if (failure instanceof TransportError) {
		return new UnavailableError(`${subject.system} gave no answer: ${failure.message}`, {
			hint: `Check that ${subject.system} runs and can be reached from here; the call is safe to repeat.`,
			...subject,
			cause: failure,
		});
	}
	throw failure;
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(response: HttpResponse, now: number): { retryAfterMs?: number } {
	const value = response.headers['retry-after']?.trim();
	if (value === undefined || value === '') return {};
	if (/^\d{1,9}(\.\d+)?$/.test(value)) return { retryAfterMs: Math.ceil(Number(value) * 1000) };
	const instant = Date.parse(value);
	return Number.isNaN(instant) ? {} : { retryAfterMs: Math.max(0, instant - now) };
}
