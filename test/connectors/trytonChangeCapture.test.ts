import fc from 'fast-check';

import { captureChanges, type Capture, type Rows } from '../../connectors/tryton/changeCapture';
import type { ChangeCursor } from '../../core/ports/systemConnector';

/*
 * Tables whose rows are stamped with the beginning of the transaction that wrote them, and appear when it is committed: later,
 * and not in the order of their stamps. What Tryton's databases do, with no server and no clock.
 */
interface StoredRow {
	id: number;
	owner: number;
	stamp: number;
	value: number;
}

class Tables {
	readonly heads = new Map<number, StoredRow>();
	readonly lines = new Map<number, StoredRow>();
	private values = 0;

	write(table: 'heads' | 'lines', id: number, owner: number, stamp: number): void {
		const known = this[table].get(id);
		this.values += 1;
		// Two transactions never begin in the same microsecond and write the same row; the later may have begun earlier.
		const own = known?.stamp === stamp ? stamp + microsecond : stamp;
		this[table].set(id, { id, owner, stamp: own, value: this.values });
	}

	content(owner: number): string {
		const lines = [...this.lines.values()].filter((line) => line.owner === owner);
		return JSON.stringify([this.heads.get(owner)?.value, lines.map(({ value }) => value)]);
	}

	/** The searches that captureChanges makes: rows above a number, stamped at or after an instant. */
	get rows(): Rows {
		return {
			system: 'tables',
			search: async (model, schema, domain, { limit = 0 } = {}) => {
				const [[, , above], since] = domain as [[string, string, number], unknown?];
				const from = since === undefined ? 0 : instantIn(since);
				const found = [...(model === 'head' ? this.heads : this.lines).values()]
					.filter(({ id, stamp }) => id > above && stamp >= from)
					.sort((a, b) => a.id - b.id)
					.slice(0, limit);
				return found.map(({ id, owner, stamp }) =>
					schema.parse({ id, owner, create_date: datetime(stamp), write_date: null }),
				) as never;
			},
		};
	}
}

const epoch = Date.UTC(2026, 0, 1);
const microsecond = 2 ** -20;

/** Simulated seconds since the epoch of this test, as Tryton sends an instant. */
function datetime(seconds: number): Record<string, unknown> {
	const at = new Date(epoch + Math.floor(seconds) * 1000);
	return {
		__class__: 'datetime',
		year: at.getUTCFullYear(),
		month: at.getUTCMonth() + 1,
		day: at.getUTCDate(),
		hour: at.getUTCHours(),
		minute: at.getUTCMinutes(),
		second: at.getUTCSeconds(),
		microsecond: Math.round((seconds % 1) * 1_000_000),
	};
}

function instantIn(criterion: unknown): number {
	const [, [, , at]] = criterion as [string, [string, string, Record<string, number>]];
	const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, microsecond = 0 } = at;
	return (Date.UTC(year, month - 1, day, hour, minute, second, microsecond / 1000) - epoch) / 1000;
}

function captureOf(tables: Tables, now: () => number): Capture<string> {
	return {
		session: tables.rows,
		sources: [
			{ mark: 'h', model: 'head', owner: 'id' },
			{ mark: 'l', model: 'line', owner: 'owner' },
		],
		read: async (ids) =>
			ids
				.filter((id) => tables.heads.has(id))
				.map((id) => ({
					id,
					change: { key: String(id), changedAt: '', record: tables.content(id) },
				})),
		overlapSeconds: 10,
		pageSize: 3,
		now: () => epoch + now() * 1000,
	};
}

/** What one look does to the reader's copy: takes pages until told to stop, as a process that is killed does. */
async function look(
	capture: Capture<string>,
	copy: Map<string, string>,
	cursor: ChangeCursor | undefined,
	pages = Infinity,
): Promise<{ cursor: ChangeCursor | undefined; reported: number }> {
	let reported = 0;
	let position = cursor;
	let taken = 0;
	for await (const page of captureChanges(capture, cursor)) {
		for (const { key, record } of page.changes) copy.set(key, record ?? '');
		reported += page.changes.length;
		position = page.cursor;
		taken += 1;
		if (taken >= pages) break;
	}
	return { cursor: position, reported };
}

const Step = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constant('head' as const),
			id: fc.integer({ min: 1, max: 12 }),
			late: fc.integer({ min: 0, max: 9 }),
		}),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constant('line' as const),
			id: fc.integer({ min: 1, max: 30 }),
			late: fc.integer({ min: 0, max: 9 }),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ kind: fc.constant('look' as const), pages: fc.integer({ min: 1, max: 4 }) }),
	},
	{
		weight: 3,
		arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 25 }) }),
	},
);

describe('changes captured by the dates of rows', () => {
	it('are complete whatever the timestamps, late commits and interrupted looks', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(Step, { maxLength: 60 }),
				fc.integer({ min: -30, max: 3600 }),
				async (steps, clockDifference) => {
					const tables = new Tables();
					let now = 100;
					const capture = captureOf(tables, () => now + clockDifference);
					const copy = new Map<string, string>();
					let cursor: ChangeCursor | undefined;
					for (const step of steps) {
						if (step.kind === 'wait') now += step.seconds;
						else if (step.kind === 'look') ({ cursor } = await look(capture, copy, cursor, step.pages));
						else if (step.kind === 'head') tables.write('heads', step.id, step.id, now - step.late);
						else if (tables.heads.has((step.id % 12) + 1)) {
							tables.write('lines', step.id, (step.id % 12) + 1, now - step.late);
						}
					}
					({ cursor } = await look(capture, copy, cursor));
					const actual = new Map([...tables.heads.keys()].map((id) => [String(id), tables.content(id)]));
					expect(copy).toEqual(actual);
					if (clockDifference >= 0) {
						expect((await look(capture, copy, cursor)).reported).toBe(0);
					}
				},
			),
			{ numRuns: 300 },
		);
	});

	it('go on although one stamp lies far in the future', async () => {
		const tables = new Tables();
		let now = 100;
		const capture = captureOf(tables, () => now);
		const copy = new Map<string, string>();
		tables.write('heads', 1, 1, 1_000_000);
		let { cursor } = await look(capture, copy, undefined);
		for (let id = 2; id < 6; id += 1) {
			now += 100;
			tables.write('heads', id, id, now);
			({ cursor } = await look(capture, copy, cursor));
		}
		expect([...copy.keys()]).toEqual(['1', '2', '3', '4', '5']);
	});

	it('keep a cursor that holds no more than the overlap', async () => {
		const tables = new Tables();
		let now = 100;
		const capture = captureOf(tables, () => now);
		let cursor: ChangeCursor | undefined;
		for (let id = 1; id <= 500; id += 1) {
			now += 1;
			tables.write('heads', id, id, now);
			if (id % 50 === 0) ({ cursor } = await look(capture, new Map(), cursor));
		}
		expect(Object.keys((JSON.parse(cursor ?? '{}') as { seen: object }).seen)).toHaveLength(11);
	});
});
