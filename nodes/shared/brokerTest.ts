import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { addressOf, checkBroker, negotiateVersion } from '../../connectors/mqtt/broker';
import { brokerOf } from './publishers';

/** Connects to the broker once, as the nodes do. */
export async function brokerTest(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	try {
		const broker = await brokerOf({ getCredentials: async () => data });
		await checkBroker(broker, await negotiateVersion(broker, 'auto'));
		return { status: 'OK', message: `Connected to ${addressOf(broker)}` };
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}
