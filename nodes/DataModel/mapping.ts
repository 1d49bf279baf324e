import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { translateCodes, type CodeTranslation } from '../../core/crosswalk/recordCodes';
import type { CanonicalEntity } from '../../core/model/canonicalMapping';
import { describeProblems, type FieldProblem } from '../../core/model/problems';
import type { OperationContext } from '../shared/operationContext';
import { entityProperty, InvalidRecords, invalidRecordsProperty, Json, objectOf, System } from './fields';

/** Parameters of both mapping operations. */
export function mappingProperties(texts: {
	record: string;
	mapping: string;
	mappingHint: string;
	example: object;
}): INodeProperties[] {
	return [
		entityProperty,
		{
			displayName: 'Record',
			name: 'record',
			type: 'json',
			default: '={{ $json }}',
			required: true,
			description: texts.record,
		},
		{
			displayName: 'Mapping',
			name: 'mapping',
			type: 'json',
			typeOptions: { rows: 12 },
			default: JSON.stringify(texts.example, null, 2),
			required: true,
			description: texts.mapping,
			hint: texts.mappingHint,
		},
		{
			displayName: 'Codes From Crosswalk',
			name: 'translations',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Codes',
			default: {},
			description: "Codes of these kinds are replaced by the other system's; one without a link is a problem",
			options: [
				{
					displayName: 'Codes',
					name: 'codes',
					values: [
						{
							displayName: 'From System',
							name: 'from',
							type: 'string',
							default: '',
							placeholder: 'e.g. sap',
							description: 'The system whose codes the record has',
						},
						{
							displayName: 'Kind',
							name: 'kind',
							type: 'options',
							options: [
								{ name: 'Item', value: 'item' },
								{ name: 'Partner', value: 'partner' },
								{ name: 'Unit', value: 'unit' },
							],
							default: 'item',
							description: 'What the codes stand for',
						},
						{
							displayName: 'To System',
							name: 'to',
							type: 'string',
							default: '',
							placeholder: 'e.g. sandbox-erp',
							description:
								'The system whose codes are wanted. For units that are to become UN/ECE codes: any name that you link them under, such as un-ece.',
						},
					],
				},
			],
		},
		invalidRecordsProperty,
		{
			displayName: 'Unmapped Fields',
			name: 'unmappedFields',
			type: 'options',
			options: [
				{ name: 'List', value: 'list', description: 'Name them in "unmapped"; the record is valid' },
				{ name: 'Refuse', value: 'refuse', description: 'Each is a problem of the record' },
			],
			default: 'list',
			description: 'What to do with fields that hold something and that the mapping does not read',
		},
	];
}

/** Parameters that are the same for all items, or may be. */
export const MappingParameters = z.object({ mapping: z.union([z.string(), z.looseObject({})]) });
export const RecordParameters = z.object({
	record: Json,
	translations: z
		.object({
			codes: z
				.array(z.object({ from: System, kind: z.enum(['item', 'partner', 'unit']), to: System }))
				.default([]),
		})
		.transform(({ codes }): CodeTranslation[] => codes),
	invalidRecords: InvalidRecords,
	unmappedFields: z.enum(['list', 'refuse']),
});

/** What one input item asks for, its record read. */
export interface MappingRequest extends z.infer<typeof RecordParameters> {
	given: Record<string, unknown>;
}

export function mappingRequest(context: OperationContext, index: number): MappingRequest {
	const parameters = context.parameters(RecordParameters, index);
	const given = objectOf(parameters.record);
	if (given === undefined) throw context.invalid(`The record of item ${index} is no JSON object.`);
	const kinds = parameters.translations.map(({ kind }) => kind);
	const twice = kinds.find((kind, position) => kinds.indexOf(kind) !== position);
	if (twice !== undefined)
		throw context.invalid(`Codes From Crosswalk names the kind ${twice} twice; give each kind once.`);
	return { ...parameters, given };
}

/** Replaces the codes of all records that ask for it, those of the same systems together. */
export async function withCodes<T extends { record: Record<string, unknown>; problems: FieldProblem[] }>(
	context: OperationContext,
	entity: CanonicalEntity,
	steps: Array<{ step: T; request: MappingRequest }>,
): Promise<T[]> {
	const results = new Map<T, T>();
	const groups = Map.groupBy(steps, ({ request }) => JSON.stringify(request.translations));
	for (const group of groups.values()) {
		const translations = group[0]?.request.translations ?? [];
		if (translations.length === 0) continue;
		const translated = await translateCodes(
			await context.database(),
			entity,
			group.map(({ step }) => step.record),
			translations,
		);
		group.forEach(({ step }, position) => {
			const result = translated[position];
			if (result === undefined) return;
			results.set(step, { ...step, record: result.record, problems: [...step.problems, ...result.problems] });
		});
	}
	return steps.map(({ step }) => results.get(step) ?? step);
}

/** The answer for one record, or the error that refuses it with all its problems. */
export function mappingAnswer(
	context: OperationContext,
	index: number,
	entity: CanonicalEntity,
	{ invalidRecords, unmappedFields, given }: MappingRequest,
	result: { record: object; problems: FieldProblem[]; unmapped: string[] },
): object[] | Error {
	const { record, unmapped } = result;
	const problems =
		unmappedFields === 'list'
			? result.problems
			: [...result.problems, ...unmapped.map((field) => ({ field, message: 'is not read by the mapping' }))];
	const valid = problems.length === 0;
	if (valid || invalidRecords === 'mark') return [{ valid, entity, record, problems, unmapped }];
	const key = given.key ?? given.code ?? index;
	return context.invalid(
		`Item ${index} can't be mapped as ${entity}: ${describeProblems(problems)}.`,
		typeof key === 'string' || typeof key === 'number' ? String(key) : String(index),
	);
}
