import { z } from 'zod/v4';

import { Partner } from '../../../core/model/partner';
import { given, type ErpEntityKind } from './entity';

const Own = z.looseObject({
	id: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** Customers and suppliers by code. */
export const partners: ErpEntityKind<'partner', z.infer<typeof Own>> = {
	entity: 'partner',
	name: 'partner',
	path: '/api/partners',
	page: 'records',
	keys: 'ids',
	described: ['partner', []],
	Own,
	Canonical: Partner,
	keyOf: ({ id }) => id,
	canonical: (own) => own,
	own: given,
	chosenKey: ({ code }) => code,
};
