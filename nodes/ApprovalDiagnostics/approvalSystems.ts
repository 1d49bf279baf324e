import type {
	ICredentialDataDecryptedObject,
	ILoadOptionsFunctions,
	INodeCredentialDescription,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';

import { SandboxApprovals } from '../../connectors/sandbox/approvals/sandboxApprovals';
import { ValidationError } from '../../core/ports/errors';
import type { ApprovalSystem } from '../../core/ports/approvalSystem';
import type { HttpTransport } from '../../core/ports/httpTransport';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { httpTransportOf, type RequestContext } from '../shared/httpTransport';
import { shown } from '../shared/searches';
import { connectorOf } from '../shared/systems';

interface Product {
	name: string;
	description: string;
	credential: string;
	connect(credential: ICredentialDataDecryptedObject, transport: HttpTransport): ApprovalSystem;
}

/** The systems whose approvals can be read. */
const products: Record<string, Product> = {
	sandbox: {
		name: 'Sandbox Company',
		description: 'The stand-in that comes with this package',
		credential: 'erpBridgeSandboxApi',
		connect: ({ erpUrl, apiKey }, transport) =>
			new SandboxApprovals({ url: String(erpUrl), apiKey: String(apiKey), transport }),
	},
};

export const approvalSystemProperty: INodeProperties = {
	displayName: 'System',
	name: 'system',
	type: 'options',
	noDataExpression: true,
	options: Object.entries(products).map(([value, { name, description }]) => ({ name, value, description })),
	default: 'sandbox',
	description: 'Which system holds the documents until they are approved',
};

export const hrSourceProperty: INodeProperties = {
	displayName: 'HR',
	name: 'hrSource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'HR of the Same Credential', value: 'same', description: 'The HR part of the system above' },
		{ name: 'LDAP Directory', value: 'ldap', description: 'OpenLDAP, Active Directory and alike' },
		{ name: 'None', value: 'none', description: 'The organisation check relies on the system alone' },
		{ name: 'SCIM Directory', value: 'scim', description: 'Any directory with SCIM 2.0' },
	],
	default: 'same',
	description: 'Who says which people hold which posts; compared with what the system knows',
};

export const approvalCredentials: INodeCredentialDescription[] = Object.entries(products).map(
	([system, { credential }]) => ({
		name: credential,
		required: true,
		displayOptions: { show: { '/system': [system] } },
	}),
);

export const hrSourceCredentials: INodeCredentialDescription[] = [
	{
		name: 'erpBridgeLdapApi',
		required: true,
		testedBy: 'ldapTest',
		displayOptions: { show: { '/hrSource': ['ldap'] } },
	},
	{ name: 'erpBridgeScimApi', required: true, displayOptions: { show: { '/hrSource': ['scim'] } } },
];

export async function approvalSystemOf(context: RequestContext, system: string): Promise<ApprovalSystem> {
	const product = products[system];
	if (product === undefined)
		throw new ValidationError(`The system "${system}" is unknown. Choose one from the list.`, { system });
	return product.connect(await context.getCredentials(product.credential), httpTransportOf(context));
}

/** Undefined where no HR system is to be asked. */
export async function hrOf(
	context: RequestContext,
	system: string,
	hrSource: string,
): Promise<SystemConnector | undefined> {
	if (hrSource === 'none') return undefined;
	return await connectorOf(context, 'hr', hrSource === 'same' ? system : hrSource);
}

/** `listSearch` of the documents that wait. */
export async function searchWaiting(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const approvals = await approvalSystemOf(this, String(this.getCurrentNodeParameter('system')));
	const wanted = filter.toLowerCase();
	for await (const page of approvals.waiting())
		return {
			results: page
				.map(({ key, number, amount, currency, partner }) => ({
					name: shown(number, `${amount} ${currency}`, partner.name ?? partner.code),
					value: key,
				}))
				.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted)),
		};
	return { results: [] };
}
