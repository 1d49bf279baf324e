import ipaddr from 'ipaddr.js';

import { long, minus, overflow, plus, quotient, remainder } from './longs';
import { Address, Datetime, Decimal, Duration, Failure, wrongType, type Long, type Value } from './values';

/** of Cedar's days, which know no leap seconds, in milliseconds */
const DAY = 86_400_000;

/** Texts repeat from request to request: what was read is kept, up to so many, when it is no longer than this. */
const KEPT = 10_000;
const LONGEST_KEPT = 100;

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

function fromText(read: (text: string) => Value | Failure): ExtensionFunction {
	const known = new Map<string, Value | Failure>();
	return {
		arity: 1,
		call(text) {
			if (typeof text !== 'string') return wrongType('string', text);
			let value = known.get(text);
			if (value === undefined) {
				value = read(text);
				if (known.size >= KEPT) known.clear();
				if (text.length <= LONGEST_KEPT) known.set(text, value);
			}
			return value;
		},
	};
}

const V4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const V6 = /^(?:[0-9a-fA-F]{0,4}:)*[0-9a-fA-F]{0,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]*)$/;

/** IPv4 within IPv6 (`::ffff:192.0.2.1`) is no address, nor are leading zeros, zones and ports. */
function readAddress(text: string): Address | Failure {
	const slash = text.indexOf('/');
	const address = slash < 0 ? text : text.slice(0, slash);
	const refused = () => new Failure(`${JSON.stringify(text)} is not an IP address or a range of them.`);
	const family = V4.test(address) ? 4 : V6.test(address) && ipaddr.IPv6.isValid(address) ? 6 : undefined;
	if (family === undefined) return refused();
	const bits = family === 4 ? 32 : 128;
	const digits = slash < 0 ? String(bits) : text.slice(slash + 1);
	if (!PREFIX.test(digits) || Number(digits) > bits) return refused();
	const bytes =
		family === 4 ? ipaddr.IPv4.parse(address).toByteArray() : ipaddr.IPv6.parse(address).toByteArray();
	const groups = Array.from(
		{ length: bytes.length / 2 },
		(_, place) => at(bytes, 2 * place) * 256 + at(bytes, 2 * place + 1),
	);
	return new Address(family, groups, Number(digits));
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
	const parts = DECIMAL.exec(text);
	if (parts === null)
		return new Failure(
			`${JSON.stringify(text)} is not a decimal: digits, a point, and one to four digits more.`,
		);
	const units = long(BigInt(`${parts[1]}${(parts[2] ?? '').padEnd(4, '0')}`));
	return units === undefined ? overflow(`decimal(${JSON.stringify(text)})`) : new Decimal(units);
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
