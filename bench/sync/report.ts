import { median, percentile, type Measured } from './measurement';

export interface Results {
	/** load average of the machine before the start and at the end */
	loads: [number, number];
	/** in turn */
	at5: Array<{ ours: Measured; peer: Measured }>;
	ours: {
		at50: Measured[];
		bursts: Measured[];
		burstsSingle: Measured[];
		repeated: Measured;
		linear: Measured[];
		/** to the end of the bursts, as for the peer */
		peakMemoryMb: number;
		/** with all that follows, 50,000 events at once among it */
		peakMemoryToTheEndMb: number;
		inbox: { rows: number; waiting: number; megabytes: number };
	};
	peer: {
		burst: Measured;
		at50?: Measured;
		repeated?: Measured;
		peakMemoryMb: number;
	};
}

/** A table for people and, as the last line, one JSON object for machines. */
export function report({ loads, at5, ours, peer }: Results): void {
	const p = (runs: Measured[], share: number) =>
		median(runs.map(({ latencies }) => percentile(latencies, share)));
	const throughput = (runs: Measured[]) => median(runs.map(({ perSecond }) => perSecond));
	const cpu = (runs: Measured[]) => median(runs.map(({ cpuPerEventMs }) => cpuPerEventMs));
	const linear = [...Map.groupBy(ours.linear, ({ events }) => events)].sort(([a], [b]) => a - b);
	const ours5 = at5.map((turn) => turn.ours);
	const peer5 = at5.map((turn) => turn.peer);
	const pooled = (runs: Measured[], share: number) =>
		percentile(
			runs.flatMap(({ latencies }) => latencies).sort((a, b) => a - b),
			share,
		);
	const all = [...ours5, ...ours.at50, ...ours.bursts, ...ours.burstsSingle, ...ours.linear, ours.repeated];
	const total = (field: 'lost' | 'doubled' | 'outOfOrder') =>
		all.reduce((sum, measured) => sum + measured[field], 0);

	const figures = {
		p50At5Ms: pooled(ours5, 0.5),
		p95At5Ms: pooled(ours5, 0.95),
		p99At5Ms: pooled(ours5, 0.99),
		peerP50At5Ms: pooled(peer5, 0.5),
		peerP95At5Ms: pooled(peer5, 0.95),
		peerP99At5Ms: pooled(peer5, 0.99),
		p50At50Ms: p(ours.at50, 0.5),
		p95At50Ms: p(ours.at50, 0.95),
		p99At50Ms: p(ours.at50, 0.99),
		...(peer.at50 === undefined
			? {}
			: { peerP50At50Ms: p([peer.at50], 0.5), peerP99At50Ms: p([peer.at50], 0.99) }),
		burstPerSecond: throughput(ours.bursts),
		burstSinglePerSecond: throughput(ours.burstsSingle),
		peerBurstPerSecond: peer.burst.perSecond,
		cpuPerEventMs: cpu(ours.bursts),
		cpuPerEventSingleMs: cpu(ours.burstsSingle),
		peerCpuPerEventMs: peer.burst.cpuPerEventMs,
		peakMemoryMb: ours.peakMemoryMb,
		peakMemoryToTheEndMb: ours.peakMemoryToTheEndMb,
		peerPeakMemoryMb: peer.peakMemoryMb,
		linearPerSecond: Object.fromEntries(linear.map(([events, runs]) => [events, round(throughput(runs))])),
		inboxRows: ours.inbox.rows,
		inboxWaiting: ours.inbox.waiting,
		inboxMb: ours.inbox.megabytes,
		loadAverageBefore: loads[0],
		loadAverageAfter: loads[1],
	};
	const ratios = {
		p50At5: figures.p50At5Ms / figures.peerP50At5Ms,
		burstThroughput: figures.burstPerSecond / figures.peerBurstPerSecond,
		burstThroughputSingle: figures.burstSinglePerSecond / figures.peerBurstPerSecond,
	};
	const counts = {
		lost: total('lost'),
		doubled: total('doubled'),
		outOfOrder: total('outOfOrder'),
		peerLost: peer.burst.lost,
		peerDoubled: peer.burst.doubled,
		...(peer.repeated === undefined ? {} : { peerOutOfOrder: peer.repeated.outOfOrder }),
	};

	const ms = (value: number | undefined) => (value === undefined ? '-' : `${value.toFixed(1)} ms`);
	const rate = (value: number) => `${value.toFixed(1)}/s`;
	const rows: Array<[string, string, string]> = [
		['', 'this package', "n8n's own nodes"],
		['5/s: p50', ms(figures.p50At5Ms), ms(figures.peerP50At5Ms)],
		['5/s: p95', ms(figures.p95At5Ms), ms(figures.peerP95At5Ms)],
		['5/s: p99', ms(figures.p99At5Ms), ms(figures.peerP99At5Ms)],
		['50/s: p50', ms(figures.p50At50Ms), ms(figures.peerP50At50Ms)],
		['50/s: p95', ms(figures.p95At50Ms), ''],
		['50/s: p99', ms(figures.p99At50Ms), ms(figures.peerP99At50Ms)],
		[`burst of ${ours.bursts[0]?.events}`, rate(figures.burstPerSecond), ''],
		[
			`burst of ${ours.burstsSingle[0]?.events}, an order a call`,
			rate(figures.burstSinglePerSecond),
			`${rate(figures.peerBurstPerSecond)} (of ${peer.burst.events})`,
		],
		['CPU an event, burst', ms(figures.cpuPerEventMs), ms(figures.peerCpuPerEventMs)],
		['CPU an event, an order a call', ms(figures.cpuPerEventSingleMs), ms(figures.peerCpuPerEventMs)],
		[
			'peak memory after the bursts',
			`${figures.peakMemoryMb.toFixed(0)} MB`,
			`${figures.peerPeakMemoryMb.toFixed(0)} MB`,
		],
		...linear.map(([events, runs]): [string, string, string] => [
			`${events} events`,
			rate(throughput(runs)),
			'',
		]),
		['peak memory to the end', `${figures.peakMemoryToTheEndMb.toFixed(0)} MB`, ''],
		['inbox after', `${figures.inboxRows} rows, ${figures.inboxMb.toFixed(1)} MB`, ''],
		['lost', String(counts.lost), `${counts.peerLost} of ${peer.burst.events}`],
		['applied twice', String(counts.doubled), String(counts.peerDoubled)],
		[
			'orders asked for out of order',
			String(counts.outOfOrder),
			peer.repeated === undefined ? '-' : `${peer.repeated.outOfOrder} of ${peer.repeated.orders}`,
		],
	];
	for (const [what, one, other] of rows)
		console.log(`${what.padEnd(34)}${one.padStart(24)}${other.padStart(26)}`);
	console.log(JSON.stringify({ bench: 'sync', ratios: rounded(ratios), figures: rounded(figures), counts }));
}

function rounded(values: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
	);
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}
