import { z } from 'zod/v4';

import { Department } from '../../../core/model/organisation';
import { Key } from '../../../core/model/references';
import type { RecordKind } from '../records/recordBook';

const { key: _key, state: _state, revision: _revision, ...rest } = Department.shape;
const Fields = z.object({ code: Key, ...rest });
export type DepartmentBody = z.output<typeof Fields>;

/** The organisation's units. A code never changes. */
export const departmentKind: RecordKind<DepartmentBody> = {
	name: 'department',
	entity: 'department',
	fields: Fields,
	first: 'active',
	actions: { close: 'closed', reopen: 'active' },
	transitions: { active: ['closed'], closed: ['active'] },
	open: ['active'],
	complete: (given, before) => ({
		...before,
		...(given as DepartmentBody),
		...(before === undefined ? {} : { code: before.code }),
	}),
	canonical: ({ id, status, version, body: { code: _code, ...body } }) =>
		Department.parse({ ...body, key: id, state: status, revision: String(version) }),
};
