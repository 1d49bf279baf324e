import { compare, type Decimal } from '../../core/model/decimal';
import type { DraftLine } from './draftLines';

/** A line as the document has it. */
export interface PresentLine {
	line: string;
	item?: { code: string } | undefined;
	quantity: Decimal;
	unit?: string | undefined;
	unitPrice?: Decimal | undefined;
	description?: string | undefined;
}

export interface LinePair {
	line: DraftLine;
	/** its place in what was given */
	index: number;
	/** the line that it is; absent for a new one */
	same?: PresentLine;
}

export interface LineChanges {
	/** new lines, and lines that shall read otherwise */
	different: LinePair[];
	/** numbers of the lines that go */
	gone: number[];
}

/** What makes the lines that are there into those that shall be. A line without identifier is the first free one of its item, if any. */
export function lineChanges(wanted: DraftLine[], present: PresentLine[], problems: string[]): LineChanges {
	const named = new Set(wanted.map(({ line }) => line));
	const free = present.filter(({ line }) => !named.has(line));
	const pairs = wanted.map((line, index): LinePair => {
		if (line.line !== undefined) {
			const same = present.find((one) => one.line === line.line);
			if (same === undefined) {
				problems.push(
					`lines.${index}.line: there is no line "${line.line}"; leave "line" out to add a new one`,
				);
			}
			return { line, index, ...(same === undefined ? {} : { same }) };
		}
		const at = free.findIndex(({ item }) => item?.code === line.item?.code);
		const [same] = at < 0 ? [] : free.splice(at, 1);
		return { line, index, ...(same === undefined ? {} : { same }) };
	});
	const kept = new Set(pairs.map(({ same }) => same?.line));
	return {
		different: pairs.filter(({ line, same }) => same === undefined || differs(line, same)),
		gone: present.filter(({ line }) => !kept.has(line)).map(({ line }) => Number(line)),
	};
}

function differs(line: DraftLine, same: PresentLine): boolean {
	return (
		line.item?.code !== same.item?.code ||
		(line.unit !== undefined && line.unit !== same.unit) ||
		compare(line.quantity, same.quantity) !== 0 ||
		(line.unitPrice !== undefined && compare(line.unitPrice, same.unitPrice ?? '0') !== 0) ||
		(line.description !== undefined && line.description !== (same.description ?? ''))
	);
}
