/** The store understood and refused a statement: wrong SQL or a broken constraint. Its transaction was not applied. */
export class StatementError extends Error {
	override readonly name = 'StatementError';
	readonly retryable = false;

	constructor(reason: string, sql: string) {
		super(
			`The state store refused a statement: ${reason} (in: ${sql.replace(/\s+/g, ' ').trim().slice(0, 200)})`,
		);
	}
}
