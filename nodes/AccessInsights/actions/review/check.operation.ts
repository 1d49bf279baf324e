import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { holdingDefinition } from '../../../../core/access/policies/publish';
import { DutyRule, standardDutyRules } from '../../../../core/access/review/dutyConflicts';
import { reviewRights } from '../../../../core/access/review/review';
import { administratorNames } from '../../../../core/access/review/superAdministrators';
import { explainReview } from '../../../../core/access/review/words';
import { problems } from '../../../../core/model/problems';
import { policySetNames } from '../../../../core/store/accessPolicies';
import { shownFor } from '../../../shared/fields';
import { jsonIn } from '../../../shared/json';
import type { OperationContext } from '../../../shared/operationContext';
import { languageProperty } from '../../language';
import { rightsOf } from '../../rights';

export const outputs = ['Findings', 'Summary'];

export const description: INodeProperties[] = shownFor('review', 'check', [
	{
		displayName:
			'Each input item is a right: system, account, right, and where known person, name, post, manager, administrator, since, lastUsedAt',
		name: 'rightsNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Super Administrators at Most',
		name: 'administratorLimit',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 3,
		description: 'More people who may do everything are too many',
	},
	{
		displayName: 'Unused for Days',
		name: 'unusedDays',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 90,
		description: 'A right that was not used for so long is reported',
	},
	languageProperty,
	{
		displayName: 'Check Published Policies',
		name: 'checkPolicies',
		type: 'boolean',
		default: true,
		description: 'Whether to look in all policy sets of the state store for policies that permit too much',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Administrator Rights',
				name: 'administratorNames',
				type: 'string',
				typeOptions: { rows: 4 },
				default: administratorNames.join('\n'),
				description:
					'Rights that allow everything, one a line. A right marked administrator counts in any case.',
			},
			{
				displayName: 'Duties to Keep Apart (JSON)',
				name: 'dutyRules',
				type: 'json',
				default: JSON.stringify(standardDutyRules, null, 2),
				description:
					'Pairs of duties that nobody should hold together. The list of ERP and finance is a start; edit it.',
			},
		],
	},
]);

const Parameters = z.object({
	administratorLimit: z.number().int().min(0),
	unusedDays: z.number().int().min(1),
	language: z.enum(['en', 'zh-CN']),
	checkPolicies: z.boolean(),
	options: z.object({ administratorNames: z.string().optional(), dutyRules: z.unknown() }),
});

/** What is wrong with who holds what: an item for each finding, and the figures. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const { options, language, checkPolicies, ...terms } = context.parameters(Parameters, 0);
	const names = options.administratorNames?.split('\n').map((name) => name.trim());
	const { findings, summary } = reviewRights(rightsOf(context), {
		...terms,
		...(names === undefined ? {} : { administratorNames: names.filter((name) => name !== '') }),
		...(options.dutyRules === undefined ? {} : { dutyRules: dutyRulesOf(context, options.dutyRules) }),
		policies: checkPolicies ? await publishedPolicies(context) : {},
		at: Date.now(),
	});
	const pairedItem = context.items.map((_, item) => ({ item }));
	return [
		findings.map((finding) => ({
			json: { ...finding, explanation: explainReview(finding, language) } as unknown as IDataObject,
			pairedItem,
		})),
		[{ json: summary as unknown as IDataObject, pairedItem }],
	];
}

function dutyRulesOf(context: OperationContext, given: unknown): DutyRule[] {
	const parsed = z.array(DutyRule).safeParse(jsonIn(context, 'Duties to Keep Apart (JSON)', given));
	if (parsed.success) return parsed.data;
	throw context.invalid(`Duties to Keep Apart (JSON): ${problems(parsed.error)}. Nothing was reviewed.`);
}

async function publishedPolicies(context: OperationContext): Promise<Record<string, string>> {
	const database = await context.database();
	const texts: Record<string, string> = {};
	for (const { name } of await policySetNames(database)) {
		const { definition } = await holdingDefinition(database, name);
		for (const [id, text] of Object.entries(definition.policies)) texts[`${name}: ${id}`] = text;
	}
	return texts;
}
