import { z } from 'zod/v4';

import { Partner, PartnerDraft } from '../../../core/model/partner';
import { Text } from '../../../core/model/references';
import type { RecordKind } from '../records/recordBook';

const PaymentTerms = z.enum(['prepaid', 'net30', 'net60']);

const Fields = PartnerDraft.omit({ native: true }).extend({
	name: z.string().min(1).max(500),
	/** when the partner pays */
	paymentTerms: PaymentTerms.optional(),
	/** when the partner is paid */
	supplierPaymentTerms: PaymentTerms.optional(),
	note: Text.optional(),
});
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
