import { z } from 'zod/v4';

import { Asset } from '../../../core/model/asset';
import type { SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Cards of fixed assets, to read. The number on the card is its key. */
export const assets: SandboxEntityKind<'asset', z.infer<typeof Own>> = {
	entity: 'asset',
	name: 'asset',
	path: '/api/assets',
	page: 'records',
	keys: 'ids',
	described: ['assets', []],
	covers: {},
	Own,
	Canonical: Asset,
	keyOf: ({ id }) => id,
	canonical: ({ id, ...own }) => ({ ...own, key: id }),
};
