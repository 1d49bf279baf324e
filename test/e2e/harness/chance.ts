import { randomInt } from 'node:crypto';

/** Repeatable chance: the same seed gives the same numbers. */
export class Chance {
	private state: number;

	constructor(readonly seed: number) {
		this.state = seed >>> 0;
	}

	/** A new seed, printed so that a failure can be repeated with ERP_BRIDGE_SEED. */
	static announced(what: string): Chance {
		const given = process.env['ERP_BRIDGE_SEED'];
		const seed = given === undefined ? randomInt(1, 1_000_000) : Number(given);
		console.info(`${what}: seed ${seed} (repeat with ERP_BRIDGE_SEED=${seed})`);
		return new Chance(seed);
	}

	/** From 0 up to, not including, 1 (mulberry32). */
	fraction(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from `least` to `most`, both included. */
	whole(least: number, most: number): number {
		return least + Math.floor(this.fraction() * (most - least + 1));
	}

	oneOf<T>(choices: readonly T[]): T {
		if (choices.length === 0) throw new Error('There is nothing to choose from.');
		return choices[this.whole(0, choices.length - 1)] as T;
	}
}
