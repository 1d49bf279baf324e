import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

export class ErpBridgeSandboxApi implements ICredentialType {
	name = 'erpBridgeSandboxApi';

	displayName = 'ERP Bridge Sandbox Company API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge#the-sandbox-company';

	properties: INodeProperties[] = [
		{
			displayName:
				'The sandbox company is a stand-in for people without systems at hand. It starts with "npm start".',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'ERP Address',
			name: 'erpUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'http://127.0.0.1:5671',
		},
		{
			displayName: 'WMS Address',
			name: 'wmsUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'http://127.0.0.1:5672',
		},
		{
			displayName: 'Finance Address',
			name: 'financeUrl',
			type: 'string',
			default: 'http://127.0.0.1:5674',
			placeholder: 'http://127.0.0.1:5674',
			description: 'The ledger; only the Finance nodes need it',
		},
		{
			displayName: 'HR Address',
			name: 'hrUrl',
			type: 'string',
			default: 'http://127.0.0.1:5675',
			placeholder: 'http://127.0.0.1:5675',
			description: 'The HR system; only the nodes that deal with people need it',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-Api-Key': '={{ $credentials.apiKey }}' } },
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.erpUrl }}', url: '/api/orders', qs: { limit: 1 } },
	};
}
