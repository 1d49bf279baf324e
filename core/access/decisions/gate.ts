import { emptyDefinition } from '../policies/definition';
import type { Database } from '../../store/database';
import { appendToLog } from '../../store/decisionLog';
import { decide, undecided, type Decision, type DecisionChoices } from './decide';
import { livePolicies, type LivePolicies } from './livePolicies';
import { logEntry } from './logged';
import type { AccessQuestion } from './question';
import { why, type Language } from './why';

export interface GateChoices extends DecisionChoices {
	/** name of the set of policies */
	set: string;
	language: Language;
	engine?: string;
}

/** A decision as it is given to whoever asked. */
export interface Answer extends Decision {
	why: string;
	/** of the policies; absent when they could not be read */
	version?: number;
	/** in the decision log; absent when it could not be written */
	position?: number;
	/** microseconds from the question to the decision */
	latency: number;
}

/**
 * Decides all questions by one version of the policies and logs every decision before it is given. It fails closed: without
 * policies, and without a log, everything is denied.
 */
export async function decideAll(
	open: () => Promise<Database>,
	questions: AccessQuestion[],
	choices: GateChoices,
): Promise<Answer[]> {
	if (questions.length === 0) return [];
	let database: Database;
	let live: LivePolicies;
	try {
		database = await open();
		live = await livePolicies(database, choices.set, choices.engine);
	} catch (error) {
		return questions.map((question) =>
			answer(question, undecided('policiesUnavailable', messageOf(error)), choices),
		);
	}
	const decided = questions.map((question) => {
		const started = performance.now();
		const decision = decide(question, live, choices);
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
		return decided.map(({ question, latency }) =>
			answer(question, undecided('notLogged', messageOf(error)), choices, live, latency),
		);
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
