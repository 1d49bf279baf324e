import ipaddr from 'ipaddr.js';

import { long, minus, overflow, plus, quotient, remainder } from './longs';
import { Address, Datetime, Decimal, Duration, Failure, wrongType, type Long, type Value } from './values';

/** of Cedar's days, which know no leap seconds, in milliseconds */
const DAY = 86_400_000;

/** A function or method of Cedar's extension types, by its name in the policy. */
export interface ExtensionFunction {
	/** how many arguments, a method's own value among them */
	arity: 1 | 2;
	call(first: Value, second: Value): Value | Failure;
}

/**
 * The extension functions of Cedar 4: `ip`, `decimal`, `datetime`, `duration` and their methods.
 * Source: Cedar's language reference, "Operators and functions"; what its text leaves open follows cedar-wasm, and is
 * compared with it in the tests.
 */
export const extensionFunctions: ReadonlyMap<string, ExtensionFunction> = new Map<string, ExtensionFunction>([
	['ip', fromText(readAddress)],
	['decimal', fromText(readDecimal)],
	['datetime', fromText(readDatetime)],
	['duration', fromText(readDuration)],
	['isIpv4', ofAddress((address) => address.family === 4)],
	['isIpv6', ofAddress((address) => address.family === 6)],
	['isLoopback', ofAddress(isLoopback)],
	['isMulticast', ofAddress(isMulticast)],
	['isInRange', ofAddresses(isInRange)],
	['lessThan', ofDecimals((one, other) => one < other)],
	['lessThanOrEqual', ofDecimals((one, other) => one <= other)],
	['greaterThan', ofDecimals((one, other) => one > other)],
	['greaterThanOrEqual', ofDecimals((one, other) => one >= other)],
	['offset', { arity: 2, call: offset }],
	['durationSince', { arity: 2, call: durationSince }],
	['toDate', { arity: 1, call: toDate }],
	['toTime', { arity: 1, call: toTime }],
	['toMilliseconds', ofDuration(1)],
	['toSeconds', ofDuration(1000)],
	['toMinutes', ofDuration(60_000)],
	['toHours', ofDuration(3_600_000)],
	['toDays', ofDuration(DAY)],
]);

/** Texts repeat from request to request: what was read is kept, up to so many, when it is no longer than this. */
const KEPT = 10_000;
const LONGEST_KEPT = 50;

function fromText(read: (text: string) => Value | Failure): ExtensionFunction {
	const known = new Map<string, Value>();
	return {
		arity: 1,
		call(text) {
			if (typeof text !== 'string') return wrongType('string', text);
			let value: Value | Failure | undefined = known.get(text);
			if (value === undefined) {
				value = read(text);
				if (value instanceof Failure || text.length > LONGEST_KEPT) return value;
				if (known.size >= KEPT) known.clear();
				known.set(text, value);
			}
			return value;
		},
	};
}

const V6 = /^(?:[0-9a-fA-F]{0,4}:)*[0-9a-fA-F]{0,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]*)$/;

/** IPv4 within IPv6 (`::ffff:192.0.2.1`) is no address, nor are leading zeros, zones and ports. */
function readAddress(text: string): Address | Failure {
	const slash = text.indexOf('/');
	const address = slash < 0 ? text : text.slice(0, slash);
	const groups = address.includes(':') ? groupsOfV6(address) : groupsOfV4(address);
	const bits = groups?.length === 2 ? 32 : 128;
	const digits = slash < 0 ? undefined : text.slice(slash + 1);
	const prefix = digits === undefined ? bits : PREFIX.test(digits) ? Number(digits) : Infinity;
	if (groups === undefined || prefix > bits)
		return new Failure(`${JSON.stringify(text)} is not an IP address or a range of them.`);
	return new Address(bits === 32 ? 4 : 6, groups, prefix);
}

function groupsOfV4(text: string): number[] | undefined {
	let address = 0;
	let parts = 0;
	for (let place = 0; place <= text.length; parts += 1) {
		const start = place;
		let part = 0;
		for (let digit = digitAt(text, place); digit >= 0; digit = digitAt(text, place)) {
			part = part * 10 + digit;
			place += 1;
		}
		const length = place - start;
		if (length === 0 || part > 255 || length > (part > 99 ? 3 : part > 9 ? 2 : 1)) return undefined;
		if (place < text.length && text[place] !== '.') return undefined;
		place += 1;
		address = address * 256 + part;
	}
	return parts === 4 ? [Math.floor(address / 65_536), address % 65_536] : undefined;
}

function groupsOfV6(text: string): number[] | undefined {
	if (!V6.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
	const bytes = ipaddr.IPv6.parse(text).toByteArray();
	return Array.from({ length: 8 }, (_, place) => at(bytes, 2 * place) * 256 + at(bytes, 2 * place + 1));
}

/** -1 where there is no digit. */
function digitAt(text: string, place: number): number {
	const digit = text.charCodeAt(place) - 48;
	return digit >= 0 && digit <= 9 ? digit : -1;
}

function at(numbers: readonly number[], place: number): number {
	return numbers[place] ?? 0;
}

function isLoopback({ family, groups, prefix }: Address): boolean {
	if (family === 4) return at(groups, 0) >> 8 === 127 && prefix >= 8;
	return prefix === 128 && groups.every((group, place) => group === (place === 7 ? 1 : 0));
}

function isMulticast({ family, groups, prefix }: Address): boolean {
	return family === 4 ? at(groups, 0) >> 12 === 14 && prefix >= 4 : at(groups, 0) >> 8 === 255 && prefix >= 8;
}

function isInRange(one: Address, range: Address): boolean {
	if (one.family !== range.family || one.prefix < range.prefix) return false;
	let bits = range.prefix;
	for (let place = 0; bits > 0; place += 1, bits -= 16) {
		const unlike = at(one.groups, place) ^ at(range.groups, place);
		if (unlike >> Math.max(0, 16 - bits) !== 0) return false;
	}
	return true;
}

function ofAddress(test: (address: Address) => boolean): ExtensionFunction {
	return { arity: 1, call: (value) => (value instanceof Address ? test(value) : wrongType('ipaddr', value)) };
}

function ofAddresses(test: (one: Address, other: Address) => boolean): ExtensionFunction {
	return {
		arity: 2,
		call(one, other) {
			if (!(one instanceof Address)) return wrongType('ipaddr', one);
			return other instanceof Address ? test(one, other) : wrongType('ipaddr', other);
		},
	};
}

const DECIMAL = /^(-?[0-9]+)\.([0-9]{1,4})$/;

function readDecimal(text: string): Decimal | Failure {
	const short = text.length < SHORT ? shortDecimal(text) : undefined;
	if (short !== undefined) return new Decimal(short);
	const parts = DECIMAL.exec(text);
	if (parts === null)
		return new Failure(
			`${JSON.stringify(text)} is not a decimal: digits, a point, and one to four digits more.`,
		);
	const units = long(BigInt(`${parts[1]}${(parts[2] ?? '').padEnd(4, '0')}`));
	return units === undefined ? overflow(`decimal(${JSON.stringify(text)})`) : new Decimal(units);
}

/** So few digits stay exact in a JavaScript number. */
const SHORT = 13;

/** undefined for what is none, and for what is negative. */
function shortDecimal(text: string): number | undefined {
	const point = text.indexOf('.');
	const places = text.length - point - 1;
	if (point < 1 || places < 1 || places > 4) return undefined;
	let units = 0;
	for (let place = 0; place < text.length; place += 1) {
		if (place === point) continue;
		const digit = digitAt(text, place);
		if (digit < 0) return undefined;
		units = units * 10 + digit;
	}
	for (let place = places; place < 4; place += 1) units *= 10;
	return units;
}

function ofDecimals(test: (one: Long, other: Long) => boolean): ExtensionFunction {
	return {
		arity: 2,
		call(one, other) {
			if (!(one instanceof Decimal)) return wrongType('decimal', one);
			return other instanceof Decimal ? test(one.units, other.units) : wrongType('decimal', other);
		},
	};
}

const DATETIME =
	/^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/;

function readDatetime(text: string): Datetime | Failure {
	const short =
		text.length === INSTANT.length || text.length === EXACT_INSTANT.length ? shortDatetime(text) : undefined;
	if (short !== undefined) return new Datetime(short);
	const parts = DATETIME.exec(text);
	const refused = () =>
		new Failure(
			`${JSON.stringify(text)} is not a datetime: 2026-01-31, 2026-01-31T09:00:00Z, with .000 after the seconds or +0800 for Z.`,
		);
	if (parts === null) return refused();
	const number = (place: number) => Number(parts[place] ?? 0);
	const [year, month, day] = [number(1), number(2), number(3)];
	const [hour, minute, second, millisecond] = [number(4), number(5), number(6), number(7)];
	const [offsetHour, offsetMinute] = [number(9), number(10)];
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return refused();
	if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return refused();
	const offsetMinutes = (parts[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute);
	const seconds = (hour * 60 + minute - offsetMinutes) * 60 + second;
	return new Datetime(date.getTime() + seconds * 1000 + millisecond);
}

const INSTANT = '2026-11-25T09:30:00Z';
const EXACT_INSTANT = '2026-11-25T09:30:00.000Z';

/** In the form of one of these, and on a day that every month has; undefined for every other. */
function shortDatetime(text: string): number | undefined {
	const isExact = text.length > INSTANT.length;
	if (
		text[4] !== '-' ||
		text[7] !== '-' ||
		text[10] !== 'T' ||
		text[13] !== ':' ||
		text[16] !== ':' ||
		text[19] !== (isExact ? '.' : 'Z') ||
		(isExact && text[23] !== 'Z')
	)
		return undefined;
	const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
	const month = twoDigits(text, 5);
	const day = twoDigits(text, 8);
	const hour = twoDigits(text, 11);
	const minute = twoDigits(text, 14);
	const second = twoDigits(text, 17);
	const millisecond = isExact ? twoDigits(text, 20) * 10 + digitAt(text, 22) : 0;
	if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return undefined;
	if (!(hour <= 23 && minute <= 59 && second <= 59) || (isExact && digitAt(text, 22) < 0)) return undefined;
	const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
	return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** NaN where they are none. */
function twoDigits(text: string, place: number): number {
	const [tens, ones] = [digitAt(text, place), digitAt(text, place + 1)];
	return tens < 0 || ones < 0 ? NaN : tens * 10 + ones;
}

const DURATION = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;

function readDuration(text: string): Duration | Failure {
	const parts = DURATION.exec(text);
	if (parts === null || text === '' || text === '-')
		return new Failure(`${JSON.stringify(text)} is not a duration, such as 1d2h30m, 90s or -500ms.`);
	const tooLong = () => overflow(`duration(${JSON.stringify(text)})`);
	const count = (place: number) => BigInt(parts[place] ?? 0);
	const negative = parts[1] === '-';
	let total = long(negative ? -count(6) : count(6));
	for (const [place, unit] of UNITS) {
		const part = long(count(place) * unit);
		if (total === undefined || part === undefined) return tooLong();
		total = negative ? minus(total, part) : plus(total, part);
	}
	return total === undefined ? tooLong() : new Duration(total);
}

/** Places in the pattern, and milliseconds. */
const UNITS = [
	[5, 1000n],
	[4, 60_000n],
	[3, 3_600_000n],
	[2, 86_400_000n],
] as const;

function offset(instant: Value, by: Value): Value | Failure {
	if (!(instant instanceof Datetime)) return wrongType('datetime', instant);
	if (!(by instanceof Duration)) return wrongType('duration', by);
	const sum = plus(instant.milliseconds, by.milliseconds);
	return sum === undefined ? overflow('offset') : new Datetime(sum);
}

function durationSince(one: Value, other: Value): Value | Failure {
	if (!(one instanceof Datetime)) return wrongType('datetime', one);
	if (!(other instanceof Datetime)) return wrongType('datetime', other);
	const difference = minus(one.milliseconds, other.milliseconds);
	return difference === undefined ? overflow('durationSince') : new Duration(difference);
}

function toDate(instant: Value): Value | Failure {
	if (!(instant instanceof Datetime)) return wrongType('datetime', instant);
	const start = minus(instant.milliseconds, remainder(instant.milliseconds, DAY));
	return start === undefined ? overflow('toDate') : new Datetime(start);
}

function toTime(instant: Value): Value | Failure {
	if (!(instant instanceof Datetime)) return wrongType('datetime', instant);
	return new Duration(remainder(instant.milliseconds, DAY));
}

function ofDuration(unit: number): ExtensionFunction {
	return {
		arity: 1,
		call: (value) =>
			value instanceof Duration ? quotient(value.milliseconds, unit) : wrongType('duration', value),
	};
}
