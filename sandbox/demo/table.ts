import type { PhaseFigures } from './figures';
import type { DemoResult } from './run';

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const tenths = (value: number): string =>
	value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const optional = (value: number | undefined): string => (value === undefined ? '-' : whole(value));

/** The result for people: what was done, how fast, and whether both sides agree. */
export function tableOf(result: DemoResult): string {
	const { stream, burst, all } = result;
	const row = (title: string, of: (figures: PhaseFigures) => string): string[] => [
		title,
		of(stream),
		of(burst),
		of(all),
	];
	const speed = columns([
		['', 'stream', 'burst', 'all'],
		row('new orders', ({ orders }) => whole(orders)),
		row('quantity changes', ({ changes }) => whole(changes)),
		row('cancellations', ({ cancellations }) => whole(cancellations)),
		row('events', ({ events }) => whole(events)),
		row('seconds', ({ seconds }) => tenths(seconds)),
		row('events per second', ({ eventsPerSecond }) => tenths(eventsPerSecond)),
		row('events answered', ({ measured }) => whole(measured)),
		row('p50 ms', ({ p50 }) => optional(p50)),
		row('p95 ms', ({ p95 }) => optional(p95)),
		row('p99 ms', ({ p99 }) => optional(p99)),
	]);
	const { backOrders } = result;
	const outcome = columns([
		['orders', whole(result.orders)],
		['lines', `${whole(result.lines)} (${whole(result.linesInCartons)} in cartons)`],
		[
			'items',
			`${whole(result.items)} (${whole(result.itemsCountedInCartons)} counted in cartons by the WMS)`,
		],
		['reservations', `${whole(result.reservations)} with ${whole(result.reservationLines)} lines`],
		['back orders', `${whole(backOrders.orders)} with ${whole(backOrders.lines)} lines`],
		['lost', whole(result.lost.length)],
		['applied twice', whole(result.appliedTwice.length)],
		['wrong', whole(result.wrong.length)],
	]);
	const notes = [
		'Milliseconds: from the commit in the ERP to the commit in the WMS that answers it or a newer version of the order; in the burst, waiting in line included.',
		...(all.measured < all.events
			? [
					`${whole(all.events - all.measured)} events had no answer of their own: the WMS held already what they ask for.`,
				]
			: []),
	];
	return [speed, outcome, notes.join('\n'), ...differences(result)].join('\n\n');
}

/** Whether both sides agree and nothing was done twice. */
export function isClean({ lost, appliedTwice, wrong }: DemoResult): boolean {
	return lost.length + appliedTwice.length + wrong.length === 0;
}

const shown = 10;

function differences(result: DemoResult): string[] {
	return (['lost', 'appliedTwice', 'wrong'] as const).flatMap((kind) => {
		const found = result[kind];
		if (found.length === 0) return [];
		const lines = found.slice(0, shown).map(({ order, what }) => `  ${order}: ${what}`);
		const rest = found.length > shown ? [`  and ${whole(found.length - shown)} more`] : [];
		return [
			[
				`${kind === 'appliedTwice' ? 'Applied twice' : kind === 'lost' ? 'Lost' : 'Wrong'}:`,
				...lines,
				...rest,
			].join('\n'),
		];
	});
}

/** The first column to the left; the others to the right when there are several. */
function columns(rows: string[][]): string {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
	);
	return rows
		.map((cells) =>
			cells
				.map((cell, column) => {
					const width = widths[column] ?? 0;
					if (column === 0) return cell.padEnd(width);
					return cells.length > 2 ? cell.padStart(Math.max(width, 8)) : cell;
				})
				.join('  ')
				.trimEnd(),
		)
		.map((line) => `  ${line}`)
		.join('\n');
}
