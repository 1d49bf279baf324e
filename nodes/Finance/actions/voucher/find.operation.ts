import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { entriesOfVouchers, type SoughtVoucher } from '../../../../core/finance/posting/findVouchers';
import { DocumentType } from '../../../../core/finance/posting/postingDocument';
import { voucherKey } from '../../../../core/finance/posting/voucherKey';
import { Key, SystemName } from '../../../../core/model/references';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { postedDocuments } from '../../documents';
import { eachItem, part, type Parted } from '../../parting';
import { voucherOf, voucherProperty } from './voucher';

const ofDocuments = { show: { findBy: ['document'] } };

export const description: INodeProperties[] = shownFor('voucher', 'find', [
	{
		displayName: 'Find By',
		name: 'findBy',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Document', value: 'document', description: 'The entry of a delivery, an invoice' },
			{ name: 'Voucher', value: 'voucher', description: 'As Draft and Draft Entries give it' },
		],
		default: 'document',
	},
	{
		displayName: 'Document',
		name: 'documentType',
		type: 'options',
		options: postedDocuments,
		default: 'delivery',
		displayOptions: ofDocuments,
		description: 'What the record is',
	},
	{
		displayName: 'Key',
		name: 'documentKey',
		type: 'string',
		default: '={{ ($json.data ?? $json).key }}',
		required: true,
		placeholder: 'e.g. DN-00000001',
		displayOptions: ofDocuments,
		description: 'Of the document, in its system',
	},
	{
		displayName: 'From System',
		name: 'documentSystem',
		type: 'string',
		default: '={{ $json.source ? $json.source.slice(1) : "sandbox-erp" }}',
		required: true,
		placeholder: 'e.g. sandbox-erp',
		displayOptions: ofDocuments,
		description: 'The system that has the document',
	},
	{ ...voucherProperty, displayOptions: { show: { findBy: ['voucher'] } } },
]);

/** The outputs of the operation, in this order. */
export const outputs = ['In Ledger', 'Missing'];

const Parameters = z.object({ findBy: z.enum(['document', 'voucher']) });
const DocumentParameters = z.object({
	documentType: DocumentType,
	documentKey: Key,
	documentSystem: SystemName,
});

/**
 * Parts the documents or vouchers of which the ledger has an entry from those of which it has none, and says which entry. The item keeps
 * its fields. Books nothing.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	if (context.items.length === 0) return outputs.map(() => []);
	const ledger = await context.connector('finance');
	const read = await eachItem(context, (index) => soughtIn(context, index));
	const entries = await entriesOfVouchers(
		await context.database(),
		ledger,
		read.filter((one): one is SoughtVoucher => !(one instanceof Error)),
	);
	const results = read.map((sought, index): Parted | Error => {
		if (sought instanceof Error) return sought;
		const found = entries.get(sought.key);
		const about = { ...context.json(index), voucher: sought.key, ledger: ledger.system };
		return found === undefined ? { output: 1, json: about } : { output: 0, json: { ...about, entry: found } };
	});
	return part(context, outputs, results);
}

function soughtIn(context: OperationContext, index: number): SoughtVoucher {
	if (context.parameters(Parameters, index).findBy === 'voucher') {
		const { key, entry } = voucherOf(context, index);
		return { key, ...(entry.document === undefined ? {} : { document: entry.document }) };
	}
	const {
		documentType: type,
		documentKey: key,
		documentSystem: system,
	} = context.parameters(DocumentParameters, index);
	return { key: voucherKey({ system, type, key }), document: { type, system, key } };
}
