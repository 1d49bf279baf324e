import type { OperationContext } from './operationContext';

/** The object in a JSON field, which n8n gives as text or as what an expression made of it. */
export function jsonIn(context: OperationContext, field: string, value: unknown): unknown {
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return {};
	try {
		return JSON.parse(value) as unknown;
	} catch {
		throw context.invalid(`The field "${field}" is no JSON.`);
	}
}
