import { holderOf, type HeldRight } from './heldRight';

export interface UnusedRight {
	right: HeldRight;
	holder: string;
	/** days since it was last used, or since it was given where it never was */
	days: number;
	/** `neverUsed`: since it was given; `notUsed`: since the last time */
	because: 'notUsed' | 'neverUsed';
}

export interface UnusedRights {
	unused: UnusedRight[];
	/** rights of which no system says when they were used or given: nothing is concluded of them */
	unknown: number;
}

const day = 86_400_000;

/** Rights that nobody has used for so many days, the longest first. */
export function unusedRights(rights: readonly HeldRight[], days: number, at: number): UnusedRights {
	let unknown = 0;
	const unused = rights.flatMap((right): UnusedRight[] => {
		const { lastUsedAt, since } = right;
		const from = lastUsedAt ?? since;
		if (from === undefined) {
			unknown += 1;
			return [];
		}
		const idle = Math.floor((at - Date.parse(from)) / day);
		if (idle < days) return [];
		return [
			{
				right,
				holder: holderOf(right),
				days: idle,
				because: lastUsedAt === undefined ? 'neverUsed' : 'notUsed',
			},
		];
	});
	return { unused: unused.sort((a, b) => b.days - a.days), unknown };
}
