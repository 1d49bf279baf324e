import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { schedule } from '../../../../core/finance/depreciation/schedule';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty } from '../../bookFields';
import { eachItem, part, type Parted } from '../../parting';
import { assetIn, AssetParameter, assetProperty, entityWithCalendar } from './asset';

export const description: INodeProperties[] = shownFor('depreciation', 'schedule', [
	assetProperty,
	entityProperty,
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Scheduled', 'Refused'];

const Parameters = AssetParameter.extend({ entity: Entity });

/** What each asset loses in each period of its life; an asset without a rule is reported at an output of its own. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const books = await readBooks(await context.database());
	const results = await eachItem(context, (index): Parted => {
		const parameters = context.parameters(Parameters, index);
		const asset = assetIn(context, index, parameters);
		const { calendar } = entityWithCalendar(context, books, parameters.entity);
		const planned = schedule(asset, calendar);
		const { key, name, currency } = asset;
		if ('refused' in planned) return { output: 1, json: { asset: key, name, reason: planned.refused } };
		const lines = planned.lines.map(({ period, ...amounts }) => ({
			period: period.key,
			from: period.from,
			to: period.to,
			...amounts,
		}));
		return { output: 0, json: { ...planned, name, currency, lines } };
	});
	return part(context, outputs, results);
}
