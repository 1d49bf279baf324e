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
 * Requests that carry the credential. Basic and query credentials say nothing of how they are sent, so that n8n's request
 * helper cannot send them: what its HTTP Request node does with them is done here.
 */
export async function authenticatedTransport(
	context: RequestContext,
	credential: HttpCredential,
): Promise<HttpTransport> {
	if (credential === 'httpBasicAuth') {
		const { user, password } = await context.getCredentials(credential);
		const authorization = `Basic ${Buffer.from(`${String(user)}:${String(password)}`).toString('base64')}`;
		const send = httpTransportOf(context);
		return async (request) => await send({ ...request, headers: { ...request.headers, authorization } });
	}
	if (credential === 'httpQueryAuth') {
		const { name, value } = await context.getCredentials(credential);
		const send = httpTransportOf(context);
		return async (request) =>
			await send({ ...request, query: { ...request.query, [String(name)]: String(value) } });
	}
	return httpTransportOf(context, credential);
}
