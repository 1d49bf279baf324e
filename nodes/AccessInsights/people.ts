import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { watched, WatchedPerson } from '../../core/access/insights/accessEvent';
import { problems } from '../../core/model/problems';
import { jsonIn } from '../shared/json';
import type { OperationContext } from '../shared/operationContext';
import { restSystemProperties } from '../shared/restSystem';
import { hrSystemProperty } from '../shared/systems';

const onlyFromHr = { show: { peopleFrom: ['hr'] } };

export const peopleProperties: INodeProperties[] = [
	{
		displayName: 'People From',
		name: 'peopleFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'HR System',
				value: 'hr',
				description: 'Name, position or department, and last day employed as HR has them now',
			},
			{ name: 'List Below', value: 'list', description: 'As this workflow gives them' },
			{
				name: 'Nowhere',
				value: 'nowhere',
				description: 'All are compared with all, and nobody is known to have left',
			},
		],
		default: 'hr',
		description: 'Where it is known who does the same work, and who has left',
	},
	{ ...hrSystemProperty, displayOptions: onlyFromHr },
	...restSystemProperties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, ...onlyFromHr.show },
		},
	})),
	{
		displayName: 'People (JSON)',
		name: 'people',
		type: 'json',
		default: '[\n  { "id": "E1007", "name": "Li Wei", "peerGroup": "Buyer", "leftOn": "2026-03-31" }\n]',
		displayOptions: { show: { peopleFrom: ['list'] } },
		description: 'A list with ID, and where known name, peerGroup and leftOn (last day employed, YYYY-MM-DD)',
	},
];

const Parameters = z.object({ peopleFrom: z.enum(['hr', 'list', 'nowhere']), people: z.unknown() });

/** Everybody who is to be compared. An HR system that fails ends the operation: without it leavers would go unseen. */
export async function peopleOf(context: OperationContext): Promise<WatchedPerson[]> {
	const { peopleFrom, people } = context.parameters(Parameters, 0);
	if (peopleFrom === 'nowhere') return [];
	if (peopleFrom === 'list') {
		const parsed = z.array(WatchedPerson).safeParse(jsonIn(context, 'People (JSON)', people));
		if (!parsed.success)
			throw context.invalid(`People (JSON) is no list of people: ${problems(parsed.error)}`);
		return parsed.data;
	}
	const hr = await context.connector('hr');
	const found: WatchedPerson[] = [];
	for await (const page of hr.list('employee')) found.push(...page.map(watched));
	return found;
}
