import type { ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ProxySettings } from '../../connectors/mqtt/tunnel';
import { problems } from '../../core/model/problems';
import { ValidationError } from '../../core/ports/errors';

/** How to get out of a network that lets only some connections pass. */
export const proxyProperty: INodeProperties = {
	displayName: 'Proxy',
	name: 'proxy',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'As the Environment Says',
			value: 'environment',
			description:
				'HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold for HTTP and WebSocket, as elsewhere in n8n, not for plain MQTT',
		},
		{ name: 'From Credential', value: 'credential', description: 'All connections go through this proxy' },
		{ name: 'None', value: 'none' },
	],
	default: 'environment',
};

export const webSocketPathProperty: INodeProperties = {
	displayName: 'WebSocket Path',
	name: 'webSocketPath',
	type: 'string',
	default: '/mqtt',
	description: 'Where the broker has its WebSocket; only for the protocol Ws',
};

/** When the proxy's credential is asked for. The path is written with a slash because it is a field of the collection. */
export const viaProxyCredential = { '/options.proxy': ['credential'] };

export const ProxyChoice = z.enum(['environment', 'credential', 'none']).default('environment');
export type ProxyChoice = z.infer<typeof ProxyChoice>;

export const WebSocketPath = z.string().regex(/^\//, 'must begin with /').default('/mqtt');

interface CredentialContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/** The proxy that the node's credential names, checked. */
export async function proxyOf(context: CredentialContext): Promise<ProxySettings> {
	const parsed = ProxySettings.safeParse(await context.getCredentials('erpBridgeProxyApi'));
	if (parsed.success) return parsed.data;
	throw new ValidationError(`The proxy credential is incomplete: ${problems(parsed.error)}`, {
		system: 'proxy',
	});
}

/**
 * The proxy that the environment names for a WebSocket, by the convention of curl and n8n: `HTTPS_PROXY` for wss, `HTTP_PROXY` for ws,
 * `ALL_PROXY` for both, in either case, and `NO_PROXY` with hosts, domains and `*`.
 */
export function environmentProxy(
	scheme: 'ws' | 'wss',
	target: { host: string; port: number },
	environment: Record<string, string | undefined>,
): ProxySettings | undefined {
	const read = (name: string) => environment[name.toLowerCase()] ?? environment[name];
	const given = read(scheme === 'wss' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? read('ALL_PROXY') ?? '';
	if (given.trim() === '' || isExempt(target, read('NO_PROXY') ?? '')) return undefined;
	const url = z.url().safeParse(given.includes('://') ? given : `http://${given}`);
	if (!url.success)
		throw new ValidationError('The proxy in the environment is no URL: check HTTPS_PROXY and HTTP_PROXY.', {
			system: 'proxy',
		});
	const { protocol, host, username, password } = new URL(url.data);
	return ProxySettings.parse({
		url: `${protocol}//${host}`,
		username: decodeURIComponent(username),
		password: decodeURIComponent(password),
	});
}

function isExempt({ host, port }: { host: string; port: number }, list: string): boolean {
	return list
		.toLowerCase()
		.split(/[\s,]+/)
		.filter((entry) => entry !== '')
		.some((entry) => {
			if (entry === '*') return true;
			const [name = '', onlyPort] = entry.split(/:(?=\d+$)/);
			if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
			const domain = name.replace(/^\*?\./, '');
			return host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`);
		});
}
