import { BridgeError, type ErrorSubject } from '../../core/ports/errors';

type Raised = new (message: string, subject: ErrorSubject) => BridgeError;

/** The same error with the entity it is about, and the record, where whoever raised it did not know: a session serves them all. */
export function naming(entity: string, error: unknown, key?: string): unknown {
	if (!(error instanceof BridgeError)) return error;
	const { subject } = error;
	if (subject.entity !== undefined && (key === undefined || subject.key !== undefined)) return error;
	return new (error.constructor as Raised)(error.message, {
		...subject,
		entity: subject.entity ?? entity,
		...(key === undefined || subject.key !== undefined ? {} : { key }),
	});
}

/** What the work gives; its errors name the entity. */
export async function named<T>(entity: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw naming(entity, error);
	}
}

/** The pages as they come; their errors name the entity. */
export async function* namedPages<T>(entity: string, pages: AsyncIterable<T>): AsyncGenerator<T> {
	try {
		yield* pages;
	} catch (error) {
		throw naming(entity, error);
	}
}
