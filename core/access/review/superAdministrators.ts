import { holderOf, namedRight, namesOf, type HeldRight, type NamedRight } from './heldRight';

/** Names by which systems call the right to everything; case, spaces and punctuation do not matter. */
export const administratorNames = [
	'admin',
	'administrator',
	'administrators',
	'administration',
	'superuser',
	'super user',
	'superadmin',
	'super administrator',
	'system administrator',
	'system manager',
	'root',
	'sysadmin',
	'SAP_ALL',
	'domain admins',
	'base.group_system',
	'超级管理员',
	'系统管理员',
	'管理员',
];

export interface SuperAdministrator {
	holder: string;
	name?: string;
	/** what makes them one, by system */
	rights: Array<NamedRight & { account: string; since?: string; lastUsedAt?: string }>;
}

export interface SuperAdministrators {
	count: number;
	limit: number;
	isAbove: boolean;
	/** those with rights in most systems first */
	holders: SuperAdministrator[];
}

/** Who may do everything somewhere. A person counts once, however many accounts they have. */
export function superAdministrators(
	rights: readonly HeldRight[],
	limit: number,
	names: readonly string[] = administratorNames,
): SuperAdministrators {
	const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_.-]+/g, '');
	const known = new Set(names.map(plain));
	const held = rights.filter(
		(right) => right.administrator === true || namesOf(right).some((one) => known.has(plain(one))),
	);
	const holders = [...Map.groupBy(held, holderOf)]
		.map(([holder, all]): SuperAdministrator => {
			const name = all.find((one) => one.name !== undefined)?.name;
			return {
				holder,
				...(name === undefined ? {} : { name }),
				rights: all.map((one) => ({
					...namedRight(one),
					account: one.account,
					...(one.since === undefined ? {} : { since: one.since }),
					...(one.lastUsedAt === undefined ? {} : { lastUsedAt: one.lastUsedAt }),
				})),
			};
		})
		.sort((a, b) => b.rights.length - a.rights.length || (a.holder < b.holder ? -1 : 1));
	return { count: holders.length, limit, isAbove: holders.length > limit, holders };
}
