import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { OperationContext } from '../shared/operationContext';

/** What is posted, as people call it. */
export const postedDocuments: INodePropertyOptions[] = [
	{ name: 'Adjustment', value: 'adjustment', description: 'A stock movement that corrects the stock' },
	{ name: 'Delivery', value: 'delivery', description: 'Goods that a customer was given' },
	{ name: 'Invoice', value: 'invoice', description: 'A bill to a customer' },
	{ name: 'Purchase Receipt', value: 'purchaseReceipt', description: 'Goods that a supplier has brought' },
	{
		name: 'Return',
		value: 'return',
		description: 'Goods that a customer has brought back, as a delivery has them',
	},
	{ name: 'Supplier Invoice', value: 'supplierInvoice', description: 'A bill from a supplier' },
];

/** What may have to carry dimensions: also what is never posted itself. */
export const dimensionedDocuments: INodePropertyOptions[] = [
	...postedDocuments,
	{ name: 'Journal Entry', value: 'journalEntry', description: 'Its lines have accounts of their own' },
	{ name: 'Purchase Order', value: 'purchaseOrder' },
	{ name: 'Sales Order', value: 'salesOrder' },
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** An item that the ERP Trigger gives has the record in `data`. */
export const recordProperty: INodeProperties = {
	displayName: 'Record',
	name: 'record',
	type: 'json',
	default: '={{ $json.data ?? $json }}',
	required: true,
	description:
		'The document in canonical form, as the ERP and WMS nodes and their triggers give it. Rules may also read fields that you add.',
};

/** JSON as an expression or a person gives it. */
const Given = z.union([z.string(), z.looseObject({})]);
export const RecordParameter = z.object({ record: Given });

/** The object that a JSON parameter holds. */
export function objectIn(
	context: OperationContext,
	parameter: string,
	value: z.infer<typeof Given>,
): Record<string, unknown> {
	if (typeof value !== 'string') return value;
	try {
		const parsed = JSON.parse(value) as unknown;
		if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
			return parsed as Record<string, unknown>;
	} catch {
		// Said below: what is no JSON is no object either.
	}
	throw context.invalid(`The parameter "${parameter}" is no JSON object.`);
}
