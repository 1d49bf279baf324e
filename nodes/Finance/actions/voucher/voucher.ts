import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { BookableVoucher } from '../../../../core/finance/posting/bookVouchers';
import { JournalEntryDraft } from '../../../../core/model/journalEntry';
import { problems } from '../../../../core/model/problems';
import type { OperationContext } from '../../../shared/operationContext';
import { objectIn } from '../../documents';

export const voucherProperty: INodeProperties = {
	displayName: 'Voucher',
	name: 'voucher',
	type: 'json',
	default: '={{ $json }}',
	required: true,
	description: 'As Voucher: Draft and Depreciation: Draft Entries give it: "key" and "entry"',
};

const Voucher = z.looseObject({ key: z.string().min(1).max(700), entry: JournalEntryDraft });
const Parameters = z.object({ voucher: z.union([z.string(), z.looseObject({})]) });

/** The voucher that the parameter holds; one that is none is refused with its fields. */
export function voucherOf(context: OperationContext, index: number): BookableVoucher {
	const { voucher } = context.parameters(Parameters, index);
	const given = objectIn(context, 'Voucher', voucher);
	const parsed = Voucher.safeParse(given);
	if (parsed.success) return { ...given, key: parsed.data.key, entry: parsed.data.entry };
	throw context.invalid(
		`Item ${index} is no voucher, as Voucher: Draft gives it: ${problems(parsed.error)}`,
		String(given.key ?? index),
	);
}
