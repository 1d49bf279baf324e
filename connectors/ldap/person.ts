import type { Entry } from 'ldapts';
import type { z } from 'zod/v4';

import { Employee } from '../../core/model/employee';

/** Attributes by canonical field, the first that has a value counts: those of inetOrgPerson (RFC 2798) and of Active Directory. */
export const personAttributes = {
	number: ['employeeNumber', 'employeeID'],
	name: ['displayName', 'cn'],
	email: ['mail'],
	login: ['uid', 'sAMAccountName', 'userPrincipalName'],
	department: ['department', 'departmentNumber', 'ou'],
	position: ['title'],
	entity: ['company', 'o'],
	region: ['st'],
	site: ['l', 'physicalDeliveryOfficeName'],
} as const;

/** What names an entry for good, even when it is moved in the tree. */
export const identifiers = ['entryUUID', 'objectGUID'];
export const managerAttribute = 'manager';

/** The entry's identifier; its DN where the directory gives none, which changes when the entry is moved. */
export function keyOf(entry: Entry): string {
	const { objectGUID: guid } = entry;
	if (Buffer.isBuffer(guid) && guid.length === 16) return guidText(guid);
	return first(entry, 'entryUUID') ?? entry.dn.slice(0, 200);
}

/** What has no valid value is left out; `managerKey` finds an entry's key by its DN. */
export function employeeOf(
	entry: Entry,
	hasLeft: boolean,
	managerKey: (dn: string) => string | undefined,
): Employee {
	const manager = first(entry, managerAttribute);
	const fields = {
		key: keyOf(entry),
		...Object.fromEntries(
			Object.entries(personAttributes).map(([field, attributes]) => [
				field,
				firstValid(Employee.shape[field as keyof typeof personAttributes], entry, attributes),
			]),
		),
		manager: manager === undefined ? undefined : managerKey(manager),
		state: hasLeft ? 'left' : 'active',
	};
	const name = (fields as { name?: string }).name ?? entry.dn.slice(0, 500);
	return JSON.parse(JSON.stringify(Employee.parse({ ...fields, name }))) as Employee;
}

function firstValid(field: z.ZodType, entry: Entry, attributes: readonly string[]): string | undefined {
	return attributes
		.map((attribute) => first(entry, attribute)?.trim())
		.find((value) => value !== undefined && value !== '' && field.safeParse(value).success);
}

function first(entry: Entry, attribute: string): string | undefined {
	const value = entry[attribute];
	const one = Array.isArray(value) ? value[0] : value;
	if (one === undefined) return undefined;
	return Buffer.isBuffer(one) ? one.toString('utf8') : one;
}

/** As Windows writes it: the first three groups are little-endian. */
function guidText(bytes: Buffer): string {
	const hex = (from: number, to: number, reversed = false) => {
		const part = bytes.subarray(from, to);
		return Buffer.from(reversed ? part.toReversed() : part).toString('hex');
	};
	return [hex(0, 4, true), hex(4, 6, true), hex(6, 8, true), hex(8, 10), hex(10, 16)].join('-');
}

/** Names are compared without regard to case and to spaces after commas. */
export function normalised(dn: string): string {
	return dn.toLowerCase().replaceAll(/\s*([,=+])\s*/g, '$1');
}
