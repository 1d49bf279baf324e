import { z } from 'zod/v4';

import { NativeFields } from './native';
import { Key, Revision, Text } from './references';

export const PartnerRole = z.enum(['customer', 'supplier']);
export type PartnerRole = z.infer<typeof PartnerRole>;

/** Whom a company deals with, in its system's own code. */
export const Partner = z.object({
	code: Key,
	name: Text.optional(),
	/** empty where the system does not tell */
	roles: z.array(PartnerRole).max(2).default([]),
	/** number under which a tax office knows it, with its country's prefix */
	taxId: Key.optional(),
	/** on which terms this company pays it, by the name that its system gives them, such as `net30` */
	supplierPaymentTerms: Text.optional(),
	email: z.email().max(320).optional(),
	phone: Text.optional(),
	address: z
		.object({
			street: Text.optional(),
			postalCode: Text.optional(),
			city: Text.optional(),
			country: z
				.string()
				.regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
				.optional(),
		})
		.optional(),
	revision: Revision.optional(),
	native: NativeFields.optional(),
});
export type Partner = z.infer<typeof Partner>;

/** What is given to make a partner; the code is chosen by whoever makes it. */
export const PartnerDraft = Partner.omit({ revision: true });
export type PartnerDraft = z.infer<typeof PartnerDraft>;
