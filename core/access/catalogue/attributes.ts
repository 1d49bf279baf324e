import { z } from 'zod/v4';

/** Whose attribute it is: of who asks, of the record, or of the request itself. */
export const bearers = ['subject', 'resource', 'request'] as const;
export type Bearer = (typeof bearers)[number];

/** What a value may be. `amount`: a decimal with four places at most; `address`: IPv4 or IPv6. */
export const attributeTypes = [
	'text',
	'number',
	'amount',
	'flag',
	'address',
	'instant',
	'employee',
	'texts',
] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** Names that Cedar reserves, and names that mean something else in JavaScript. */
export const reserved: ReadonlySet<string> = new Set(
	'true false if then else in is like has permit forbid when unless principal action resource context __cedar __proto__ constructor prototype'.split(
		' ',
	),
);

export const AttributeName = z
	.string()
	.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be letters, digits and _ and begin with a letter')
	.refine((name) => !reserved.has(name), 'is reserved; choose another name');

export const Attribute = z.object({
	of: z.enum(bearers),
	name: AttributeName,
	type: z.enum(attributeTypes),
});
export type Attribute = z.infer<typeof Attribute>;

/**
 * What policies can look at without any set-up. `subject.department` is the department itself; policies ask whether the
 * employee is in it or in one below it.
 */
export const standardAttributes: readonly Attribute[] = [
	{ of: 'subject', name: 'department', type: 'text' },
	{ of: 'subject', name: 'rank', type: 'number' },
	{ of: 'subject', name: 'position', type: 'text' },
	{ of: 'subject', name: 'region', type: 'text' },
	{ of: 'subject', name: 'site', type: 'text' },
	{ of: 'subject', name: 'state', type: 'text' },
	{ of: 'resource', name: 'owner', type: 'employee' },
	{ of: 'resource', name: 'department', type: 'text' },
	{ of: 'resource', name: 'region', type: 'text' },
	{ of: 'request', name: 'ip', type: 'address' },
	{ of: 'request', name: 'amount', type: 'amount' },
	{ of: 'request', name: 'currency', type: 'text' },
	{ of: 'request', name: 'secondApprover', type: 'employee' },
];

/** `subject.rank`, as requirements and reasons name it. */
export type AttributePath = string;

export function pathOf({ of, name }: Pick<Attribute, 'of' | 'name'>): AttributePath {
	return `${of}.${name}`;
}
