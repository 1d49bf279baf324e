import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

import { CedarFailedError, useCedar } from '../decisions/cedar';
import { cedarJson, type PolicyKind } from './cedarJson';
import { nestingProblem } from './nesting';
import type { PolicyJson } from './policyJson';

/** Something wrong in a policy, where it stands. Lines and columns count from 1, columns in characters. */
export interface PolicyProblem {
	policy: string;
	line?: number;
	column?: number;
	message: string;
}

/** A policy's text read by Cedar's parser, or what is wrong with it. `template`: a policy with slots. */
export function readPolicyText(
	policy: string,
	text: string,
	kind: PolicyKind = 'policy',
): { json: PolicyJson } | { problems: PolicyProblem[] } {
	const nesting = nestingProblem(text);
	if (nesting !== undefined)
		return {
			problems: [{ policy, ...positionOf(text, nesting.at), message: `The ${kind} ${nesting.message}` }],
		};
	try {
		const answer = cedarJson(text, kind);
		return answer.type === 'success'
			? { json: answer.json }
			: { problems: answer.errors.map((error) => problemOf(policy, text, error)) };
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
		return { problems: [{ policy, message: error.message }] };
	}
}

/** A policy in Cedar's own words. Names are quoted by Cedar, so that nothing in them can become part of the policy. */
export function textOf(json: PolicyJson): string {
	const formatted = useCedar((cedar) => {
		const answer = printed(() => cedar.policyToText(json));
		if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
		const pretty = cedar.formatPolicies({ policyText: answer.text, lineWidth: 100, indentWidth: 2 });
		return pretty.type === 'success' ? pretty.formatted_policy : answer.text;
	});
	return formatted.trimEnd();
}

/** Cedar reads JSON 128 levels deep, which is some 60 operators in a row; text goes deeper. */
function printed<T>(print: () => T): T {
	try {
		return print();
	} catch (error) {
		if (!(error instanceof Error && /recursion limit/.test(error.message))) throw error;
		throw new CedarFailedError(
			'The policy is nested too deeply to be printed. Part it into several policies.',
			{
				cause: error,
			},
		);
	}
}

/** Cedar's own sentence, and where in the text it found the problem. */
export function problemOf(policy: string, text: string, error: DetailedError): PolicyProblem {
	const [location] = error.sourceLocations ?? [];
	const message = error.message
		.replace(/^failed to parse policy with id `[^`]*` from string: /, '')
		.replace(/^failed to parse (policy|template) from string: /, '')
		.replace(/^for policy `[^`]*`, /, '');
	return {
		policy,
		...(location === undefined ? {} : positionOf(text, charactersIn(text, location.start))),
		message: error.help === null || error.help === undefined ? message : `${message} (${error.help})`,
	};
}

export function describeProblem({ policy, line, column, message }: PolicyProblem): string {
	const place = line === undefined ? '' : `, line ${line}, column ${column}`;
	return `policy "${policy}"${place}: ${message}`;
}

/** Cedar counts bytes of UTF-8. */
function charactersIn(text: string, bytes: number): number {
	return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}

function positionOf(text: string, at: number): { line: number; column: number } {
	const before = text.slice(0, at);
	const line = before.split('\n').length;
	return { line, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 };
}
