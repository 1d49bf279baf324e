import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { keptCodes } from '../../../../core/crosswalk/aliases';
import { linksOf, type CrosswalkKind } from '../../../../core/crosswalk/crosswalk';
import {
	suggestLinks,
	type LinkCandidate,
	type LinkSuggestion,
	type SuggestOptions,
} from '../../../../core/crosswalk/suggestLinks';
import type { SystemConnector } from '../../../../core/ports/systemConnector';
import type { Database } from '../../../../core/store/database';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';
import { connectedPair, systemPairProperties } from '../../systemPairs';

export const description: INodeProperties[] = shownFor('crosswalk', 'suggestLinks', [
	{
		displayName: 'Nothing is linked: put out are suggestions, and what a person must decide.',
		name: 'suggestNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Records From',
		name: 'recordsFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'ERP and WMS',
				value: 'systems',
				description: 'All items of both systems, read page by page; once for an execution',
			},
			{
				name: 'Input Items',
				value: 'items',
				description: 'Records of both systems, one after the other (Merge node, mode Append)',
			},
		],
		default: 'items',
		description: 'Where the records to compare come from',
	},
	...shownWhen('systems', systemPairProperties),
	...shownWhen('items', fieldsOfItems()),
	optionsProperty(),
]);

function shownWhen(recordsFrom: string, properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: { show: { ...property.displayOptions?.show, recordsFrom: [recordsFrom] } },
	}));
}

function fieldsOfItems(): INodeProperties[] {
	return [
		kindProperty,
		systemNameProperty('system', 'System', 'One of the two systems', 'sandbox-erp'),
		systemNameProperty('otherSystem', 'Other System', 'The other system', 'sandbox-wms'),
		{
			...systemNameProperty(
				'recordSystem',
				'System of the Record',
				'Which of the two the item belongs to',
				'sandbox-erp',
			),
			default: '={{ $json.system }}',
		},
		{ ...codeProperty('code', 'Code', "The record's code in its system"), default: '={{ $json.code }}' },
		{
			displayName: 'Name',
			name: 'recordName',
			type: 'string',
			default: '={{ $json.name }}',
			description: 'Names are compared without case, accents and order of words',
		},
		{
			displayName: 'GTIN or Other Barcode',
			name: 'gtin',
			type: 'string',
			default: '={{ $json.gtin }}',
			description: 'The strongest evidence, for and against',
		},
		{
			displayName: 'Attributes',
			name: 'attributes',
			type: 'json',
			default: '={{ { baseUnit: $json.baseUnit } }}',
			description: 'What else both systems may know, such as brand or size, as an object of texts',
		},
	];
}

function optionsProperty(): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Ambiguity Margin',
				name: 'margin',
				type: 'number',
				typeOptions: { minValue: 0.01, maxValue: 1, numberPrecision: 2 },
				default: 0.1,
				description: 'A pair goes to review when another one comes nearer to its confidence than this',
			},
			{
				displayName: 'Review From',
				name: 'reviewFrom',
				type: 'number',
				typeOptions: { minValue: 0.01, maxValue: 1, numberPrecision: 2 },
				default: 0.4,
				description: 'A pair below this confidence is left out',
			},
			{
				displayName: 'Suggest From',
				name: 'suggestFrom',
				type: 'number',
				typeOptions: { minValue: 0.01, maxValue: 1, numberPrecision: 2 },
				default: 0.85,
				description: 'A pair below this confidence goes to review',
			},
		],
	};
}

const Share = z.number().min(0.01).max(1).optional();
const Parameters = z.object({
	recordsFrom: z.enum(['items', 'systems']),
	options: z.object({ suggestFrom: Share, reviewFrom: Share, margin: Share }),
});
const PairParameters = z.object({ systems: z.string() });
const ItemParameters = z.object({ kind: Kind, system: System, otherSystem: System });
const OptionalText = z.coerce
	.string()
	.optional()
	.transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));
const Record = z.object({
	recordSystem: System,
	code: Code,
	recordName: OptionalText,
	gtin: OptionalText,
	attributes: z
		.preprocess((value) => {
			try {
				return typeof value === 'string' && value.trim() !== '' ? JSON.parse(value) : value || undefined;
			} catch {
				return value;
			}
		}, z.record(z.string(), z.unknown()).optional())
		.transform((given = {}) =>
			Object.fromEntries(
				Object.entries(given).flatMap(([name, value]) =>
					['string', 'number', 'boolean'].includes(typeof value) && value !== ''
						? [[name, String(value)]]
						: [],
				),
			),
		),
});

/** For each record of the first system that has no link yet: its counterpart, candidates for review, or nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	if (context.items.length === 0) return [];
	const { recordsFrom, options } = context.parameters(Parameters, 0);
	return recordsFrom === 'items' ? await fromItems(context, options) : await fromSystems(context, options);
}

async function fromSystems(
	context: OperationContext,
	options: SuggestOptions,
): Promise<INodeExecutionData[]> {
	const { erp, wms } = await connectedPair(context, context.parameters(PairParameters, 0).systems);
	const [database, first, second] = await Promise.all([context.database(), itemsOf(erp), itemsOf(wms)]);
	const answers = await suggestions(
		database,
		{
			kind: 'item',
			first: { system: erp.system, records: first },
			second: { system: wms.system, records: second },
		},
		options,
	);
	return answers.map(({ answer }) => ({ json: answer as IDataObject, pairedItem: { item: 0 } }));
}

async function itemsOf(connector: SystemConnector): Promise<LinkCandidate[]> {
	const candidates: LinkCandidate[] = [];
	for await (const page of connector.list('item', { pageSize: 500 }))
		candidates.push(
			...page.map(({ code, name, gtin, baseUnit }) => ({ code, name, gtin, attributes: { baseUnit } })),
		);
	return candidates;
}

async function fromItems(context: OperationContext, options: SuggestOptions): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const { kind, system, otherSystem } = context.parameters(ItemParameters, 0);
	if (system === otherSystem) throw context.invalid(`System and Other System are both ${system}. Name two.`);
	const sides = new Map([system, otherSystem].map((name) => [name, new Map<string, LinkCandidate>()]));
	const indexes = new Map<string, number>();
	const results = context.items.map((_, index): object[] | Error => {
		try {
			const { recordSystem, code, recordName, ...rest } = context.parameters(Record, index);
			const side = sides.get(recordSystem);
			if (side === undefined)
				throw context.invalid(
					`Item ${index} ("${code}") is of system "${recordSystem}", which is neither ${system} nor ${otherSystem}.`,
					code,
				);
			if (side.has(code))
				throw context.invalid(`Item ${index}: the code "${code}" of ${recordSystem} is given twice.`, code);
			side.set(code, { code, name: recordName, ...rest });
			if (recordSystem === system) indexes.set(code, index);
			return [];
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const recordsOf = (name: string) => [...(sides.get(name)?.values() ?? [])];
	const answers = await suggestions(
		database,
		{
			kind,
			first: { system, records: recordsOf(system) },
			second: { system: otherSystem, records: recordsOf(otherSystem) },
		},
		options,
	);
	for (const { code, answer } of answers) {
		const index = indexes.get(code);
		if (index !== undefined) results[index] = [answer];
	}
	return context.answer(results);
}

interface Side {
	system: string;
	records: LinkCandidate[];
}

/** For each record of the first side without a link, and not merged into another, what is put out. */
async function suggestions(
	database: Database,
	{ kind, first, second }: { kind: CrosswalkKind; first: Side; second: Side },
	options: SuggestOptions,
): Promise<Array<{ code: string; answer: object }>> {
	const open = async (side: Side, other: Side): Promise<LinkCandidate[]> => {
		const codes = side.records.map(({ code }) => code);
		const links = await linksOf(database, kind, side.system, codes, other.system);
		const merged = await keptCodes(database, kind, side.system, codes);
		return side.records.filter(({ code }) => !links.has(code) && !merged.has(code));
	};
	const names = new Map(
		[first, second].map(({ system, records }) => [
			system,
			new Map(records.map(({ code, name }) => [code, name])),
		]),
	);
	const nameOf = (system: string, code: string) => names.get(system)?.get(code) ?? null;
	return suggestLinks(await open(first, second), await open(second, first), options).map((suggestion) => ({
		code: suggestion.first,
		answer: answerOf(suggestion, kind, first.system, second.system, nameOf),
	}));
}

function answerOf(
	suggestion: LinkSuggestion,
	kind: CrosswalkKind,
	system: string,
	otherSystem: string,
	nameOf: (system: string, code: string) => string | null,
): object {
	const code = suggestion.first;
	const known = { status: suggestion.status, kind, system, code, name: nameOf(system, code), otherSystem };
	switch (suggestion.status) {
		case 'suggested': {
			const { second, confidence, evidence } = suggestion;
			return { ...known, otherCode: second, otherName: nameOf(otherSystem, second), confidence, evidence };
		}
		case 'review': {
			const candidates = suggestion.candidates.map((candidate) => ({
				...candidate,
				name: nameOf(otherSystem, candidate.code),
			}));
			return { ...known, otherCode: null, why: suggestion.why, candidates };
		}
		case 'unmatched':
			return { ...known, otherCode: null };
	}
}
