import { z } from 'zod/v4';

import { ValidationError } from '../ports/errors';
import { evaluate, expressionProblem, select } from './expression';
import { describeProblems, type FieldProblem } from './problems';
import { elementOf, fieldsOf, isObject, takesAnyField, unknownField } from './schemaFields';

/** Names the elements of which each becomes one of a list. */
const each = '$each';

/**
 * What each field of a record is made from: a JSONata expression on the source record, or the fields inside it. With `$each`, an
 * expression that gives elements, the fields are made once for each of them, and its expressions see that element; `$record` is
 * the source record, `$index` the element's position from 0.
 */
export interface FieldMapping {
	[field: string]: string | FieldMapping;
}

/**
 * The mapping as text or object. Throws ValidationError with everything that is wrong with it: expressions that can't be read and,
 * where `target` is given, fields that it does not have.
 */
export function readMapping(given: unknown, target?: z.core.$ZodType): FieldMapping {
	let value = given;
	if (typeof given === 'string') {
		try {
			value = JSON.parse(given);
		} catch (cause) {
			throw refused(`is no JSON: ${(cause as Error).message}`, cause);
		}
	}
	const found: FieldProblem[] = [];
	judge(value, target, '', found);
	if (isObject(value) && each in value) found.push({ field: each, message: 'has its place inside a field' });
	if (found.length > 0) throw refused(`is wrong: ${describeProblems(found)}`);
	return value as FieldMapping;
}

function refused(why: string, cause?: unknown): ValidationError {
	const hint = 'Correct the mapping; no record was mapped.';
	return new ValidationError(`The mapping ${why}. ${hint}`, { system: 'n8n', hint, cause });
}

function judge(
	given: unknown,
	target: z.core.$ZodType | undefined,
	path: string,
	found: FieldProblem[],
): void {
	const parsed = z.record(z.string(), z.unknown()).safeParse(given);
	if (!parsed.success) {
		found.push({ field: path, message: 'must be an object of fields, or an expression as text' });
		return;
	}
	const { [each]: elements, ...fields } = parsed.data;
	if (elements !== undefined) judgeExpression(elements, joined(path, each), found);
	const element = target === undefined ? undefined : elementOf(target);
	if (element !== undefined && elements === undefined)
		found.push({ field: path, message: `is a list and needs "${each}", or one expression for the whole` });
	if (target !== undefined && element === undefined && elements !== undefined)
		found.push({ field: path, message: `is no list and takes no "${each}"` });
	if (Object.keys(fields).length === 0) found.push({ field: path, message: 'names no field' });
	const known = target === undefined ? undefined : fieldsOf(element ?? target);
	for (const [name, how] of Object.entries(fields)) {
		const own = joined(path, name);
		const inner = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
		if (known !== undefined && inner === undefined)
			found.push({ field: own, message: unknownField(name, known) });
		else if (target !== undefined && inner === undefined)
			found.push({ field: own, message: 'lies inside a field that has none' });
		else if (typeof how === 'string') judgeExpression(how, own, found);
		else judge(how, inner !== undefined && takesAnyField(inner) ? undefined : inner, own, found);
	}
}

function judgeExpression(given: unknown, path: string, found: FieldProblem[]): void {
	const parsed = z.string().min(1).safeParse(given);
	const message = parsed.success ? expressionProblem(parsed.data) : 'must be a JSONata expression';
	if (message !== undefined) found.push({ field: path, message });
}

/** What a mapping makes of a source record, and each expression that failed, by the field that it should have made. */
export interface Mapped {
	value: Record<string, unknown>;
	problems: FieldProblem[];
}

/** Fields whose expression selects nothing are left out, and so is an object without any field. */
export async function applyMapping(mapping: FieldMapping, record: unknown): Promise<Mapped> {
	const problems: FieldProblem[] = [];
	const value = await make(mapping, record, { record }, '', problems);
	return { value, problems };
}

async function make(
	mapping: FieldMapping,
	source: unknown,
	bindings: Record<string, unknown>,
	path: string,
	problems: FieldProblem[],
): Promise<Record<string, unknown>> {
	const made: Array<[string, unknown]> = [];
	for (const [name, how] of Object.entries(mapping)) {
		if (name === each) continue;
		const own = joined(path, name);
		const value =
			typeof how === 'string'
				? await evaluated(how, source, bindings, own, problems)
				: await makeInside(how, source, bindings, own, problems);
		if (value !== undefined) made.push([name, value]);
	}
	return Object.fromEntries(made);
}

async function makeInside(
	mapping: FieldMapping,
	source: unknown,
	bindings: Record<string, unknown>,
	path: string,
	problems: FieldProblem[],
): Promise<unknown> {
	const { [each]: elements } = mapping;
	if (typeof elements !== 'string') {
		const made = await make(mapping, source, bindings, path, problems);
		return Object.keys(made).length === 0 ? undefined : made;
	}
	let selected: unknown;
	try {
		selected = await select(elements, source, bindings);
	} catch (error) {
		problems.push({ field: path, message: failure(error) });
		return undefined;
	}
	const list: unknown[] = Array.isArray(selected) ? selected : selected === undefined ? [] : [selected];
	const made: unknown[] = [];
	for (const [index, element] of list.entries())
		made.push(await make(mapping, element, { ...bindings, index }, joined(path, String(index)), problems));
	return made;
}

async function evaluated(
	expression: string,
	source: unknown,
	bindings: Record<string, unknown>,
	field: string,
	problems: FieldProblem[],
): Promise<unknown> {
	try {
		return await evaluate(expression, source, bindings);
	} catch (error) {
		problems.push({ field, message: failure(error) });
		return undefined;
	}
}

function failure(error: unknown): string {
	return `its expression fails: ${(error as Error).message}`;
}

function joined(path: string, name: string): string {
	return path === '' ? name : `${path}.${name}`;
}
