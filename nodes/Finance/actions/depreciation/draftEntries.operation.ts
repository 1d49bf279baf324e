import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { draftDepreciation } from '../../../../core/finance/depreciation/draftDepreciation';
import { SystemName } from '../../../../core/model/references';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty, Period, periodProperty } from '../../bookFields';
import { eachItem, part, type Parted } from '../../parting';
import { assetIn, AssetParameter, assetProperty, entityWithCalendar } from './asset';

function accountProperty(
	name: string,
	displayName: string,
	code: string,
	description: string,
): INodeProperties {
	return { displayName, name, type: 'string', default: code, placeholder: `e.g. ${code}`, description };
}

export const description: INodeProperties[] = shownFor('depreciation', 'draftEntries', [
	assetProperty,
	{
		displayName: 'From System',
		name: 'assetSystem',
		type: 'string',
		default: 'sandbox-finance',
		required: true,
		placeholder: 'e.g. sandbox-finance',
		description:
			'The system that has the card. With key and period it makes the voucher the same one each time.',
	},
	entityProperty,
	periodProperty,
	accountProperty('expenseAccount', 'Expense Account', '6602', 'Is debited with the depreciation'),
	accountProperty(
		'accumulatedAccount',
		'Accumulated Depreciation Account',
		'1602',
		'Is credited with the depreciation',
	),
	{
		displayName: 'More Accounts',
		name: 'moreAccounts',
		type: 'collection',
		placeholder: 'Add Account',
		default: { cost: '1601', disposal: '6115', proceeds: '1606', revaluation: '4104' },
		description: 'For revaluations and disposals; an asset that needs one which is not there is refused',
		options: [
			accountProperty(
				'cost',
				'Cost of the Assets',
				'1601',
				'Bears revaluations, and is cleared by a disposal',
			),
			accountProperty('disposal', 'Gain or Loss of Disposals', '6115', 'Takes proceeds less carrying amount'),
			accountProperty(
				'proceeds',
				'Proceeds of Disposals',
				'1606',
				'Is debited with what a disposal brings in',
			),
			accountProperty('revaluation', 'Revaluation', '4104', 'The other side of a revaluation'),
		],
	},
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Drafted', 'Nothing Due', 'Refused'];

const account = z.string().trim();
const Parameters = AssetParameter.extend({
	assetSystem: SystemName,
	entity: Entity,
	period: Period,
	expenseAccount: account.min(1),
	accumulatedAccount: account.min(1),
	moreAccounts: z
		.object({
			cost: account.optional(),
			disposal: account.optional(),
			proceeds: account.optional(),
			revaluation: account.optional(),
		})
		.optional(),
});

/**
 * The entry of each asset for the period. An asset for which nothing is due, and one that has no rule or lacks an account, goes to an
 * output of its own with the reason; nothing is booked.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const books = await readBooks(await context.database());
	const results = await eachItem(context, (index): Parted => {
		const parameters = context.parameters(Parameters, index);
		const {
			assetSystem: system,
			period,
			expenseAccount: expense,
			accumulatedAccount: accumulated,
		} = parameters;
		const asset = assetIn(context, index, parameters);
		const { calendar } = entityWithCalendar(context, books, parameters.entity);
		const more = Object.entries(parameters.moreAccounts ?? {}).filter(([, code]) => code !== '');
		const due = draftDepreciation({
			asset,
			system,
			entity: parameters.entity,
			calendar,
			period,
			accounts: { expense, accumulated, ...Object.fromEntries(more) },
		});
		if ('voucher' in due) return { output: 0, json: due.voucher };
		const about = { asset: asset.key, name: asset.name, period };
		return 'nothing' in due
			? { output: 1, json: { ...about, reason: due.nothing } }
			: { output: 2, json: { ...about, reason: due.refused } };
	});
	return part(context, outputs, results);
}
