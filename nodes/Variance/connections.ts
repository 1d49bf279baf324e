import type { INodeCredentialDescription, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { restSystemProperties, restSystemValue } from '../shared/restSystem';
import { systemCredentials, systemProperty } from '../shared/systems';
import { postgresValue } from './postgres';

/** The products that a side can be read from, as the other nodes offer them. */
export const systemOptions = systemProperty.options as INodePropertyOptions[];

/**
 * What the node may talk to. n8n shows a credential by the value of one parameter, and not by what stands within the sides: so the
 * connections are chosen once, for all sides.
 */
export const connectionProperties: INodeProperties[] = [
	{
		displayName: 'Connections',
		name: 'connections',
		type: 'multiOptions',
		noDataExpression: true,
		options: [
			...systemOptions,
			{ name: 'PostgreSQL', value: postgresValue, description: 'A database whose tables are compared' },
		].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
		default: ['sandbox'],
		description:
			'The systems and the database that sides are read from; n8n asks for a credential of each. Leave empty when all sides are files or input items.',
	},
	...restSystemProperties.map((property) => {
		const { system: _ofOthers, ...others } = property.displayOptions?.show ?? {};
		return { ...property, displayOptions: { show: { connections: [restSystemValue], ...others } } };
	}),
];

export const connectionCredentials: INodeCredentialDescription[] = systemCredentials.map((credential) => {
	const { '/system': product = [], ...others } = credential.displayOptions?.show ?? {};
	return { ...credential, displayOptions: { show: { '/connections': product, ...others } } };
});
