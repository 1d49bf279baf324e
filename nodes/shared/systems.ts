import type { INodeCredentialDescription, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { SandboxErp } from '../../connectors/sandbox/sandboxErp';
import { SandboxWms } from '../../connectors/sandbox/sandboxWms';
import { TrytonErp } from '../../connectors/tryton/trytonErp';
import { TrytonWms } from '../../connectors/tryton/trytonWms';
import { ValidationError } from '../../core/ports/errors';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { httpTransportOf, type RequestContext } from './httpTransport';

/** What a system is used as. One product may be both. */
export type SystemRole = 'erp' | 'wms';

interface Product {
	option: INodePropertyOptions;
	credential: string;
	connect: Record<SystemRole, (context: RequestContext) => Promise<SystemConnector>>;
}

/** The products that nodes can talk to; everything about one that nodes need to know stands here. */
const products: Product[] = [
	{
		option: {
			name: 'Sandbox Company',
			value: 'sandbox',
			description: 'The stand-in that comes with this package',
		},
		credential: 'erpBridgeSandboxApi',
		connect: {
			erp: async (context) => {
				const { erpUrl, apiKey } = await context.getCredentials('erpBridgeSandboxApi');
				return new SandboxErp({
					url: String(erpUrl),
					apiKey: String(apiKey),
					transport: httpTransportOf(context),
				});
			},
			wms: async (context) => {
				const { wmsUrl, apiKey } = await context.getCredentials('erpBridgeSandboxApi');
				return new SandboxWms({
					url: String(wmsUrl),
					apiKey: String(apiKey),
					transport: httpTransportOf(context),
				});
			},
		},
	},
	{
		option: { name: 'Tryton', value: 'tryton', description: 'Tryton 6.0' },
		credential: 'erpBridgeTrytonApi',
		connect: {
			erp: async (context) => new TrytonErp(await trytonOptions(context)),
			wms: async (context) => new TrytonWms(await trytonOptions(context)),
		},
	},
];

async function trytonOptions(context: RequestContext) {
	const { systemName, url, database, username, password } =
		await context.getCredentials('erpBridgeTrytonApi');
	return {
		system: String(systemName),
		url: String(url),
		database: String(database),
		user: String(username),
		password: String(password),
		transport: httpTransportOf(context),
	};
}

export const systemProperty: INodeProperties = {
	displayName: 'System',
	name: 'system',
	type: 'options',
	noDataExpression: true,
	options: products.map(({ option }) => option),
	default: 'sandbox',
	description: 'Which product to talk to',
};

export const systemCredentials: INodeCredentialDescription[] = products.map(({ option, credential }) => ({
	name: credential,
	required: true,
	displayOptions: { show: { system: [option.value] } },
}));

export async function connectorOf(
	context: RequestContext,
	role: SystemRole,
	system: string,
): Promise<SystemConnector> {
	const product = products.find(({ option }) => option.value === system);
	if (product === undefined) {
		throw new ValidationError(`The system "${system}" is unknown. Choose one from the list.`, { system });
	}
	return await product.connect[role](context);
}
