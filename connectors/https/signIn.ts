import { createHmac, timingSafeEqual } from 'node:crypto';

import { z } from 'zod/v4';

const leastSecret = 16;

/** How a request proves where it comes from; sender and receiver share the secret. */
export const WebhookSignIn = z.object({
	authentication: z.enum(['bearer', 'signature']),
	secret: z.string().min(leastSecret, `must have at least ${leastSecret} characters`),
});
export type WebhookSignIn = z.infer<typeof WebhookSignIn>;

/** A signature that is older or younger than this is refused (Standard Webhooks, "verifying timestamps"). */
const toleranceSeconds = 5 * 60;

/**
 * The headers that a request needs: `Authorization: Bearer` (RFC 6750), or the three of Standard Webhooks 1.0, whose signature
 * is the HMAC-SHA256 of `{id}.{timestamp}.{body}`. `now` in milliseconds since 1970.
 */
export function signInHeaders(
	{ authentication, secret }: WebhookSignIn,
	message: { id: string; body: string },
	now: number,
): Record<string, string> {
	if (authentication === 'bearer') return { authorization: `Bearer ${secret}` };
	const timestamp = String(Math.floor(now / 1_000));
	return {
		'webhook-id': message.id,
		'webhook-timestamp': timestamp,
		'webhook-signature': signatureOf(secret, message.id, timestamp, Buffer.from(message.body)),
	};
}

/** Why the request is refused; undefined when it proved itself. Header names are lower-case. */
export function signInProblem(
	{ authentication, secret }: WebhookSignIn,
	request: { headers: Record<string, string | undefined>; body: Buffer },
	now: number,
): string | undefined {
	const { headers, body } = request;
	if (authentication === 'bearer') {
		const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
		if (token === undefined) return 'The request has no header "Authorization: Bearer" with the token.';
		return same(token, secret) ? undefined : 'The bearer token is wrong.';
	}
	const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers;
	if (id === undefined || timestamp === undefined || given === undefined)
		return 'The request needs the headers webhook-id, webhook-timestamp and webhook-signature.';
	const age = now / 1_000 - Number(timestamp);
	if (!/^\d{1,12}$/.test(timestamp) || Math.abs(age) > toleranceSeconds)
		return 'The header webhook-timestamp is not the present time in seconds since 1970; check both clocks.';
	const expected = signatureOf(secret, id, timestamp, body);
	// Several are given while a secret is being replaced.
	const matches = given.split(' ').filter((one) => same(one, expected));
	return matches.length > 0 ? undefined : 'The signature does not match the body and the secret.';
}

function signatureOf(secret: string, id: string, timestamp: string, body: Buffer): string {
	const key = secret.startsWith('whsec_')
		? Buffer.from(secret.slice('whsec_'.length), 'base64')
		: Buffer.from(secret);
	return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** Takes as long for a guess that is almost right as for any other, whatever its length. */
function same(given: string, expected: string): boolean {
	const digest = (text: string) => createHmac('sha256', 'comparison').update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}
