import { z } from 'zod/v4';

import type { TrytonSession } from './session';
import { Units } from './units';
import { Flag } from './values';

const UnitRow = z.object({
	id: z.number().int(),
	name: z.string(),
	symbol: z.string(),
	category: z.number().int(),
	factor: z.number(),
	rate: z.number(),
	digits: z.number().int(),
	active: Flag,
});

const keptMs = 60_000;

/** Tryton's units, a few dozen, read at once and kept for a minute; a unit that is not among them is looked for at once. */
export class UnitCatalogue {
	private units?: Promise<Units>;
	private readUntil = 0;

	constructor(
		private readonly session: TrytonSession,
		private readonly own: Record<string, string> = {},
	) {}

	async including(ids: number[]): Promise<Units> {
		if (this.units !== undefined && Date.now() < this.readUntil) {
			const units = await this.units;
			if (ids.every((id) => units.get(id) !== undefined)) return units;
		}
		const reading = this.read();
		this.units = reading;
		this.readUntil = Date.now() + keptMs;
		reading.catch(() => {
			this.readUntil = 0;
		});
		return reading;
	}

	private async read(): Promise<Units> {
		const rows = await this.session.search('product.uom', UnitRow, [], { context: { active_test: false } });
		return new Units(rows, this.own);
	}
}
