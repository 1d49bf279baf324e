import { z } from 'zod/v4';

import { LedgerPeriod } from '../../../core/model/ledger';
import type { SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	status: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Periods, which can be closed, locked for good, and reopened. */
export const ledgerPeriods: SandboxEntityKind<'ledgerPeriod', z.infer<typeof Own>> = {
	entity: 'ledgerPeriod',
	name: 'period',
	path: '/api/periods',
	page: 'records',
	keys: 'ids',
	described: ['periods', []],
	covers: {},
	actions: { close: 'closed', lock: 'locked', reopen: 'open' },
	Own,
	Canonical: LedgerPeriod,
	keyOf: ({ id }) => id,
	canonical: ({ id, status, ...own }) => ({ ...own, key: id, state: status }),
};
