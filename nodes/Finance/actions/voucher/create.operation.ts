import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	bookVouchers,
	type BookableVoucher,
	type Booked,
} from '../../../../core/finance/posting/bookVouchers';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Roles, rolesProperty } from '../../bookFields';
import { eachItem, part, type Parted } from '../../parting';
import { voucherOf, voucherProperty } from './voucher';

export const description: INodeProperties[] = shownFor('voucher', 'create', [
	voucherProperty,
	{
		displayName: 'Person',
		name: 'person',
		type: 'string',
		default: '',
		placeholder: 'e.g. li.wei',
		description: 'Who posts. An exception may let this person through a soft-closed period.',
	},
	{
		...rolesProperty,
		description:
			'Roles of the person; some may be let through a soft-closed period. Names separated by commas, or a list by expression.',
	},
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Created', 'Already There', 'Blocked'];

const PosterParameters = z.object({ person: z.string().trim().optional(), roles: Roles });

/**
 * Makes the draft entries in the ledger, one for a voucher at most: a voucher that was booked before goes to its own output with the
 * entry that it has, and one whose day a lock forbids to another, with the reason and the next day that is open.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	if (context.items.length === 0) return outputs.map(() => []);
	const database = await context.database();
	const ledger = await context.connector('finance');
	const { person = '', roles } = context.parameters(PosterParameters, 0);
	const poster = { roles, now: new Date(), ...(person === '' ? {} : { person }) };
	const read = await eachItem(context, (index) => voucherOf(context, index));
	const vouchers = read.filter((one) => !(one instanceof Error));
	const booked = await bookVouchers(
		{ database, books: await readBooks(database), ledger, poster },
		vouchers as BookableVoucher[],
	);
	let next = 0;
	const results = read.map((voucher): Parted | Error => {
		if (voucher instanceof Error) return voucher;
		const result = booked[next++];
		return result === undefined
			? new Error('The ledger gave no answer.')
			: answer(ledger.system, voucher, result);
	});
	return part(context, outputs, results);
}

function answer(ledger: string, voucher: BookableVoucher, booked: Booked): Parted | Error {
	if ('error' in booked) return booked.error;
	if ('created' in booked)
		return { output: 0, json: { voucher: voucher.key, ledger, entry: booked.created } };
	if ('blocked' in booked) return { output: 2, json: { ...voucher, ...booked.blocked } };
	const { existing, differs } = booked;
	return {
		output: 1,
		json: {
			voucher: voucher.key,
			ledger,
			entry: { key: existing.entry },
			bookedAt: new Date(existing.bookedAt).toISOString(),
			differs,
			...(differs
				? {
						reason: `The document would now give another entry than ${existing.entry}, which ${ledger} has. Reverse or correct that one there.`,
						draft: voucher.entry,
					}
				: {}),
		},
	};
}
