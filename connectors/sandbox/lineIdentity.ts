interface Line {
	line?: string | undefined;
	item?: { code: string } | undefined;
	account?: string | undefined;
}

/**
 * The draft with the record's own line identifiers where it gives none: a line is the same one as the first free line of
 * its item or account, so that sending a draft again changes nothing.
 */
export function withLineIdentifiers<D extends object>(draft: D, record: object): D {
	const wanted = linesOf(draft);
	if (wanted === undefined) return draft;
	const named = new Set(wanted.map(({ line }) => line));
	const free = (linesOf(record) ?? []).filter(({ line }) => !named.has(line));
	const lines = wanted.map((line) => {
		if (line.line !== undefined) return line;
		const at = free.findIndex((known) => subjectOf(known) === subjectOf(line));
		const [same] = at < 0 ? [] : free.splice(at, 1);
		return same === undefined ? line : { ...line, line: same.line };
	});
	return { ...draft, lines };
}

function linesOf(record: object): Line[] | undefined {
	return 'lines' in record ? (record.lines as Line[]) : undefined;
}

function subjectOf({ item, account }: Line): string | undefined {
	return item?.code ?? account;
}
