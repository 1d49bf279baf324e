import { z } from 'zod/v4';

import { DimensionValue } from '../../../core/model/ledger';
import { Dimensions, Key, Text } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import type { RecordKind } from '../records/recordBook';

const Fields = z.object({
	/** such as `costCentre`; a slash would make keys ambiguous */
	dimension: z
		.string()
		.min(1)
		.max(100)
		.regex(/^[^/]+$/, 'must not have a slash'),
	code: Key,
	name: Text.min(1),
	/** first and last day on which it may be used */
	validFrom: z.iso.date().optional(),
	validTo: z.iso.date().optional(),
});
export type DimensionBody = z.output<typeof Fields>;

/** Cost centres, profit centres, projects, sources of funds. Dimension and code never change. */
export const dimensionKind: RecordKind<DimensionBody> = {
	name: 'dimension value',
	entity: 'dimensionValue',
	idOf: ({ dimension, code }) => dimensionKey(String(dimension), String(code)),
	fields: Fields,
	first: 'active',
	transitions: {},
	open: ['active'],
	complete: (given, before) => ({
		...before,
		...(given as DimensionBody),
		...(before === undefined ? {} : { dimension: before.dimension, code: before.code }),
	}),
	canonical: ({ id, version, body }) => DimensionValue.parse({ ...body, key: id, revision: String(version) }),
};

export function dimensionKey(dimension: string, code: string): string {
	return `${dimension}/${code}`;
}

/** Refuses a code that there is not, or not on that day; `field` is where it stands. */
export function checkDimensions(
	dimensions: Dimensions,
	date: string,
	field: string,
	valueOf: (key: string) => DimensionBody | undefined,
): void {
	for (const [dimension, code] of Object.entries(dimensions)) {
		const value = valueOf(dimensionKey(dimension, code));
		const problem =
			value === undefined
				? `there is no "${code}"`
				: value.validFrom !== undefined && date < value.validFrom
					? `"${code}" is valid from ${value.validFrom} on, not on ${date}`
					: value.validTo !== undefined && date > value.validTo
						? `"${code}" was valid until ${value.validTo}, not on ${date}`
						: undefined;
		if (problem !== undefined) throw new ServiceError(422, 'dimension', `${field}.${dimension}: ${problem}.`);
	}
}
