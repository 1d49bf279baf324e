import type { HttpTransport } from '../../core/ports/httpTransport';
import { httpTransportOf, type RequestContext } from './httpTransport';

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
	if (credential === 'oAuth2Api') return httpTransportOf(context, credential);
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

function base64(value: string): string {
	return Buffer.from(value).toString('base64');
}
