import type { PatternPart } from './policyJson';

/** Cedar's `like`: `*` stands for any text, none included; everything else for itself. */
export function likeness(pattern: readonly PatternPart[]): (text: string) => boolean {
	const pieces = [''];
	for (const part of pattern) {
		if (part === 'Wildcard') pieces.push('');
		else pieces.push(`${pieces.pop() ?? ''}${part.Literal}`);
	}
	const [start = '', ...others] = pieces;
	const end = others.pop();
	if (end === undefined) return (text) => text === start;
	return (text) => {
		if (text.length < start.length + end.length || !text.startsWith(start) || !text.endsWith(end))
			return false;
		let from = start.length;
		const to = text.length - end.length;
		for (const piece of others) {
			const found = text.indexOf(piece, from);
			if (found < 0 || found + piece.length > to) return false;
			from = found + piece.length;
		}
		return true;
	};
}
