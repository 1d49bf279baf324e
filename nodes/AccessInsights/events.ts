import type { INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { AccessEvent } from '../../core/access/insights/accessEvent';
import { LoggedDecision } from '../../core/access/decisions/logged';
import { problems } from '../../core/model/problems';
import type { Database } from '../../core/store/database';
import { logPages } from '../../core/store/decisionLog';
import type { OperationContext } from '../shared/operationContext';

const permits = new Set([
	'permit',
	'permitted',
	'allow',
	'allowed',
	'success',
	'succeeded',
	'ok',
	'true',
	'granted',
]);
const denials = new Set([
	'deny',
	'denied',
	'refuse',
	'refused',
	'forbidden',
	'failure',
	'failed',
	'blocked',
	'false',
]);

const text = z.union([z.string(), z.number()]).transform(String);

/** A line of an audit trail as items carry it: some fields go by several names. */
const Line = z
	.looseObject({
		at: z.unknown(),
		person: text.optional(),
		subject: text.optional(),
		operation: text.optional(),
		action: text.optional(),
		resource: text.optional(),
		record: text.optional(),
		outcome: z.unknown(),
		system: text.optional(),
		place: text.optional(),
		ip: text.optional(),
	})
	.transform((line, context): AccessEvent => {
		const at = typeof line.at === 'number' ? line.at : Date.parse(String(line.at ?? line.time ?? ''));
		const person = line.person ?? line.subject ?? '';
		const operation = line.operation ?? line.action ?? '';
		const said = String(line.outcome ?? '').toLowerCase();
		const refuse = (path: string, message: string) =>
			context.addIssue({ code: 'custom', path: [path], message });
		if (!Number.isFinite(at)) refuse('at', 'must be a time');
		if (person === '') refuse('person', 'must not be empty');
		if (operation === '') refuse('operation', 'must not be empty');
		if (!permits.has(said) && !denials.has(said)) refuse('outcome', 'must be permit or deny');
		const place = line.place ?? line.ip;
		return {
			at: Math.trunc(at),
			person,
			operation,
			resource: line.resource ?? line.record ?? '',
			outcome: denials.has(said) ? 'deny' : 'permit',
			...(line.system === undefined ? {} : { system: line.system }),
			...(place === undefined ? {} : { place }),
		};
	});

const piece = 2_000;

/** The input items as log lines. One that is none is refused with its number: a log with lines left out would look calm. */
export async function* eventsFromItems(
	context: OperationContext,
	items: readonly INodeExecutionData[],
): AsyncGenerator<AccessEvent[]> {
	for (let start = 0; start < items.length; start += piece) {
		yield items.slice(start, start + piece).map(({ json }, index) => {
			const parsed = Line.safeParse(json);
			if (parsed.success) return parsed.data;
			throw context.invalid(
				`Item ${start + index} is no line of a log: ${problems(parsed.error)}. Nothing was reported. Give each line at, person, operation and outcome.`,
			);
		});
	}
}

/** The decisions that were logged, as they were asked: an address, or else the site of who asked, is the place. */
export async function* eventsFromLog(
	database: Database,
	{ from, until }: { from: number; until: number },
): AsyncGenerator<AccessEvent[]> {
	for await (const page of logPages(database, { from, until })) {
		yield page.map(({ at, subject, operation, outcome, record }) => {
			const { data } = LoggedDecision.pick({ resource: true, attributes: true }).safeParse(
				JSON.parse(record),
			);
			const place = data?.attributes.request.ip ?? data?.attributes.subject.site;
			return {
				at,
				person: subject === '' ? '(unknown)' : subject,
				operation: operation === '' ? '(unknown)' : operation,
				resource: data?.resource ?? '',
				outcome: outcome === 'permit' ? ('permit' as const) : ('deny' as const),
				...(typeof place === 'string' ? { place } : {}),
			};
		});
	}
}
