import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { decideAll, type Answer, type Asked } from '../../core/access/decisions/gate';
import { defaultEngine } from '../../core/access/decisions/livePolicies';
import { peopleFrom } from '../../core/access/decisions/people';
import { AccessQuestion } from '../../core/access/decisions/question';
import { PolicySetName } from '../../core/access/policies/definition';
import { dutiesAgainst } from '../../core/approvals/deputyDuties';
import type { DelegationRequest } from '../../core/approvals/delegation';
import type { Picture } from '../../core/approvals/picture';
import type { Language } from '../../core/approvals/words';
import type { ApprovalDocument } from '../../core/model/approval';
import type { OperationContext } from '../shared/operationContext';
import { accessSystemOf } from '../shared/systems';
import { policySetProperty } from '../Abac/policySets';
import { hrOf } from './approvalSystems';

/** What the policies are asked: first the one who names a deputy, then the deputy for each document. */
const naming = 'approval.delegate';
const deciding = 'approval.decide';

const onlyWithPolicies = { show: { askPolicies: [true] } };

export const guardProperties: INodeProperties[] = [
	{
		displayName: 'Ask Access Policies',
		name: 'askPolicies',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		description: `Whether published policies must permit ${naming} to whoever names the deputy, and ${deciding} to the deputy for each document. Nothing published, or nothing readable, denies.`,
	},
	{
		...policySetProperty,
		default: { mode: 'name', value: 'delegations' },
		displayOptions: onlyWithPolicies,
	},
	{
		displayName: 'Keep Duties Apart',
		name: 'keepDutiesApart',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		description:
			'Whether the rights that the deputy holds in the system are looked at: whoever enters such documents never decides them',
	},
];

export const GuardParameters = z.object({
	askPolicies: z.boolean(),
	policySet: PolicySetName.optional(),
	keepDutiesApart: z.boolean(),
});
type GuardParameters = z.infer<typeof GuardParameters>;

export interface Guarded {
	/** reasons against the request as a whole */
	objections: string[];
	/** numbers of the decisions in the decision log */
	decisions: number[];
	/** answers for each document that the deputy would decide */
	decide?: Picture['decide'];
}

/**
 * What access policies and segregation of duties say to a request. It fails closed: policies, HR or rights that cannot be read are
 * an objection, and a document that was not asked about is denied.
 */
export async function guard(
	context: OperationContext,
	given: GuardParameters & { system: string; hrSource: string; language: Language },
	request: DelegationRequest,
	atPosition: ApprovalDocument[],
	picture: Picture,
): Promise<Guarded> {
	const objections = given.keepDutiesApart ? await duties(context, given, request, picture) : [];
	if (!given.askPolicies) return { objections, decisions: [] };
	const [first, ...others] = await policies(context, given, request, atPosition, picture);
	if (first?.outcome !== 'permit') objections.push(first?.why ?? 'The access policies gave no answer.');
	const byDocument = new Map(atPosition.map(({ key }, index) => [key, others[index]]));
	return {
		objections,
		decisions: [first, ...others].flatMap((one) => one?.position ?? []),
		decide: ({ key }) => {
			const answer = byDocument.get(key);
			return {
				permitted: answer?.outcome === 'permit',
				why: answer?.why ?? 'The access policies gave no answer.',
				policies: answer?.policies ?? [],
			};
		},
	};
}

async function policies(
	context: OperationContext,
	{
		policySet = '',
		system,
		hrSource,
		language,
	}: GuardParameters & {
		system: string;
		hrSource: string;
		language: Language;
	},
	{ position, deputy, grantedBy, maxAmount }: DelegationRequest,
	atPosition: ApprovalDocument[],
	picture: Picture,
): Promise<Answer[]> {
	const at = Date.now();
	const [flow] = picture.flows.filter(({ steps }) => steps.some((step) => step.position === position));
	const asked = [
		{
			subject: { id: inHr(grantedBy, picture) },
			operation: naming,
			resource: { id: position },
			request: {
				deputy: inHr(deputy, picture),
				...(maxAmount === undefined ? {} : { amount: maxAmount }),
				...(flow === undefined ? {} : { currency: flow.currency }),
			},
			at,
		},
		...atPosition.map(({ key, amount, currency, submittedBy }) => ({
			subject: { id: inHr(deputy, picture) },
			operation: deciding,
			resource: { id: key, attributes: { owner: inHr(submittedBy, picture) } },
			request: { amount, currency },
			at,
		})),
	].map((question): Asked => ({ question: AccessQuestion.parse(question) }));
	return await decideAll(async () => await context.database(), asked, {
		set: policySet,
		isStrict: true,
		language,
		engine: defaultEngine,
		people: async (keys) => {
			const hr = await hrOf(context.functions, system, hrSource);
			if (hr === undefined) throw context.invalid('Choose where HR is read; it says who somebody is.');
			return await peopleFrom(hr, keys);
		},
	});
}

async function duties(
	context: OperationContext,
	{ system, language }: { system: string; language: Language },
	{ position, deputy }: DelegationRequest,
	picture: Picture,
): Promise<string[]> {
	const user = picture.userByKey.get(deputy);
	if (user === undefined) return [];
	const kinds = picture.flows
		.filter(({ steps }) => steps.some((step) => step.position === position))
		.map(({ kind }) => kind);
	try {
		const access = await accessSystemOf(context.functions, system);
		return dutiesAgainst(user, kinds, await access.grants(), language);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return [
			language === 'en'
				? `The rights in ${system} could not be read, so duties cannot be kept apart: ${reason}`
				: `${system} 的权限无法读取，无法核对职责分离：${reason}`,
		];
	}
}

/** Key of the login's employee in HR; empty where nobody is known, which policies deny. */
function inHr(login: string, picture: Picture): string {
	const user = picture.userByKey.get(login);
	const employee =
		user?.employee === undefined
			? picture.hr?.employees.find((one) => one.login === login)
			: picture.employeeByNumber.get(user.employee);
	return employee?.key ?? '';
}
