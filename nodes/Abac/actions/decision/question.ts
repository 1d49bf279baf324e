import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { undecided } from '../../../../core/access/decisions/decide';
import { decideAll, type Answer, type Asked, type GateChoices } from '../../../../core/access/decisions/gate';
import { defaultEngine } from '../../../../core/access/decisions/livePolicies';
import { peopleFrom } from '../../../../core/access/decisions/people';
import { AccessQuestion, asFarAsRead } from '../../../../core/access/decisions/question';
import { languages } from '../../../../core/access/decisions/why';
import { problems } from '../../../../core/model/problems';
import type { OperationContext } from '../../../shared/operationContext';
import { restSystemProperties } from '../../../shared/restSystem';
import { hrSystemProperty } from '../../../shared/systems';
import { jsonIn } from '../../../shared/json';
import {
	Engine,
	engineProperty,
	languageProperty,
	policySetProperty,
	PolicySetParameter,
	sensitiveOperationProperty,
	strictProperty,
} from '../../policySets';

const further: INodeProperties = {
	displayName: 'Further Attributes (JSON)',
	name: 'further',
	type: 'json',
	default: '{}',
	description: "Attributes of the catalogue's own, by name",
};

const onlyFromRequest = { show: { peopleFrom: ['request'] } };
const onlyFromHr = { show: { peopleFrom: ['hr'] } };

/** Who is asked what somebody is. */
export const peopleFromProperties: INodeProperties[] = [
	{
		displayName: 'Attributes of People From',
		name: 'peopleFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'HR System',
				value: 'hr',
				description: 'Department, rank, position, region, site and employment state as HR has them now',
			},
			{
				name: 'Fields Below',
				value: 'request',
				description: 'As this workflow gives them: only as trustworthy as where it has them from',
			},
		],
		default: 'hr',
		description: 'Where department, rank, position and employment state come from',
	},
	{ ...hrSystemProperty, displayOptions: onlyFromHr },
	...restSystemProperties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, ...onlyFromHr.show },
		},
	})),
];

export const decisionOptionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [engineProperty, languageProperty, strictProperty],
};

/** By name, as the linter has lists of options ordered. */
const personFields: INodeProperties[] = [
	{
		displayName: 'Department',
		name: 'department',
		type: 'string',
		default: '',
		placeholder: 'e.g. Purchasing',
	},
	{
		displayName: 'Departments Above',
		name: 'departmentsAbove',
		type: 'string',
		default: '',
		placeholder: 'e.g. Supply Chain, Head Office',
		description: 'Separated by commas, nearest first. A policy for one of them holds for the department too.',
	},
	{
		displayName: 'Employment State',
		name: 'state',
		type: 'string',
		default: '',
		placeholder: 'e.g. active',
	},
	further,
	{ displayName: 'Position', name: 'position', type: 'string', default: '', placeholder: 'e.g. Buyer' },
	{
		displayName: 'Rank',
		name: 'rank',
		type: 'number',
		default: 0,
		description: 'The higher, the more senior',
	},
	{ displayName: 'Region', name: 'region', type: 'string', default: '', placeholder: 'e.g. East China' },
	{ displayName: 'Site', name: 'site', type: 'string', default: '', placeholder: 'e.g. Wuxi' },
];

export const questionProperties: INodeProperties[] = [
	policySetProperty,
	sensitiveOperationProperty,
	{
		displayName: 'Employee',
		name: 'subject',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.employee }}',
		description: 'Who wants to do it: the key in the HR system',
		hint: 'Take it from a login that n8n or a system before it has checked, never from what the request says of itself',
	},
	...peopleFromProperties,
	{
		displayName: 'Employee Attributes',
		name: 'subjectAttributes',
		type: 'collection',
		placeholder: 'Add Attribute',
		default: {},
		displayOptions: onlyFromRequest,
		options: personFields,
	},
	{
		displayName: 'Other People (JSON)',
		name: 'others',
		type: 'json',
		default: '[]',
		displayOptions: onlyFromRequest,
		description:
			'What is known of the second approver and of the owner of the record: a list of people, each with key and attributes as in the documentation',
	},
	{
		displayName: 'Record',
		name: 'record',
		type: 'string',
		default: '',
		placeholder: 'e.g. S-1001',
		description: 'Key of the record that it is about',
	},
	{
		displayName: 'Record Attributes',
		name: 'recordAttributes',
		type: 'collection',
		placeholder: 'Add Attribute',
		default: {},
		options: [
			{
				displayName: 'Department',
				name: 'department',
				type: 'string',
				default: '',
				description: 'The department that the record belongs to',
			},
			further,
			{
				displayName: 'Owner',
				name: 'owner',
				type: 'string',
				default: '',
				placeholder: 'e.g. E-1007',
				description: 'Key of the employee who made the record or is in charge of it',
			},
			{ displayName: 'Region', name: 'region', type: 'string', default: '' },
		],
	},
	{
		displayName: 'Request Attributes',
		name: 'requestAttributes',
		type: 'collection',
		placeholder: 'Add Attribute',
		default: {},
		options: [
			{
				displayName: 'Amount',
				name: 'amount',
				type: 'string',
				default: '',
				placeholder: 'e.g. 50000.00',
				description: 'With four decimals at most',
			},
			{ displayName: 'Currency', name: 'currency', type: 'string', default: '', placeholder: 'e.g. CNY' },
			further,
			{
				displayName: 'IP Address',
				name: 'ip',
				type: 'string',
				default: '',
				placeholder: 'e.g. 10.1.2.3',
				description: 'Where the request comes from, IPv4 or IPv6',
			},
			{
				displayName: 'Second Approver',
				name: 'secondApprover',
				type: 'string',
				default: '',
				placeholder: 'e.g. E-1002',
				description: 'Key of the employee who has approved it beside the one who asks',
			},
			{
				displayName: 'Time',
				name: 'at',
				type: 'dateTime',
				default: '',
				description: 'When it was asked; empty: now',
			},
		],
	},
	decisionOptionsProperty,
];

const QuestionParameters = z.object({
	sensitiveOperation: z.string(),
	subject: z.unknown(),
	peopleFrom: z.enum(['hr', 'request']),
	subjectAttributes: z.looseObject({}).optional(),
	others: z.unknown(),
	record: z.unknown(),
	recordAttributes: z.looseObject({}).optional(),
	requestAttributes: z.looseObject({}).optional(),
});

const Options = z.object({
	options: z.object({
		engine: Engine.default(defaultEngine),
		language: z.enum(languages).default('en'),
		strict: z.boolean().default(true),
	}),
});

/**
 * One answer for each item, whatever happens. Nothing is thrown: a node that is set to go on after an error would hand its
 * input to its first output, which is that of the permitted.
 */
export async function answersFor(context: OperationContext): Promise<Answer[]> {
	try {
		return await decideAll(
			async () => await context.database(),
			context.items.map((_, index) => askedBy(context, index)),
			choicesOf(context),
		);
	} catch (error) {
		const failure = error instanceof Error ? error.message : String(error);
		return context.items.map(() => ({
			...undecided('policiesUnavailable', failure),
			why: `Denied: ${failure}`,
			latency: 0,
		}));
	}
}

/** How to decide: the same for all items. */
export function choicesOf(context: OperationContext): GateChoices {
	const { policySet } = context.parameters(PolicySetParameter, 0);
	const { options } = context.parameters(Options, 0);
	const fromHr = context.functions.getNodeParameter('peopleFrom', 0) !== 'request';
	return {
		set: policySet,
		isStrict: options.strict,
		language: options.language,
		engine: options.engine,
		...(fromHr ? { people: async (keys) => await peopleFrom(await context.connector('hr'), keys) } : {}),
	};
}

/** The question of one item. What cannot be read is no question, and is denied as such. */
export function askedBy(context: OperationContext, index: number): Asked {
	const at = Date.now();
	const read: Parameters<typeof asFarAsRead>[0] = {};
	try {
		const given = context.parameters(QuestionParameters, index);
		read.subject = keyOf(given.subject);
		read.operation = given.sensitiveOperation;
		read.resource = keyOf(given.record);
		const { at: time, ...request } = withFurther(context, given.requestAttributes);
		const { departmentsAbove, ...attributes } = withFurther(context, given.subjectAttributes);
		const isFromHr = given.peopleFrom === 'hr';
		const question = AccessQuestion.safeParse({
			subject: {
				id: keyOf(given.subject),
				...(isFromHr ? {} : { attributes, departmentsAbove: listOf(departmentsAbove) }),
			},
			operation: given.sensitiveOperation,
			resource: { id: keyOf(given.record), attributes: withFurther(context, given.recordAttributes) },
			request,
			...(isFromHr ? {} : { others: jsonIn(context, 'Other People', given.others ?? []) }),
			at: timeOf(time, at),
		});
		if (question.success) return { question: question.data };
		return { question: asFarAsRead(read, at), malformed: problems(question.error) };
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { question: asFarAsRead(read, at), malformed: error.message };
	}
}

/** A collection's fields, and those of its JSON; fields that were added and left empty are not known. */
function withFurther(
	context: OperationContext,
	{ further: json, ...fields }: Record<string, unknown> = {},
): Record<string, unknown> {
	const more = jsonIn(context, 'Further Attributes', json ?? {});
	if (typeof more !== 'object' || more === null || Array.isArray(more))
		throw context.invalid('The field "Further Attributes" must be a JSON object.');
	return { ...more, ...fields };
}

/** A key that a system has as a number is the same key as text. */
function keyOf(value: unknown): unknown {
	return typeof value === 'number' ? String(value) : (value ?? '');
}

export function listOf(names: unknown): string[] {
	return String(names ?? '')
		.split(/[,，]/)
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

function timeOf(time: unknown, now: number): number {
	if (time === undefined || time === null || time === '') return now;
	// n8n gives a Luxon object when an expression made it.
	return typeof time === 'number' ? time : Date.parse(String(time));
}
