/** How much is sent; `--quick` gives the same figures from less, in under a minute. */
export interface Loads {
	warmUp: { orders: number; perSecond: number };
	/** turns that each side takes at 5 events a second, and the orders in each */
	turns: number;
	ordersInTurn: number;
	/** seconds at 50 events a second, and how often */
	steadySeconds: number;
	steadyTimes: number;
	burst: number;
	burstTimes: number;
	peerBurst: number;
	/** the peer's burst is given up so long after the last publish */
	peerPatienceSeconds: number;
	/** whether to see what becomes of the peer at more than it can take */
	peerOverload: boolean;
	repeated: { orders: number; updates: number };
	peerRepeated: { orders: number; updates: number };
	/** a burst for a warehouse, a connection and a compiler that are new to it */
	linearWarmUp: number;
	/** bursts whose throughputs are compared, in an order that spreads each size over the time */
	linear: number[];
}

export const fullLoads: Loads = {
	warmUp: { orders: 50, perSecond: 10 },
	turns: 10,
	ordersInTurn: 20,
	steadySeconds: 15,
	steadyTimes: 3,
	burst: 2_000,
	burstTimes: 3,
	peerBurst: 2_000,
	peerPatienceSeconds: 150,
	peerOverload: true,
	repeated: { orders: 20, updates: 100 },
	peerRepeated: { orders: 20, updates: 10 },
	linearWarmUp: 10_000,
	linear: [2_000, 2_000, 10_000, 2_000, 50_000, 2_000, 10_000, 2_000, 10_000],
};

export const quickLoads: Loads = {
	warmUp: { orders: 20, perSecond: 20 },
	turns: 3,
	ordersInTurn: 10,
	steadySeconds: 4,
	steadyTimes: 1,
	burst: 1_000,
	burstTimes: 1,
	peerBurst: 100,
	peerPatienceSeconds: 15,
	peerOverload: false,
	repeated: { orders: 20, updates: 20 },
	peerRepeated: { orders: 20, updates: 2 },
	linearWarmUp: 0,
	linear: [],
};
