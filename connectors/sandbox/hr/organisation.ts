import { z } from 'zod/v4';

import { Department, Position } from '../../../core/model/organisation';
import type { SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	status: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});
type Own = z.infer<typeof Own>;

/** Departments, to read. */
export const departments: SandboxEntityKind<'department', Own> = {
	entity: 'department',
	name: 'department',
	path: '/api/departments',
	page: 'records',
	keys: 'ids',
	described: ['departments', []],
	covers: {},
	Own,
	Canonical: Department,
	keyOf: ({ id }) => id,
	canonical: ({ id, status, ...own }) => ({ ...own, key: id, state: status }),
};

/** Posts with whoever holds them, to read. */
export const positions: SandboxEntityKind<'position', Own> = {
	entity: 'position',
	name: 'position',
	path: '/api/positions',
	page: 'records',
	keys: 'ids',
	described: ['positions', []],
	covers: {},
	Own,
	Canonical: Position,
	keyOf: ({ id }) => id,
	canonical: ({ id, status, ...own }) => ({ ...own, key: id, state: status }),
};
