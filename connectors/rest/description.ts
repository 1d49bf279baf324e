import { z } from 'zod/v4';

import { expressionProblem } from '../../core/model/expression';
import { problems } from '../../core/model/problems';
import { SystemName } from '../../core/model/references';
import { ValidationError } from '../../core/ports/errors';
import type { EntityName } from '../../core/ports/systemConnector';
import { schemas, ownCode, writableEntities } from './canonical';

/** A JSONata expression; one that cannot be parsed is refused with the place. */
const Expression = z.string().superRefine((text, context) => {
	const message = expressionProblem(text);
	if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Below the base address, so that the credential goes nowhere else. */
const Path = z.string().regex(/^\/(?!\/)/, 'must begin with one slash and is added to baseUrl');
const RecordPath = Path.refine((path) => path.includes('{id}'), 'must contain {id}');
const Query = z.record(z.string(), z.union([z.string(), z.number()]));

/** `code` or `partner.code`. */
const FieldName = z
	.string()
	.regex(
		/^[A-Za-z]\w*(\.[A-Za-z]\w*){0,2}$/,
		'must be a field of the canonical record, such as partner.code',
	);

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
	/** how a deletion is noticed; absent: it is not */
	deleted: z
		.discriminatedUnion('style', [
			/** JSONata on the system's record: true for one that is deleted and stays in the list */
			z.strictObject({ style: z.literal('flag'), field: Expression }),
			/** the identifiers in the list are compared with those seen before; at most so often */
			z.strictObject({
				style: z.literal('compare'),
				everySeconds: z.number().int().min(1).max(604_800).default(300),
			}),
		])
		.optional(),
});
export type ChangeField = z.infer<typeof ChangeField>;

/**
 * What the system compares, so that a change of a record that somebody changed meanwhile is refused. `value` is JSONata on the
 * system's record as it was just read (`$headers` of that answer bound); it goes into `header`, or as `version` into the body.
 */
const VersionGuard = z.strictObject({ header: z.string().min(1).optional(), value: Expression });

const Action = z.strictObject({
	method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
	path: Path,
	/** JSONata on `{ key, input, record, version }`: what is sent; `record` is the system's own, null when there is none */
	body: Expression.optional(),
	/** instead of the three above while the system has no such record: a reservation's first match */
	whenAbsent: z
		.strictObject({
			method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
			path: Path,
			body: Expression.optional(),
		})
		.optional(),
	/** JSONata on the system's record (`$input` bound): true once the action has taken effect */
	done: Expression,
	/** header that carries the idempotency key */
	idempotencyHeader: z.string().min(1).optional(),
	version: VersionGuard.optional(),
});
export type Action = z.infer<typeof Action>;

/** How the record that was made under a key is known again. */
const Idempotency = z
	.strictObject({
		/** header that carries the key; the system itself makes one record for one key */
		header: z.string().min(1).optional(),
		/** JSONata on the system's record: the key under which it was made. The body has to write it there */
		field: Expression.optional(),
		/** query parameter of the list that finds the records of one key; without one the list is read */
		parameter: z.string().min(1).optional(),
		/** the key is the record's identifier; path or body carry it */
		asId: z.boolean().default(false),
	})
	.refine(({ header, field, asId }) => header !== undefined || field !== undefined || asId, {
		error: 'must say where the key goes: header, field or asId',
	})
	.refine(({ parameter, field }) => parameter === undefined || field !== undefined, {
		error: 'must have a field as well, as some systems ignore a parameter that they do not know',
		path: ['parameter'],
	});

const Create = z.strictObject({
	method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
	/** may hold {idempotencyKey}, and for items and partners {id}, their code */
	path: Path,
	/** JSONata on `{ draft, idempotencyKey }`: what is sent; `draft` is canonical */
	body: Expression,
	/** JSONata on the answer (`$headers` bound): the new record's identifier. Absent: the answer is the record, or it is looked for */
	created: Expression.optional(),
	/** absent only where whoever makes the record chooses its code */
	idempotency: Idempotency.optional(),
});
export type Create = z.infer<typeof Create>;

const Update = z.strictObject({
	method: z.enum(['PUT', 'PATCH', 'POST']).default('PATCH'),
	path: RecordPath,
	/**
	 * JSONata on `{ key, draft, changes, record, version, idempotencyKey }`: `changes` are the canonical fields that change,
	 * `draft` is the whole canonical record as it shall be, `record` the system's own as it is.
	 */
	body: Expression,
	version: VersionGuard.optional(),
});
export type Update = z.infer<typeof Update>;

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
	/** JSONata on the system's record: the canonical record. Or field by field, see `fields` */
	mapping: Expression.optional(),
	/** by canonical field, such as `partner.code`: JSONata on the system's record */
	fields: z.record(FieldName, Expression).optional(),
	/** the lines of the canonical record: where the system has them, and each field as JSONata on one of them */
	lines: z.strictObject({ from: Expression, fields: z.record(FieldName, Expression) }).optional(),
	actions: z.record(z.string(), Action).default({}),
	create: Create.optional(),
	update: Update.optional(),
});
export type Entity = z.infer<typeof Entity>;

function entityOf(name: EntityName) {
	return Entity.superRefine(({ mapping, fields, lines, create, update }, context) => {
		const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
		if ((mapping === undefined) === (fields === undefined))
			problem(['mapping'], 'either mapping or fields must say how a record becomes canonical');
		if (lines !== undefined && fields === undefined)
			problem(['lines'], 'lines belong to fields; with mapping they stand in it');
		if (!writableEntities.includes(name)) {
			for (const [write, described] of Object.entries({ create, update }))
				if (described !== undefined) problem([write], `a ${name} is not made or changed from outside`);
			return;
		}
		if (create === undefined) return;
		const chosen = ownCode(name);
		if (create.idempotency === undefined && !chosen)
			problem(['create', 'idempotency'], 'must say how a record is known again, or it could be made twice');
		if (create.idempotency?.asId === true && chosen)
			problem(['create', 'idempotency', 'asId'], `the identifier of a ${name} is its code`);
		if (create.path.includes('{id}') && !chosen)
			problem(['create', 'path'], 'a new record has no {id} yet; use {idempotencyKey}');
	});
}

const entityShape = Object.fromEntries(
	(Object.keys(schemas) as EntityName[]).map((name) => [name, entityOf(name).optional()]),
) as Record<EntityName, z.ZodOptional<typeof Entity>>;

/** Of the description's format. */
export const formatVersion = 1;

/** What the bridge needs to know of a system with a JSON API. Unknown fields are refused: they are typing mistakes. */
export const RestDescription = z.strictObject({
	version: z.literal(formatVersion, {
		error: ({ input }) =>
			typeof input === 'number' && input > formatVersion
				? `is ${input}, newer than this package knows (${formatVersion}): update the package`
				: `must be ${formatVersion}, the version of this format`,
	}),
	/** of this description, counted up by whoever changes it */
	revision: z.number().int().min(1).max(1_000_000).default(1),
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
