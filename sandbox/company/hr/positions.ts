import { z } from 'zod/v4';

import { Position } from '../../../core/model/organisation';
import { Key } from '../../../core/model/references';
import type { RecordKind } from '../records/recordBook';

const { key: _key, state: _state, revision: _revision, holders: _holders, ...rest } = Position.shape;
const Fields = z.object({ code: Key, ...rest, approver: z.boolean().default(false) });
/** `holders` follow the employees */
export type PositionBody = z.output<typeof Fields> & { holders: string[] };

/** The organisation's posts. A code never changes, and who holds a post is said by the employees. */
export const positionKind: RecordKind<PositionBody> = {
	name: 'position',
	entity: 'position',
	fields: Fields,
	first: 'active',
	actions: { close: 'closed', reopen: 'active' },
	transitions: { active: ['closed'], closed: ['active'] },
	open: ['active'],
	complete: (given, before) => ({
		...before,
		...(given as PositionBody),
		...(before === undefined ? {} : { code: before.code }),
		holders: before?.holders ?? [],
	}),
	canonical: ({ id, status, version, body: { code: _code, ...body } }) =>
		Position.parse({ ...body, key: id, state: status, revision: String(version) }),
};
