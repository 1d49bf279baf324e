import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { linksOf } from '../../../../core/crosswalk/crosswalk';
import {
	suggestLinks,
	type LinkCandidate,
	type LinkSuggestion,
} from '../../../../core/crosswalk/suggestLinks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'suggestLinks', [
	{
		displayName:
			'Takes the records of both systems as items, one after the other (Merge node, mode Append). Nothing is linked: put out are suggestions, and what a person must decide.',
		name: 'suggestNotice',
		type: 'notice',
		default: '',
	},
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
	{
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
	},
]);

const Share = z.number().min(0.01).max(1).optional();
const Parameters = z.object({
	kind: Kind,
	system: System,
	otherSystem: System,
	options: z.object({ suggestFrom: Share, reviewFrom: Share, margin: Share }),
});
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

interface GivenRecord extends LinkCandidate {
	index: number;
}

/** For each record of the first system that has no link yet: its counterpart, candidates for review, or nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	if (context.items.length === 0) return [];
	const { kind, system, otherSystem, options } = context.parameters(Parameters, 0);
	if (system === otherSystem) throw context.invalid(`System and Other System are both ${system}. Name two.`);
	const sides = { [system]: new Map<string, GivenRecord>(), [otherSystem]: new Map<string, GivenRecord>() };
	const results = context.items.map((_, index): object[] | Error => {
		try {
			const { recordSystem, code, recordName, ...rest } = context.parameters(Record, index);
			const side = sides[recordSystem];
			if (side === undefined)
				throw context.invalid(
					`Item ${index} ("${code}") is of system "${recordSystem}", which is neither ${system} nor ${otherSystem}.`,
					code,
				);
			if (side.has(code))
				throw context.invalid(`Item ${index}: the code "${code}" of ${recordSystem} is given twice.`, code);
			side.set(code, { index, code, name: recordName, ...rest });
			return [];
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const first = sides[system] ?? new Map<string, GivenRecord>();
	const second = sides[otherSystem] ?? new Map<string, GivenRecord>();
	const links = await linksOf(database, kind, system, [...first.keys()], otherSystem);
	const linkedThere = await linksOf(database, kind, otherSystem, [...second.keys()], system);
	const suggestions = suggestLinks(
		[...first.values()].filter(({ code }) => !links.has(code)),
		[...second.values()].filter(({ code }) => !linkedThere.has(code)),
		options,
	);
	const describe = (of: string, code: string) => ({
		system: of,
		code,
		name: (of === system ? first : second).get(code)?.name ?? null,
	});
	for (const suggestion of suggestions) {
		const index = first.get(suggestion.first)?.index;
		if (index !== undefined) results[index] = [answerOf(suggestion, kind, system, otherSystem, describe)];
	}
	return context.answer(results);
}

function answerOf(
	suggestion: LinkSuggestion,
	kind: string,
	system: string,
	otherSystem: string,
	describe: (system: string, code: string) => { system: string; code: string; name: string | null },
): object {
	const { name, ...own } = describe(system, suggestion.first);
	const known = { status: suggestion.status, kind, ...own, name, otherSystem };
	switch (suggestion.status) {
		case 'suggested': {
			const { second, confidence, evidence } = suggestion;
			const other = describe(otherSystem, second);
			return { ...known, otherCode: second, otherName: other.name, confidence, evidence };
		}
		case 'review': {
			const candidates = suggestion.candidates.map((candidate) => ({
				...candidate,
				name: describe(otherSystem, candidate.code).name,
			}));
			return { ...known, otherCode: null, why: suggestion.why, candidates };
		}
		case 'unmatched':
			return { ...known, otherCode: null };
	}
}
