import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { defaultEngine, prepare } from '../../../../core/access/decisions/livePolicies';
import { replayLog } from '../../../../core/access/decisions/replayLog';
import { Replay } from '../../../../core/access/decisions/simulate';
import { changed, refuseProblems } from '../../../../core/access/policies/change';
import { holdingDefinition } from '../../../../core/access/policies/publish';
import type { LogSelection } from '../../../../core/store/decisionLog';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import {
	engineProperty,
	Engine,
	PolicySetParameter,
	policySetProperty,
	strictProperty,
} from '../../policySets';
import { ChangeParameters, changeOf, changeProperties } from './change';

export const description: INodeProperties[] = shownFor('policy', 'simulate', [
	policySetProperty,
	...changeProperties,
	{
		displayName: 'Decisions From',
		name: 'decisionsFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Decision Log', value: 'log', description: 'What was really asked' },
			{
				name: 'File',
				value: 'file',
				description: 'Decisions as Log: Get Many gives them: a JSON list, or one JSON object a line',
			},
		],
		default: 'log',
		description: 'What to decide again',
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'dateTime',
		default: '',
		description: 'Only decisions from then on; empty: from the beginning',
		displayOptions: { show: { decisionsFrom: ['log'] } },
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		description: 'Only decisions before then; empty: up to now',
		displayOptions: { show: { decisionsFrom: ['log'] } },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field containing the decisions',
		displayOptions: { show: { decisionsFrom: ['file'] } },
	},
	{
		displayName: 'Flips Shown',
		name: 'flipsShown',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100_000 },
		default: 100,
		description: 'How many of the decisions that flip are listed; all are counted',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [engineProperty, strictProperty],
	},
]);

const Parameters = z.object({
	decisionsFrom: z.enum(['log', 'file']),
	from: z.unknown(),
	until: z.unknown(),
	binaryPropertyName: z.string().optional(),
	flipsShown: z.number().int().min(0).max(100_000),
	options: z.object({ engine: Engine.default(defaultEngine), strict: z.boolean().default(true) }),
});

/** Decides again what was decided, by policies with a change, and shows what would come out differently. Nothing is published. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const parameters = context.parameters(Parameters, index);
		const { flipsShown, options } = parameters;
		const change = changeOf(context, context.parameters(ChangeParameters, index));
		const held = await holdingDefinition(database, policySet);
		const examined = await changed(held.definition, change);
		refuseProblems(examined);
		const live = prepare({
			name: policySet,
			version: held.version,
			definition: examined.definition,
			needs: examined.needs,
			engine: options.engine,
		});
		const replay = new Replay(live, { isStrict: options.strict }, flipsShown);
		if (parameters.decisionsFrom === 'log')
			await replayLog(database, policySet, selectionOf(parameters), replay);
		else for (const record of await decisionsIn(context, parameters, index)) replay.add(record);
		return [{ policySet, comparedWithVersion: held.version, ...replay.result }];
	});
}

function selectionOf({ from, until }: z.infer<typeof Parameters>): LogSelection {
	const [since, before] = [instantOf(from), instantOf(until)];
	return {
		...(since === undefined ? {} : { from: since }),
		...(before === undefined ? {} : { until: before }),
	};
}

/** Of a file. */
async function decisionsIn(
	context: OperationContext,
	{ binaryPropertyName = 'data' }: z.infer<typeof Parameters>,
	index: number,
): Promise<unknown[]> {
	const file = await context.functions.helpers.getBinaryDataBuffer(index, binaryPropertyName);
	const text = file.toString('utf8');
	const lines = text.trim().startsWith('[') ? [text] : text.split('\n').filter((line) => line.trim() !== '');
	return lines.flatMap((line, at) => {
		try {
			return JSON.parse(line) as unknown;
		} catch {
			throw context.invalid(`Line ${at + 1} of the file is no JSON.`);
		}
	});
}

function instantOf(value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const at = Date.parse(String(value));
	return Number.isNaN(at) ? undefined : at;
}
