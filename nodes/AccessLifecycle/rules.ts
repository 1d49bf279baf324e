import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { LifecycleRules } from '../../core/access/lifecycle/rules';
import { problems } from '../../core/model/problems';
import { jsonIn } from '../shared/json';
import type { OperationContext } from '../shared/operationContext';

const rightsProperty: INodeProperties = {
	displayName: 'Right Names or IDs',
	name: 'rights',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'loadRights' },
	default: [],
	description:
		'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
};
const reactions = [
	{ name: 'Report', value: 'report', description: 'Tell it; the right stays' },
	{ name: 'Revoke', value: 'revoke', description: 'Tell it, and take the right after the notice' },
];
const delayProperties: INodeProperties[] = [
	{
		displayName: 'After a Move Keep Old Rights For',
		name: 'amount',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 48,
		description: 'How long the rights of the old post stay',
	},
	{
		displayName: 'Unit',
		name: 'unit',
		type: 'options',
		options: [
			{ name: 'Business Days', value: 'businessDays', description: 'Monday to Friday without the holidays' },
			{ name: 'Hours', value: 'hours' },
		],
		default: 'hours',
		description: 'Of the time that rights stay',
	},
	{
		displayName: 'Grace (Hours)',
		name: 'graceHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Hours on top, for whoever has to hand over',
	},
];
const form = (properties: INodeProperties[]): INodeProperties[] =>
	properties.map((property) => ({ ...property, displayOptions: { show: { rulesFrom: ['form'] } } }));

/** The rules as a form, or as JSON that comes from elsewhere. */
export const rulesProperties: INodeProperties[] = [
	{
		displayName:
			'The input is everyone whom HR knows: HR, Employee, Get Many, with Return All. Being absent from it is never read as having left.',
		name: 'peopleNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Rules From',
		name: 'rulesFrom',
		type: 'options',
		options: [
			{ name: 'Form', value: 'form' },
			{ name: 'JSON', value: 'json', description: 'Such as from a file or a data table' },
		],
		default: 'form',
		description: 'Where the rules stand',
	},
	{
		displayName: 'Rules',
		name: 'rules',
		type: 'json',
		default:
			'{\n\t"posts": [{ "position": "PUR-BUY", "rights": ["purchasing.write"] }],\n\t"afterMove": { "amount": 48, "unit": "hours" }\n}',
		description: 'All rules as one object',
		displayOptions: { show: { rulesFrom: ['json'] } },
	},
	...form([
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'multiOptions',
			options: [
				{ name: 'Joiner', value: 'joiner', description: 'Give the rights of the post' },
				{ name: 'Leaver', value: 'leaver', description: 'Take all rights at once' },
				{ name: 'Mover', value: 'mover', description: 'Take the rights of the old post in time' },
				{ name: 'Time Box', value: 'timeBox', description: 'Take what was given until an instant' },
			],
			default: ['joiner', 'leaver', 'mover', 'timeBox'],
			description:
				'What is done here. Several workflows may share a system when each has a scope of its own.',
		},
		{
			displayName: 'Rights of Posts',
			name: 'posts',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Post',
			default: {},
			description: 'Which rights each post gives. What no post gives is outside the process.',
			options: [
				{
					displayName: 'Post',
					name: 'post',
					values: [
						{
							displayName: 'Position',
							name: 'position',
							type: 'string',
							default: '',
							required: true,
							placeholder: 'e.g. PUR-BUY',
							description: 'Key of the position in HR; * is every post',
						},
						rightsProperty,
					],
				},
			],
		},
		...delayProperties,
		{
			displayName: 'More Rules',
			name: 'moreRules',
			type: 'collection',
			placeholder: 'Add Rule',
			default: {},
			options: [
				{
					displayName: 'Backdated Days',
					name: 'backdatedDays',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 366 },
					default: 7,
					description:
						'A move that HR dates back no further counts from its day; an older one from when it was seen',
				},
				{
					displayName: 'Deactivate Leavers',
					name: 'deactivateLeavers',
					type: 'boolean',
					default: true,
					description: 'Whether to make the account of somebody who left inactive, beside taking its rights',
				},
				{
					displayName: 'Dormant After Days',
					name: 'dormantDays',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 90,
					description: 'Days without use, where the system tells of use; 0: no right is dormant',
				},
				{
					displayName: 'Dormant Rights',
					name: 'dormant',
					type: 'options',
					options: reactions,
					default: 'report',
					description: 'What to do with rights that nobody uses; those of the post are only told',
				},
				{
					displayName: 'Employees Confirmed as Gone',
					name: 'goneEmployees',
					type: 'string',
					default: '',
					placeholder: 'e.g. E1043, E1051',
					description:
						'Keys of people who left and whom HR lists no more; they count as left. Whoever HR still shows as employed stays.',
				},
				{
					displayName: 'Holidays',
					name: 'holidays',
					type: 'string',
					default: '',
					placeholder: 'e.g. 2026-10-01, 2026-10-02',
					description: 'Days that are no business days',
				},
				{
					displayName: 'Notice (Hours)',
					name: 'noticeHours',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 72,
					description: 'How long rights outside the process and dormant ones stay where they are revoked',
				},
				{
					displayName: 'Open Accounts',
					name: 'openAccounts',
					type: 'boolean',
					default: false,
					description:
						'Whether to make an account for a joiner who has a login and none in the system, where that is possible',
				},
				{
					displayName: 'Other Delays',
					name: 'afterMoveOf',
					type: 'fixedCollection',
					typeOptions: { multipleValues: true },
					placeholder: 'Add Delay',
					default: {},
					description: 'Rights that stay for another time after a move; the first that names a right counts',
					options: [{ displayName: 'Delay', name: 'delay', values: [rightsProperty, ...delayProperties] }],
				},
				{
					displayName: 'Outside the Process',
					name: 'outsideProcess',
					type: 'options',
					options: reactions,
					default: 'report',
					description: 'What to do with rights that neither a post nor anybody here has given',
				},
				{
					displayName: 'Service Accounts',
					name: 'serviceAccounts',
					type: 'string',
					default: '',
					placeholder: 'e.g. wms.interface, backup',
					description: 'Logins of machines; they belong to nobody and are left alone',
				},
				{
					displayName: 'Time Zone',
					name: 'timeZone',
					type: 'string',
					default: 'UTC',
					placeholder: 'e.g. Asia/Shanghai',
					description: 'Where days begin and business days are counted',
				},
			],
		},
	]),
];

const listed = z
	.union([z.string(), z.array(z.string())])
	.transform((value) =>
		(typeof value === 'string' ? value.split(/[,;\s]+/) : value).filter((one) => one !== ''),
	);
const rightList = z
	.union([z.string(), z.array(z.union([z.string(), z.number()]))])
	.transform((value) =>
		(typeof value === 'string' ? value.split(/[,;]\s*/) : value.map(String)).filter((one) => one !== ''),
	);

const From = z.object({ rulesFrom: z.enum(['form', 'json']) });
const Json = z.object({ rules: z.unknown() });
const Form = z.object({
	scope: z.array(z.string()),
	posts: z.object({
		post: z.array(z.object({ position: z.string().trim(), rights: rightList })).default([]),
	}),
	amount: z.number(),
	unit: z.string(),
	graceHours: z.number(),
	moreRules: z.looseObject({
		serviceAccounts: listed.optional(),
		holidays: listed.optional(),
		goneEmployees: listed.optional(),
		afterMoveOf: z
			.object({ delay: z.array(z.looseObject({ rights: rightList })).default([]) })
			.transform(({ delay }) => delay)
			.optional(),
	}),
});

export function rulesOf(context: OperationContext): LifecycleRules {
	const given =
		context.parameters(From, 0).rulesFrom === 'json'
			? jsonIn(context, 'Rules', context.parameters(Json, 0).rules)
			: formOf(context);
	const rules = LifecycleRules.safeParse(given);
	if (rules.success) return rules.data;
	throw context.invalid(`The rules are wrong: ${problems(rules.error)}`);
}

function formOf(context: OperationContext): object {
	const { scope, posts, moreRules, ...afterMove } = context.parameters(Form, 0);
	const filled = Object.fromEntries(
		Object.entries(moreRules).filter(([, value]) => value !== undefined && value !== ''),
	);
	return { scope, posts: posts.post, afterMove, ...filled };
}
