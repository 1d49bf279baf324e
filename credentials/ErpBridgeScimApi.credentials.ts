import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

export class ErpBridgeScimApi implements ICredentialType {
	name = 'erpBridgeScimApi';

	displayName = 'ERP Bridge SCIM API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge/blob/main/docs/nodes/Hr.md#scim';

	properties: INodeProperties[] = [
		{
			displayName: 'System Name',
			name: 'systemName',
			type: 'string',
			default: 'scim',
			required: true,
			description:
				'How this directory is named in events and in the crosswalk: lower-case letters, digits and hyphens',
		},
		{
			displayName: 'Base Address',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://directory.example.com/scim/v2',
			description: 'What stands before "/Users"',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Bearer token with the right to read users, and to write them where a workflow does',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.token }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.url }}',
			url: '/Users',
			qs: { count: 1 },
			headers: { Accept: 'application/scim+json' },
		},
	};
}
