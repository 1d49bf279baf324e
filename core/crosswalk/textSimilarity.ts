/** Letters and digits alone, without case, width or accents: `Ａ-12/b` and `a12B` are alike. */
export function fingerprint(text: string): string {
	return folded(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Words of two characters and more; of scripts written without spaces, each pair of neighbouring characters. */
export function tokensOf(text: string): string[] {
	const tokens: string[] = [];
	for (const [run] of folded(text).matchAll(/[\p{L}\p{N}]+/gu)) {
		for (const [part] of run.matchAll(
			/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]+|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]+/gu,
		)) {
			if (/^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u.test(part)) tokens.push(...bigramsOf(part));
			else if (part.length > 1) tokens.push(part);
		}
	}
	return [...new Set(tokens)];
}

/**
 * How alike two names are, 0 to 1: Sørensen-Dice coefficient over the words' character pairs (Dice, 1945). The order
 * of the words does not matter.
 */
export function similarity(a: string, b: string): number {
	if (fingerprint(a) === fingerprint(b)) return fingerprint(a) === '' ? 0 : 1;
	const [left, right] = [pairsOf(a), pairsOf(b)];
	const total = sum(left) + sum(right);
	if (total === 0) return 0;
	let shared = 0;
	for (const [pair, count] of left) shared += Math.min(count, right.get(pair) ?? 0);
	// Equal pairs in another order, such as "pen gel" and "gel pen", are nearly the same name, not the same.
	return Math.min((2 * shared) / total, 0.99);
}

/** By code units, the same on every machine. */
export function compareText(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

function folded(text: string): string {
	return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().normalize('NFC');
}

function bigramsOf(text: string): string[] {
	const characters = [...text];
	if (characters.length < 2) return characters;
	return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

function pairsOf(text: string): Map<string, number> {
	const pairs = new Map<string, number>();
	for (const [word] of folded(text).matchAll(/[\p{L}\p{N}]+/gu))
		for (const pair of bigramsOf(word)) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
	return pairs;
}

function sum(pairs: Map<string, number>): number {
	let total = 0;
	for (const count of pairs.values()) total += count;
	return total;
}
