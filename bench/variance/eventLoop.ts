import { readFileSync } from 'node:fs';

const everyMs = 2;

export interface Standstill {
	/** longest standstill without the time that the thread waited for a processor, where the system tells that (Linux) */
	blockedMs: number;
	/** longest standstill */
	lateMs: number;
}

/**
 * Measures how long the event loop stands still. On a machine with more to do than processors every thread waits for its turn, an idle
 * one too: that is told apart, by the run queue's delay that the kernel keeps for each thread (Documentation/scheduler/sched-stats).
 */
export function watchEventLoop(): { end(): Standstill } {
	const worst: Standstill = { blockedMs: 0, lateMs: 0 };
	let last = performance.now();
	let waited = waitedMs();
	const look = () => {
		const now = performance.now();
		const waitedNow = waitedMs();
		const late = Math.max(0, now - last - everyMs);
		worst.lateMs = Math.max(worst.lateMs, late);
		worst.blockedMs = Math.max(worst.blockedMs, late - (waitedNow - waited));
		last = now;
		waited = waitedNow;
	};
	const timer = setInterval(look, everyMs);
	return {
		end() {
			look();
			clearInterval(timer);
			return worst;
		},
	};
}

function waitedMs(): number {
	try {
		return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
	} catch {
		return 0;
	}
}
