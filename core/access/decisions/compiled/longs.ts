import { Failure, type Long } from './values';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The one form of a number of 64 bits; undefined when it needs more. */
export function long(value: bigint): Long | undefined {
	if (value < LEAST || value > MOST) return undefined;
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

export function plus(one: Long, other: Long): Long | undefined {
	if (typeof one === 'number' && typeof other === 'number') {
		const sum = one + other;
		if (Number.isSafeInteger(sum)) return sum;
	}
	return long(BigInt(one) + BigInt(other));
}

export function minus(one: Long, other: Long): Long | undefined {
	if (typeof one === 'number' && typeof other === 'number') {
		const difference = one - other;
		if (Number.isSafeInteger(difference)) return difference;
	}
	return long(BigInt(one) - BigInt(other));
}

export function times(one: Long, other: Long): Long | undefined {
	if (typeof one === 'number' && typeof other === 'number') {
		const product = one * other;
		// A product of zero and a negative number is -0 in JavaScript, which prints and divides as no whole number does.
		if (Number.isSafeInteger(product)) return product + 0;
	}
	return long(BigInt(one) * BigInt(other));
}

/** Rounded towards zero. */
export function quotient(one: Long, other: number): Long {
	return long(BigInt(one) / BigInt(other)) ?? 0;
}

/** Never negative, also for a negative dividend. */
export function remainder(one: Long, other: number): number {
	const rest = typeof one === 'number' ? one % other : Number(one % BigInt(other));
	return rest < 0 ? rest + other : rest + 0;
}

export function overflow(operation: string): Failure {
	return new Failure(`The result of ${operation} does not fit into 64 bits.`);
}
