import { long } from './longs';
import type { Long } from './values';

/** A policy's text with stand-ins for some of its numbers, and what they stand for. */
export interface PolicySource {
	text: string;
	longs: ReadonlyMap<number, Long>;
}

/** Texts and comments are tokens of their own: a number in them is none. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|[_a-zA-Z][_a-zA-Z0-9]*|[0-9]+/g;
const NUMBER = /^[0-9]+$/;
const MOST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A policy's numbers of more than 53 bits are rounded on their way from Cedar's JSON to JavaScript. So they are read under
 * the name of smaller ones that do not occur in the text. Throws nothing: the text is one that Cedar has read.
 */
export function withStandIns(text: string): PolicySource {
	const numbers = [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => NUMBER.test(token));
	const large = new Set(numbers.map(BigInt).filter((number) => number > MOST_EXACT));
	if (large.size === 0) return { text, longs: new Map() };
	const taken = new Set(numbers.map(Number));
	const standIns = new Map<bigint, number>();
	const longs = new Map<number, Long>();
	let next = Number.MAX_SAFE_INTEGER;
	for (const number of large) {
		while (taken.has(next)) next -= 1;
		standIns.set(number, next);
		longs.set(next, long(number) ?? 0);
		longs.set(-next, long(-number) ?? 0);
		next -= 1;
	}
	return {
		text: text.replace(TOKEN, (token) =>
			NUMBER.test(token) ? String(standIns.get(BigInt(token)) ?? token) : token,
		),
		longs,
	};
}
