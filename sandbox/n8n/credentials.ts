import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompanyAddresses } from '../company/options';
import type { CredentialInput } from './api';
import { n8nCommand } from './n8n';

/** The ids by which templates name the sandbox's credentials. */
export const sandboxCredential = {
	id: 'erpBridgeSandbox1',
	type: 'erpBridgeSandboxApi',
	name: 'Sandbox company',
};
export const brokerCredential = { id: 'erpBridgeMqtt0001', type: 'mqtt', name: 'Sandbox broker' };

/** What other systems show to the decision point in n8n. */
export const decisionPointCredential = {
	id: 'erpBridgePdp00001',
	type: 'httpHeaderAuth',
	name: 'Sandbox decision point',
};

export const mailCredential = { id: 'erpBridgeSmtp0001', type: 'smtp', name: 'Sandbox mail' };

/** What the credentials hold so that templates reach this sandbox company. */
export function credentialsFor(
	addresses: Omit<CompanyAddresses, 'finance' | 'hr' | 'mail' | 'smtp'> & Partial<CompanyAddresses>,
	apiKey: string,
): Array<CredentialInput & { id: string }> {
	const { hostname, port, protocol } = new URL(addresses.broker.url);
	const { username = '', password = '' } = addresses.broker;
	const signIn = username === '' ? { passwordless: true } : { passwordless: false, username, password };
	return [
		{
			...sandboxCredential,
			data: {
				erpUrl: addresses.erp,
				wmsUrl: addresses.wms,
				financeUrl: addresses.finance ?? '',
				hrUrl: addresses.hr ?? '',
				apiKey,
			},
		},
		{
			...brokerCredential,
			data: {
				protocol: protocol.replace(':', ''),
				host: hostname,
				port: Number(port),
				clean: false,
				clientId: '',
				...signIn,
			},
		},
		{ ...decisionPointCredential, data: { name: 'Authorization', value: `Bearer ${apiKey}` } },
		...(addresses.smtp === undefined ? [] : [mailCredentialFor(addresses.smtp, apiKey)]),
	];
}

/** The sandbox's mail server has no TLS: it is on loopback. */
function mailCredentialFor(
	{ host, port, user }: CompanyAddresses['smtp'],
	password: string,
): CredentialInput & { id: string } {
	return {
		...mailCredential,
		data: { user, password, host, port, secure: false, disableStartTls: true, hostName: '' },
	};
}

/**
 * Puts credentials with the ids they come with into an n8n, as its own command line does; only this way keeps ids. n8n may
 * be stopped, and need not have been started before.
 */
export async function importCredentials(
	userFolder: string,
	credentials: Array<CredentialInput & { id: string }>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-credentials-'));
	try {
		const file = join(folder, 'credentials.json');
		await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
		const output = await n8nCommand(userFolder, ['import:credentials', `--input=${file}`]);
		// The command reports failure in words only: its exit code is 0.
		if (!/Successfully imported/.test(output))
			throw new Error(`n8n did not import the credentials: ${output.trim().split('\n').slice(-3).join(' ')}`);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
