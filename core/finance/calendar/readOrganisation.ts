import { describeProblems, fieldProblems, type FieldProblem } from '../../model/problems';
import { ValidationError } from '../../ports/errors';
import { Organisation } from './legalEntity';

/**
 * Calendars and legal entities, checked. Throws a ValidationError that names every calendar, entity and field at fault.
 */
export function readOrganisation(value: unknown): Organisation {
	const parsed = Organisation.safeParse(value);
	if (parsed.success) return parsed.data;
	const found = fieldProblems(parsed.error, value).map((one) => namingRecord(one, value));
	throw new ValidationError(`The accounting calendar is wrong: ${describeProblems(found)}.`, {
		system: 'accounting calendar',
		hint: 'Correct what is named. Nothing was saved, and the former calendar still holds.',
	});
}

/** `entity "PLANT": timeZone` instead of `entities.1.timeZone`, where the record has a name. */
function namingRecord({ field, message }: FieldProblem, value: unknown): FieldProblem {
	const [list = '', index = '', ...rest] = field.split('.');
	const { calendars, entities } = (value ?? {}) as Record<string, unknown>;
	const [kind, records, nameField] =
		list === 'entities' ? ['entity', entities, 'id'] : ['calendar', calendars, 'name'];
	if (list !== 'entities' && list !== 'calendars') return { field, message };
	const record = Array.isArray(records)
		? (records[Number(index)] as Record<string, unknown> | null | undefined)
		: undefined;
	const name = record?.[nameField];
	if (typeof name !== 'string' || name === '') return { field, message };
	return { field: [`${kind} "${name}"`, rest.join('.')].filter((part) => part !== '').join(', '), message };
}
