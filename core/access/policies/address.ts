import { IPv4, IPv6, isValid } from 'ipaddr.js';

/**
 * An address as Cedar reads it, or undefined when the text is none. An IPv4 address inside IPv6 (RFC 4291, 2.5.5.2) is the
 * IPv4 address: otherwise `::ffff:10.0.0.1` would be outside 10.0.0.0/8. Octal, hexadecimal and shortened IPv4, and the
 * deprecated `::10.0.0.1` (2.5.5.1), are refused: systems read them differently.
 */
export function plainAddress(text: string): string | undefined {
	if (IPv4.isValidFourPartDecimal(text)) return IPv4.parse(text).toString();
	// A zone (fe80::1%eth0) means something on one host only.
	if (!text.includes(':') || text.includes('%') || /^::\d+\./.test(text) || !isValid(text)) return undefined;
	const address = IPv6.parse(text);
	return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}
