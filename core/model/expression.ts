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
	const expression = compiled(text);
	try {
		const value: unknown = await expression.evaluate(input, bindings);
		return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
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
