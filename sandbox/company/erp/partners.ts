import { z } from 'zod/v4';

import { Partner, PartnerDraft } from '../../../core/model/partner';
import type { RecordKind } from './recordBook';

const Fields = PartnerDraft.extend({ name: z.string().min(1).max(500), roles: PartnerDraft.shape.roles });
export type PartnerBody = z.output<typeof Fields>;

/** Customers and suppliers. The code never changes. */
export const partnerKind: RecordKind<PartnerBody> = {
	name: 'partner',
	entity: 'partner',
	fields: Fields,
	first: 'active',
	transitions: {},
	open: ['active'],
	complete: (given, before) => ({
		...before,
		...(given as PartnerBody),
		...(before === undefined ? {} : { code: before.code }),
	}),
	canonical: ({ body, version }) => Partner.parse({ ...body, revision: String(version) }),
};
