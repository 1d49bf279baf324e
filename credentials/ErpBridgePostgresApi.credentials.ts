import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpBridgePostgresApi implements ICredentialType {
	name = 'erpBridgePostgresApi';

	displayName = 'ERP Bridge PostgreSQL API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge/blob/main/docs/nodes/Variance.md#a-side-in-postgresql';

	properties: INodeProperties[] = [
		{ displayName: 'Host', name: 'host', type: 'string', default: 'localhost', required: true },
		{ displayName: 'Port', name: 'port', type: 'number', default: 5432, required: true },
		{ displayName: 'Database', name: 'database', type: 'string', default: '', required: true },
		{
			displayName: 'User Name',
			name: 'user',
			type: 'string',
			default: '',
			required: true,
			description: 'One who may only read what is compared, and make temporary tables in the database',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Encryption',
			name: 'ssl',
			type: 'options',
			options: [
				{ name: 'None', value: 'disable' },
				{ name: 'TLS', value: 'require' },
				{ name: 'TLS Without Checking the Certificate', value: 'unchecked' },
			],
			default: 'require',
		},
	];
}
