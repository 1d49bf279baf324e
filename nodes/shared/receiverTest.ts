import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { batchType } from '../../connectors/https/eventRequest';
import { addressOf } from '../../connectors/https/publisher';
import { signInHeaders, WebhookSignIn } from '../../connectors/https/signIn';
import { checkProxy } from '../../connectors/mqtt/tunnel';
import { problems } from '../../core/model/problems';
import { proxyOf } from './brokerRoute';
import { receiverOf } from './publishers';

type Credential = ICredentialsDecrypted<ICredentialDataDecryptedObject>;

/** Posts a batch without events, as a publisher would; without an address only the secret is looked at. */
export async function receiverTest(
	this: ICredentialTestFunctions,
	{ data = {} }: Credential,
): Promise<INodeCredentialTestResult> {
	return await verdict(async () => {
		if (String(data.url ?? '').trim() === '') {
			const parsed = WebhookSignIn.safeParse(data);
			if (!parsed.success) throw new TypeError(problems(parsed.error));
			return 'The secret will do for receiving. Give an address to test sending.';
		}
		const receiver = await receiverOf({ getCredentials: async () => data });
		const body = '[]';
		const headers = signInHeaders(receiver, { id: 'credential-test', body }, Date.now());
		// The context of a credential's test has no newer helper.
		// eslint-disable-next-line @n8n/community-nodes/no-deprecated-workflow-functions
		const { statusCode } = (await this.helpers.request({
			method: 'POST',
			uri: receiver.url,
			headers: { ...headers, 'content-type': batchType },
			body,
			simple: false,
			resolveWithFullResponse: true,
		})) as { statusCode: number };
		if (statusCode >= 200 && statusCode < 300) return `${addressOf(receiver)} takes events`;
		const hint =
			statusCode === 401
				? 'sender and receiver must have the same secret and authentication'
				: 'check the address, and that the receiving workflow is published';
		throw new TypeError(`${addressOf(receiver)} answers with HTTP ${statusCode}: ${hint}`);
	});
}

/** Asks the proxy for a tunnel to itself: whatever it says to that, the sign-in was accepted. */
export async function proxyTest(
	this: ICredentialTestFunctions,
	{ data = {} }: Credential,
): Promise<INodeCredentialTestResult> {
	return await verdict(async () => {
		await checkProxy(await proxyOf({ getCredentials: async () => data }));
		return 'The proxy answers and accepts the sign-in';
	});
}

async function verdict(check: () => Promise<string>): Promise<INodeCredentialTestResult> {
	try {
		return { status: 'OK', message: await check() };
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}
