import type { Company } from '../../../sandbox/company/company';
import { Chance } from './chance';

/** How often each fault strikes; ERP_BRIDGE_KILLS makes it fewer while one works on the code. */
export const kills = Number(process.env['ERP_BRIDGE_KILLS'] ?? 20);

/** Long enough for all strikes of one fault on a busy machine. */
export const killTimeoutMs = 60_000 + kills * 40_000;

/** Strikes in the middle of the work, wherever the warehouse happens to be. */
export class Striker {
	private changes = 0;
	private waiting: Array<{ at: number; strike: () => void }> = [];

	constructor(
		company: Company,
		readonly chance: Chance,
	) {
		company.warehouse.onCommit((commits) => {
			this.changes += commits.length;
			const due = this.waiting.filter(({ at }) => at <= this.changes);
			this.waiting = this.waiting.filter((one) => !due.includes(one));
			for (const { strike } of due) strike();
		});
	}

	/**
	 * Strikes once the warehouse has changed a random number of reservations more: now and then at that very moment, when it
	 * has done the work and not yet answered, else within the next milliseconds.
	 */
	async midBurst<T>(strike: () => Promise<T>, most = 300): Promise<T> {
		const delayMs = this.chance.oneOf([undefined, 0, this.chance.whole(1, 40)]);
		return await new Promise((resolve, reject) => {
			const struck = (): void => {
				strike().then(resolve, reject);
			};
			this.waiting.push({
				at: this.changes + this.chance.whole(1, most),
				strike: () => (delayMs === undefined ? struck() : void setTimeout(struck, delayMs)),
			});
		});
	}
}
