import { errorOfFailure, errorOfResponse } from '../../connectors/http/errors';
import { ConflictError } from '../../core/ports/errors';
import { TransportError } from '../../core/ports/httpTransport';

const subject = { system: 'tryton', entity: 'salesOrder', key: '42' };
const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: '' });

test.each([
	[400, 'ValidationError', false],
	[401, 'AuthenticationError', false],
	[403, 'PermissionError', false],
	[404, 'NotFoundError', false],
	[408, 'UnavailableError', true],
	[409, 'ConflictError', false],
	[412, 'ConflictError', false],
	[422, 'ValidationError', false],
	[429, 'RateLimitError', true],
	[500, 'UnavailableError', true],
	[503, 'UnavailableError', true],
])('HTTP %i is a %s', (status, name, retryable) => {
	const error = errorOfResponse(answer(status), subject, 'Order 42 was refused');
	expect(error).toMatchObject({ name, retryable, subject });
	expect(error.message).toContain('Order 42 was refused');
	expect(error.subject.hint).toBeTruthy();
});

test.each([
	['seconds', '3', 3_000],
	['an HTTP date', 'Wed, 21 Oct 2015 07:28:05 GMT', 5_000],
	['an HTTP date that has passed', 'Wed, 21 Oct 2015 07:27:00 GMT', 0],
])('Retry-After is read as %s', (_form, value, expected) => {
	const now = Date.parse('2015-10-21T07:28:00Z');
	for (const status of [429, 503]) {
		const error = errorOfResponse(answer(status, { 'retry-after': value }), subject, 'Busy', now);
		expect(error.subject.retryAfterMs).toBe(expected);
	}
});

test('a Retry-After that says nothing is left out', () => {
	expect(
		errorOfResponse(answer(429, { 'retry-after': 'soon' }), subject, 'Busy').subject.retryAfterMs,
	).toBeUndefined();
});

test("a connector's own hint stays", () => {
	const error = errorOfResponse(answer(403), { ...subject, hint: 'Ask the warehouse lead.' }, 'Refused');
	expect(error.subject.hint).toBe('Ask the warehouse lead.');
});

test('no answer is Unavailable, a BridgeError stays itself, and a programming error is not hidden', () => {
	expect(errorOfFailure(new TransportError('timeout'), subject)).toMatchObject({
		name: 'UnavailableError',
		retryable: true,
	});
	const conflict = new ConflictError('changed', subject);
	expect(errorOfFailure(conflict, subject)).toBe(conflict);
	expect(() => errorOfFailure(new TypeError('bug'), subject)).toThrow('bug');
});
