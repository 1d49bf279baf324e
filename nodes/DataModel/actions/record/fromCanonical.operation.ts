import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { judged, mapFromEntity } from '../../../../core/model/canonicalMapping';
import { readMapping, type FieldMapping } from '../../../../core/model/fieldMapping';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity } from '../../fields';
import {
	mappingAnswer,
	MappingParameters,
	mappingProperties,
	mappingRequest,
	withCodes,
	type MappingRequest,
} from '../../mapping';

export const description: INodeProperties[] = shownFor('record', 'fromCanonical', [
	...mappingProperties({
		record: 'A record in canonical form; it is checked before it is mapped',
		mapping: "For each field of the system's record a JSONata expression on the canonical record",
		mappingHint:
			'A list takes "$each", an expression that gives its elements, and the fields of one of them.',
		example: {
			MATNR: 'code',
			MAKTX: 'name',
			EAN11: 'gtin',
			MEINS: "$lookup({'H87': 'ST', 'KGM': 'KG'}, baseUnit)",
			MARM: {
				$each: 'units',
				MEINH: "$lookup({'XCT': 'KAR'}, unit)",
				UMREZ: '$number(numerator)',
				UMREN: '$number(denominator)',
			},
		},
	}),
]);

const Constants = z.object({ entity: Entity }).extend(MappingParameters.shape);

/** What a mapping makes of each canonical record, for a system that wants it in its own form. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { entity } = context.parameters(Constants, 0);
	const mappings = new Map<unknown, FieldMapping>();
	const mappingOf = (index: number): FieldMapping => {
		const { mapping } = context.parameters(Constants, index);
		const known = mappings.get(mapping) ?? readMapping(mapping);
		mappings.set(mapping, known);
		return known;
	};
	const read: Array<{ mapping: FieldMapping; request: MappingRequest } | Error> = context.items.map(
		(_, index) => {
			try {
				return { mapping: mappingOf(index), request: mappingRequest(context, index) };
			} catch (error) {
				if (error instanceof Error) return error;
				throw error;
			}
		},
	);
	const good = read.flatMap((one) =>
		one instanceof Error
			? []
			: [{ ...one, step: judged(entity, { record: one.request.given, problems: [], unmapped: [] }) }],
	);
	const steps = await withCodes(context, entity, good);
	const results = await Promise.all(
		steps.map(async (step, position) => {
			const mapping = good[position]?.mapping;
			return mapping === undefined || step.problems.length > 0
				? step
				: await mapFromEntity(mapping, step.record);
		}),
	);
	let next = 0;
	return context.answer(
		read.map((one, index) => {
			if (one instanceof Error) return one;
			const result = results[next++] ?? { record: {}, problems: [], unmapped: [] };
			return mappingAnswer(context, index, entity, one.request, result);
		}),
	);
}
