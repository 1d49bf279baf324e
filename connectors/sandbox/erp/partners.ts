import { z } from 'zod/v4';

import { Partner } from '../../../core/model/partner';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Customers and suppliers by code. */
export const partners: SandboxEntityKind<'partner', z.infer<typeof Own>> = {
	entity: 'partner',
	name: 'partner',
	path: '/api/partners',
	page: 'records',
	keys: 'ids',
	described: ['partner', []],
	covers: Object.fromEntries(
		['code', 'name', 'roles', 'taxId', 'supplierPaymentTerms', 'email', 'phone', 'address'].map((name) => [
			name,
			name,
		]),
	),
	Own,
	Canonical: Partner,
	keyOf: ({ id }) => id,
	canonical: (own) => own,
	own: ({ native: _own, ...draft }) => given(draft),
	chosenKey: ({ code }) => code,
};
