import { setImmediate } from 'node:timers/promises';
import type { PolicyToJsonAnswer } from '@cedar-policy/cedar-wasm/nodejs';

import { CedarFailedError, useCedar } from '../decisions/cedar';
import type { PolicyDefinition } from './definition';
import { nestingProblem } from './nesting';

export type PolicyKind = 'policy' | 'template';
type Read = Extract<PolicyToJsonAnswer, { type: 'success' }>;

/** Of what was read, so many characters of text are remembered: 10,000 policies of a usual length, with room for a second version. */
const rememberedCharacters = 4_000_000;
/** So many texts are read before others have their turn: some 20 ms. */
const textsInARow = 100;

const remembered = new Map<string, Read>();
let characters = 0;

/**
 * A policy or template as Cedar's parser reads it, in Cedar's JSON policy format; never to be changed. Cedar takes 0.2 ms a policy, so
 * what it has read is remembered. Throws CedarFailedError.
 */
export function cedarJson(text: string, kind: PolicyKind): PolicyToJsonAnswer {
	const key = `${kind} ${text}`;
	const known = remembered.get(key);
	if (known !== undefined) return known;
	const answer: PolicyToJsonAnswer = useCedar((cedar) =>
		kind === 'policy' ? cedar.policyToJson(text) : cedar.templateToJson(text),
	);
	if (answer.type === 'success' && key.length <= rememberedCharacters) remember(key, answer);
	return answer;
}

function remember(key: string, answer: Read): void {
	remembered.set(key, answer);
	characters += key.length;
	for (const oldest of remembered.keys()) {
		if (characters <= rememberedCharacters) return;
		remembered.delete(oldest);
		characters -= oldest.length;
	}
}

/** Has the texts of a definition read a few at a time, so that whoever needs them next finds them read and n8n goes on meanwhile. */
export async function readAhead({ policies, templates = {} }: PolicyDefinition): Promise<void> {
	const texts = [
		...Object.values(policies).map((text) => ({ text, kind: 'policy' as const })),
		...Object.values(templates).map((text) => ({ text, kind: 'template' as const })),
	];
	for (const [index, { text, kind }] of texts.entries()) {
		if (index % textsInARow === textsInARow - 1) await setImmediate();
		if (nestingProblem(text) === undefined) readOrLeave(text, kind);
	}
}

/** What Cedar cannot read is told by whoever asks for it by name. */
function readOrLeave(text: string, kind: PolicyKind): void {
	try {
		cedarJson(text, kind);
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
	}
}
