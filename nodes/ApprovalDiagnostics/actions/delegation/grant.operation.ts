import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';

import {
	DelegationPolicy,
	DelegationRequest,
	documentsAtPosition,
	judgeDelegation,
	type Delegation,
} from '../../../../core/approvals/delegation';
import { languages } from '../../../../core/approvals/words';
import type { ApprovalDocument } from '../../../../core/model/approval';
import { changesApprovals } from '../../../../core/ports/approvalSystem';
import { NotFoundError, PermissionError } from '../../../../core/ports/errors';
import { keepDelegation } from '../../../../core/store/delegations';
import { recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';
import { guard, GuardParameters, guardProperties } from '../../delegationGuards';
import { gather, type Gathered } from '../../evidence';

const logins = (text: string) =>
	text
		.split(/[,，;\s]+/)
		.map((one) => one.trim())
		.filter((one) => one !== '');

export const description: INodeProperties[] = shownFor('delegation', 'grant', [
	{
		displayName:
			'A deputy decides for a position until a moment, then it ends by itself in the system. Whoever submitted a document never decides it.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'For',
		name: 'for',
		type: 'options',
		options: [
			{
				name: 'Position of a Waiting Document',
				value: 'document',
				description: 'The position at which the document waits now',
			},
			{ name: 'Position', value: 'position' },
		],
		default: 'position',
	},
	{
		...recordLocator('document', 'document', 'Document', 'searchWaiting', 'SO-00000042'),
		displayOptions: { show: { for: ['document'] } },
	},
	{
		displayName: 'Position',
		name: 'position',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FINANCE_SUPERVISOR',
		description: 'Key of the position, as the system knows it; Diagnose names it',
		displayOptions: { show: { for: ['position'] } },
	},
	{
		displayName: 'Deputy',
		name: 'deputy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. lin.zhiyuan',
		description: 'Login of whoever decides meanwhile',
	},
	{
		displayName: 'Named By',
		name: 'grantedBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. gu.jianguo',
		description:
			'Login of whoever names the deputy: from a sign-in or a second confirmation, never from a free field',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		description: 'At least ten characters; it is kept and shown to everyone concerned',
	},
	{
		displayName: 'For Hours',
		name: 'hours',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 24,
	},
	{
		displayName: 'Up To Amount',
		name: 'maxAmount',
		type: 'string',
		default: '',
		placeholder: 'e.g. 100000',
		description: 'Documents above it stay with others. Empty: no bound, where the policy allows that.',
	},
	{
		displayName: 'Who May Name Deputies',
		name: 'grantors',
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		placeholder: 'e.g. gu.jianguo, lin.zhiyuan',
		description: 'Logins, with commas between them',
	},
	{
		displayName: 'Longest (Hours)',
		name: 'policyHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 72,
		noDataExpression: true,
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Chinese (Simplified)', value: 'zh-CN' },
			{ name: 'English', value: 'en' },
		],
		default: 'en',
		description: 'In which a refusal is told',
	},
	{
		displayName: 'Policy',
		name: 'policy',
		type: 'collection',
		placeholder: 'Add Rule',
		default: {},
		options: [
			{
				displayName: 'Highest Amount',
				name: 'maxAmount',
				type: 'string',
				default: '',
				placeholder: 'e.g. 200000',
				description: 'Up to which any deputy may decide',
			},
			{
				displayName: 'Only for Positions',
				name: 'positions',
				type: 'string',
				default: '',
				placeholder: 'e.g. FINANCE_SUPERVISOR',
				description: 'Keys, with commas between them',
			},
			{
				displayName: 'Only These Deputies',
				name: 'deputies',
				type: 'string',
				default: '',
				placeholder: 'e.g. lin.zhiyuan',
				description: 'Logins, with commas between them',
			},
		],
	},
	...guardProperties,
	stateStoreProperty,
]);

const optionalAmount = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text));

const Parameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	for: z.enum(['position', 'document']),
	document: z.coerce.string().trim().optional(),
	position: z.string().trim().optional(),
	deputy: z.string().trim(),
	grantedBy: z.string().trim(),
	reason: z.string(),
	hours: z.number(),
	maxAmount: z.coerce.string().pipe(optionalAmount).optional(),
	grantors: z.string(),
	policyHours: z.number(),
	language: z.enum(languages),
	policy: z.object({
		maxAmount: z.coerce.string().pipe(optionalAmount).optional(),
		positions: z.string().default(''),
		deputies: z.string().default(''),
	}),
	...GuardParameters.shape,
});

/** Names deputies within the policy and what access policies and duties allow, writes them to the system, reads them back and keeps each on record. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const given = context.parameters(Parameters, index);
		const { language, system } = given;
		const gathered = await gather(context, {
			...given,
			mailServer: 'none',
			binaryPropertyName: 'report',
			options: { mailGraceMinutes: 5, mailTimeoutSeconds: 10, mailSecure: false },
		});
		const { approvals, picture, now } = gathered;
		if (!changesApprovals(approvals)) throw context.invalid(`${system} takes no deputies.`);
		const request = checked(DelegationRequest, context, {
			...given,
			position: given.for === 'document' ? await positionOf(given.document ?? '', gathered) : given.position,
		});
		const policy = checked(DelegationPolicy, context, {
			grantors: logins(given.grantors),
			deputies: logins(given.policy.deputies),
			positions: logins(given.policy.positions),
			maxHours: given.policyHours,
			...(given.policy.maxAmount === undefined ? {} : { maxAmount: given.policy.maxAmount }),
		});
		const waiting: ApprovalDocument[] = [];
		for await (const page of approvals.waiting()) waiting.push(...page);
		const atPosition = documentsAtPosition(waiting, request.position, picture);
		const { objections, decisions, decide } = await guard(context, given, request, atPosition, picture);
		const judged = judgeDelegation(
			request,
			policy,
			atPosition,
			decide === undefined ? picture : { ...picture, decide },
			language,
		);
		const refusals = [...judged.refusals, ...objections];
		const { covered, left, concerned } = judged;
		if (refusals.length > 0)
			throw new PermissionError(`No deputy was named: ${refusals.join(' ')} Nothing was changed.`, {
				system: approvals.system,
				entity: 'delegation',
				key: `${request.position}/${request.deputy}`,
			});
		const delegation: Delegation = {
			id: randomUUID(),
			system: approvals.system,
			position: request.position,
			deputy: request.deputy,
			grantedBy: request.grantedBy,
			reason: request.reason.trim(),
			grantedAt: now,
			until: new Date(Date.parse(now) + request.hours * 3_600_000).toISOString(),
			...(request.maxAmount === undefined ? {} : { maxAmount: request.maxAmount }),
			documents: covered.map(({ key }) => key),
			decisions,
			concerned,
			state: 'granted',
		};
		// On record first: a deputy whom nobody knows of is worse than a record of one who was not bound.
		await keepDelegation(database, delegation, Date.now());
		const { position, deputy: user, until, maxAmount, reason } = delegation;
		const binding = await approvals.bindDeputy({
			position,
			user,
			until,
			reason,
			...(maxAmount === undefined ? {} : { maxAmount }),
		});
		const tasks = await approvals.assignAnew(delegation.documents);
		return [{ ...delegation, binding, tasks, left }];
	});
}

/** The position at which a document waits. */
async function positionOf(key: string, { approvals, picture }: Gathered): Promise<string> {
	const [document] = await approvals.documents([key]);
	const step = document && picture.flowOf.get(document.kind)?.steps.find((one) => one.key === document.step);
	if (step?.position !== undefined) return step.position;
	throw new NotFoundError(
		document === undefined
			? `${approvals.system}: no document "${key}" waits for approval. No deputy was named.`
			: `${approvals.system}: document "${key}" waits at no position. No deputy was named.`,
		{
			system: approvals.system,
			entity: 'document',
			key,
			hint: 'Diagnose the document: it may be decided meanwhile, or its flow leads nowhere.',
		},
	);
}

function checked<S extends z.ZodType>(schema: S, context: OperationContext, given: unknown): z.output<S> {
	const parsed = schema.safeParse(given);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw context.invalid(
		`Wrong parameter: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. Nothing was changed.`,
	);
}
