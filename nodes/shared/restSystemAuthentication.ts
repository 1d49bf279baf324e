import type { IAllExecuteFunctions } from 'n8n-workflow';

import { AuthenticationError } from '../../core/ports/errors';
import type { HttpTransport } from '../../core/ports/httpTransport';
import { flatten, httpTransportOf, noAnswer, type FullResponse, type RequestContext } from './httpTransport';

/** n8n's own HTTP credentials. */
export type HttpCredential =
	| 'httpBasicAuth'
	| 'httpBearerAuth'
	| 'httpHeaderAuth'
	| 'httpQueryAuth'
	| 'oAuth2Api';

/**
 * Requests that carry the credential. n8n's own helper sends OAuth2, whose tokens it renews. The others are read here, once:
 * the helper evaluates their expressions with each request, which throws in a trigger that has started.
 */
export async function authenticatedTransport(
	context: RequestContext,
	credential: HttpCredential,
): Promise<HttpTransport> {
	if (credential === 'oAuth2Api') return oAuth2Transport(context, credential);
	const fields = await context.getCredentials(credential);
	const text = (field: string) => String(fields[field] ?? '');
	const send = httpTransportOf(context);
	if (credential === 'httpQueryAuth') {
		return async (request) =>
			await send({ ...request, query: { ...request.query, [text('name')]: text('value') } });
	}
	const header = {
		httpBasicAuth: () => ({ authorization: `Basic ${base64(`${text('user')}:${text('password')}`)}` }),
		httpBearerAuth: () => ({ authorization: `Bearer ${text('token')}` }),
		httpHeaderAuth: () => ({ [text('name')]: text('value') }),
	}[credential]();
	return async (request) => await send({ ...request, headers: { ...request.headers, ...header } });
}

/**
 * n8n gets and renews the token. It does so for this credential type only in the helper that its own HTTP Request node uses:
 * `httpRequestWithAuthentication` sends requests of the generic type without a token.
 */
function oAuth2Transport(context: RequestContext, credential: string): HttpTransport {
	return async ({ method, url, headers, query, body, timeoutMs }) => {
		const options = {
			method,
			uri: url,
			headers: { accept: 'application/json', ...headers },
			...(query === undefined ? {} : { qs: query }),
			...(body === undefined ? {} : { body: body as object }),
			json: true,
			timeout: timeoutMs ?? 30_000,
			simple: false,
			resolveWithFullResponse: true,
		};
		try {
			const response = (await context.helpers.requestOAuth2.call(
				context as IAllExecuteFunctions,
				credential,
				options,
			)) as FullResponse;
			return { status: response.statusCode, headers: flatten(response.headers), body: response.body };
		} catch (error) {
			throw refusal(error) ?? noAnswer(error, method, url);
		}
	};
}

/** What the token's server says, or n8n where somebody has to connect the credential anew; undefined when nobody answered. */
function refusal(error: unknown): AuthenticationError | undefined {
	const { message = '', cause } = error as { message?: string; cause?: { body?: { error?: unknown } } };
	const refused = cause?.body?.error;
	if (typeof refused !== 'string' && !/not connected|reconnected/.test(message)) return undefined;
	return new AuthenticationError(
		typeof refused === 'string' ? `The OAuth2 server gives no token: ${refused}.` : message,
		{
			system: 'OAuth2 server',
			hint: 'Check client, secret, scope and address of the access token in the OAuth2 credential.',
		},
	);
}

function base64(value: string): string {
	return Buffer.from(value).toString('base64');
}
