import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod/v4';

import { AlertWatch, type Alert } from '../../core/variance/alerts';
import { carryOver, type CarryOverResult } from '../../core/variance/carryOver';
import type { Comparison } from '../../core/variance/compare';
import type { VarianceDefinition } from '../../core/variance/definition';
import type { CarriedOver, Finding } from '../../core/variance/finding';
import { openOf } from '../../core/variance/history';
import { reportFiles } from '../../core/variance/reportThread';
import { classWords, explain, explainSettled } from '../../core/variance/words';
import type { OperationContext } from '../shared/operationContext';
import { AlertParameters, alertProperties, thresholdsOf } from './alerts';

/** What a comparison gives out, and what it remembers. */
export const outcomeProperties: INodeProperties[] = [
	{
		displayName: 'Report Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Chinese (Simplified)', value: 'zh-CN' },
			{ name: 'English', value: 'en' },
		],
		default: 'en',
	},
	{
		displayName: 'Put Report in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'report',
		required: true,
		hint: 'The name of the binary field of the summary to put the HTML report in',
	},
	{
		displayName: 'Put Workbook in Field',
		name: 'workbookPropertyName',
		type: 'string',
		default: 'workbook',
		required: true,
		hint: 'The name of the binary field of the summary to put the same as an XLSX workbook in',
	},
	...alertProperties,
	{
		displayName: 'Output Matched Deals',
		name: 'outputMatched',
		type: 'boolean',
		default: false,
		description: 'Whether to output an item for each deal on which all sides agree',
	},
	{
		displayName: 'Remember Findings',
		name: 'rememberFindings',
		type: 'boolean',
		default: false,
		description:
			'Whether to keep the differences in the state store under the name of the comparison. The next report then tells what is new, still open, settled or accepted, and draws the trend.',
	},
	{
		displayName: 'Keep for Days',
		name: 'retentionDays',
		type: 'number',
		typeOptions: { minValue: 7, maxValue: 3650 },
		default: 400,
		displayOptions: { show: { rememberFindings: [true] } },
		description:
			'For how long report days, and acceptances of what is not found any more, are kept. The findings themselves are kept of the last two report days.',
	},
];

export const OutcomeParameters = z.object({
	language: z.enum(['en', 'zh-CN']),
	binaryPropertyName: z.string().min(1),
	workbookPropertyName: z.string().min(1).default('workbook'),
	...AlertParameters.shape,
	outputMatched: z.boolean(),
	rememberFindings: z.boolean().default(false),
	retentionDays: z.number().int().min(7).max(3_650).default(400),
});
export type OutcomeParameters = z.infer<typeof OutcomeParameters>;

/** The outputs of a comparison, in this order. */
export const outputs = ['Matched', 'Differences', 'Summary', 'Settled'];

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Items that are made before the event loop gets its turn. */
const itemsAPiece = 500;

/** A comparison that has run, as items: one list for each output. The summary carries the report. */
export async function answer(
	context: OperationContext,
	comparison: Comparison,
	definition: VarianceDefinition,
	parameters: OutcomeParameters,
): Promise<INodeExecutionData[][]> {
	const { language, alertAbove, binaryPropertyName, workbookPropertyName, outputMatched } = parameters;
	const { summary } = comparison;
	const pairedItem = context.items.map((_, item) => ({ item }));
	const item = (json: object): INodeExecutionData => ({ json: json as IDataObject, pairedItem: { item: 0 } });
	const names = definition.sides.map(({ name }) => name);

	const found: Finding[] = [];
	for await (const some of comparison.findings()) found.push(...some);
	const remembered = await remember(context, comparison, definition, found, parameters);
	const [findings, settled] =
		remembered !== undefined && 'findings' in remembered
			? [remembered.findings, remembered.settled]
			: [found, []];

	const watch = new AlertWatch(thresholdsOf(parameters));
	const differences: INodeExecutionData[] = [];
	for (let start = 0; start < findings.length; start += itemsAPiece) {
		const piece = findings.slice(start, start + itemsAPiece);
		watch.add(piece);
		for (const finding of piece)
			differences.push(
				item({
					...finding,
					explanation: explain(finding, names, language),
					settledBy: classWords[language][finding.class].settle,
				}),
			);
		await setImmediate();
	}
	const matched: INodeExecutionData[] = [];
	if (outputMatched) for await (const deals of comparison.matched()) matched.push(...deals.map(item));

	const open = openOf(summary, remembered?.carried);
	const alerts = watch.crossed();
	const isFurther = ({ threshold, class: only, limit }: Alert) =>
		threshold !== 'atStake' || only !== undefined || limit !== alertAbove;
	const { html, workbook } = await reportFiles(
		{
			summary,
			language,
			...(alertAbove === '' ? {} : { alertAbove }),
			alerts: alerts.filter(isFurther),
			...(remembered === undefined ? {} : { carried: remembered.carried }),
		},
		findings,
		settled,
	);
	const { prepareBinaryData } = context.functions.helpers;
	const file = `variance-${summary.asOf}`;
	const binary = {
		[binaryPropertyName]: await prepareBinaryData(Buffer.from(html), `${file}.html`, 'text/html'),
		[workbookPropertyName]: await prepareBinaryData(workbook, `${file}.xlsx`, xlsx),
	};
	const json = {
		...summary,
		open,
		alert: alerts.length > 0,
		alerts,
		...historyOf(remembered?.carried),
	} as unknown as IDataObject;
	return [
		matched,
		differences,
		[{ json, binary, pairedItem }],
		settled.map((finding) =>
			item({
				...finding,
				explanation: explain(finding, names, language),
				settledBy: explainSettled(finding, names, language),
			}),
		),
	];
}

async function remember(
	context: OperationContext,
	comparison: Comparison,
	definition: VarianceDefinition,
	found: Finding[],
	{ rememberFindings, retentionDays }: OutcomeParameters,
): Promise<CarryOverResult | undefined> {
	if (!rememberFindings) return undefined;
	const now = new Date();
	return await carryOver(await context.database(), definition, comparison, found, {
		retentionDays,
		today: now.toISOString().slice(0, 10),
		at: now.getTime(),
	});
}

/** What the summary says of the reports before. */
function historyOf(carried: CarriedOver | undefined): object {
	if (carried === undefined) return {};
	if (!carried.kept) return { history: carried };
	const { states, trend, ...history } = carried;
	return { states, trend, history };
}
