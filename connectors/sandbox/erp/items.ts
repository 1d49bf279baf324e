import { z } from 'zod/v4';

import { Item, type ItemDraft } from '../../../core/model/item';
import { ValidationError } from '../../../core/ports/errors';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	code: z.string(),
	gtin: z.string(),
	names: z.object({ en: z.string() }),
	baseUnit: z.string(),
	conversions: z.array(z.object({ unit: z.string(), pieces: z.number().int().positive() })),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Items by code. This ERP counts in pieces, and knows cartons beside them. */
export const items: SandboxEntityKind<'item', z.infer<typeof Own>> = {
	entity: 'item',
	name: 'item',
	path: '/api/items',
	page: 'items',
	keys: 'codes',
	described: ['item', []],
	covers: { code: 'code', gtin: 'gtin', names: 'name', baseUnit: 'baseUnit', carton: 'units' },
	Own,
	Canonical: Item,
	keyOf: ({ code }) => code,
	canonical: ({ code, gtin, names, baseUnit, conversions }) => ({
		code,
		gtin,
		name: names.en,
		baseUnit,
		units: conversions.map(({ unit, pieces }) => ({ unit, numerator: String(pieces), denominator: '1' })),
	}),
	own: ({ code, gtin, name, baseUnit, units }) => {
		if (baseUnit !== undefined && baseUnit !== 'H87') throw refused(code, `baseUnit: ${baseUnit}`);
		return given({
			code,
			gtin,
			names: name === undefined ? undefined : { en: name },
			carton: cartonOf(code, units),
		});
	},
	chosenKey: ({ code }) => code,
};

function cartonOf(code: string | undefined, units: ItemDraft['units'] = []): number | undefined {
	const [carton, ...others] = units;
	if (carton === undefined) return undefined;
	if (others.length > 0 || carton.unit !== 'XCT' || carton.denominator !== '1') {
		throw refused(code, `units: ${units.map(({ unit }) => unit).join(', ')}`);
	}
	return Number(carton.numerator);
}

function refused(code: string | undefined, what: string): ValidationError {
	return new ValidationError(`Item "${code ?? ''}" cannot be kept by the sandbox ERP: ${what}.`, {
		system: 'sandbox-erp',
		entity: 'item',
		...(code === undefined ? {} : { key: code }),
		hint: 'It counts in pieces (H87) and whole cartons of pieces (XCT).',
	});
}
