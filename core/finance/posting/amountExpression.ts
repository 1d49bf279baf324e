import Big from 'big.js';

/**
 * An amount as an accountant writes it: fields, numbers, `+ - * /` and brackets, such as `quantity * unitCost` or
 * `line.amount - line.discount`. Computed exactly; JSONata would compute in floating point and lose cents.
 */
export type AmountExpression =
	| { kind: 'number'; value: Big }
	| { kind: 'field'; path: string }
	| { kind: 'negative'; of: AmountExpression }
	| { kind: 'binary'; operator: '+' | '-' | '*' | '/'; left: AmountExpression; right: AmountExpression };

export type Computed = { amount: Big } | { problem: string };

/** Places behind the point of a quotient; an entry's amounts are rounded to the currency later. */
const Exact = Big();
Exact.DP = 30;

/** Reads an expression; `problem` says what is wrong and where. */
export function parseAmount(text: string): { expression: AmountExpression } | { problem: string } {
	const tokens = tokensOf(text);
	if ('problem' in tokens) return tokens;
	try {
		const reader = new Reader(tokens.tokens, text.length);
		return { expression: reader.whole() };
	} catch (error) {
		if (error instanceof Unreadable) return { problem: error.message };
		throw error;
	}
}

/** The paths of all fields that the expression reads. */
export function fieldsOf(expression: AmountExpression): string[] {
	switch (expression.kind) {
		case 'number':
			return [];
		case 'field':
			return [expression.path];
		case 'negative':
			return fieldsOf(expression.of);
		case 'binary':
			return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
	}
}

/** `field` gives a field's decimal as text; what it has none for, and a division by zero, is a problem. */
export function compute(expression: AmountExpression, field: (path: string) => unknown): Computed {
	switch (expression.kind) {
		case 'number':
			return { amount: expression.value };
		case 'field': {
			const value = field(expression.path);
			if (typeof value !== 'string' || !decimal.test(value))
				return { problem: `the field "${expression.path}" is ${shown(value)} and no decimal` };
			if (value.length > 18 && tooLong.test(value))
				return { problem: `the field "${expression.path}" is ${value}, which has more than 18 digits` };
			return { amount: new Exact(value) };
		}
		case 'negative': {
			const of = compute(expression.of, field);
			return 'problem' in of ? of : { amount: of.amount.times(-1) };
		}
		case 'binary': {
			const left = compute(expression.left, field);
			if ('problem' in left) return left;
			const right = compute(expression.right, field);
			if ('problem' in right) return right;
			return combine(expression.operator, left.amount, right.amount, expression.right);
		}
	}
}

const decimal = /^-?\d+(\.\d+)?$/;
/** More digits before the point than the model's decimals have. */
const tooLong = /^-?\d{19}/;

function combine(operator: '+' | '-' | '*' | '/', a: Big, b: Big, divisor: AmountExpression): Computed {
	switch (operator) {
		case '+':
			return { amount: a.plus(b) };
		case '-':
			return { amount: a.minus(b) };
		case '*':
			return { amount: a.times(b) };
		case '/':
			if (!b.eq(0)) return { amount: a.div(b) };
			return {
				problem: `it divides by ${divisor.kind === 'field' ? `"${divisor.path}", which is zero` : 'zero'}`,
			};
	}
}

function shown(value: unknown): string {
	return value === undefined || value === null ? 'missing' : JSON.stringify(value);
}

interface Token {
	text: string;
	/** place in the text, from 1 */
	at: number;
}

function tokensOf(text: string): { tokens: Token[] } | { problem: string } {
	const tokens: Token[] = [];
	const pattern = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\.\w+)*)|([-+*/()]))/y;
	const end = text.trimEnd().length;
	for (let at = 0; at < end; at = pattern.lastIndex) {
		pattern.lastIndex = at;
		const match = pattern.exec(text);
		if (match === null) {
			const place = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
			return {
				problem: `"${text[place] ?? ''}" at character ${place + 1} is neither a field, a number nor one of + - * / ( )`,
			};
		}
		const token = match[0].trimStart();
		tokens.push({ text: token, at: pattern.lastIndex - token.length + 1 });
	}
	return { tokens };
}

class Unreadable extends Error {}

class Reader {
	private next = 0;

	constructor(
		private readonly tokens: Token[],
		private readonly length: number,
	) {}

	whole(): AmountExpression {
		if (this.tokens.length === 0) throw new Unreadable('it is empty');
		const expression = this.sum();
		const left = this.tokens[this.next];
		if (left !== undefined) throw new Unreadable(`"${left.text}" at character ${left.at} is one too many`);
		return expression;
	}

	private sum(): AmountExpression {
		let left = this.product();
		for (let sign = this.take('+', '-'); sign !== undefined; sign = this.take('+', '-'))
			left = { kind: 'binary', operator: sign, left, right: this.product() };
		return left;
	}

	private product(): AmountExpression {
		let left = this.factor();
		for (let sign = this.take('*', '/'); sign !== undefined; sign = this.take('*', '/'))
			left = { kind: 'binary', operator: sign, left, right: this.factor() };
		return left;
	}

	private factor(): AmountExpression {
		if (this.take('-') !== undefined) return { kind: 'negative', of: this.factor() };
		const bracket = this.tokens[this.next];
		if (this.take('(') !== undefined) {
			const inner = this.sum();
			if (this.take(')') === undefined)
				throw new Unreadable(`the bracket at character ${bracket?.at ?? 0} is not closed`);
			return inner;
		}
		const token = this.tokens[this.next];
		if (token === undefined)
			throw new Unreadable(`a field or number is missing at character ${this.length + 1}`);
		this.next += 1;
		if (/^\d/.test(token.text)) return { kind: 'number', value: new Exact(token.text) };
		if (/^[A-Za-z_]/.test(token.text)) return { kind: 'field', path: token.text };
		throw new Unreadable(`a field or number is missing before "${token.text}" at character ${token.at}`);
	}

	private take<T extends string>(...wanted: T[]): T | undefined {
		const token = this.tokens[this.next]?.text as T | undefined;
		if (token === undefined || !wanted.includes(token)) return undefined;
		this.next += 1;
		return token;
	}
}
