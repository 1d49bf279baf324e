import { setImmediate } from 'node:timers/promises';
import type { DetailedError, ValidationError as CedarFinding } from '@cedar-policy/cedar-wasm/nodejs';

import { nearestName } from '../../model/nearestName';
import { pathOf } from '../catalogue/attributes';
import { attributesOf } from '../catalogue/catalogue';
import { cedarSchema } from '../catalogue/cedarSchema';
import { CedarFailedError, useCedar } from '../decisions/cedar';
import type { PolicySet } from '../decisions/engine';
import { readAhead, type PolicyKind } from './cedarJson';
import { problemOf, readPolicyText, type PolicyProblem } from './cedarText';
import type { PolicyDefinition } from './definition';
import { TimeZone } from './form';
import { linkedPolicy } from './links';
import type { PolicyJson } from './policyJson';
import { operationsOf, readsOf, type Reads } from './reads';

/** What a set of policies needs to be decided by. */
export interface Needs {
	/** attributes that must be known, by operation; sorted */
	required: Record<string, string[]>;
	/** attributes that are looked at, by operation; sorted. Only these are logged. */
	used: Record<string, string[]>;
	/** time zones that policies ask the time in; sorted */
	timeZones: string[];
	/** whether policies ask for the instant itself */
	instant: boolean;
}

export interface Examination {
	/** any of them keeps the set from going live */
	problems: PolicyProblem[];
	/** what Cedar's validator doubts, such as a policy that never applies, or a name of letters from several scripts */
	warnings: PolicyProblem[];
	needs: Needs;
}

/** So many policies are validated before others have their turn: some 80 ms. */
const policiesInARow = 500;

/** Reads and checks every policy against the schema of the catalogue; of thousands a part at a time, so that n8n goes on meanwhile. */
export async function examine(definition: PolicyDefinition): Promise<Examination> {
	await readAhead(definition);
	const { catalogue, policies, templates = {}, templateLinks = [] } = definition;
	const { parsed, problems } = readPolicies(definition);
	const readings = [...parsed].map(([id, json]) => ({ id, json, reads: readsOf(json) }));
	const needs = needsOf(definition, readings);
	for (const { id, reads } of readings)
		for (const zone of reads.timeZones)
			if (!TimeZone.safeParse(zone).success)
				problems.push({ policy: id, message: `"${zone}" is no time zone, such as Asia/Shanghai` });
	if (problems.length > 0) return { problems, warnings: [], needs };

	const certain = new Set(readings.flatMap(({ reads }) => [...reads.certain]));
	const schema = cedarSchema(catalogue, { timeZones: needs.timeZones, certain: withNested(certain) });
	const textOf = (id: string) => {
		const link = templateLinks.find(({ newId }) => newId === id);
		return policies[id] ?? templates[link?.templateId ?? id] ?? '';
	};
	const found = ({ policyId, error }: CedarFinding): PolicyProblem =>
		suggesting(problemOf(policyId, textOf(policyId), error), definition);
	const warnings: PolicyProblem[] = [];
	try {
		for (const part of partsOf(policySetOf(definition))) {
			const answer = useCedar((cedar) => cedar.validate({ schema, policies: part }));
			if (answer.type === 'failure')
				return {
					problems: answer.errors.map(({ message }: DetailedError) => ({ policy: '', message })),
					warnings: [],
					needs,
				};
			problems.push(...answer.validationErrors.map(found));
			warnings.push(...answer.validationWarnings.map(found));
			await setImmediate();
		}
	} catch (error) {
		if (!(error instanceof CedarFailedError)) throw error;
		return { problems: [{ policy: '', message: error.message }], warnings: [], needs };
	}
	return { problems: inOrder(problems), warnings: inOrder(warnings), needs };
}

/** What policies need that were validated before. */
export function needsIn(definition: PolicyDefinition): Needs {
	const { parsed } = readPolicies(definition);
	return needsOf(
		definition,
		[...parsed.values()].map((json) => ({ json, reads: readsOf(json) })),
	);
}

function readPolicies({ policies, templates = {}, templateLinks = [] }: PolicyDefinition) {
	const problems: PolicyProblem[] = [];
	const read = (texts: Record<string, string>, kind: PolicyKind) =>
		new Map(
			Object.entries(texts).flatMap(([id, text]): Array<[string, PolicyJson]> => {
				const answer = readPolicyText(id, text, kind);
				if ('json' in answer) return [[id, answer.json]];
				problems.push(...answer.problems);
				return [];
			}),
		);
	const parsed = read(policies, 'policy');
	const parsedTemplates = read(templates, 'template');
	for (const { newId, templateId, values } of templateLinks) {
		const json = parsedTemplates.get(templateId);
		if (json !== undefined && !parsed.has(newId)) parsed.set(newId, linkedPolicy(json, { values }));
		else if (parsed.has(newId)) problems.push({ policy: newId, message: 'is there twice' });
		else if (!Object.hasOwn(templates, templateId))
			problems.push({ policy: newId, message: `There is no template "${templateId}"` });
	}
	return { parsed, problems };
}

/** Each policy is valid or not by itself; templates stay with their links. */
function partsOf({ staticPolicies, ...templated }: PolicySet): PolicySet[] {
	const entries = Object.entries(staticPolicies);
	const parts: PolicySet[] = [
		{ staticPolicies: Object.fromEntries(entries.slice(0, policiesInARow)), ...templated },
	];
	for (let first = policiesInARow; first < entries.length; first += policiesInARow)
		parts.push({ staticPolicies: Object.fromEntries(entries.slice(first, first + policiesInARow)) });
	return parts;
}

/** As engines take it. */
export function policySetOf({ policies, templates, templateLinks }: PolicyDefinition): PolicySet {
	return {
		staticPolicies: policies,
		...(templates === undefined ? {} : { templates }),
		...(templateLinks === undefined ? {} : { templateLinks }),
	};
}

function needsOf(
	{ catalogue }: PolicyDefinition,
	policies: Array<{ json: PolicyJson; reads: Reads }>,
): Needs {
	const required = new Map(catalogue.operations.map(({ id, requires }) => [id, new Set(requires)]));
	const used = new Map(catalogue.operations.map(({ id, requires }) => [id, new Set(requires)]));
	const timeZones = new Set<string>();
	let instant = false;
	const everything = everyPath(catalogue);
	for (const { json, reads } of policies) {
		for (const id of operationsOf(json, catalogue)) {
			if (reads.opaque) for (const path of everything) used.get(id)?.add(path);
			for (const path of reads.certain) required.get(id)?.add(path);
			for (const path of reads.all) used.get(id)?.add(path);
		}
		for (const zone of reads.timeZones) timeZones.add(zone);
		instant ||= reads.instant || reads.opaque;
	}
	const listed = (sets: Map<string, Set<string>>) =>
		Object.fromEntries([...sets].map(([id, paths]) => [id, [...paths].sort()]));
	return { required: listed(required), used: listed(used), timeZones: [...timeZones].sort(), instant };
}

/** All attributes, and those of employees that attributes name. */
function everyPath(catalogue: PolicyDefinition['catalogue']): string[] {
	const attributes = attributesOf(catalogue);
	const ofEmployees = attributes.filter((attribute) => attribute.of === 'subject');
	return attributes.flatMap((attribute) => {
		const path = pathOf(attribute);
		return attribute.type === 'employee'
			? [path, ...ofEmployees.map(({ name }) => `${path}.${name}`)]
			: [path];
	});
}

/** `request.secondApprover.rank` is the rank of an employee: certain there, it is certain of employees. */
function withNested(certain: Set<string>): Set<string> {
	return new Set(
		[...certain].flatMap((path) => {
			const [, , nested] = path.split('.');
			return nested === undefined ? [path] : [`subject.${nested}`];
		}),
	);
}

/** Cedar guesses well for attributes, and says less about operations. */
function suggesting(problem: PolicyProblem, { catalogue }: PolicyDefinition): PolicyProblem {
	const unknown = /unrecognized action `Action::"([^`]*)"`/.exec(problem.message)?.[1];
	if (unknown === undefined) return problem;
	const meant = nearestName(
		unknown,
		catalogue.operations.map(({ id }) => id),
	);
	const suggestion = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
	return { ...problem, message: `There is no sensitive operation "${unknown}"${suggestion}` };
}

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
	return problems.toSorted(
		(a, b) =>
			(a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0) ||
			(a.line ?? 0) - (b.line ?? 0) ||
			(a.column ?? 0) - (b.column ?? 0),
	);
}
