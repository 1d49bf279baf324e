import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	dimensionCatalogue,
	fillDocument,
	type DimensionCatalogue,
} from '../../../../core/finance/dimensions/fillDimensions';
import { holdingRuleSet, type RuleSet } from '../../../../core/finance/posting/ruleSet';
import { describeProblems, problems } from '../../../../core/model/problems';
import { Dimensions } from '../../../../core/model/references';
import { ValidationError } from '../../../../core/ports/errors';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { dimensionedDocuments, objectIn, RecordParameter, recordProperty } from '../../documents';
import { eachItem, part, type Parted } from '../../parting';
import { RuleSetParameter, ruleSetProperty } from '../ruleSet/ruleSet';

export const description: INodeProperties[] = shownFor('dimension', 'check', [
	{
		displayName: 'Document',
		name: 'documentType',
		type: 'options',
		options: dimensionedDocuments,
		default: 'purchaseOrder',
		description: 'What the record is',
	},
	recordProperty,
	ruleSetProperty,
	{
		displayName: 'Day',
		name: 'day',
		type: 'string',
		default: '={{ $now.toISODate() }}',
		required: true,
		placeholder: 'e.g. 2026-03-31',
		description: 'The day on which the values must be valid',
	},
	{
		displayName: 'Legal Entity',
		name: 'ofEntity',
		type: 'string',
		default: '',
		placeholder: 'e.g. PLANT',
		description: 'Values that belong to another entity are refused; empty for any',
	},
	{
		displayName: 'Values of the Ledger Only',
		name: 'knownValues',
		type: 'boolean',
		default: true,
		description: 'Whether a value must be one that the ledger has, and valid on the day',
	},
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Complete', 'Incomplete'];

const Parameters = RecordParameter.extend({
	...RuleSetParameter.shape,
	documentType: z.string().min(1),
	day: z.iso.date('must be a day written as YYYY-MM-DD'),
	ofEntity: z.string().trim().optional(),
	knownValues: z.boolean(),
});

const Dimensioned = z.looseObject({
	dimensions: Dimensions.optional(),
	lines: z
		.array(z.looseObject({ account: z.string().optional(), dimensions: Dimensions.optional() }))
		.optional(),
});

/** Fills the dimensions that the rules can fill, and parts the documents that then have all of them from those that lack one. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const database = await context.database();
	const ruleSets = new Map<string, RuleSet>();
	const rulesOf = async (name: string): Promise<RuleSet> => {
		const rules = ruleSets.get(name) ?? (await holdingRuleSet(database, name)).rules;
		ruleSets.set(name, rules);
		return rules;
	};
	let catalogue: DimensionCatalogue | undefined;
	const results = await eachItem(context, async (index): Promise<Parted> => {
		const parameters = context.parameters(Parameters, index);
		const { documentType, day, ofEntity: entity = '', knownValues } = parameters;
		const { dimensions: rules } = await rulesOf(parameters.ruleSet);
		if (knownValues) catalogue ??= await catalogueOf(context);
		const document = documentOf(context, index, parameters.record);
		const {
			document: filled,
			filled: by,
			problems: found,
		} = fillDocument(documentType, document, {
			rules,
			date: day,
			...(entity === '' ? {} : { entity }),
			...(knownValues && catalogue !== undefined ? { catalogue } : {}),
		});
		const json = { document: filled, filled: by };
		if (found.length === 0) return { output: 0, json };
		const named = `${documentType} ${String(document.key ?? document.number ?? `of item ${index}`)}`;
		return {
			output: 1,
			json: { ...json, problems: found, reason: `${named}: ${describeProblems(found)}.` },
		};
	});
	return part(context, outputs, results);
}

function documentOf(
	context: OperationContext,
	index: number,
	record: z.infer<typeof RecordParameter>['record'],
) {
	const given = objectIn(context, 'Record', record);
	const parsed = Dimensioned.safeParse(given);
	if (parsed.success) return parsed.data as { key?: unknown } & z.infer<typeof Dimensioned>;
	throw context.invalid(
		`The dimensions of item ${index} cannot be read: ${problems(parsed.error)}`,
		String(given.key ?? index),
	);
}

async function catalogueOf(context: OperationContext): Promise<DimensionCatalogue> {
	const ledger = await context.connector('finance');
	if (ledger.capabilities().entities.dimensionValue?.read !== true)
		throw new ValidationError(
			`${ledger.system} keeps no dimension values. Switch "Values of the Ledger Only" off, or choose a ledger that has them.`,
			{ system: ledger.system, entity: 'dimensionValue' },
		);
	const values = [];
	for await (const page of ledger.list('dimensionValue')) values.push(...page);
	return dimensionCatalogue(values);
}
