/**
 * How deep a policy may be nested. Cedar's parser and evaluator recurse; in WebAssembly a stack that overflows leaves the
 * module unusable. Measured with cedar-wasm 4.13: 100 brackets in each other, or 300 operators in a row, are read, compared
 * and decided on; 150 brackets, or 400 `if` in each other, are not. The stack is the module's own, so Node 20, 22 and 24 bear
 * the same. Where the engine has less stack left than that, it throws, and the text is refused (see `useCedar`).
 */
const deepest = 300;
const weightOfBracket = 3;
const weightOfWord = 2;

/** Longest policy text, in characters. A list of a few thousand names fits. */
export const longestPolicy = 200_000;

const token =
	/"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|(?<bracket>[([{])|(?<close>[)\]}])|(?<next>[,;])|(?<operator>&&|\|\||[-+*!.<>=]=?|::)|(?<word>\b(?:if|in|is|has|like)\b)/gu;

/**
 * Why a text is not given to Cedar's parser: too long or too deep. Counts operators since the last comma of every bracket that
 * is open, which is never less than the depth of the tree that the parser builds.
 */
export function nestingProblem(text: string): { message: string; at: number } | undefined {
	if (text.length > longestPolicy)
		return {
			message: `is ${text.length} characters long, and ${longestPolicy} is the most. Part it into several policies.`,
			at: 0,
		};
	const open: number[] = [0];
	let depth = 0;
	const add = (weight: number) => {
		depth += weight;
		open[open.length - 1] = (open.at(-1) ?? 0) + weight;
	};
	for (const found of text.matchAll(token)) {
		const { bracket, close, next, operator, word } = found.groups ?? {};
		if (bracket !== undefined) {
			open.push(0);
			add(weightOfBracket);
		} else if (close !== undefined) {
			depth -= open.pop() ?? 0;
			if (open.length === 0) open.push(0);
			// What stands in brackets is one operand of what is around them.
			add(1);
		} else if (next !== undefined) {
			depth -= open.at(-1) ?? 0;
			open[open.length - 1] = open.length === 1 ? 0 : weightOfBracket;
			depth += open.at(-1) ?? 0;
		} else if (operator !== undefined) add(1);
		else if (word !== undefined) add(weightOfWord);
		if (depth > deepest)
			return {
				message: 'is nested too deeply, or has too many operators in a row. Part it into several policies.',
				at: found.index,
			};
	}
	return undefined;
}
