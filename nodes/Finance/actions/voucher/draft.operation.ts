import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { unknownEntity } from '../../../../core/finance/calendar/booksChange';
import type { Books } from '../../../../core/finance/calendar/periodLock';
import { draftingBy } from '../../../../core/finance/posting/draftEntry';
import { DocumentType, postingDocument } from '../../../../core/finance/posting/postingDocument';
import { holdingRuleSet } from '../../../../core/finance/posting/ruleSet';
import { SystemName } from '../../../../core/model/references';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty } from '../../bookFields';
import { objectIn, postedDocuments, RecordParameter, recordProperty } from '../../documents';
import { eachItem, part, type Parted } from '../../parting';
import { RuleSetParameter, ruleSetProperty } from '../ruleSet/ruleSet';

export const description: INodeProperties[] = shownFor('voucher', 'draft', [
	{
		displayName: 'Document',
		name: 'documentType',
		type: 'options',
		options: postedDocuments,
		default: 'delivery',
		description: 'What the record is',
	},
	recordProperty,
	{
		displayName: 'From System',
		name: 'documentSystem',
		type: 'string',
		default: '={{ $json.source ? $json.source.slice(1) : "sandbox-erp" }}',
		required: true,
		placeholder: 'e.g. sandbox-erp',
		description:
			'The system that has the document. With the type and the key it makes the voucher the same one each time.',
	},
	entityProperty,
	ruleSetProperty,
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: '',
		placeholder: 'e.g. CNY',
		description: 'Of documents that name none, such as receipts of a warehouse',
	},
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Drafted', 'Unmatched', 'Refused'];

const Parameters = RecordParameter.extend({
	...RuleSetParameter.shape,
	documentType: DocumentType,
	documentSystem: SystemName,
	entity: Entity,
	currency: z.string().trim().optional(),
});

/**
 * The voucher of each document by the rule that fits. What no rule fits, and what a rule cannot be applied to, goes to an output of its
 * own with the reason; nothing is dropped and nothing is booked.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const database = await context.database();
	const books = await readBooks(database);
	const drafters = new Map<string, ReturnType<typeof drafterNamed>>();
	const drafterOf = (name: string) => {
		const known = drafters.get(name) ?? drafterNamed(context, name);
		drafters.set(name, known);
		return known;
	};
	const results = await eachItem(context, async (index): Promise<Parted> => {
		const parameters = context.parameters(Parameters, index);
		const { documentType: type, documentSystem: system, currency = '' } = parameters;
		const { draft, ruleSet } = await drafterOf(parameters.ruleSet);
		const record = objectIn(context, 'Record', parameters.record);
		const about = { document: { type, system, key: record.key } };
		const read = postingDocument({
			type,
			system,
			record,
			entity: entityNamed(context, books, parameters.entity),
			...(currency === '' ? {} : { currency }),
		});
		const drafted = 'refused' in read ? read : draft(read.document);
		if ('refused' in drafted) return { output: 2, json: { ...about, reason: drafted.refused, record } };
		if ('unmatched' in drafted) return { output: 1, json: { ...about, reason: drafted.unmatched, record } };
		return { output: 0, json: { ...drafted.voucher, ruleSet } };
	});
	return part(context, outputs, results);
}

async function drafterNamed(context: OperationContext, name: string) {
	const { rules, version } = await holdingRuleSet(await context.database(), name);
	return { draft: draftingBy(rules), ruleSet: { name, version } };
}

function entityNamed(context: OperationContext, { organisation }: Books, id: string) {
	const entity = organisation.entities.find((one) => one.id === id);
	if (entity === undefined) throw context.invalid(unknownEntity(organisation, id), id);
	return entity;
}
