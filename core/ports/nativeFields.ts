import { unknownName } from '../model/nearestName';
import type { NativeFields } from '../model/native';
import { ValidationError, type ErrorSubject } from './errors';
import type { FieldDescription } from './systemConnector';

/** Those of a system's fields that a record's `native` carries. */
export function nativeFieldsOf(described: FieldDescription[]): FieldDescription[] {
	return described.filter(({ write }) => write !== undefined && write.as === undefined);
}

/** Refuses what the system has no field for, and a value that the field cannot have: it would be lost there. */
export function checkNative(
	native: NativeFields,
	described: FieldDescription[],
	subject: ErrorSubject,
): NativeFields {
	const fields = nativeFieldsOf(described);
	const problems = Object.entries(native).flatMap(([name, value]) => {
		const field = fields.find((known) => known.name === name);
		const names = fields.map((known) => known.name);
		if (field === undefined) {
			return [
				`native.${name}: ${names.length === 0 ? 'the system takes no field of its own here' : unknownName(name, names)}`,
			];
		}
		const values = field.options?.map((option) => option.value);
		return values === undefined || value === null || values.includes(String(value))
			? []
			: [`native.${name}: must be one of ${values.join(', ')}`];
	});
	if (problems.length === 0) return native;
	throw new ValidationError(`${subject.system} cannot keep this: ${problems.join('; ')}.`, {
		hint: 'Correct the names in "native", or leave them out.',
		...subject,
	});
}
