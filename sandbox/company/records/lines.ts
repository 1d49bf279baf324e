import { ServiceError } from '../http/service';

export interface Numbered {
	nextLine: number;
}

/** Gives new lines the next numbers; a line that stays keeps its own. `make` completes each one. */
export function numberedLines<New extends { id?: string | undefined }, Line extends { id: string }>(
	wanted: New[],
	current: Line[],
	firstFree: number,
	make: (line: New, id: string, before: Line | undefined) => Line,
): { lines: Line[] } & Numbered {
	let nextLine = firstFree;
	const known = new Map(current.map((line) => [line.id, line]));
	const seen = new Set<string>();
	const lines = wanted.map((line) => {
		const before = line.id === undefined ? undefined : known.get(line.id);
		if (line.id !== undefined && (!before || seen.has(line.id))) {
			throw new ServiceError(
				422,
				'line',
				`Line "${line.id}" is ${before ? 'given twice' : 'not a line of this record'}.`,
			);
		}
		const id = line.id ?? String(nextLine++);
		seen.add(id);
		return make(line, id, before);
	});
	return { lines, nextLine };
}
