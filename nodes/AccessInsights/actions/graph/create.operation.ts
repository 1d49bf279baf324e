import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { AccessEvent } from '../../../../core/access/insights/accessEvent';
import { usualSettings } from '../../../../core/access/insights/detect';
import { accessInsights, type PolicyChange } from '../../../../core/access/insights/insights';
import { insightFiles } from '../../../../core/access/insights/reportThread';
import { explainDoubt, explainSignal, insightLanguages } from '../../../../core/access/insights/words';
import { policySetNames, publishedVersions } from '../../../../core/store/accessPolicies';
import type { Database } from '../../../../core/store/database';
import { verifyLog } from '../../../../core/store/decisionLog';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { languageProperty } from '../../language';
import { eventsFromItems, eventsFromLog } from '../../events';
import { peopleOf, peopleProperties } from '../../people';

export const outputs = ['Summary', 'People'];

export const description: INodeProperties[] = shownFor('graph', 'create', [
	{
		displayName: 'Log From',
		name: 'logFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Both',
				value: 'both',
				description: 'The decisions that ABAC logged, and the input items',
			},
			{
				name: 'Decision Log',
				value: 'log',
				description: 'The decisions that ABAC logged in the state store',
			},
			{
				name: 'Input Items',
				value: 'items',
				description:
					'Each a line of an audit trail: at, person, operation, outcome, and where known resource, system, place',
			},
		],
		default: 'log',
		description: 'What people did and what they were refused',
	},
	...peopleProperties,
	{
		displayName: 'Period',
		name: 'period',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Last 30 Days', value: 'last30Days', description: 'Up to now' },
			{ name: 'Last Month', value: 'lastMonth', description: 'The calendar month that is over' },
			{ name: 'Own', value: 'own', description: 'From one day to another' },
		],
		default: 'lastMonth',
		description: 'What the report is about. The log before it shows what is usual.',
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-03-01',
		displayOptions: { show: { period: ['own'] } },
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-03-31',
		description: 'The last day, included',
		displayOptions: { show: { period: ['own'] } },
	},
	{
		displayName: 'Time Zone Name or ID',
		name: 'timeZone',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'loadTimeZones' },
		default: 'UTC',
		description:
			'Whose hours people work. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	languageProperty,
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
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'False Discoveries (%)',
				name: 'falseDiscoveries',
				type: 'number',
				typeOptions: { minValue: 0.1, maxValue: 20, numberPrecision: 1 },
				default: 1,
				description: 'How many of those named may be named by chance. More finds more, and accuses more.',
			},
			{
				displayName: 'Fewest Peers',
				name: 'fewestPeers',
				type: 'number',
				typeOptions: { minValue: 5 },
				default: 10,
				description: 'A smaller group is compared with the whole company',
			},
			{
				displayName: 'History (Days)',
				name: 'historyDays',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 730 },
				default: 90,
				description: 'How much of the decision log before the period is read, to tell what is usual',
			},
		],
	},
]);

const day = z.iso.date('must be a day written as YYYY-MM-DD');

const Parameters = z.object({
	logFrom: z.enum(['both', 'items', 'log']),
	period: z.enum(['last30Days', 'lastMonth', 'own']),
	from: z.string().optional(),
	to: z.string().optional(),
	timeZone: z.string().refine(isTimeZone, 'is no time zone'),
	language: z.enum(insightLanguages),
	binaryPropertyName: z.string().min(1),
	workbookPropertyName: z.string().min(1),
	options: z.object({
		falseDiscoveries: z
			.number()
			.min(0.1)
			.max(20)
			.default(usualSettings.falseDiscoveryRate * 100),
		fewestPeers: z.number().int().min(5).default(usualSettings.fewestPeers),
		historyDays: z.number().int().min(0).max(730).default(90),
	}),
});

const dayMs = 86_400_000;
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The Abnormal Operation Behaviour Graph of a period: one summary with the report, and an item for each person who stands out. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const { options, ...parameters } = context.parameters(Parameters, 0);
	const { language, timeZone, logFrom, binaryPropertyName, workbookPropertyName } = parameters;
	const { from, to } = periodOf(parameters, Date.now());
	const people = await peopleOf(context);
	const database = logFrom === 'items' ? undefined : await context.database();
	const instants = {
		from: Date.parse(`${from}T00:00:00Z`) - (options.historyDays + 1) * dayMs,
		until: Date.parse(`${to}T00:00:00Z`) + 2 * dayMs,
	};
	async function* events(): AsyncGenerator<AccessEvent[]> {
		if (database !== undefined) yield* eventsFromLog(database, instants);
		if (logFrom !== 'log') yield* eventsFromItems(context, context.items);
	}
	const abort = context.functions.getExecutionCancelSignal();
	const insights = await accessInsights({
		events: events(),
		people,
		from,
		to,
		timeZone,
		policyChanges: database === undefined ? [] : await policyChanges(database),
		settings: { falseDiscoveryRate: options.falseDiscoveries / 100, fewestPeers: options.fewestPeers },
		...(abort === undefined ? {} : { signal: abort }),
	});
	if (database !== undefined) {
		const { intact, firstBad } = await verifyLog(database);
		if (!intact && firstBad !== undefined) insights.doubts.unshift({ kind: 'brokenChain', ...firstBad });
	}
	const { html, workbook } = await insightFiles(insights, language);
	const { prepareBinaryData } = context.functions.helpers;
	const file = `abnormal-operations-${from}`;
	const pairedItem = { item: 0 };
	const { people: named, graph: _graph, heat: _heat, trend: _trend, ...figures } = insights;
	const summary: INodeExecutionData = {
		json: {
			...figures,
			named: named.length,
			people: named.map(({ id, name, score, signals }) => ({
				id,
				name,
				score,
				signals: signals.map((signal) => signal.name),
			})),
			doubts: figures.doubts.map((doubt) => ({ ...doubt, explanation: explainDoubt(doubt, language) })),
		} as unknown as IDataObject,
		binary: {
			[binaryPropertyName]: await prepareBinaryData(Buffer.from(html), `${file}.html`, 'text/html'),
			[workbookPropertyName]: await prepareBinaryData(workbook, `${file}.xlsx`, xlsx),
		},
		pairedItem,
	};
	return [
		[summary],
		named.map((person) => ({
			json: {
				...person,
				explanation: person.signals.map((signal) => explainSignal(signal, language)),
			} as unknown as IDataObject,
			pairedItem,
		})),
	];
}

function periodOf(
	{ period, from, to, timeZone }: Pick<z.infer<typeof Parameters>, 'period' | 'from' | 'to' | 'timeZone'>,
	now: number,
): { from: string; to: string } {
	if (period === 'own') {
		const own = z
			.object({ from: day, to: day })
			.refine((one) => one.from <= one.to, { path: ['to'], message: 'must not be before From' })
			.parse({ from, to });
		return own;
	}
	const today = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
	if (period === 'last30Days')
		return { from: new Date(Date.parse(today) - 29 * dayMs).toISOString().slice(0, 10), to: today };
	const last = new Date(Date.parse(`${today.slice(0, 7)}-01`) - dayMs).toISOString().slice(0, 10);
	return { from: `${last.slice(0, 7)}-01`, to: last };
}

/** When policies of any set were published, for the marks in the trend. */
async function policyChanges(database: Database): Promise<PolicyChange[]> {
	const changes: PolicyChange[] = [];
	for (const { name } of await policySetNames(database))
		for (const { version, publishedAt, publishedBy, reason } of await publishedVersions(database, name, 50))
			changes.push({
				day: new Date(publishedAt).toISOString().slice(0, 10),
				text: `${name} ${version} · ${publishedBy} · ${reason}`,
			});
	return changes;
}

function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
}
