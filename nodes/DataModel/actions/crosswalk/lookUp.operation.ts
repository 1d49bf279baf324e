import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { keptCodes } from '../../../../core/crosswalk/aliases';
import { lookUp, type CodeQuestion } from '../../../../core/crosswalk/identify';
import type { Database } from '../../../../core/store/database';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'lookUp', [
	kindProperty,
	systemNameProperty('system', 'System', 'The system whose code is known', 'sandbox-erp'),
	codeProperty('code', 'Code', 'The code in that system'),
	systemNameProperty('otherSystem', 'Other System', 'The system whose code is wanted', 'sandbox-wms'),
	{
		displayName: 'If Not Linked',
		name: 'ifNotLinked',
		type: 'options',
		options: [
			{ name: 'Fail', value: 'fail', description: 'Refuse the item with an error that names the code' },
			{ name: 'Go On', value: 'goOn', description: 'Put the item out with "linked" false' },
		],
		default: 'fail',
		description: 'What to do with a code that has no link',
	},
]);

const Parameters = z.object({
	kind: Kind,
	system: System,
	code: Code,
	otherSystem: System,
	ifNotLinked: z.enum(['fail', 'goOn']),
});

interface Question extends CodeQuestion {
	goOn: boolean;
}

/** The other system's code for each item's code, or for the code that it was merged into. Nothing is guessed. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const questions = context.items.map((_, index): Question | Error => {
		try {
			const { kind, system, code, otherSystem, ifNotLinked } = context.parameters(Parameters, index);
			return { kind, from: system, code, to: otherSystem, goOn: ifNotLinked === 'goOn' };
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const valid = questions.filter((question): question is Question => !(question instanceof Error));
	const found = await lookUp(database, valid);
	const kept = await keptCodesOf(database, valid);
	let next = 0;
	return context.answer(
		questions.map((question) => {
			if (question instanceof Error) return question;
			const { kind, from: system, code, to: otherSystem, goOn } = question;
			const mergedInto = kept.get(question);
			const answer = found[next++];
			const asked = { kind, system, code, otherSystem, ...(mergedInto === undefined ? {} : { mergedInto }) };
			if (typeof answer === 'string') return [{ ...asked, otherCode: answer, linked: true }];
			if (goOn || answer === undefined) return [{ ...asked, otherCode: null, linked: false }];
			return answer;
		}),
	);
}

/** For each question about a code that was merged: the code that was kept. */
async function keptCodesOf(database: Database, questions: Question[]): Promise<Map<Question, string>> {
	const kept = new Map<Question, string>();
	for (const group of Map.groupBy(questions, ({ kind, from }) => JSON.stringify([kind, from])).values()) {
		const [first] = group;
		if (first === undefined) continue;
		const codes = group.map(({ code }) => code);
		const found = await keptCodes(database, first.kind, first.from, codes);
		for (const question of group) {
			const code = found.get(question.code);
			if (code !== undefined) kept.set(question, code);
		}
	}
	return kept;
}
