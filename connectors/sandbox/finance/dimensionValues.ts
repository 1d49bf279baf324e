import { z } from 'zod/v4';

import { DimensionValue } from '../../../core/model/ledger';
import type { SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Cost centres, profit centres, projects and sources of funds, to read. */
export const dimensionValues: SandboxEntityKind<'dimensionValue', z.infer<typeof Own>> = {
	entity: 'dimensionValue',
	name: 'dimension value',
	path: '/api/dimensions',
	page: 'records',
	keys: 'ids',
	described: ['dimensions', []],
	covers: {},
	Own,
	Canonical: DimensionValue,
	keyOf: ({ id }) => id,
	canonical: ({ id, ...own }) => ({ ...own, key: id }),
};
