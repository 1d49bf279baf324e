import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { BookableVoucher } from '../../../../core/finance/posting/bookVouchers';
import { entriesOfVouchers } from '../../../../core/finance/posting/findVouchers';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { eachItem, part, type Parted } from '../../parting';
import { voucherOf, voucherProperty } from './voucher';

export const description: INodeProperties[] = shownFor('voucher', 'find', [voucherProperty]);

/** The outputs of the operation, in this order. */
export const outputs = ['In Ledger', 'Missing'];

/** Parts the vouchers that the ledger has from those that it lacks, and says in which entry they are. Books nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	if (context.items.length === 0) return outputs.map(() => []);
	const ledger = await context.connector('finance');
	const read = await eachItem(context, (index) => voucherOf(context, index));
	const entries = await entriesOfVouchers(
		await context.database(),
		ledger,
		read.filter((one): one is BookableVoucher => !(one instanceof Error)),
	);
	const results = read.map((voucher): Parted | Error => {
		if (voucher instanceof Error) return voucher;
		const { key, entry } = voucher;
		const found = entries.get(key);
		if (found === undefined) return { output: 1, json: { voucher: key, ledger: ledger.system, entry } };
		return { output: 0, json: { voucher: key, ledger: ledger.system, entry: found } };
	});
	return part(context, outputs, results);
}
