import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { savePolicy } from '../../../../core/store/syncPolicies';
import { optionalPaths } from '../../../../core/sync/policy/pushedFields';
import { isPolicyEntity, PolicyName, readPolicy, SyncMode } from '../../../../core/sync/policy/syncPolicy';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { entityOptions } from '../../entities';

/** One choice of fields for each entity that has fields to choose from. */
const fieldChoices: INodeProperties[] = entityOptions.flatMap(({ value }): INodeProperties[] => {
	const entity = String(value);
	const paths = isPolicyEntity(entity) ? optionalPaths(entity) : [];
	if (paths.length === 0) return [];
	return [
		{
			displayName: 'Pushed Fields',
			name: 'fields',
			type: 'multiOptions',
			options: paths.toSorted().map((path) => ({ name: path, value: path })),
			default: [],
			displayOptions: { show: { sync: ['push'], entity: [entity] } },
			description:
				'A change of other fields is not sent. None chosen: all fields. Identity, and what no record is without, is always pushed.',
		},
	];
});

export const description: INodeProperties[] = shownFor('policy', 'save', [
	{
		displayName: 'Name',
		name: 'policyName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. head office to plants',
		description: 'A policy of this name is replaced by a new version, which takes effect at once',
	},
	{
		displayName: 'Policy From',
		name: 'policyFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Fields', value: 'fields', description: 'Choose entities and fields in the form' },
			{ name: 'JSON', value: 'json', description: 'As the operation Get gives it' },
		],
		default: 'fields',
	},
	{
		displayName: 'Entities',
		name: 'entities',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Entity',
		default: { rule: [{ entity: 'salesOrder', sync: 'push', fields: [], timeToLive: 300 }] },
		displayOptions: { show: { policyFrom: ['fields'] } },
		description: 'What becomes of each entity. One that is not listed is read on demand.',
		options: [
			{
				displayName: 'Entity',
				name: 'rule',
				values: [
					{
						displayName: 'Entity',
						name: 'entity',
						type: 'options',
						noDataExpression: true,
						options: entityOptions,
						default: 'salesOrder',
					},
					{
						displayName: 'Sync',
						name: 'sync',
						type: 'options',
						noDataExpression: true,
						options: [
							{ name: 'None', value: 'none', description: 'Neither sent nor read on demand' },
							{
								name: 'Pull',
								value: 'pull',
								description: 'Changes are not sent; records are read on demand',
							},
							{
								name: 'Push',
								value: 'push',
								description: 'Changes are sent; the whole record may be read on demand',
							},
						],
						default: 'push',
					},
					...fieldChoices,
					{
						displayName: 'Time to Live (Seconds)',
						name: 'timeToLive',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 2_592_000 },
						default: 300,
						displayOptions: { show: { sync: ['pull', 'push'] } },
						description:
							'How long a record that was read on demand is kept. 0: not at all, but those who ask at once share a request.',
					},
				],
			},
		],
	},
	{
		displayName: 'Time to Live of Other Entities (Seconds)',
		name: 'timeToLive',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 2_592_000 },
		default: 300,
		displayOptions: { show: { policyFrom: ['fields'] } },
		description: 'How long records of entities that are not listed are kept after they were read on demand',
	},
	{
		displayName: 'Definition',
		name: 'definition',
		type: 'json',
		default:
			'{\n  "timeToLive": 300,\n  "entities": {\n    "salesOrder": { "sync": "push", "fields": ["number", "partner"] }\n  }\n}',
		required: true,
		displayOptions: { show: { policyFrom: ['json'] } },
		description: 'The policy as JSON',
	},
]);

const Parameters = z.object({
	policyName: PolicyName,
	policyFrom: z.enum(['fields', 'json']),
	entities: z
		.object({
			rule: z
				.array(
					z.object({
						entity: z.string(),
						sync: SyncMode,
						fields: z.array(z.string()).optional(),
						timeToLive: z.number().optional(),
					}),
				)
				.default([]),
		})
		.optional(),
	timeToLive: z.number().optional(),
	definition: z.union([z.string(), z.looseObject({})]).optional(),
});

/** Saves a policy as the one that holds from now on. A wrong one is refused, and the former goes on. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const parameters = context.parameters(Parameters, index);
		const { policyName } = parameters;
		const policy = readPolicy(policyName, definitionOf(context, parameters));
		const saved = await savePolicy(database, policyName, JSON.stringify(policy), Date.now());
		const { version, savedAt, isNew } = saved;
		return [{ name: policyName, version, isNew, savedAt: new Date(savedAt).toISOString(), policy }];
	});
}

function definitionOf(context: OperationContext, parameters: z.infer<typeof Parameters>): unknown {
	const { policyName, policyFrom, entities, timeToLive, definition } = parameters;
	if (policyFrom === 'json') {
		if (typeof definition !== 'string') return definition;
		try {
			return JSON.parse(definition) as unknown;
		} catch {
			throw context.invalid(`The definition of the sync policy "${policyName}" is no JSON.`, policyName);
		}
	}
	const rules = entities?.rule ?? [];
	const twice = rules.find(({ entity }, index) =>
		rules.some((one, at) => at > index && one.entity === entity),
	);
	if (twice !== undefined)
		throw context.invalid(
			`The sync policy "${policyName}" lists ${twice.entity} twice. Remove one of the two.`,
			policyName,
		);
	return {
		...(timeToLive === undefined ? {} : { timeToLive }),
		entities: Object.fromEntries(
			rules.map(({ entity, sync, fields = [], timeToLive: own }) => [
				entity,
				{
					sync,
					...(sync === 'push' && fields.length > 0 ? { fields } : {}),
					...(sync === 'none' || own === undefined ? {} : { timeToLive: own }),
				},
			]),
		),
	};
}
