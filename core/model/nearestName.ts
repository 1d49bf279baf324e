/** Below this, a suggestion would puzzle more than help. */
const leastLikeness = 0.5;

/** Why a name is refused: with the one that was probably meant, and all that there are. */
export function unknownName(name: string, names: string[]): string {
	const meant = nearestName(name, names);
	const suggestion = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
	return `is no field here${suggestion}; known are ${names.join(', ')}`;
}

/** The name that somebody most likely meant: a slip of the keys (`quantiy`), an abbreviation (`qty`) or a part (`price`). */
export function nearestName(given: string, names: string[]): string | undefined {
	const [best] = names
		.map((name) => ({ name, likeness: likeness(given.toLowerCase(), name.toLowerCase()) }))
		.sort((a, b) => b.likeness - a.likeness);
	return best !== undefined && best.likeness >= leastLikeness ? best.name : undefined;
}

function likeness(given: string, name: string): number {
	const slips = 1 - editDistance(given, name) / Math.max(given.length, name.length, 1);
	return Math.max(slips, abbreviates(given, name) || isPart(given, name) || isPart(name, given) ? 0.6 : 0);
}

/** Same first letter, and the others in their order: `qty` of `quantity`. */
function abbreviates(given: string, name: string): boolean {
	if (given.length < 2 || given[0] !== name[0]) return false;
	let at = 0;
	for (const letter of name) if (letter === given[at]) at += 1;
	return at === given.length;
}

function isPart(part: string, whole: string): boolean {
	return part.length >= 3 && whole.includes(part);
}

/** Letters to insert, leave out or replace (Levenshtein, 1965). */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (const [index, letter] of [...a].entries()) {
		const next = [index + 1];
		for (const [column, other] of [...b].entries()) {
			next.push(
				Math.min(
					(next[column] ?? 0) + 1,
					(row[column + 1] ?? 0) + 1,
					(row[column] ?? 0) + Number(letter !== other),
				),
			);
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
