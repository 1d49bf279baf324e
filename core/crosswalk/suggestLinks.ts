import { compareText, fingerprint, similarity, tokensOf } from './textSimilarity';

/** What is known of a record on one side; the more, the better the suggestion. */
export interface LinkCandidate {
	code: string;
	name?: string | undefined;
	/** GTIN-8, -12, -13 or -14, or another bar code */
	gtin?: string | undefined;
	/** anything else that both sides may know: brand, size, base unit ... */
	attributes?: Record<string, string> | undefined;
}

/** What speaks for a pair, or against it. */
export type Evidence =
	| 'gtin'
	| 'code'
	| 'similarCode'
	| 'name'
	| 'similarName'
	| 'attributes'
	| 'otherGtin'
	| 'otherAttributes';

export interface PairEvidence {
	code: string;
	/** 0 to 1 in hundredths */
	confidence: number;
	evidence: Evidence[];
}

/** One outcome for each record of the first side. */
export type LinkSuggestion =
	| ({ status: 'suggested'; first: string; second: string } & Omit<PairEvidence, 'code'>)
	/** a person must choose: too little evidence, or several candidates about as good */
	| { status: 'review'; first: string; why: 'weak' | 'ambiguous'; candidates: PairEvidence[] }
	| { status: 'unmatched'; first: string };

export interface SuggestOptions {
	/** a pair below it goes to review */
	suggestFrom?: number;
	/** a pair below it is left out */
	reviewFrom?: number;
	/** a pair is ambiguous when another one of the same record comes nearer to it than this */
	margin?: number;
}

/** How much each agreement alone convinces; agreements add up as independent witnesses do: `1 - (1 - a)(1 - b)`. */
const weight = { gtin: 0.98, code: 0.9, similarCode: 0.75, name: 0.8, attributes: 0.4 };
/** What a contradiction leaves of the confidence. */
const contradiction = { otherGtin: 0.3, otherAttributes: 0.8 };
/** Two names count as similar from here on; below it they say nothing. */
const similarFrom = 0.5;
/** A word in the names of more records than this tells nothing apart. */
const commonWord = 200;
const candidatesShown = 5;

/**
 * Which records of two systems may be the same thing. A pair is suggested only when it is convincing and each is clearly the
 * other's best; everything else that has some evidence is for a person to decide. Neither the order of the records nor
 * which side comes first changes a pair. A code must be unique within its side.
 */
export function suggestLinks(
	first: LinkCandidate[],
	second: LinkCandidate[],
	{ suggestFrom = 0.85, reviewFrom = 0.4, margin = 0.1 }: SuggestOptions = {},
): LinkSuggestion[] {
	const index = new CandidateIndex(second, first);
	const forFirst = new Map<string, PairEvidence[]>(first.map(({ code }) => [code, []]));
	const forSecond = new Map<string, PairEvidence[]>(second.map(({ code }) => [code, []]));
	for (const one of first) {
		for (const other of index.near(one)) {
			const pair = compareRecords(one, other);
			if (pair.confidence < reviewFrom) continue;
			forFirst.get(one.code)?.push({ code: other.code, ...pair });
			forSecond.get(other.code)?.push({ code: one.code, ...pair });
		}
	}
	for (const pairs of [...forFirst.values(), ...forSecond.values()]) pairs.sort(byConfidence);
	return first.map(({ code }): LinkSuggestion => {
		const candidates = forFirst.get(code) ?? [];
		const [best] = candidates;
		if (best === undefined) return { status: 'unmatched', first: code };
		const convincing = best.confidence >= suggestFrom;
		if (convincing && isClear(candidates, margin) && isClear(forSecond.get(best.code) ?? [], margin, code)) {
			const { code: partner, ...pair } = best;
			return { status: 'suggested', first: code, second: partner, ...pair };
		}
		return {
			status: 'review',
			first: code,
			why: convincing ? 'ambiguous' : 'weak',
			candidates: candidates.slice(0, candidatesShown),
		};
	});
}

/** Whether the best pair stands clear of the next one, and is the one with `expected` where that is given. */
function isClear([best, next]: PairEvidence[], margin: number, expected = best?.code): boolean {
	if (best === undefined || best.code !== expected) return false;
	return (
		next === undefined || Math.round((best.confidence - next.confidence) * 100) >= Math.round(margin * 100)
	);
}

function byConfidence(a: PairEvidence, b: PairEvidence): number {
	return b.confidence - a.confidence || compareText(a.code, b.code);
}

/** What is known of a pair: evidence for and against, and how far it convinces. */
export function compareRecords(
	one: LinkCandidate,
	other: LinkCandidate,
): { confidence: number; evidence: Evidence[] } {
	const evidence: Evidence[] = [];
	let doubt = 1;
	const witness = (kind: Evidence, strength: number) => {
		evidence.push(kind);
		doubt *= 1 - strength;
	};
	const [gtin, otherGtin] = [barcode(one.gtin), barcode(other.gtin)];
	if (gtin !== undefined && gtin === otherGtin) witness('gtin', weight.gtin);
	if (one.code === other.code) witness('code', weight.code);
	else if (sameFingerprint(one.code, other.code)) witness('similarCode', weight.similarCode);
	if (one.name !== undefined && other.name !== undefined) {
		const alike = similarity(one.name, other.name);
		if (alike === 1) witness('name', weight.name);
		else if (alike >= similarFrom) witness('similarName', weight.name * alike);
	}
	const { equal, different } = compareAttributes(one.attributes, other.attributes);
	// That both are counted in pieces says nothing about two records which have nothing else in common.
	if (equal > 0 && evidence.length > 0)
		witness('attributes', (weight.attributes * equal) / (equal + different));
	let confidence = 1 - doubt;
	if (gtin !== undefined && otherGtin !== undefined && gtin !== otherGtin) {
		evidence.push('otherGtin');
		confidence *= contradiction.otherGtin;
	}
	if (different > 0) {
		evidence.push('otherAttributes');
		confidence *= contradiction.otherAttributes;
	}
	return { confidence: Math.round(confidence * 100) / 100, evidence };
}

function compareAttributes(
	one: Record<string, string> = {},
	other: Record<string, string> = {},
): { equal: number; different: number } {
	const shared = Object.keys(one).filter((name) => Object.hasOwn(other, name));
	const equal = shared.filter(
		(name) => fingerprint(one[name] ?? '') === fingerprint(other[name] ?? ''),
	).length;
	return { equal, different: shared.length - equal };
}

/** GTIN-8, -12 and -13 are GTIN-14 with leading zeros left out (GS1 General Specifications, 3.3). */
function barcode(gtin: string | undefined): string | undefined {
	return gtin === undefined || gtin === '' ? undefined : gtin.padStart(14, '0');
}

function sameFingerprint(a: string, b: string): boolean {
	const print = fingerprint(a);
	return print !== '' && print === fingerprint(b);
}

/** Finds the records worth comparing, so that not each must be compared with each. */
class CandidateIndex {
	private readonly postings = new Map<string, LinkCandidate[]>();
	private readonly counts = new Map<string, number>();

	/** `opposite` is counted too, so that a word is common for both sides or for neither. */
	constructor(records: LinkCandidate[], opposite: LinkCandidate[]) {
		for (const record of [...records, ...opposite])
			for (const key of keysOf(record)) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
		for (const record of records)
			for (const key of keysOf(record)) {
				const posting = this.postings.get(key);
				if (posting === undefined) this.postings.set(key, [record]);
				else posting.push(record);
			}
	}

	near(record: LinkCandidate): Set<LinkCandidate> {
		return new Set(
			keysOf(record).flatMap((key) =>
				key.startsWith('word:') && (this.counts.get(key) ?? 0) > commonWord
					? []
					: (this.postings.get(key) ?? []),
			),
		);
	}
}

function keysOf({ code, name, gtin }: LinkCandidate): string[] {
	const keys = [`code:${fingerprint(code) || code}`];
	const number = barcode(gtin);
	if (number !== undefined) keys.push(`gtin:${number}`);
	if (name !== undefined) {
		keys.push(`name:${fingerprint(name)}`, ...tokensOf(name).map((token) => `word:${token}`));
	}
	return [...new Set(keys)];
}
