import { holderOf, namedRight, type HeldRight, type NamedRight } from './heldRight';

export interface RoleDrift {
	holder: string;
	name?: string;
	post: string;
	peers: number;
	/** rights that hardly anybody else of the post holds, and how many do */
	beyond: Array<NamedRight & { peersWithIt: number }>;
	/** rights that nearly everybody else of the post holds */
	missing: Array<NamedRight & { peersWithIt: number }>;
	/** 0: as the peers; 1: nothing in common (1 − Jaccard index with the rights that most of the peers hold) */
	distance: number;
}

export interface DriftLimits {
	/** fewer holders of a post are not compared */
	fewestPeers: number;
	/** what so small a share of the peers holds is beyond the post */
	rareShare: number;
	/** what so large a share of the peers holds belongs to the post */
	usualShare: number;
}
export const usualDriftLimits: DriftLimits = { fewestPeers: 4, rareShare: 0.1, usualShare: 0.8 };

/** How far what somebody holds is from what others of the same post hold, the furthest first. */
export function roleDrift(rights: readonly HeldRight[], limits = usualDriftLimits): RoleDrift[] {
	const drifts: RoleDrift[] = [];
	const withPost = rights.filter(({ post }) => post !== undefined && post !== '');
	for (const [post = '', ofPost] of Map.groupBy(withPost, (right) => right.post)) {
		const holders = Map.groupBy(ofPost, holderOf);
		const peers = holders.size - 1;
		if (peers < limits.fewestPeers) continue;
		const keyOf = ({ system, right }: HeldRight) => JSON.stringify([system, right]);
		const sets = new Map([...holders].map(([holder, held]) => [holder, new Set(held.map(keyOf))]));
		const counts = new Map<string, number>();
		for (const set of sets.values()) for (const key of set) counts.set(key, (counts.get(key) ?? 0) + 1);
		const named = new Map(ofPost.map((right) => [keyOf(right), namedRight(right)]));
		const shown = (key: string, peersWithIt: number) => {
			const [system = '', right = ''] = JSON.parse(key) as string[];
			return { ...(named.get(key) ?? { system, right }), peersWithIt };
		};
		for (const [holder, set] of sets) {
			const beyond = [...set].flatMap((key) => {
				const others = (counts.get(key) ?? 1) - 1;
				return others <= limits.rareShare * peers ? [shown(key, others)] : [];
			});
			const missing: RoleDrift['missing'] = [];
			let most = 0;
			let common = 0;
			for (const [key, count] of counts) {
				const others = count - (set.has(key) ? 1 : 0);
				if (others > peers / 2) {
					most += 1;
					if (set.has(key)) common += 1;
				}
				if (!set.has(key) && others >= limits.usualShare * peers) missing.push(shown(key, others));
			}
			if (beyond.length === 0 && missing.length === 0) continue;
			const all = set.size + most - common;
			const name = holders.get(holder)?.find((one) => one.name !== undefined)?.name;
			drifts.push({
				holder,
				...(name === undefined ? {} : { name }),
				post,
				peers,
				beyond,
				missing,
				distance: all === 0 ? 0 : Math.round((1 - common / all) * 100) / 100,
			});
		}
	}
	return drifts.sort((a, b) => b.beyond.length - a.beyond.length || b.distance - a.distance);
}
