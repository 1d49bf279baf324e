import type { INodeProperties } from 'n8n-workflow';

import { emptyAction, emptyEntity, type ActionForm, type EntityForm } from '../../connectors/rest/form';

const jsonata = 'JSONata';

/** A text field of an entity; `shown` names sibling fields and the values at which it is there. */
function text(
	displayName: string,
	name: keyof EntityForm,
	description: string,
	shown?: Partial<Record<keyof EntityForm, string[]>>,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: String(emptyEntity[name]),
		description,
		...(shown === undefined ? {} : { displayOptions: { show: shown as Record<string, string[]> } }),
	};
}

function expression(...given: Parameters<typeof text>): INodeProperties {
	return { ...text(...given), placeholder: jsonata, typeOptions: { rows: 2 } };
}

function body(...given: Parameters<typeof text>): INodeProperties {
	return { ...text(...given), placeholder: jsonata, typeOptions: { rows: 4 } };
}

function actionText(
	displayName: string,
	name: keyof ActionForm,
	description: string,
	rows = 1,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: String(emptyAction[name]),
		description,
		...(rows > 1 ? { typeOptions: { rows }, placeholder: jsonata } : {}),
	};
}

const method = (displayName: string, name: string, methods: string[], fallback: string): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	options: methods.map((value) => ({ name: value, value })),
	default: fallback,
});

const fieldList = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Field',
	default: {},
	description,
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{
					displayName: 'Canonical Field',
					name: 'field',
					type: 'string',
					default: '',
					placeholder: 'e.g. partner.code',
				},
				{
					displayName: 'Expression',
					name: 'expression',
					type: 'string',
					default: '',
					placeholder: jsonata,
					description: "JSONata on the system's record",
				},
			],
		},
	],
});

const actions: INodeProperties = {
	displayName: 'Actions',
	name: 'actions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Action',
	default: {},
	options: [
		{
			displayName: 'Action',
			name: 'action',
			values: [
				{
					...actionText('Action', 'action', 'Its canonical name'),
					placeholder: 'e.g. confirm, cancel, match, ship, receive',
				},
				method('Method', 'method', ['DELETE', 'PATCH', 'POST', 'PUT'], emptyAction.method),
				actionText('Path', 'path', 'Below the base address; {id} stands for the record'),
				actionText('Body', 'body', 'JSONata on key, input, record and version', 4),
				actionText(
					'Done',
					'done',
					"JSONata on the system's record: true once the action has taken effect",
					2,
				),
				actionText('Idempotency Header', 'idempotencyHeader', 'Header that carries the idempotency key'),
				actionText('Version Header', 'versionHeader', 'Such as If-Match'),
				actionText('Version Value', 'versionValue', 'JSONata, such as $headers.etag'),
				actionText('Path When Absent', 'absentPath', 'Where the request goes while there is no such record'),
				method('Method When Absent', 'absentMethod', ['PATCH', 'POST', 'PUT'], emptyAction.absentMethod),
				actionText('Body When Absent', 'absentBody', 'JSONata on key and input', 4),
			],
		},
	],
};

const pagingStyles = [
	{ name: 'Cursor', value: 'cursor', description: 'Each answer gives the text that asks for the next' },
	{ name: 'Link Header', value: 'link', description: 'Each answer names the next page in its header Link' },
	{ name: 'None', value: 'none', description: 'One answer holds all records' },
	{ name: 'Offset', value: 'offset', description: 'A parameter says how many records to leave out' },
	{ name: 'Page Number', value: 'page', description: 'A parameter says which page' },
];

const entityNames = [
	{ name: 'Delivery', value: 'delivery' },
	{ name: 'Invoice', value: 'invoice' },
	{ name: 'Item', value: 'item' },
	{ name: 'Movement', value: 'movement' },
	{ name: 'Partner', value: 'partner' },
	{ name: 'Purchase Order', value: 'purchaseOrder' },
	{ name: 'Receipt', value: 'receipt' },
	{ name: 'Reservation', value: 'reservation' },
	{ name: 'Sales Order', value: 'salesOrder' },
	{ name: 'Shipment', value: 'shipment' },
	{ name: 'Stock Level', value: 'stockLevel' },
];

const entityFields: INodeProperties[] = [
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		options: entityNames,
		default: 'salesOrder',
	},
	{
		...text('List Path', 'listPath', 'Where the records are, below the base address'),
		placeholder: '/orders',
	},
	{ ...text('List Query', 'query', 'Fixed query parameters, as a JSON object'), type: 'json' },
	expression('Records', 'records', 'JSONata on the answer: the records; $ is the answer itself'),
	{
		displayName: 'Paging',
		name: 'paging',
		type: 'options',
		options: pagingStyles,
		default: 'none',
	},
	text('Paging Parameter', 'pageParameter', 'Query parameter for page, offset or cursor', {
		paging: ['cursor', 'offset', 'page'],
	}),
	{
		displayName: 'First Page',
		name: 'firstPage',
		type: 'number',
		default: 1,
		displayOptions: { show: { paging: ['page'] } },
	},
	expression('Next Cursor', 'nextCursor', 'JSONata on the answer; nothing at the end', {
		paging: ['cursor'],
	}),
	text('Page Size Parameter', 'sizeParameter', 'Query parameter for the number of records; empty: none', {
		paging: ['cursor', 'link', 'offset', 'page'],
	}),
	{
		displayName: 'Page Size',
		name: 'size',
		type: 'number',
		default: 100,
		displayOptions: { show: { paging: ['cursor', 'link', 'offset', 'page'] } },
	},
	text('Search Parameter', 'searchParameter', 'Query parameter for text; empty: the bridge searches itself'),
	{
		...text('Get Path', 'getPath', 'Where one record is; empty: it is looked for in the list'),
		placeholder: '/orders/{id}',
	},
	{ ...text('Get Query', 'getQuery', 'Fixed query parameters, as a JSON object'), type: 'json' },
	expression('Get Record', 'getRecord', 'JSONata on the answer: the record'),
	expression('ID', 'id', "JSONata on the system's record: its identifier"),
	expression('Changed At', 'changeField', 'JSONata: when it last changed; empty: changes cannot be polled'),
	{
		displayName: 'Time Format',
		name: 'changeFormat',
		type: 'options',
		options: [
			{ name: 'ISO 8601', value: 'iso' },
			{ name: 'Milliseconds Since 1970', value: 'milliseconds' },
			{ name: 'Seconds Since 1970', value: 'seconds' },
		],
		default: 'iso',
	},
	text('Changed Since Parameter', 'changeParameter', 'Query parameter that leaves out what changed earlier'),
	{
		displayName: 'Overlap (Seconds)',
		name: 'overlapSeconds',
		type: 'number',
		default: 5,
		description: 'How far each look goes back behind the last',
	},
	{
		displayName: 'Deletions',
		name: 'deleted',
		type: 'options',
		options: [
			{
				name: 'Compare Identifiers',
				value: 'compare',
				description: 'What vanished from the list is deleted',
			},
			{ name: 'Flag on the Record', value: 'flag', description: 'A deleted record stays and says so' },
			{ name: 'Not Noticed', value: 'none' },
		],
		default: 'none',
	},
	expression('Deleted When', 'deletedField', 'JSONata: true for a record that is deleted', {
		deleted: ['flag'],
	}),
	{
		displayName: 'Compare Every (Seconds)',
		name: 'compareEvery',
		type: 'number',
		default: 300,
		displayOptions: { show: { deleted: ['compare'] } },
	},
	fieldList('Fields', 'fields', 'How each canonical field comes out of the record'),
	expression('Lines From', 'linesFrom', 'JSONata: where the lines are; empty: there are none'),
	fieldList('Line Fields', 'lineFields', 'How each canonical field of a line comes out of the line'),
	body('Mapping', 'mapping', 'Instead of the fields: JSONata that gives the whole canonical record'),
	actions,
	{
		...text('Create Path', 'createPath', 'Empty: records cannot be created'),
		placeholder: '/orders',
	},
	method('Create Method', 'createMethod', ['PATCH', 'POST', 'PUT'], emptyEntity.createMethod),
	body('Create Body', 'createBody', 'JSONata on draft (canonical) and idempotencyKey'),
	expression('Created ID', 'created', 'JSONata on the answer; empty: the answer is the record'),
	text('Idempotency Header', 'keyHeader', 'Header that carries the idempotency key'),
	expression(
		'Idempotency Field',
		'keyField',
		'JSONata: where the record carries the key under which it was made',
	),
	text('Idempotency Parameter', 'keyParameter', 'Query parameter that finds records by that key'),
	{
		displayName: 'Idempotency Key Is the ID',
		name: 'keyAsId',
		type: 'boolean',
		default: false,
		description: 'Whether the key becomes the identifier of the record',
	},
	{
		...text('Update Path', 'updatePath', 'Empty: records cannot be changed'),
		placeholder: '/orders/{id}',
	},
	method('Update Method', 'updateMethod', ['PATCH', 'POST', 'PUT'], emptyEntity.updateMethod),
	body('Update Body', 'updateBody', 'JSONata on key, draft, changes, record and version'),
	text('Version Header', 'updateVersionHeader', 'Such as If-Match'),
	expression('Version Value', 'updateVersionValue', 'JSONata on the record, such as $headers.etag'),
];

/** The description as a form, one field for each of its parts. Names are those of `RestForm`. */
export const restFormProperties: INodeProperties[] = [
	{
		displayName: 'System Name',
		name: 'restSystemName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. my-erp',
		description: 'Name in events and in the crosswalk: lower-case letters, digits, hyphens',
	},
	{
		displayName: 'Base Address',
		name: 'restBaseUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'https://erp.example.com/api',
		description: 'Address before all paths; requests go to this host only',
	},
	{
		displayName: 'Entities',
		name: 'restEntities',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Entity',
		default: {},
		options: [{ displayName: 'Entity', name: 'entity', values: entityFields }],
	},
	{
		displayName: 'Headers',
		name: 'restHeaders',
		type: 'json',
		default: '{}',
		description: 'Sent with each request, as a JSON object; nothing secret',
	},
	{
		displayName: 'Error Message',
		name: 'restErrorMessage',
		type: 'string',
		default: '',
		placeholder: jsonata,
		description: 'JSONata on the answer to a failed call: what a person should read',
	},
	{
		displayName: 'Failed When',
		name: 'restErrorFailed',
		type: 'string',
		default: '',
		placeholder: jsonata,
		description: 'JSONata on an answer with HTTP 200: true when the call failed nevertheless',
	},
	{
		displayName: 'Revision',
		name: 'restRevision',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'Of this description: raise it when you change it; System > Check shows it',
	},
];
