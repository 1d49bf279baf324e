import { z } from 'zod/v4';

import { Account } from '../../../core/model/ledger';
import { Key, Text } from '../../../core/model/references';
import type { RecordKind } from '../records/recordBook';

const Fields = z.object({
	code: Key,
	name: Text.min(1),
	kind: Account.shape.kind,
	/** false for a heading, which only sums up others */
	postable: z.boolean().default(true),
});
export type AccountBody = z.output<typeof Fields>;

/** The chart of accounts. A code never changes. */
export const accountKind: RecordKind<AccountBody> = {
	name: 'account',
	entity: 'account',
	fields: Fields,
	first: 'active',
	transitions: {},
	open: ['active'],
	complete: (given, before) => ({
		...before,
		...(given as AccountBody),
		...(before === undefined ? {} : { code: before.code }),
	}),
	canonical: ({ id, version, body: { code: _key, ...body } }) =>
		Account.parse({ ...body, key: id, revision: String(version) }),
};
