import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { descriptionOfForm, type RestForm } from '../../connectors/rest/form';
import { RestSystem } from '../../connectors/rest/restSystem';
import { ValidationError } from '../../core/ports/errors';
import type { HttpTransport } from '../../core/ports/httpTransport';
import { httpTransportOf, type RequestContext } from './httpTransport';
import { restFormProperties } from './restForm';
import { authenticatedTransport } from './restSystemAuthentication';

/** Value of the product in the property "system". */
export const restSystemValue = 'rest';

const shown = { show: { system: [restSystemValue] } };

/** Smallest description that reads; an integrator starts from it. */
const example = {
	version: 1,
	system: 'my-erp',
	baseUrl: 'https://erp.example.com/api',
	entities: {
		salesOrder: {
			list: {
				path: '/orders',
				records: 'data',
				paging: { style: 'page', parameter: 'page', size: { parameter: 'limit', value: 100 } },
			},
			get: { path: '/orders/{id}', record: 'data' },
			id: 'id',
			changes: { field: 'updated_at', parameter: 'updated_since' },
			mapping:
				'{"number": number, "state": "confirmed", "lines": [lines.{"line": $string(id), "item": {"code": sku}, "quantity": $string(quantity), "unit": "H87"}]}',
		},
	},
	errors: { message: 'error.message' },
};

const credentialTypes = [
	{ name: 'Basic Auth', value: 'httpBasicAuth' },
	{ name: 'Bearer Auth', value: 'httpBearerAuth' },
	{ name: 'Header Auth', value: 'httpHeaderAuth' },
	{ name: 'None', value: 'none' },
	{ name: 'OAuth2', value: 'oAuth2Api' },
	{ name: 'Query Auth', value: 'httpQueryAuth' },
];

/** Named as for a REST system: a node takes each of n8n's own credentials under one condition only. */
export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'restAuthentication',
	type: 'options',
	noDataExpression: true,
	options: credentialTypes,
	default: 'httpHeaderAuth',
	description: "Which of n8n's own HTTP credentials the system takes",
};

/** What the editor asks for a REST system, beside the credential. */
export const restSystemProperties: INodeProperties[] = [
	{ ...authenticationProperty, displayName: 'REST Authentication', displayOptions: shown },
	{
		displayName: 'REST Description In',
		name: 'restDescribedIn',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Form', value: 'form', description: 'Field by field' },
			{ name: 'JSON', value: 'json', description: 'As one text, to be copied from node to node' },
		],
		default: 'json',
		description:
			'How the system is described here. ERP > System > Export Description gives one as the other.',
		displayOptions: shown,
	},
	...restFormProperties.map((property) => ({
		...property,
		displayOptions: { show: { ...shown.show, restDescribedIn: ['form'] } },
	})),
	{
		displayName: 'REST Description',
		name: 'restDescription',
		type: 'json',
		noDataExpression: true,
		typeOptions: { rows: 20 },
		default: JSON.stringify(example, null, 2),
		required: true,
		description:
			"The system's addresses, paging, identifiers and mappings. Copy it to take it to another node; the operation System > Check of the ERP node says which parts work.",
		displayOptions: { show: { ...shown.show, restDescribedIn: ['json'] } },
	},
];

/** The credential of the chosen kind. */
export const restSystemCredentials: INodeCredentialDescription[] = credentialTypes
	.filter(({ value }) => value !== 'none')
	.map(({ value }) => ({
		name: value,
		required: true,
		displayOptions: { show: { '/system': [restSystemValue], '/restAuthentication': [value] } },
	}));

const Authentication = z.enum([
	'httpBasicAuth',
	'httpBearerAuth',
	'httpHeaderAuth',
	'none',
	'oAuth2Api',
	'httpQueryAuth',
]);

/** The connector for the description in the node; requests carry the node's credential. */
export async function restSystemOf(context: RequestContext): Promise<RestSystem> {
	return new RestSystem({
		description: descriptionIn(context),
		transport: await authenticationIn(context),
	});
}

/** Requests that carry the node's credential. */
export async function authenticationIn(context: RequestContext): Promise<HttpTransport> {
	const authentication = Authentication.safeParse(parameter(context, 'restAuthentication'));
	if (!authentication.success) {
		throw new ValidationError('Authentication is none of the offered ones. Choose one from the list.', {
			system: 'REST system',
		});
	}
	return authentication.data === 'none'
		? httpTransportOf(context)
		: await authenticatedTransport(context, authentication.data);
}

function descriptionIn(context: RequestContext): unknown {
	if (parameter(context, 'restDescribedIn') !== 'form') return parameter(context, 'restDescription');
	const form = Object.fromEntries(
		restFormProperties.map(({ name }) => [name, parameter(context, name)]),
	) as unknown as RestForm;
	const { description, entityTwice } = descriptionOfForm(form);
	if (entityTwice === undefined) return description;
	throw new ValidationError(`The form describes ${entityTwice} twice; leave one of the two out.`, {
		system: 'REST system',
		entity: entityTwice,
	});
}

/** The node's own parameter, in each of the contexts that n8n calls a node in. */
function parameter(context: RequestContext, name: string): unknown {
	if ('getCurrentNodeParameter' in context) return context.getCurrentNodeParameter(name);
	if ('getInputData' in context) return context.getNodeParameter(name, 0);
	return context.getNodeParameter(name);
}
