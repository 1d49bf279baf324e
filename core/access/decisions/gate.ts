import { attributesOf } from '../catalogue/catalogue';
import { emptyDefinition } from '../policies/definition';
import type { Database } from '../../store/database';
import { appendToLog } from '../../store/decisionLog';
import { decide, undecided, type Decision, type DecisionChoices } from './decide';
import { livePolicies, type LivePolicies } from './livePolicies';
import { logEntry } from './logged';
import type { AccessQuestion, Person } from './question';
import { why, type Language } from './why';

export interface GateChoices extends DecisionChoices {
	/** name of the set of policies */
	set: string;
	language: Language;
	engine?: string;
	/** What the HR system says of people, by key; absent: the questions bring what is known of them. */
	people?: (keys: string[]) => Promise<Map<string, Person>>;
}

/** A question, or what was given in place of one and why it is none. */
export type Asked = { question: AccessQuestion; malformed?: string };

/** A decision as it is given to whoever asked. */
export interface Answer extends Decision {
	why: string;
	/** of the policies; absent when they could not be read */
	version?: number;
	/** in the decision log; absent when it could not be written */
	position?: number;
	/** microseconds that the decision itself took */
	latency: number;
}

/**
 * Decides all questions by one version of the policies and logs every decision before it is given. It fails closed: without
 * policies, without the HR system that is to say who somebody is, and without a log, everything is denied.
 */
export async function decideAll(
	open: () => Promise<Database>,
	asked: Asked[],
	choices: GateChoices,
): Promise<Answer[]> {
	if (asked.length === 0) return [];
	let database: Database;
	let live: LivePolicies;
	try {
		database = await open();
		live = await livePolicies(database, choices.set, choices.engine);
	} catch (error) {
		const decision = undecided('policiesUnavailable', messageOf(error));
		return asked.map(({ question }) => answer(question, decision, choices));
	}
	const decided = (await withPeople(asked, live, choices)).map(({ question, malformed, away }) => {
		const started = performance.now();
		const decision =
			malformed !== undefined
				? undecided('malformed', malformed)
				: away !== undefined
					? undecided('peopleUnavailable', away)
					: decide(question, live, choices);
		return { question, decision, latency: Math.round((performance.now() - started) * 1_000) };
	});
	try {
		const first = await appendToLog(
			database,
			decided.map(({ question, decision, latency }) =>
				logEntry(question, decision, live, { isStrict: choices.isStrict, latency }),
			),
		);
		return decided.map(({ question, decision, latency }, index) => ({
			...answer(question, decision, choices, live, latency),
			position: first + index,
		}));
	} catch (error) {
		const decision = undecided('notLogged', messageOf(error));
		return decided.map(({ question, latency }) => answer(question, decision, choices, live, latency));
	}
}

/** The questions with what the HR system says of everybody whom they name. What a request says of people is left aside. */
export async function withPeople(
	asked: Asked[],
	live: LivePolicies,
	{ people }: Pick<GateChoices, 'people'>,
): Promise<Array<Asked & { away?: string }>> {
	if (people === undefined) return asked;
	const naming = attributesOf(live.definition.catalogue).filter(({ type }) => type === 'employee');
	const namesIn = ({ resource, request }: AccessQuestion) =>
		naming.flatMap(({ of, name }) => {
			const given = of === 'resource' ? resource.attributes : of === 'request' ? request : {};
			const value = Object.hasOwn(given, name) ? given[name] : undefined;
			return typeof value === 'string' && value !== '' && value.length <= 200 ? [value] : [];
		});
	try {
		const readable = asked.filter(({ malformed }) => malformed === undefined);
		const known = await people(
			readable.flatMap(({ question }) => [question.subject.id, ...namesIn(question)]),
		);
		return asked.map(({ question, malformed }) => {
			if (malformed !== undefined) return { question, malformed };
			const subject = known.get(question.subject.id) ?? { ...question.subject, isKnown: false };
			const others = [...new Set(namesIn(question))].flatMap((key) => known.get(key) ?? []);
			return { question: { ...question, subject, others } };
		});
	} catch (error) {
		return asked.map((one) => ({ ...one, away: messageOf(error) }));
	}
}

function answer(
	question: AccessQuestion,
	decision: Decision,
	{ language }: GateChoices,
	live?: LivePolicies,
	latency = 0,
): Answer {
	const { catalogue } = live?.definition ?? emptyDefinition;
	return {
		...decision,
		why: why(question, decision, catalogue, language),
		...(live === undefined ? {} : { version: live.version }),
		latency,
	};
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
