import { randomUUID } from 'node:crypto';
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	answerAuthZen,
	endpoints,
	metadata,
	type Endpoint,
} from '../../../../core/access/authzen/decisionPoint';
import { policyDecider, type KnownRecord } from '../../../../core/access/authzen/policyDecider';
import { problems } from '../../../../core/model/problems';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { jsonIn } from '../../../shared/json';
import { policySetProperty } from '../../policySets';
import { choicesOf, decisionOptionsProperty, listOf, peopleFromProperties } from '../decision/question';

const metadataEndpoint = 'metadata';
const toDecide = { show: { endpoint: Object.keys(endpoints) } };

export const description: INodeProperties[] = shownFor('authzen', 'answer', [
	{
		displayName: 'Endpoint',
		name: 'endpoint',
		type: 'options',
		options: [
			{ name: 'Evaluation', value: 'evaluation', description: endpoints.evaluation },
			{ name: 'Evaluations', value: 'evaluations', description: endpoints.evaluations },
			{
				name: 'Metadata',
				value: metadataEndpoint,
				description: '/.well-known/authzen-configuration: where the others are',
			},
			{ name: 'Search Action', value: 'searchAction', description: endpoints.searchAction },
			{ name: 'Search Resource', value: 'searchResource', description: endpoints.searchResource },
			{ name: 'Search Subject', value: 'searchSubject', description: endpoints.searchSubject },
		],
		default: 'evaluation',
		description: 'What was asked for',
	},
	{
		displayName: 'Decision Point Address',
		name: 'base',
		type: 'string',
		default: '={{ $json.webhookUrl.split("/.well-known/")[0] }}',
		required: true,
		placeholder: 'e.g. https://n8n.example.com/webhook',
		description: 'Where other systems find this decision point: all before /access/v1',
		displayOptions: { show: { endpoint: [metadataEndpoint] } },
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		default: '={{ $json.body }}',
		required: true,
		description: 'Of the request, as the Webhook node gives it',
		displayOptions: toDecide,
	},
	{
		displayName: 'Headers',
		name: 'headers',
		type: 'json',
		default: '={{ $json.headers }}',
		description: 'Of the request, as the Webhook node gives them. The answer carries its X-Request-ID.',
	},
	...[
		policySetProperty,
		...peopleFromProperties,
		{
			displayName: 'Subject Types',
			name: 'subjectTypes',
			type: 'string' as const,
			default: 'user, employee',
			required: true,
			description:
				'Types of subjects that are employees. A subject of another type is denied, whatever its ID.',
			hint: 'Separated by commas',
		},
		{
			displayName: 'Known Records (JSON)',
			name: 'records',
			type: 'json' as const,
			default: '[]',
			description:
				'A list of records with type, ID and properties. A search for resources finds these only, and what they say of a record wins over what a request says of it.',
		},
		decisionOptionsProperty,
	].map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			// Last: where an expression gives the endpoint, n8n looks at no further condition.
			show: { ...property.displayOptions?.show, ...toDecide.show },
		},
	})),
]);

const Parameters = z.object({
	endpoint: z.enum([
		'evaluation',
		'evaluations',
		'searchSubject',
		'searchResource',
		'searchAction',
		metadataEndpoint,
	]),
	base: z.string().optional(),
	body: z.unknown(),
	headers: z.unknown(),
	subjectTypes: z.string().optional(),
	records: z.unknown(),
});

const Records = z.array(
	z.object({
		type: z.string(),
		id: z.string(),
		properties: z.record(z.string(), z.unknown()).optional(),
	}),
);

/** What n8n's node "Respond to Webhook" sends. */
interface HttpAnswer {
	status: number;
	headers: Record<string, string>;
	body: unknown;
}

/**
 * Answers requests of systems that ask before they act. It throws nothing: a request that is none gets 400, an evaluation that
 * cannot be decided is a deny, and a search that cannot be made gets 500.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const answers: HttpAnswer[] = [];
	for (const index of context.items.keys()) answers.push(await answered(context, index));
	return context.answer(answers.map((answer) => [answer]));
}

async function answered(context: OperationContext, index: number): Promise<HttpAnswer> {
	const headers: Record<string, string> = {
		'Content-Type': 'application/json',
		'X-Request-ID': randomUUID(),
	};
	try {
		const given = context.parameters(Parameters, index);
		headers['X-Request-ID'] = requestIdIn(given.headers) ?? headers['X-Request-ID'] ?? '';
		if (given.endpoint === metadataEndpoint)
			return { status: 200, headers, body: metadata(given.base ?? '') };
		return { headers, ...(await answerOf(context, given.endpoint, given)) };
	} catch (error) {
		return { status: 500, headers, body: error instanceof Error ? error.message : String(error) };
	}
}

async function answerOf(context: OperationContext, endpoint: Endpoint, given: z.infer<typeof Parameters>) {
	const choices = choicesOf(context);
	const hr = choices.people === undefined ? undefined : async () => await context.connector('hr');
	const decider = policyDecider(async () => await context.database(), {
		...choices,
		subjectTypes: listOf(given.subjectTypes),
		records: recordsIn(context, given.records),
		...(hr === undefined
			? {}
			: {
					employees: async () => {
						const keys: string[] = [];
						for await (const page of (await hr()).list('employee')) keys.push(...page.map(({ key }) => key));
						return keys.toSorted();
					},
				}),
	});
	return await answerAuthZen(endpoint, bodyIn(given.body), decider);
}

/** Text that is no JSON stays a text, which is no AuthZEN request. */
function bodyIn(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}

function recordsIn(context: OperationContext, given: unknown): KnownRecord[] {
	const records = Records.safeParse(jsonIn(context, 'Known Records', given ?? []));
	if (records.success) return records.data;
	throw context.invalid(`The field "Known Records" must be a list of records: ${problems(records.error)}`);
}

/** The sender's own id, where it has given one that a header can carry. */
function requestIdIn(headers: unknown): string | undefined {
	const read = z.looseObject({}).safeParse(bodyIn(headers));
	const id = Object.entries(read.data ?? {}).find(([name]) => name.toLowerCase() === 'x-request-id')?.[1];
	return typeof id === 'string' && /^[\x20-\x7e]{1,1000}$/.test(id) ? id : undefined;
}
