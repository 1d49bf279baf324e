import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

const listHint = 'Separated by commas';

/** By name, as the linter has them ordered. */
const conditions: INodeProperties[] = [
	{
		displayName: 'Amount Above',
		name: 'amountAbove',
		type: 'string',
		default: '',
		placeholder: 'e.g. 50000',
		description: 'More than this; the amount itself not included',
	},
	{
		displayName: 'Amount Up To',
		name: 'amountUpTo',
		type: 'string',
		default: '',
		placeholder: 'e.g. 50000',
		description: 'This much or less',
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: '',
		placeholder: 'e.g. CNY',
		description: 'ISO 4217 code of the amount',
	},
	{
		displayName: 'Departments',
		name: 'departments',
		type: 'string',
		default: '',
		placeholder: 'e.g. Purchasing, 采购部',
		description: 'The employee is in one of them, or in one below it',
		hint: 'Keys as in the HR system, separated by commas',
	},
	{
		displayName: 'Employment States',
		name: 'states',
		type: 'string',
		default: '',
		placeholder: 'e.g. active',
		description: 'The HR system says active, onLeave or left',
		hint: listHint,
	},
	{
		displayName: 'Hours From',
		name: 'hoursFrom',
		type: 'string',
		default: '08:00',
		placeholder: 'e.g. 08:00',
		description: 'In the time zone; after "Hours To" for hours over midnight',
	},
	{
		displayName: 'Hours To',
		name: 'hoursTo',
		type: 'string',
		default: '18:00',
		placeholder: 'e.g. 18:00',
		description: 'Not included; 24:00 for the end of the day',
	},
	{
		displayName: 'Hours: Inside or Outside',
		name: 'hoursWhen',
		type: 'options',
		options: [
			{ name: 'Inside', value: 'inside' },
			{ name: 'Outside', value: 'outside' },
		],
		default: 'inside',
		description: 'Whether the policy is for the hours and weekdays, or for all others',
	},
	{
		displayName: 'IP Ranges: Inside or Outside',
		name: 'addressesWhen',
		type: 'options',
		options: [
			{ name: 'Inside', value: 'inside' },
			{ name: 'Outside', value: 'outside' },
		],
		default: 'inside',
		description: 'Whether the policy is for requests from the ranges, or for all others',
	},
	{
		displayName: 'IP Ranges',
		name: 'addresses',
		type: 'string',
		default: '',
		placeholder: 'e.g. 10.0.0.0/8, 2001:db8::/32',
		description: 'Where the request comes from',
		hint: listHint,
	},
	{
		displayName: 'Own Record',
		name: 'own',
		type: 'options',
		options: [
			{ name: 'Does Not Matter', value: 'any' },
			{ name: 'Not Own Records', value: 'notOwn', description: 'The record belongs to somebody else' },
			{ name: 'Own Records', value: 'own', description: 'The record belongs to the employee' },
		],
		default: 'any',
		description: 'Whether the owner of the record, as the decision is asked with, is the employee who asks',
	},
	{
		displayName: 'Positions',
		name: 'positions',
		type: 'string',
		default: '',
		placeholder: 'e.g. Buyer',
		description: 'The employee holds one of them',
		hint: 'Keys as in the HR system, separated by commas',
	},
	{
		displayName: 'Rank at Least',
		name: 'rankFrom',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'The higher, the more senior; the HR system says what rank somebody has',
	},
	{
		displayName: 'Rank at Most',
		name: 'rankTo',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'For policies about people below a rank',
	},
	{
		displayName: 'Regions',
		name: 'regions',
		type: 'string',
		default: '',
		placeholder: 'e.g. East China',
		description: 'The employee works in one of them',
		hint: listHint,
	},
	{
		displayName: 'Second Approver',
		name: 'secondApprover',
		type: 'options',
		options: [
			{ name: 'Does Not Matter', value: 'any' },
			{ name: 'Has Approved', value: 'given', description: 'Somebody else who fits has approved' },
			{
				name: 'Has Not Approved',
				value: 'missing',
				description: 'Nobody else who fits has approved; for policies that forbid',
			},
		],
		default: 'any',
		description: 'Whether a second person, other than the employee, must have approved',
	},
	{
		displayName: 'Second Approver: Employment States',
		name: 'approverStates',
		type: 'string',
		default: 'active',
		description: 'Whoever approves must be in one of them; active when this is not added',
		hint: listHint,
	},
	{
		displayName: 'Second Approver: Rank at Least',
		name: 'approverRankFrom',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Whoever approves must have this rank or a higher one',
	},
	{
		displayName: 'Time Zone Name or ID',
		name: 'timeZone',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'loadTimeZones' },
		default: '',
		description:
			'Of hours and weekdays, with its daylight saving time. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Weekdays',
		name: 'weekdays',
		type: 'multiOptions',
		// In the order of the week, and not by name.
		options: [
			{ name: 'Monday', value: 1 },
			{ name: 'Tuesday', value: 2 },
			{ name: 'Wednesday', value: 3 },
			{ name: 'Thursday', value: 4 },
			{ name: 'Friday', value: 5 },
			{ name: 'Saturday', value: 6 },
			{ name: 'Sunday', value: 7 },
		],
		default: [1, 2, 3, 4, 5],
		description: 'None chosen: every day',
	},
];

/** A policy as an operations person fills it in. */
export const formProperties: INodeProperties[] = [
	{
		displayName: 'Effect',
		name: 'effect',
		type: 'options',
		options: [
			{ name: 'Forbid', value: 'forbid', description: 'Overrides every policy that permits' },
			{ name: 'Permit', value: 'permit', description: 'What no policy permits is denied' },
		],
		default: 'permit',
		description:
			'What happens when everything filled in below is true. Several policies that permit: one is enough. One that forbids wins over all of them.',
	},
	{
		displayName: 'Sensitive Operation Names or IDs',
		name: 'sensitiveOperations',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'loadSensitiveOperations' },
		default: [],
		description:
			'None chosen: all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Conditions',
		name: 'conditions',
		type: 'collection',
		placeholder: 'Add Condition',
		default: {},
		description: 'All of them must hold. What they ask about must be known, or the request is denied.',
		options: conditions,
	},
	{
		displayName: 'Description',
		name: 'policyDescription',
		type: 'string',
		default: '',
		placeholder: 'e.g. Buyers of rank 5 and above, in office hours',
	},
];

const Text = z.string().default('');

export const FormParameters = z.object({
	effect: z.string().optional(),
	sensitiveOperations: z.array(z.string()).optional(),
	conditions: z
		.looseObject({
			departments: Text,
			positions: Text,
			regions: Text,
			states: Text,
			addresses: Text,
			currency: Text,
			amountAbove: z.coerce.string().default(''),
			amountUpTo: z.coerce.string().default(''),
			timeZone: Text,
			approverStates: z.string().optional(),
		})
		.superRefine((filled, refuse) => {
			// Left out in silence, either would make a policy that permits wider than it reads.
			const needs = (name: string, message: string) =>
				refuse.addIssue({ code: 'custom', path: [name], message });
			const isFilled = (name: string) => ![undefined, null, ''].includes(filled[name] as never);
			if (isFilled('addressesWhen') && listed(filled.addresses).length === 0)
				needs('addresses', 'must be filled when "IP Ranges: Inside or Outside" is added');
			const isAny = !isFilled('secondApprover') || filled.secondApprover === 'any';
			if (isAny && (isFilled('approverRankFrom') || isFilled('approverStates')))
				needs(
					'secondApprover',
					'must be "Has Approved" or "Has Not Approved" when the rank or states of the second approver are added',
				);
		})
		.optional(),
	policyDescription: z.string().optional(),
});

/** The fields of the editor as the form has them. A field that was not added, or left empty, does not matter. */
export function formGiven(given: z.infer<typeof FormParameters>): object {
	const { conditions: filled, effect, sensitiveOperations = [], policyDescription = '' } = given;
	const of: Record<string, unknown> = filled ?? {};
	const addresses = listed(of.addresses);
	const asksForHours = ['timeZone', 'hoursFrom', 'hoursTo', 'weekdays', 'hoursWhen'].some(
		(name) => of[name] !== undefined && of[name] !== '',
	);
	const second = of.secondApprover;
	return {
		effect,
		operations: sensitiveOperations,
		departments: listed(of.departments),
		positions: listed(of.positions),
		regions: listed(of.regions),
		states: listed(of.states),
		...filledIn({
			rankFrom: of.rankFrom,
			rankTo: of.rankTo,
			amountAbove: of.amountAbove,
			amountUpTo: of.amountUpTo,
			currency: of.currency,
			own: of.own,
			description: policyDescription,
		}),
		...(addresses.length === 0
			? {}
			: { addresses: { ranges: addresses, ...filledIn({ when: of.addressesWhen }) } }),
		...(asksForHours
			? {
					hours: {
						zone: of.timeZone,
						...filledIn({
							from: of.hoursFrom,
							to: of.hoursTo,
							weekdays: of.weekdays,
							when: of.hoursWhen,
						}),
					},
				}
			: {}),
		...(second === undefined || second === 'any'
			? {}
			: {
					secondApprover: {
						when: second,
						...filledIn({ rankFrom: of.approverRankFrom }),
						// Whoever has left approves nothing, unless somebody empties the field.
						states: of.approverStates === undefined ? ['active'] : listed(of.approverStates),
					},
				}),
	};
}

function filledIn(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
	);
}

function listed(names: unknown): string[] {
	return String(names ?? '')
		.split(/[,，;；\n]/)
		.map((name) => name.trim())
		.filter((name) => name !== '');
}
