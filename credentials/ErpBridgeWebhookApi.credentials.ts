import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpBridgeWebhookApi implements ICredentialType {
	name = 'erpBridgeWebhookApi';

	displayName = 'ERP Bridge Events over HTTPS API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge/blob/main/docs/nodes/EventBusWebhook.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Bearer Token', value: 'bearer', description: 'The secret itself is sent with each request' },
				{
					name: 'Signature',
					value: 'signature',
					description:
						'Each request carries an HMAC-SHA256 of its body (Standard Webhooks); the secret is never sent',
				},
			],
			default: 'signature',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The same for sender and receiver; at least 16 characters',
		},
		{
			displayName: 'Address',
			name: 'url',
			type: 'string',
			default: '',
			placeholder: 'https://n8n.example.com/webhook/...',
			description:
				'For sending: the Production URL of the Event Bus Webhook, or any receiver of CloudEvents. Leave empty for receiving.',
		},
	];
}
