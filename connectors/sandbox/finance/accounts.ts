import { z } from 'zod/v4';

import { Account } from '../../../core/model/ledger';
import type { SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** The chart of accounts, to read. */
export const accounts: SandboxEntityKind<'account', z.infer<typeof Own>> = {
	entity: 'account',
	name: 'account',
	path: '/api/accounts',
	page: 'records',
	keys: 'ids',
	described: ['accounts', []],
	covers: {},
	Own,
	Canonical: Account,
	keyOf: ({ id }) => id,
	canonical: ({ id, ...own }) => ({ ...own, key: id }),
};
