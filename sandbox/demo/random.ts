/** Repeatable chance: the same seed gives the same run. */
export interface Random {
	/** a whole number from `from` up to and including `to` */
	integer(from: number, to: number): number;
	/** true in this share of cases */
	chance(share: number): boolean;
	pick<T>(list: readonly T[]): T;
}

/** Tommy Ettinger's mulberry32: 32 bits of state, enough to vary a demo. */
export function random(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
	return {
		integer,
		chance: (share) => next() < share,
		pick: (list) => {
			const picked = list[integer(0, list.length - 1)];
			if (picked === undefined) throw new Error('nothing to pick from');
			return picked;
		},
	};
}
