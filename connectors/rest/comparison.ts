import { compare, Decimal } from '../../core/model/decimal';

/** Fields of canonical records that hold decimals. */
const decimals = new Set(['quantity', 'unitPrice', 'amount', 'total', 'numerator', 'denominator']);

/** Name of the first field of `wanted` that `found` does not show; undefined when it shows all of them. */
export function missingField(found: object, wanted: object): string | undefined {
	const known = found as Record<string, unknown>;
	return Object.entries(wanted).find(
		([name, value]) => value !== undefined && !shows(known[name], value, name),
	)?.[0];
}

function shows(found: unknown, wanted: unknown, name: string): boolean {
	if (Array.isArray(wanted)) {
		if (!Array.isArray(found) || found.length !== wanted.length) return false;
		const free = [...(found as unknown[])];
		return wanted.every((one, index) => {
			const line = lineOf(one);
			// A line without identifier is the one at its place.
			const other = line === undefined ? free[index] : free.find((known) => lineOf(known) === line);
			return shows(other, one, name);
		});
	}
	if (typeof wanted === 'object' && wanted !== null) {
		return typeof found === 'object' && found !== null && missingField(found, wanted) === undefined;
	}
	if (found === wanted) return true;
	if (typeof found !== 'string' || typeof wanted !== 'string') return false;
	if (decimals.has(name) && Decimal.safeParse(found).success && Decimal.safeParse(wanted).success)
		return compare(found, wanted) === 0;
	return name.endsWith('At') && Date.parse(found) === Date.parse(wanted);
}

function lineOf(value: unknown): unknown {
	return typeof value === 'object' && value !== null ? (value as { line?: unknown }).line : undefined;
}

/**
 * The changes with the record's own line identifiers where they give none: by item and order, so that sending a draft again
 * changes nothing.
 */
export function withLineIdentifiers<D extends object>(draft: D, record: object): D {
	const wanted = linesOf(draft);
	if (wanted === undefined) return draft;
	const named = new Set(wanted.map(({ line }) => line));
	const free = (linesOf(record) ?? []).filter(({ line }) => !named.has(line));
	const lines = wanted.map((line) => {
		if (line.line !== undefined) return line;
		const at = free.findIndex((known) => codeOf(known.item) === codeOf(line.item));
		const [same] = at < 0 ? [] : free.splice(at, 1);
		return same?.line === undefined ? line : { ...line, line: same.line };
	});
	return { ...draft, lines };
}

interface Line {
	line?: string;
	/** in warehouses the code itself */
	item?: string | { code: string };
}

function linesOf(record: object): Line[] | undefined {
	return (record as { lines?: Line[] }).lines;
}

function codeOf(item: Line['item']): string | undefined {
	return typeof item === 'object' ? item.code : item;
}
