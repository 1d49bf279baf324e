import jsonata from 'jsonata';

/** An expression that loops, recurses or grows beyond these is stopped. */
const limits = { timeout: 2_000, stack: 200, sequence: 100_000 };

/** Why the text is no JSONata expression, and where; undefined when it is one. */
export function expressionProblem(text: string): string | undefined {
	try {
		jsonata(text);
		return undefined;
	} catch (error) {
		const { message, position } = error as { message?: string; position?: number };
		return `is no JSONata expression: ${message ?? 'it cannot be read'}${position === undefined ? '' : ` (at character ${position})`}`;
	}
}

/**
 * The expression's value for the input, as plain JSON; undefined when it selects nothing. `bindings` are seen as
 * `$name`. Throws Error with JSONata's own message.
 */
export async function evaluate(
	text: string,
	input: unknown,
	bindings: Record<string, unknown> = {},
): Promise<unknown> {
	const value = await select(text, input, bindings);
	// A function has no JSON.
	const plain = JSON.stringify(value) as string | undefined;
	return plain === undefined ? undefined : (JSON.parse(plain) as unknown);
}

/** The same, as the very objects of the input and not copies of them. */
export async function select(
	text: string,
	input: unknown,
	bindings: Record<string, unknown> = {},
): Promise<unknown> {
	const expression = compiled(text);
	try {
		return (await expression.evaluate(input, bindings)) as unknown;
	} catch (error) {
		throw new Error((error as { message?: string }).message ?? 'the expression failed', { cause: error });
	}
}

const known = new Map<string, jsonata.Expression>();
const mostKnown = 500;

function compiled(text: string): jsonata.Expression {
	const expression = known.get(text) ?? jsonata(text, limits);
	if (known.size >= mostKnown) known.clear();
	known.set(text, expression);
	return expression;
}
