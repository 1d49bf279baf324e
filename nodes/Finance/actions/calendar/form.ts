import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

const months: INodePropertyOptions[] = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
].map((name, index) => ({ name, value: index + 1 }));

const weekdays: INodePropertyOptions[] = [
	'Monday',
	'Tuesday',
	'Wednesday',
	'Thursday',
	'Friday',
	'Saturday',
	'Sunday',
].map((name, index) => ({ name, value: index + 1 }));

const ofWeeks = { show: { kind: ['weeks', 'thirteenPeriods'] } };

const calendarValues: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Calendar months',
		description: 'By this name legal entities refer to it',
	},
	{
		displayName: 'Periods',
		name: 'kind',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: '13 Periods',
				value: 'thirteenPeriods',
				description: 'Thirteen periods of four weeks; a 53rd week belongs to the last',
			},
			{
				name: 'Calendar Months',
				value: 'calendarMonths',
				description: 'Twelve months, from any first month',
			},
			{ name: 'Custom', value: 'custom', description: 'Each period by its first and last day' },
			{
				name: 'Weeks (4-4-5, 4-5-4, 5-4-4)',
				value: 'weeks',
				description: 'Quarters of 13 weeks; a 53rd week belongs to the last period',
			},
		],
		default: 'calendarMonths',
	},
	{
		displayName: 'First Month',
		name: 'firstMonth',
		type: 'options',
		options: months,
		default: 1,
		displayOptions: { show: { kind: ['calendarMonths'] } },
		description: 'With which month the fiscal year begins',
	},
	{
		displayName: 'Pattern',
		name: 'pattern',
		type: 'options',
		options: [
			{ name: '4-4-5', value: '4-4-5' },
			{ name: '4-5-4', value: '4-5-4' },
			{ name: '5-4-4', value: '5-4-4' },
		],
		default: '4-4-5',
		displayOptions: { show: { kind: ['weeks'] } },
		description: 'Weeks of the three periods of a quarter',
	},
	{
		displayName: 'Year Ends In',
		name: 'yearEndMonth',
		type: 'options',
		options: months,
		default: 12,
		displayOptions: ofWeeks,
	},
	{
		displayName: 'Week Ends On',
		name: 'yearEndWeekday',
		type: 'options',
		options: weekdays,
		default: 6,
		displayOptions: ofWeeks,
		description: 'The last day of every week, and so of the year',
	},
	{
		displayName: 'Year End Rule',
		name: 'yearEndRule',
		type: 'options',
		options: [
			{ name: 'Last One in the Month', value: 'lastInMonth' },
			{ name: 'One Nearest to the End of the Month', value: 'nearestToMonthEnd' },
		],
		default: 'nearestToMonthEnd',
		displayOptions: ofWeeks,
		description: 'Which of these weekdays ends the year',
	},
	{
		displayName: 'Year Named After',
		name: 'yearNamedAfter',
		type: 'options',
		options: [
			{ name: 'The Calendar Year It Ends In', value: 'end' },
			{ name: 'The Calendar Year It Starts In', value: 'start' },
		],
		default: 'end',
		displayOptions: { hide: { kind: ['custom'] } },
	},
	{
		displayName: 'Custom Periods',
		name: 'periods',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Period',
		default: {},
		displayOptions: { show: { kind: ['custom'] } },
		description: 'One after the other, without a gap and without an overlap',
		options: [
			{
				displayName: 'Period',
				name: 'period',
				values: [
					{ displayName: 'Fiscal Year', name: 'year', type: 'number', default: 2026 },
					{
						displayName: 'Number',
						name: 'number',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 1,
						description: 'Within the fiscal year, from 1',
					},
					{
						displayName: 'First Day',
						name: 'from',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-01-01',
					},
					{
						displayName: 'Last Day',
						name: 'to',
						type: 'string',
						default: '',
						placeholder: 'e.g. 2026-01-31',
						description: 'It belongs to the period',
					},
				],
			},
		],
	},
];

/** The calendars, in the form. */
export const calendarFields: INodeProperties = {
	displayName: 'Calendars',
	name: 'calendars',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Calendar',
	default: { calendar: [{ name: 'Calendar months', kind: 'calendarMonths', firstMonth: 1 }] },
	description: 'Ways to divide the year; each legal entity uses one of them',
	options: [
		{
			displayName: 'Calendar',
			name: 'calendar',
			values: calendarValues,
		},
	],
};

const entityValues: INodeProperties[] = [
	{
		displayName: 'ID',
		name: 'id',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. PLANT',
		description: 'By this it is named everywhere else',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Plant in Suzhou',
	},
	{
		displayName: 'Calendar',
		name: 'calendar',
		type: 'string',
		default: 'Calendar months',
		required: true,
		description: 'Name of one of the calendars above',
	},
	{
		displayName: 'Time Zone Name or ID',
		name: 'timeZone',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'loadTimeZones' },
		default: 'UTC',
		description:
			'In which its days begin and end. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Day Ends At',
		name: 'cutOff',
		type: 'string',
		default: '00:00',
		placeholder: 'e.g. 06:00',
		description:
			'Local time as HH:MM. Up to noon it is a time of the next morning: with 06:00 the night shift still belongs to the day before. After noon the rest of the day belongs to the next one.',
	},
	{
		displayName: 'Parent',
		name: 'parent',
		type: 'string',
		default: '',
		placeholder: 'e.g. GROUP',
		description: 'ID of the entity whose locks hold here too; empty for none',
	},
];

/** The legal entities, in the form. */
export const entityFields: INodeProperties = {
	displayName: 'Legal Entities',
	name: 'entities',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Legal Entity',
	default: {
		entity: [{ id: '', name: '', calendar: 'Calendar months', timeZone: 'UTC', parent: '', cutOff: '00:00' }],
	},
	description: 'The companies that keep books',
	options: [
		{
			displayName: 'Legal Entity',
			name: 'entity',
			values: entityValues,
		},
	],
};

const absentWhenEmpty = z
	.string()
	.trim()
	.optional()
	.transform((text) => (text === '' ? undefined : text));

const CalendarRow = z.looseObject({
	kind: z.string().default('calendarMonths'),
	periods: z.object({ period: z.array(z.unknown()).default([]) }).default({ period: [] }),
});
const EntityRow = z.looseObject({ parent: absentWhenEmpty, cutOff: absentWhenEmpty });

export const OrganisationForm = z.object({
	calendars: z.object({ calendar: z.array(CalendarRow).default([]) }).optional(),
	entities: z.object({ entity: z.array(EntityRow).default([]) }).optional(),
});

/** What the form holds, as a definition; whether it is right is for the definition's schema to say. */
export function organisationOfForm({ calendars, entities }: z.infer<typeof OrganisationForm>): unknown {
	return {
		calendars: (calendars?.calendar ?? []).map(calendarOfRow),
		entities: (entities?.entity ?? []).map((row) =>
			Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)),
		),
	};
}

/** A row keeps the values of the fields that its kind does not show. */
function calendarOfRow({ kind, name, periods, ...row }: z.infer<typeof CalendarRow>): unknown {
	const { firstMonth = 1, pattern = '4-4-5', yearNamedAfter = 'end' } = row;
	const {
		yearEndMonth: month = 12,
		yearEndWeekday: weekday = 6,
		yearEndRule: rule = 'nearestToMonthEnd',
	} = row;
	switch (kind) {
		case 'calendarMonths':
			return { kind, name, firstMonth, yearNamedAfter };
		case 'weeks':
			return { kind, name, pattern, yearEnd: { month, weekday, rule }, yearNamedAfter };
		case 'thirteenPeriods':
			return { kind, name, yearEnd: { month, weekday, rule }, yearNamedAfter };
		default:
			return { kind, name, periods: periods.period };
	}
}
