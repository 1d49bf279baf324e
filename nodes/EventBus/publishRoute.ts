import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ProxyChoice, proxyProperty, WebSocketPath, webSocketPathProperty } from '../shared/brokerRoute';
import { ProtocolChoice, protocolProperty } from '../shared/protocolProperty';

export const transportProperty: INodeProperties = {
	displayName: 'Transport',
	name: 'transport',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'HTTPS',
			value: 'https',
			description: 'Where no MQTT passes: to an Event Bus Webhook or another receiver of CloudEvents',
		},
		{ name: 'MQTT', value: 'mqtt', description: 'To a broker' },
	],
	default: 'mqtt',
};

export const Transport = z.enum(['mqtt', 'https']).default('mqtt');

const over = (transport: 'mqtt' | 'https', property: INodeProperties): INodeProperties => ({
	...property,
	displayOptions: { show: { '/transport': [transport] } },
});

/** Options that say how to get to the broker or receiver. */
export const routeProperties: INodeProperties[] = [
	over('https', {
		displayName: 'Batch Size',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1_000 },
		default: 100,
		description: 'Events in a request at most; choose 1 for a receiver that takes single events only',
	}),
	over('mqtt', protocolProperty),
	proxyProperty,
	over('mqtt', webSocketPathProperty),
];

export const PublishRoute = {
	batchSize: z.number().int().min(1).max(1_000).default(100),
	protocol: ProtocolChoice,
	proxy: ProxyChoice,
	webSocketPath: WebSocketPath,
};
