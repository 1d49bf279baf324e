import { z } from 'zod/v4';

import { compare, scaleExactly } from '../../core/model/decimal';
import type { Item, ItemDraft } from '../../core/model/item';
import { BridgeError, ValidationError } from '../../core/ports/errors';
import type { Outcome, UpsertRequest } from '../../core/ports/systemConnector';
import { chunksOf, type SandboxService } from './service';

export const WmsItem = z.object({
	sku: z.string(),
	gtin: z.string(),
	names: z.object({ en: z.string() }),
	baseUnit: z.string(),
	units: z.array(z.object({ unit: z.string(), factor: z.string() })),
});

export function itemOf({ sku, gtin, names, baseUnit, units }: z.infer<typeof WmsItem>): Item {
	return {
		code: sku,
		gtin,
		name: names.en,
		baseUnit,
		units: units.map(({ unit, factor }) => ({ unit, numerator: factor, denominator: '1' })),
	};
}

/** Calls at a time, since the service writes one item a call. */
const singleCalls = 8;

/** Makes items, or changes what is given of them. The code identifies, so sending one again changes nothing. */
export async function upsertItems(
	service: SandboxService,
	requests: Array<UpsertRequest<ItemDraft>>,
): Promise<Array<Outcome<Item>>> {
	const outcomes: Array<Outcome<Item>> = [];
	for (const chunk of chunksOf(requests, singleCalls))
		outcomes.push(...(await Promise.all(chunk.map(async (request) => await upsertItem(service, request)))));
	return outcomes;
}

async function upsertItem(
	service: SandboxService,
	{ draft, expectedVersion }: UpsertRequest<ItemDraft>,
): Promise<Outcome<Item>> {
	const key = draft.code;
	try {
		if (expectedVersion !== undefined)
			throw refused(service, key, 'has no revision to compare', 'Leave the expected revision empty.');
		const body = ownItem(service, draft);
		const path = `/api/items/${encodeURIComponent(key)}`;
		const item = await service.call(WmsItem, { method: 'PUT', path, body }, { entity: 'item', key });
		return { key, value: itemOf(item) };
	} catch (error) {
		if (error instanceof BridgeError) return { key, error };
		throw error;
	}
}

/** Without units the ones that the warehouse knows stay. */
function ownItem(service: SandboxService, { code, name, gtin, baseUnit, units }: ItemDraft): object {
	return {
		...(gtin === undefined ? {} : { gtin }),
		...(name === undefined ? {} : { names: { en: name } }),
		baseUnit,
		...(units.length === 0
			? {}
			: {
					units: units.map(({ unit, numerator, denominator }) => {
						const factor = scaleExactly('1', numerator, denominator);
						if (factor === undefined || !/^\d{1,6}(\.\d{1,3})?$/.test(factor) || compare(factor, '0') <= 0) {
							throw refused(
								service,
								code,
								`can't have unit ${unit} of ${numerator}/${denominator} ${baseUnit}`,
								'A unit holds up to 999,999 base units with three decimal places.',
							);
						}
						return { unit, factor };
					}),
				}),
	};
}

function refused(service: SandboxService, key: string, why: string, hint: string): ValidationError {
	return new ValidationError(`Item "${key}" of ${service.system} ${why}. ${hint}`, {
		system: service.system,
		entity: 'item',
		key,
		hint,
	});
}
