import { NotFoundError } from '../ports/errors';
import type { Database } from '../store/database';
import { linksOf, type CrosswalkKind } from './crosswalk';

export interface CodeQuestion {
	kind: CrosswalkKind;
	from: string;
	code: string;
	to: string;
}

/**
 * The other system's code for each question, or the error that says which link is missing; as many answers as questions, in
 * their order. Questions about the same two systems are asked together.
 */
export async function lookUp(
	database: Database,
	questions: CodeQuestion[],
): Promise<Array<string | NotFoundError>> {
	const answers = new Map<string, Map<string, string>>();
	for (const group of Map.groupBy(questions, groupOf).values()) {
		const [first] = group;
		if (first === undefined) continue;
		const { kind, from, to } = first;
		answers.set(
			groupOf({ kind, from, to }),
			await linksOf(
				database,
				kind,
				from,
				group.map(({ code }) => code),
				to,
			),
		);
	}
	return questions.map(
		(question) => answers.get(groupOf(question))?.get(question.code) ?? unlinked(question),
	);
}

function groupOf({ kind, from, to }: Omit<CodeQuestion, 'code'>): string {
	return JSON.stringify([kind, from, to]);
}

function unlinked({ kind, from, code, to }: CodeQuestion): NotFoundError {
	const hint = 'Link the two codes, or let "Suggest Links" find the counterpart.';
	return new NotFoundError(`The ${kind} "${code}" of ${from} is not linked to ${to}. ${hint}`, {
		system: to,
		entity: kind,
		key: code,
		hint,
	});
}
