import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

/** Which MQTT to speak, as every node of this package asks it. */
export const protocolProperty: INodeProperties = {
	displayName: 'MQTT Version',
	name: 'protocol',
	type: 'options',
	options: [
		{ name: '3.1.1', value: '4' },
		{ name: '5', value: '5' },
		{ name: 'Automatic', value: 'auto', description: '5 where the broker has it, 3.1.1 otherwise' },
	],
	default: 'auto',
};

export const ProtocolChoice = z.enum(['auto', '4', '5']).default('auto');
export type ProtocolChoice = z.infer<typeof ProtocolChoice>;
