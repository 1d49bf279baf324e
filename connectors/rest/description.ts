import { z } from 'zod/v4';

import { expressionProblem } from '../../core/model/expression';
import { problems } from '../../core/model/problems';
import { SystemName } from '../../core/model/references';
import { ValidationError } from '../../core/ports/errors';
import type { EntityName } from '../../core/ports/systemConnector';
import { schemas } from './canonical';

/** A JSONata expression; one that cannot be parsed is refused with the place. */
const Expression = z.string().superRefine((text, context) => {
	const message = expressionProblem(text);
	if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Below the base address, so that the credential goes nowhere else. */
const Path = z.string().regex(/^\/(?!\/)/, 'must begin with one slash and is added to baseUrl');
const RecordPath = Path.refine((path) => path.includes('{id}'), 'must contain {id}');
const Query = z.record(z.string(), z.union([z.string(), z.number()]));

const PageSize = z.strictObject({
	parameter: z.string().min(1),
	value: z.number().int().min(1).max(10_000).default(100),
});

export const Paging = z.discriminatedUnion('style', [
	/** one answer holds all records */
	z.strictObject({ style: z.literal('none') }),
	/** numbered pages, until one is empty */
	z.strictObject({
		style: z.literal('page'),
		parameter: z.string().min(1),
		first: z.number().int().min(0).default(1),
		size: PageSize.optional(),
	}),
	/** number of records to leave out, until an answer is empty */
	z.strictObject({ style: z.literal('offset'), parameter: z.string().min(1), size: PageSize.optional() }),
	/** text that the last answer gave, until it gives none */
	z.strictObject({
		style: z.literal('cursor'),
		parameter: z.string().min(1),
		next: Expression,
		size: PageSize.optional(),
	}),
	/** `Link: <...>; rel="next"` (RFC 8288) */
	z.strictObject({ style: z.literal('link'), size: PageSize.optional() }),
]);
export type Paging = z.infer<typeof Paging>;

const TimeFormat = z.enum(['iso', 'seconds', 'milliseconds']);

const ChangeField = z.strictObject({
	/** JSONata on the system's record: when it last changed */
	field: Expression,
	/** how the field, and the filter's value, are written */
	format: TimeFormat.default('iso'),
	/** query parameter that leaves out records changed before its value; without one every record is read each time */
	parameter: z.string().min(1).optional(),
	/** how far a new look goes back behind the last: transactions may become visible late, clocks differ */
	overlapSeconds: z.number().min(1).max(86_400).default(5),
});
export type ChangeField = z.infer<typeof ChangeField>;

const Action = z.strictObject({
	method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
	path: Path,
	/** JSONata on `{ key, input, record }`: what is sent; `record` is the system's own, null when there is none */
	body: Expression.optional(),
	/** JSONata on the system's record (`$input` bound): true once the action has taken effect */
	done: Expression,
	/** header that carries the idempotency key */
	idempotencyHeader: z.string().min(1).optional(),
});
export type Action = z.infer<typeof Action>;

const Entity = z.strictObject({
	list: z.strictObject({
		path: Path,
		query: Query.default({}),
		/** JSONata on the answer's body: the records */
		records: Expression.default('$'),
		paging: Paging,
		/** query parameter for text typed into a picker; without one the bridge searches itself */
		searchParameter: z.string().min(1).optional(),
	}),
	/** absent: the record is looked for in the list */
	get: z
		.strictObject({ path: RecordPath, query: Query.default({}), record: Expression.default('$') })
		.optional(),
	/** JSONata on the system's record: its identifier */
	id: Expression,
	changes: ChangeField.optional(),
	/** JSONata on the system's record: the canonical record */
	mapping: Expression,
	actions: z.record(z.string(), Action).default({}),
});
export type Entity = z.infer<typeof Entity>;

const entityShape = Object.fromEntries(
	Object.keys(schemas).map((name) => [name, Entity.optional()]),
) as Record<EntityName, z.ZodOptional<typeof Entity>>;

/** What the bridge needs to know of a system with a JSON API. Unknown fields are refused: they are typing mistakes. */
export const RestDescription = z.strictObject({
	version: z.literal(1),
	system: SystemName,
	baseUrl: z
		.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
		.refine(
			(url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '',
			'must hold no password; choose a credential',
		),
	headers: z.record(z.string(), z.string()).default({}),
	entities: z
		.strictObject(entityShape)
		.refine((entities) => Object.keys(entities).length > 0, 'must describe at least one entity'),
	errors: z
		.strictObject({
			/** JSONata on the body of a failed call: what a person should read */
			message: Expression.optional(),
			/** JSONata on a body that came with a status of success: true when the call failed nevertheless */
			failed: Expression.optional(),
		})
		.default({}),
});
export type RestDescription = z.infer<typeof RestDescription>;

/** The description as text or object, checked; a wrong one is refused with the path of each wrong field. */
export function readDescription(given: unknown): RestDescription {
	const subject = { system: 'REST system', hint: 'Correct the description.' };
	let value = given;
	if (typeof given === 'string') {
		try {
			value = JSON.parse(given);
		} catch (cause) {
			throw new ValidationError(`The description is no JSON: ${(cause as Error).message}`, {
				...subject,
				cause,
			});
		}
	}
	const parsed = RestDescription.safeParse(value);
	if (parsed.success) return parsed.data;
	throw new ValidationError(`The description is wrong: ${problems(parsed.error)}`, subject);
}
