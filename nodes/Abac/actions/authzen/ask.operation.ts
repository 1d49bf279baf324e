import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { askDecisionPoint, type ForeignAnswer } from '../../../../core/access/authzen/foreignPoint';
import { Evaluation } from '../../../../core/access/authzen/messages';
import { problems } from '../../../../core/model/problems';
import type { HttpTransport } from '../../../../core/ports/httpTransport';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { authenticationIn, authenticationProperty } from '../../../shared/restSystem';
import { jsonIn } from '../../../shared/json';

const usualTimeout = 10;

export const description: INodeProperties[] = shownFor('authzen', 'ask', [
	{
		displayName: 'Evaluation Address',
		name: 'evaluationUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://pdp.example.com/access/v1/evaluation',
		description: 'The access_evaluation_endpoint in the metadata of the decision point',
	},
	authenticationProperty,
	{
		displayName: 'Subject',
		name: 'subject',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.employee }}',
		description: 'ID of who wants to do it, as the decision point knows them',
		hint: 'Take it from a login that n8n or a system before it has checked, never from what the request says of itself',
	},
	{
		displayName: 'Subject Type',
		name: 'subjectType',
		type: 'string',
		default: 'user',
		required: true,
		description: 'As the decision point calls it',
	},
	{
		displayName: 'Action',
		name: 'action',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. supplier.changePaymentTerms',
		description: 'Name of what somebody wants to do, as the decision point calls it',
	},
	{
		displayName: 'Resource',
		name: 'record',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. S-1001',
		description: 'ID of what it is done to',
	},
	{
		displayName: 'Resource Type',
		name: 'recordType',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Supplier',
		description: 'As the decision point calls it',
	},
	{
		displayName: 'Options',
		name: 'askOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Action Properties (JSON)',
				name: 'actionProperties',
				type: 'json',
				default: '{}',
			},
			{
				displayName: 'Context (JSON)',
				name: 'context',
				type: 'json',
				default: '{}',
				description: 'Attributes of the request, such as amount and IP address',
			},
			{
				displayName: 'Resource Properties (JSON)',
				name: 'resourceProperties',
				type: 'json',
				default: '{}',
			},
			{
				displayName: 'Subject Properties (JSON)',
				name: 'subjectProperties',
				type: 'json',
				default: '{}',
			},
			{
				displayName: 'Timeout',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 300 },
				default: usualTimeout,
				description: 'Seconds to wait for the answer. Without one it is denied.',
			},
		],
	},
]);

const Parameters = z.object({
	evaluationUrl: z.url({
		protocol: /^https?$/,
		error: 'must be an address that begins with https:// or http://',
	}),
	subject: z.unknown(),
	subjectType: z.string(),
	action: z.string(),
	record: z.unknown(),
	recordType: z.string(),
	askOptions: z.object({
		actionProperties: z.unknown(),
		context: z.unknown(),
		resourceProperties: z.unknown(),
		subjectProperties: z.unknown(),
		timeout: z.number().min(1).max(300).default(usualTimeout),
	}),
});

/** The outputs of the operation, in this order. */
export const outputs = ['Permit', 'Deny'];

/** Parts what another decision point permits from all else. Whatever cannot be asked, or is not answered, comes out at Deny. */
export async function execute(
	context: OperationContext,
): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	const permitted: INodeExecutionData[] = [];
	const denied: INodeExecutionData[] = [];
	const send = transportOnce(context);
	for (const index of context.items.keys()) {
		const answer = await ask(context, index, send);
		(answer.outcome === 'permit' ? permitted : denied).push({
			...context.items[index],
			json: { ...context.json(index), decision: answer as unknown as IDataObject },
			pairedItem: { item: index },
		});
	}
	return [permitted, denied];
}

async function ask(context: OperationContext, index: number, send: HttpTransport): Promise<ForeignAnswer> {
	const requestId = randomUUID();
	const unasked = (failure: string): ForeignAnswer => ({
		outcome: 'deny',
		reason: 'unanswered',
		failure,
		requestId,
	});
	try {
		const given = context.parameters(Parameters, index);
		const { timeout, ...properties } = given.askOptions;
		const evaluation = Evaluation.safeParse({
			subject: {
				type: given.subjectType,
				id: idOf(given.subject),
				...propertiesOf('Subject Properties', properties.subjectProperties),
			},
			action: { name: given.action, ...propertiesOf('Action Properties', properties.actionProperties) },
			resource: {
				type: given.recordType,
				id: idOf(given.record),
				...propertiesOf('Resource Properties', properties.resourceProperties),
			},
			...(properties.context === undefined
				? {}
				: { context: jsonIn(context, 'Context', properties.context) }),
		});
		if (!evaluation.success) return unasked(`Nothing was asked: ${problems(evaluation.error)}`);
		const { evaluationUrl: url } = given;
		return await askDecisionPoint(send, evaluation.data, { url, timeoutMs: timeout * 1_000, requestId });
	} catch (error) {
		return unasked(error instanceof Error ? error.message : String(error));
	}

	function propertiesOf(field: string, value: unknown) {
		return value === undefined ? {} : { properties: jsonIn(context, field, value) };
	}
}

/** The credential is read with the first request, where a wrong one is a reason to deny. */
function transportOnce(context: OperationContext): HttpTransport {
	let transport: Promise<HttpTransport> | undefined;
	return async (request) => await (await (transport ??= authenticationIn(context.functions)))(request);
}

/** A key that a system has as a number is the same key as text. */
function idOf(value: unknown): unknown {
	return typeof value === 'number' ? String(value) : value;
}
