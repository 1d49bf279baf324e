import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	judged,
	mapToEntity,
	readCanonicalMapping,
	type MappingStep,
} from '../../../../core/model/canonicalMapping';
import type { FieldMapping } from '../../../../core/model/fieldMapping';
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

export const description: INodeProperties[] = shownFor('record', 'toCanonical', [
	...mappingProperties({
		record: "A record in its system's own form: any JSON object",
		mapping: 'For each canonical field a JSONata expression on the record',
		mappingHint:
			'A list takes "$each", an expression that gives its elements, and the fields of one of them. Numbers become text where the model wants text.',
		example: {
			code: 'MATNR',
			name: 'MAKTX',
			gtin: 'EAN11',
			baseUnit: "$lookup({'ST': 'H87', 'KG': 'KGM'}, MEINS)",
			units: {
				$each: 'MARM',
				unit: "$lookup({'KAR': 'XCT'}, MEINH)",
				numerator: 'UMREZ',
				denominator: 'UMREN',
			},
		},
	}),
]);

const Constants = z.object({ entity: Entity }).extend(MappingParameters.shape);

interface MappedItem {
	step: MappingStep;
	request: MappingRequest;
}

/** The canonical record that a mapping makes of each record, with every problem of it at once. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { entity } = context.parameters(Constants, 0);
	const mappings = new Map<unknown, FieldMapping>();
	const mappingOf = (index: number): FieldMapping => {
		const { mapping } = context.parameters(Constants, index);
		const known = mappings.get(mapping) ?? readCanonicalMapping(mapping, entity);
		mappings.set(mapping, known);
		return known;
	};
	const mapped: Array<MappedItem | Error> = [];
	for (const [index] of context.items.entries()) {
		try {
			const request = mappingRequest(context, index);
			mapped.push({ request, step: await mapToEntity(mappingOf(index), entity, request.given) });
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			mapped.push(error);
		}
	}
	const good = mapped.filter((one): one is MappedItem => !(one instanceof Error));
	const steps = await withCodes(context, entity, good);
	let next = 0;
	return context.answer(
		mapped.map((one, index) => {
			if (one instanceof Error) return one;
			const step = steps[next++] ?? one.step;
			return mappingAnswer(context, index, entity, one.request, judged(entity, step));
		}),
	);
}
