import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { PolicyChange } from '../../../../core/access/policies/change';
import type { OperationContext } from '../../../shared/operationContext';
import { jsonIn } from '../../../shared/json';
import { formGiven, formProperties, FormParameters } from './form';

const change = (...values: string[]) => ({ show: { change: values } });

/** What is to be different in the policies that hold. */
export const changeProperties: INodeProperties[] = [
	{
		displayName: 'Change',
		name: 'change',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'All Policies (JSON)',
				value: 'definition',
				description: 'Everything at once, as Get gives it',
			},
			{ name: 'Policy in Form', value: 'form', description: 'Fill in who may do what, and when' },
			{ name: 'Policy in Text', value: 'text', description: "Write one in Cedar's language" },
			{ name: 'Remove Policy', value: 'remove' },
		],
		default: 'form',
		description: 'What is to be different; all other policies stay as they are',
	},
	{
		displayName: 'Policy Name',
		name: 'policy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. buyers change payment terms',
		description:
			'Decisions and the log refer to it. A policy of this name is replaced, another one is added.',
		displayOptions: change('form', 'text', 'remove'),
	},
	...formProperties.map((property) => ({ ...property, displayOptions: change('form') })),
	{
		displayName: 'Cedar',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 10 },
		default:
			'permit (\n  principal in Department::"Purchasing",\n  action == Action::"supplier.changePaymentTerms",\n  resource\n)\nwhen { principal.rank >= 5 };',
		required: true,
		noDataExpression: true,
		description:
			'One policy. "principal" is the employee, "action" the sensitive operation, "resource" the record, "context" the request.',
		hint: 'What it says about attributes is checked before it goes live',
		displayOptions: change('text'),
	},
	{
		displayName: 'Policies',
		name: 'definition',
		type: 'json',
		default: '{\n  "policies": {}\n}',
		required: true,
		description:
			'An object with "policies" (Cedar text by name), and "catalogue", "templates" and "templateLinks" where they change',
		displayOptions: change('definition'),
	},
];

export const ChangeParameters = FormParameters.extend({
	change: z.enum(['form', 'text', 'remove', 'definition']),
	policy: z.string().optional(),
	text: z.string().optional(),
	definition: z.unknown(),
});

export function changeOf(context: OperationContext, given: z.infer<typeof ChangeParameters>): PolicyChange {
	const { policy = '', text = '', definition } = given;
	switch (given.change) {
		case 'form':
			return { kind: 'form', policy, form: formGiven(given) };
		case 'text':
			return { kind: 'text', policy, text };
		case 'remove':
			return { kind: 'remove', policy };
		case 'definition':
			return { kind: 'definition', definition: jsonIn(context, 'Policies', definition) };
	}
}

export const publisherProperties: INodeProperties[] = [
	{
		displayName: 'By',
		name: 'by',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ines.weber',
		description: 'Who publishes; stands in the history',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Audit finding 12: payment terms need rank 5',
		description: 'Why; stands in the history',
	},
];

export const PublisherParameters = z.object({
	by: z.string().trim().min(1, 'must be filled: who publishes?').max(200),
	reason: z.string().trim().min(1, 'must be filled: why?').max(1_000),
});
