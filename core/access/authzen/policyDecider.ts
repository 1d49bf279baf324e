import { problems } from '../../model/problems';
import type { Database } from '../../store/database';
import { decide } from '../decisions/decide';
import { decideAll, withPeople, type Answer, type Asked, type GateChoices } from '../decisions/gate';
import { livePolicies } from '../decisions/livePolicies';
import { AccessQuestion, asFarAsRead, type Person } from '../decisions/question';
import type { Decider } from './decisionPoint';
import type { Decision, Evaluation } from './messages';

/** A record that searches may find. What is known of it here wins over what a request says of it. */
export interface KnownRecord {
	type: string;
	id: string;
	properties?: Record<string, unknown>;
}

export interface PolicyDeciderChoices extends GateChoices {
	/** types of subjects that are employees; a subject of another type is nobody, whatever its id */
	subjectTypes: string[];
	records: KnownRecord[];
	/** keys of all employees; absent: nobody is found by a search */
	employees?: () => Promise<string[]>;
}

/** Answers AuthZEN requests by the published policies. An action's name is the id of a sensitive operation. */
export function policyDecider(open: () => Promise<Database>, choices: PolicyDeciderChoices): Decider {
	const { people } = choices;
	const gate: GateChoices = { ...choices, ...(people === undefined ? {} : { people: askedOnce(people) }) };
	const asked = (evaluation: Evaluation) => questionFor(evaluation, choices);
	return {
		async decide(evaluation) {
			const [answer] = await decideAll(open, [asked(evaluation)], gate);
			if (answer === undefined) throw new Error('Nothing was decided.');
			return decisionOf(answer);
		},
		async wouldPermit(evaluations) {
			const live = await livePolicies(await open(), choices.set, choices.engine);
			const questions = await withPeople(evaluations.map(asked), live, gate);
			return questions.map(({ question, malformed, away }) => {
				if (away !== undefined) throw new Error(away);
				return malformed === undefined && decide(question, live, choices).outcome === 'permit';
			});
		},
		async ids(kind, type) {
			if (kind === 'resource')
				return choices.records.filter((record) => record.type === type).map(({ id }) => id);
			return choices.subjectTypes.includes(type) ? ((await choices.employees?.()) ?? []) : [];
		},
		async actions(resourceType) {
			const { definition } = await livePolicies(await open(), choices.set, choices.engine);
			return definition.catalogue.operations
				.filter(({ resource }) => resource === resourceType)
				.map(({ id }) => id);
		},
	};
}

/** The subject's properties count only where no HR system is asked; the decision point's own clock tells the time. */
function questionFor(evaluation: Evaluation, choices: PolicyDeciderChoices): Asked {
	const { subject, action, resource, context = {} } = evaluation;
	const { subjectTypes, records } = choices;
	const at = Date.now();
	const { departmentsAbove, ...attributes } = subject.properties ?? {};
	const known = records.find(({ type, id }) => type === resource.type && id === resource.id);
	const question = AccessQuestion.safeParse({
		subject: {
			id: subject.id,
			...(choices.people === undefined ? { attributes, departmentsAbove } : {}),
		},
		operation: action.name,
		resource: {
			id: resource.id,
			type: resource.type,
			attributes: { ...resource.properties, ...known?.properties },
		},
		request: context,
		at,
	});
	if (!question.success) {
		const read = { subject: subject.id, operation: action.name, resource: resource.id };
		return { question: asFarAsRead(read, at), malformed: problems(question.error) };
	}
	if (subjectTypes.includes(subject.type)) return { question: question.data };
	return {
		question: question.data,
		malformed: `a subject of the type "${subject.type}" is no employee; employees are of the type ${subjectTypes.join(' or ')}`,
	};
}

/** Why, for whoever enforces it; no attribute of anybody is told. */
function decisionOf({ outcome, reason, why, policies, version, position }: Answer): Decision {
	return {
		decision: outcome === 'permit',
		context: {
			reason,
			why,
			policies,
			...(version === undefined ? {} : { version }),
			...(position === undefined ? {} : { position }),
		},
	};
}

/** One request is answered by what the HR system said of somebody when it was first asked. */
function askedOnce(people: NonNullable<GateChoices['people']>): NonNullable<GateChoices['people']> {
	const known = new Map<string, Person>();
	return async (keys) => {
		const fresh = keys.filter((key) => !known.has(key));
		if (fresh.length > 0) for (const [key, person] of await people(fresh)) known.set(key, person);
		return new Map(
			keys.flatMap((key) => {
				const person = known.get(key);
				return person === undefined ? [] : [[key, person] as const];
			}),
		);
	};
}
