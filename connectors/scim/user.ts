import { z } from 'zod/v4';

import { Employee, type EmployeeDraft, type EmployeeMove } from '../../core/model/employee';

/** The enterprise extension (RFC 7643, 4.3). */
export const enterpriseUser = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User';

const text = z.string().nullish();

/** A user as RFC 7643, 4.1 has it, as far as it is read here. Servers send more, and some send `null` for what is absent. */
export const ScimUser = z.looseObject({
	id: z.string().min(1),
	externalId: text,
	userName: z.string(),
	displayName: text,
	name: z.looseObject({ formatted: text, givenName: text, familyName: text }).nullish(),
	title: text,
	active: z.boolean().nullish(),
	emails: z.array(z.looseObject({ value: text, type: text, primary: z.boolean().nullish() })).nullish(),
	addresses: z.array(z.looseObject({ type: text, locality: text, region: text })).nullish(),
	meta: z.looseObject({ lastModified: z.string().nullish() }).nullish(),
	[enterpriseUser]: z
		.looseObject({
			employeeNumber: text,
			department: text,
			organization: text,
			// Some servers have the manager's id alone.
			manager: z.union([z.string(), z.looseObject({ value: text })]).nullish(),
		})
		.nullish(),
});
export type ScimUser = z.infer<typeof ScimUser>;

/**
 * The user as an employee. SCIM says whether an account is active and no more: one that is not counts as `left`. The work address
 * gives region and site. What a directory has in a form that is no value, such as an address without `@`, is left out.
 */
export function employeeOf(user: ScimUser): Employee {
	const { employeeNumber, department, organization, manager } = user[enterpriseUser] ?? {};
	const email =
		user.emails?.find(({ primary }) => primary === true) ??
		user.emails?.find(({ type }) => type === 'work') ??
		user.emails?.[0];
	const work = user.addresses?.find(({ type }) => type === 'work');
	const { shape } = Employee;
	const fields = {
		key: user.id,
		number: valid(shape.number, employeeNumber),
		name: nameOf(user),
		email: valid(shape.email, email?.value),
		login: valid(shape.login, user.userName),
		entity: valid(shape.entity, organization),
		department: valid(shape.department, department),
		position: valid(shape.position, user.title),
		region: valid(shape.region, work?.region),
		site: valid(shape.site, work?.locality),
		manager: valid(shape.manager, typeof manager === 'string' ? manager : manager?.value),
		state: user.active === false ? 'left' : 'active',
	};
	return JSON.parse(JSON.stringify(Employee.parse(fields))) as Employee;
}

function nameOf({ displayName, name, userName, id }: ScimUser): string {
	const parts = [name?.givenName, name?.familyName].filter((part) => part != null && part !== '');
	const candidates = [displayName, name?.formatted, parts.join(' '), userName, id];
	return candidates.find((one) => one != null && one.trim() !== '')?.slice(0, 500) ?? id;
}

function valid(field: z.ZodType, value: string | null | undefined): string | undefined {
	const trimmed = value?.trim();
	return trimmed !== undefined && trimmed !== '' && field.safeParse(trimmed).success ? trimmed : undefined;
}

/** Where each canonical field is kept; what is not among them SCIM has no place for. */
export const scimPaths = {
	name: 'displayName',
	login: 'userName',
	email: 'emails',
	position: 'title',
	number: `${enterpriseUser}:employeeNumber`,
	department: `${enterpriseUser}:department`,
	entity: `${enterpriseUser}:organization`,
	manager: `${enterpriseUser}:manager`,
} as const;
export type ScimField = keyof typeof scimPaths;

export type Writable = Partial<EmployeeDraft> & Partial<EmployeeMove>;

/** The given fields for which SCIM has no place. */
export function fieldsWithoutPlace(given: Writable): string[] {
	return Object.entries(given)
		.filter(([name, value]) => value !== undefined && !Object.hasOwn(scimPaths, name))
		.map(([name]) => name);
}

/** A new user (RFC 7644, 3.3); `externalId` is how the one who makes it knows it. */
export function newUser(draft: EmployeeDraft, externalId: string): object {
	const { number, department, entity, manager } = draft;
	return {
		schemas: [coreUser, enterpriseUser],
		externalId,
		userName: draft.login,
		displayName: draft.name,
		name: { formatted: draft.name },
		active: true,
		...(draft.position === undefined ? {} : { title: draft.position }),
		...(draft.email === undefined ? {} : { emails: workEmail(draft.email) }),
		[enterpriseUser]: {
			employeeNumber: number,
			...(department === undefined ? {} : { department }),
			...(entity === undefined ? {} : { organization: entity }),
			...(manager === undefined ? {} : { manager: { value: manager } }),
		},
	};
}

/** The changes as operations of a PATCH (RFC 7644, 3.5.2). */
export function operationsOf(changes: Writable): object[] {
	return (Object.keys(scimPaths) as ScimField[]).flatMap((field) => {
		const value = changes[field];
		if (value === undefined) return [];
		return [{ op: 'replace', path: scimPaths[field], value: scimValue(field, value) }];
	});
}

function scimValue(field: ScimField, value: string): unknown {
	if (field === 'email') return workEmail(value);
	return field === 'manager' ? { value } : value;
}

function workEmail(value: string): object[] {
	return [{ value, type: 'work', primary: true }];
}
