import { parseCIDR } from 'ipaddr.js';
import { z } from 'zod/v4';

import { plainAddress } from './address';

const controls = /[\u0000-\u001f\u007f-\u009f]/;

/** A name as people write it. Compared letter by letter: `Ｆinance` and `Finance` are two departments. */
export const Name = z
	.string()
	.min(1, 'must not be empty')
	.max(200)
	.refine((text) => !controls.test(text) && text.isWellFormed(), 'must not have control characters')
	.refine((text) => text.trim() === text, 'must not begin or end with a space');

const Names = z.array(Name).max(1_000).default([]);
const Rank = z.int().min(0).max(1_000_000);

/** `1250.5`: what Cedar's decimal holds, four places at most. */
const Amount = z
	.string()
	.regex(/^-?\d{1,14}(\.\d{1,4})?$/, 'must be a number with four decimals at most, such as 50000 or 12.50')
	.transform((text) => {
		const [whole = '', decimals = ''] = text.replace(/^(-?)0+(?=\d)/, '$1').split('.');
		const kept = decimals.replace(/0+$/, '');
		const shortest = kept === '' ? whole : `${whole}.${kept}`;
		return shortest === '-0' ? '0' : shortest;
	});

/** An address range in CIDR notation, or one address. Written as Cedar reads it: an IPv4 address in IPv6 is IPv4. */
const AddressRange = z.string().transform((text, context) => {
	const range = readRange(text);
	if (range === undefined)
		context.addIssue({ code: 'custom', message: `"${text}" is no address range, such as 10.0.0.0/8` });
	return range ?? '';
});

function readRange(text: string): string | undefined {
	const [address = '', length, ...rest] = text.split('/');
	const plain = plainAddress(address);
	if (plain === undefined || rest.length > 0) return undefined;
	const longest = plain.includes(':') ? 128 : 32;
	if (length === undefined) return `${plain}/${longest}`;
	if (!/^\d{1,3}$/.test(length)) return undefined;
	const mapped = longest === 32 && address.includes(':');
	const bits = Number(length) - (mapped ? 96 : 0);
	if (bits < 0 || bits > longest) return undefined;
	const [, checked] = parseCIDR(`${plain}/${bits}`);
	return `${plain}/${checked}`;
}

const TimeOfDay = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day such as 08:30');

/** By name only: an offset such as +08:00 knows no daylight saving time. */
export const TimeZone = z
	.string()
	.refine(
		(zone) => /^[A-Za-z]/.test(zone) && isTimeZone(zone),
		'is no time zone; give a name such as Asia/Shanghai',
	);

function isTimeZone(zone: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}

const Hours = z
	.object({
		zone: TimeZone,
		/** 1 is Monday; none: every day */
		weekdays: z
			.array(z.int().min(1).max(7))
			.default([])
			.transform((days) => [...new Set(days)].sort((a, b) => a - b)),
		/** included */
		from: TimeOfDay.default('00:00'),
		/** not included; before `from`: on the next day */
		to: TimeOfDay.default('24:00'),
		when: z.enum(['inside', 'outside']).default('inside'),
	})
	.refine(({ from, to }) => from !== to, 'from and to must differ; leave both out for the whole day');

/**
 * A policy as an operations person fills it in. What is left empty does not matter; all that is filled in must hold together.
 * An attribute that the form asks about must be known, or the request is denied.
 */
export const PolicyForm = z
	.object({
		effect: z.enum(['permit', 'forbid']),
		/** ids of sensitive operations; none: all */
		operations: z.array(z.string()).default([]),
		/** the employee is in one of them, or in one below */
		departments: Names,
		positions: Names,
		regions: Names,
		/** employment states, such as active */
		states: Names,
		rankFrom: Rank.optional(),
		rankTo: Rank.optional(),
		addresses: z
			.object({
				ranges: z.array(AddressRange).min(1).max(1_000),
				when: z.enum(['inside', 'outside']).default('inside'),
			})
			.optional(),
		hours: Hours.optional(),
		amountAbove: Amount.optional(),
		amountUpTo: Amount.optional(),
		/** of the amount */
		currency: z
			.string()
			.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as CNY')
			.optional(),
		own: z.enum(['any', 'own', 'notOwn']).default('any'),
		secondApprover: z
			.object({
				/** `missing`: nobody else who fits has approved, for policies that forbid */
				when: z.enum(['given', 'missing']).default('given'),
				rankFrom: Rank.optional(),
				states: Names,
			})
			.optional(),
		description: z
			.string()
			.max(1_000)
			.refine((text) => text.isWellFormed())
			.optional(),
	})
	.refine(
		({ rankFrom, rankTo }) => rankFrom === undefined || rankTo === undefined || rankFrom <= rankTo,
		'the rank "from" must not be above the rank "to"',
	);
export type PolicyForm = z.infer<typeof PolicyForm>;
