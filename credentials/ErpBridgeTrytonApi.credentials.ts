import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpBridgeTrytonApi implements ICredentialType {
	name = 'erpBridgeTrytonApi';

	displayName = 'ERP Bridge Tryton API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge#tryton';

	properties: INodeProperties[] = [
		{
			displayName: 'System Name',
			name: 'systemName',
			type: 'string',
			default: 'tryton',
			required: true,
			description:
				'How this system is named in events and in the crosswalk: lower-case letters, digits and hyphens',
		},
		{
			displayName: 'Address',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://tryton.example.com',
		},
		{ displayName: 'Database', name: 'database', type: 'string', default: '', required: true },
		{ displayName: 'User Name', name: 'username', type: 'string', default: '', required: true },
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Warehouse',
			name: 'warehouse',
			type: 'string',
			default: '',
			description: 'As WMS: code or name of the warehouse; leave empty where the database has one only',
		},
		{
			displayName: 'Customer for Shipments',
			name: 'customer',
			type: 'string',
			default: '',
			placeholder: 'Sales orders',
			description:
				'As WMS: code or name of the party that shipments are made out to; a party "Sales orders" is made when empty',
		},
		{
			displayName: 'Legal Entity',
			name: 'legalEntity',
			type: 'string',
			default: '',
			description:
				'As finance: what the accounting calendar calls the company of this user; the name of the company when empty',
		},
		{
			displayName: 'Journal',
			name: 'journal',
			type: 'string',
			default: '',
			description:
				'As finance: code of the journal for entries that name none; leave empty where only one journal is of type General',
		},
	];

	test: ICredentialTestRequest = {
		request: {
			method: 'POST',
			baseURL: '={{ $credentials.url }}',
			url: '=/{{ $credentials.database }}/',
			body: {
				id: 0,
				method: 'common.db.login',
				params: ['={{ $credentials.username }}', { password: '={{ $credentials.password }}' }, 'en'],
			},
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: { key: 'error.0', value: 'LoginException', message: 'User name or password is wrong' },
			},
		],
	};
}
