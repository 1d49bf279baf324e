import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';

import type { DuckDbEngine } from '../../variance/duckdb';
import { literal } from '../../variance/engine';
import { exportWords, type AccessEvent, type WatchedPerson } from './accessEvent';

/** The log in DuckDB, with numbers for all names, so that ten million lines fit into little memory. */
export interface LoadedLog {
	/** by number */
	people: WatchedPerson[];
	peerGroups: string[];
	operations: string[];
	/** operation and kind of record: what a right allows */
	capabilities: string[];
	resources: string[];
	places: string[];
	lines: number;
	/** persons in the log whom nobody named */
	unknownPeople: string[];
	/** lines that say nothing of a place */
	withoutPlace: number;
	/** lines that lie before the one before them by more than a day */
	outOfOrder: number;
}

const day = 86_400_000;
const linesAPiece = 5_000;

/**
 * Reads the log once into the table `events`: p person, o operation, c capability, r resource, pl place (-1: unknown), d denied, x data leaves the
 * company, t local time in milliseconds. The table `people` has p, g peer group and leftOn as a local day, or none.
 */
export async function loadEvents(
	engine: DuckDbEngine,
	events: AsyncIterable<readonly AccessEvent[]>,
	people: readonly WatchedPerson[],
	timeZone: string,
): Promise<LoadedLog> {
	const names = { people: new Numbers(), operations: new Numbers(), capabilities: new Numbers() };
	const resources = new Numbers();
	const places = new Numbers();
	const groups = new Numbers();
	const watched = new Map(people.map((person) => [person.id, person]));
	for (const { id } of watched.values()) names.people.of(id);
	const isExport = new Map<number, 0 | 1>();
	const local = localClock(timeZone);
	const file = join(engine.folder, 'events.csv');
	const out = createWriteStream(file);
	const failed = new Promise<never>((_, reject) => out.once('error', reject));
	failed.catch(() => undefined);
	let lines = 0;
	let withoutPlace = 0;
	let outOfOrder = 0;
	let last = -Infinity;
	for await (const piece of events) {
		for (let start = 0; start < piece.length; start += linesAPiece) {
			let text = '';
			for (const event of piece.slice(start, start + linesAPiece)) {
				const { at, person, operation, resource, outcome, system, place } = event;
				const what = system === undefined ? operation : `${system}: ${operation}`;
				const o = names.operations.of(what);
				if (!isExport.has(o)) {
					const lower = operation.toLowerCase();
					isExport.set(o, exportWords.some((word) => lower.includes(word)) ? 1 : 0);
				}
				const kind = resource.slice(0, Math.max(0, resource.indexOf('/')));
				const c = names.capabilities.of(kind === '' ? what : `${what} (${kind})`);
				const pl = place === undefined || place === '' ? -1 : places.of(place);
				if (pl === -1) withoutPlace += 1;
				if (at < last - day) outOfOrder += 1;
				last = at;
				text += `${names.people.of(person)},${o},${c},${resources.of(resource)},${pl},${outcome === 'deny' ? 1 : 0},${isExport.get(o)},${local(at)}\n`;
				lines += 1;
			}
			if (!out.write(text)) await Promise.race([once(out, 'drain'), failed]);
		}
	}
	out.end();
	await Promise.race([once(out, 'close'), failed]);
	const all = names.people.names.map((id): WatchedPerson => watched.get(id) ?? { id, peerGroup: '' });
	const table = join(engine.folder, 'people.csv');
	const rows = all.map(({ peerGroup, leftOn }, p) => {
		const left = leftOn === undefined ? '' : String(Date.parse(`${leftOn}T00:00:00Z`) / day);
		return `${p},${groups.of(peerGroup)},${left}\n`;
	});
	const { writeFile } = await import('node:fs/promises');
	await writeFile(table, rows.join(''));
	await engine.fill({
		name: 'people',
		select: `SELECT * FROM read_csv(${literal(table)}, header = false, auto_detect = false, columns = {'p': 'INTEGER', 'g': 'INTEGER', 'leftOn': 'INTEGER'})`,
	});
	await engine.fill({
		name: 'events',
		select: `SELECT * FROM read_csv(${literal(file)}, header = false, auto_detect = false, columns = {'p': 'INTEGER', 'o': 'INTEGER', 'c': 'INTEGER', 'r': 'INTEGER', 'pl': 'INTEGER', 'd': 'TINYINT', 'x': 'TINYINT', 't': 'BIGINT'})`,
	});
	const { rm } = await import('node:fs/promises');
	await rm(file);
	return {
		people: all,
		peerGroups: groups.names,
		operations: names.operations.names,
		capabilities: names.capabilities.names,
		resources: resources.names,
		places: places.names,
		lines,
		unknownPeople: all.map(({ id }) => id).filter((id) => !watched.has(id)),
		withoutPlace,
		outOfOrder,
	};
}

class Numbers {
	readonly names: string[] = [];
	private readonly known = new Map<string, number>();

	of(name: string): number {
		const known = this.known.get(name);
		if (known !== undefined) return known;
		this.known.set(name, this.names.length);
		return this.names.push(name) - 1;
	}
}

const quarter = 900_000;

/** An instant as the milliseconds that a clock on the wall shows; zones change on quarters of an hour. */
export function localClock(timeZone: string): (at: number) => number {
	const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
	const offsets = new Map<number, number>();
	return (at) => {
		const key = Math.floor(at / quarter);
		let offset = offsets.get(key);
		if (offset === undefined) {
			const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
			const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):?(\d*))?/.exec(name) ?? [];
			offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes || '0')) * 60_000;
			offsets.set(key, offset);
		}
		return at + offset;
	};
}
