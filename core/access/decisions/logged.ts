import { z } from 'zod/v4';

import type { LogEntry } from '../../store/decisionLog';
import type { Decision } from './decide';
import type { LivePolicies } from './livePolicies';
import { Instant, type AccessQuestion, type Person } from './question';

/** Longer texts are cut: no name that a policy may have is as long. */
const longestText = 300;
const mostInList = 100;

/**
 * What the decision log keeps of a decision. Of all attributes only those that the policies of the operation look at, or the
 * catalogue requires: nothing else can have mattered, and personal data that did not matter is not kept.
 */
export const LoggedDecision = z.object({
	/** milliseconds since 1970, or ISO 8601 as the ABAC node shows it */
	at: z.union([Instant, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]),
	/** key of the employee who asked */
	subject: z.string(),
	operation: z.string(),
	outcome: z.enum(['permit', 'deny']),
	reason: z.string(),
	resource: z.string(),
	set: z.string(),
	version: z.number(),
	strict: z.boolean(),
	policies: z.array(z.string()),
	errors: z.array(z.object({ policy: z.string(), message: z.string() })).optional(),
	problems: z
		.array(z.object({ attribute: z.string(), problem: z.enum(['missing', 'wrong']), type: z.string() }))
		.optional(),
	/** by bearer: subject, resource, request */
	attributes: z.object({
		subject: z.record(z.string(), z.unknown()).default({}),
		resource: z.record(z.string(), z.unknown()).default({}),
		request: z.record(z.string(), z.unknown()).default({}),
	}),
	departmentsAbove: z.array(z.string()).optional(),
	/** employees that attributes name */
	others: z
		.array(
			z.object({
				id: z.string(),
				attributes: z.record(z.string(), z.unknown()).default({}),
				departmentsAbove: z.array(z.string()).default([]),
				isKnown: z.boolean().default(true),
			}),
		)
		.optional(),
	unknownSubject: z.literal(true).optional(),
	/** microseconds from the question to the decision */
	latency: z.number(),
});
export type LoggedDecision = z.infer<typeof LoggedDecision>;

export function logEntry(
	question: AccessQuestion,
	decision: Decision,
	{ name, version, needs }: Pick<LivePolicies, 'name' | 'version' | 'needs'>,
	{ isStrict, latency }: { isStrict: boolean; latency: number },
): LogEntry {
	const { operation } = question;
	const used = new Set(Object.hasOwn(needs.used, operation) ? needs.used[operation] : []);
	const people = question.others.filter(({ id }) => isNamed(id, question, used));
	const body: Omit<LoggedDecision, 'at' | 'subject' | 'operation' | 'outcome'> = {
		reason: decision.reason,
		resource: shortened(question.resource.id) as string,
		set: name,
		version,
		strict: isStrict,
		policies: decision.policies,
		...(decision.errors.length === 0 ? {} : { errors: decision.errors }),
		...(decision.attributes.length === 0 ? {} : { problems: decision.attributes }),
		attributes: {
			subject: kept(question.subject.attributes, 'subject', used),
			resource: kept(question.resource.attributes, 'resource', used),
			request: kept(question.request, 'request', used),
		},
		...aboveOf(question.subject, 'subject', used),
		...(people.length === 0 ? {} : { others: people.map((person) => otherOf(person, used)) }),
		...(question.subject.isKnown ? {} : { unknownSubject: true }),
		latency,
	};
	return {
		at: question.at,
		subject: storable(question.subject.id),
		operation: storable(operation),
		outcome: decision.outcome,
		body,
	};
}

/** The question that a logged decision answered, as far as policies can ask about it. */
export function questionOf(logged: LoggedDecision): AccessQuestion {
	const { attributes, departmentsAbove = [], others = [], unknownSubject } = logged;
	return {
		subject: {
			id: logged.subject,
			attributes: attributes.subject,
			departmentsAbove,
			isKnown: unknownSubject !== true,
		},
		operation: logged.operation,
		resource: { id: logged.resource, attributes: attributes.resource },
		request: attributes.request,
		others,
		at: logged.at,
	};
}

function kept(given: Record<string, unknown>, of: string, used: Set<string>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(given).flatMap(([name, value]) =>
			used.has(`${of}.${name}`) ? [[name, shortened(value)]] : [],
		),
	);
}

/** Attributes of another employee are looked at through the attribute that names them. */
function otherOf(person: Person, used: Set<string>): Person {
	const names = new Set(
		[...used].flatMap((path) => {
			const [, , nested] = path.split('.');
			return nested === undefined ? [] : [nested];
		}),
	);
	const attributes = Object.fromEntries(
		Object.entries(person.attributes).flatMap(([name, value]) =>
			names.has(name) ? [[name, shortened(value)]] : [],
		),
	);
	return {
		id: person.id,
		attributes,
		departmentsAbove: names.has('department') ? person.departmentsAbove : [],
		isKnown: person.isKnown,
	};
}

function aboveOf({ departmentsAbove }: Person, of: string, used: Set<string>) {
	return departmentsAbove.length > 0 && used.has(`${of}.department`) ? { departmentsAbove } : {};
}

function isNamed(id: string, { resource, request }: AccessQuestion, used: Set<string>): boolean {
	const names = (given: Record<string, unknown>, of: string) =>
		Object.entries(given).some(([name, value]) => value === id && used.has(`${of}.${name}`));
	return names(request, 'request') || names(resource.attributes, 'resource');
}

/** As every database gives it back: half a letter or a NUL would come back as something else, which looks like tampering. */
function storable(name: string): string {
	return (shortened(name) as string).toWellFormed().replaceAll('\0', '\ufffd');
}

function shortened(value: unknown): unknown {
	if (typeof value === 'string')
		return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
	// No attribute is a list of lists; one that is nested a thousand deep must not end the decision.
	if (Array.isArray(value))
		return value.slice(0, mostInList).map((one) => (Array.isArray(one) ? '(a list)' : shortened(one)));
	return typeof value === 'object' && value !== null ? '(an object)' : value;
}
