import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { unknownEntity } from '../../../../core/finance/calendar/booksChange';
import { lineage, type PlacedEntity } from '../../../../core/finance/calendar/legalEntity';
import type { Books } from '../../../../core/finance/calendar/periodLock';
import { Asset } from '../../../../core/model/asset';
import { problems } from '../../../../core/model/problems';
import type { OperationContext } from '../../../shared/operationContext';
import { objectIn } from '../../documents';

export const assetProperty: INodeProperties = {
	displayName: 'Asset',
	name: 'asset',
	type: 'json',
	default: '={{ $json.data ?? $json }}',
	required: true,
	description: 'The asset card in canonical form, with its depreciation rule',
};

export const AssetParameter = z.object({ asset: z.union([z.string(), z.looseObject({})]) });

/** The card that the parameter holds; a wrong one is refused with its fields. */
export function assetIn(
	context: OperationContext,
	index: number,
	{ asset }: z.infer<typeof AssetParameter>,
): Asset {
	const given = objectIn(context, 'Asset', asset);
	const parsed = Asset.safeParse(given);
	if (parsed.success) return parsed.data;
	const key = typeof given.key === 'string' ? given.key : `of item ${index}`;
	throw context.invalid(`The card of asset ${key} is wrong: ${problems(parsed.error)}`, key);
}

/** The legal entity with its calendar. */
export function entityWithCalendar(
	context: OperationContext,
	{ organisation }: Books,
	id: string,
): PlacedEntity {
	const [own] = lineage(organisation, id) ?? [];
	if (own !== undefined) return own;
	throw context.invalid(unknownEntity(organisation, id), id);
}
