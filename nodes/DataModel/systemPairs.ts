import type { INodeCredentialDescription, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { SystemConnector } from '../../core/ports/systemConnector';
import type { OperationContext } from '../shared/operationContext';
import { restSystemProperties, restSystemValue } from '../shared/restSystem';
import { connectorOf, systemCredentials, systemProperty } from '../shared/systems';

const products = (systemProperty.options as INodePropertyOptions[]).map(({ name, value }) => ({
	name,
	value: String(value),
}));

/**
 * Which product is the ERP and which the WMS, as one choice: n8n shows a credential by the value of one parameter. A node has one
 * description of a REST system, so one of the two may be such.
 */
const pairs = products.flatMap((erp) =>
	products
		.filter((wms) => erp.value !== restSystemValue || wms.value !== restSystemValue)
		.map((wms) => ({
			name: `ERP: ${erp.name}, WMS: ${wms.name}`,
			value: `${erp.value}/${wms.value}`,
			erp,
			wms,
		})),
);

function pairsWith(product: string): string[] {
	return pairs
		.filter(({ erp, wms }) => erp.value === product || wms.value === product)
		.map(({ value }) => value);
}

export const systemPairProperties: INodeProperties[] = [
	{
		displayName: 'Systems',
		name: 'systems',
		type: 'options',
		noDataExpression: true,
		options: pairs.map(({ name, value }) => ({ name, value })),
		default: 'sandbox/sandbox',
		description: 'Which product is the ERP, and which the WMS',
	},
	...restSystemProperties.map((property) => ({
		...property,
		displayOptions: { show: { systems: pairsWith(restSystemValue) } },
	})),
];

/** The credentials of the pair, shown where `conditions` hold too. */
export function systemPairCredentials(conditions: Record<string, string[]>): INodeCredentialDescription[] {
	return systemCredentials.map((credential) => {
		const { '/system': product = [], ...others } = credential.displayOptions?.show ?? {};
		return {
			...credential,
			displayOptions: {
				show: { ...others, ...conditions, '/systems': product.map(String).flatMap(pairsWith) },
			},
		};
	});
}

export async function connectedPair(
	context: OperationContext,
	chosen: string,
): Promise<{ erp: SystemConnector; wms: SystemConnector }> {
	const pair = pairs.find(({ value }) => value === chosen);
	if (pair === undefined) throw context.invalid(`The systems "${chosen}" are unknown. Choose from the list.`);
	const [erp, wms] = await Promise.all([
		connectorOf(context.functions, 'erp', pair.erp.value),
		connectorOf(context.functions, 'wms', pair.wms.value),
	]);
	return { erp, wms };
}
