import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { lookUp, type CodeQuestion } from '../../../../core/crosswalk/identify';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'getUnlinked', [
	{
		displayName: 'Takes the records of one system as items, and lets through those whose code has no link.',
		name: 'unlinkedNotice',
		type: 'notice',
		default: '',
	},
	kindProperty,
	systemNameProperty('system', 'System', 'The system that the records come from', 'sandbox-erp'),
	{
		...codeProperty('code', 'Code', "The record's code in that system"),
		default: '={{ $json.code }}',
	},
	systemNameProperty(
		'otherSystem',
		'Other System',
		'The system in which they should have a counterpart',
		'sandbox-wms',
	),
]);

const Parameters = z.object({ kind: Kind, system: System, code: Code, otherSystem: System });

/** The items whose code has no link to the other system, unchanged. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const questions = context.items.map((_, index): CodeQuestion | Error => {
		try {
			const { kind, system, code, otherSystem } = context.parameters(Parameters, index);
			return { kind, from: system, code, to: otherSystem };
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const found = await lookUp(
		database,
		questions.filter((question): question is CodeQuestion => !(question instanceof Error)),
	);
	let next = 0;
	return context.answer(
		questions.map((question, index) => {
			if (question instanceof Error) return question;
			return typeof found[next++] === 'string' ? [] : [context.json(index)];
		}),
	);
}
