import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpBridgeProxyApi implements ICredentialType {
	name = 'erpBridgeProxyApi';

	displayName = 'ERP Bridge Proxy API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge/blob/main/docs/operations.md#restricted-networks';

	properties: INodeProperties[] = [
		{
			displayName: 'Address',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'http://proxy.example.com:3128',
			description:
				'Of an HTTP proxy that opens tunnels with CONNECT; host and port, without user name and password',
		},
		{ displayName: 'User Name', name: 'username', type: 'string', default: '' },
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
	];
}
