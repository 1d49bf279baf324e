import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { canonicalEntities } from '../../core/model/entities';
import { problems } from '../../core/model/problems';
import { readStrictly } from '../../core/model/strictly';
import { NotFoundError, ValidationError } from '../../core/ports/errors';
import type {
	Actions,
	ActionName,
	Drafts,
	EntityName,
	ListQuery,
	Outcome,
	SystemConnector,
	WritableEntity,
	WriteName,
} from '../../core/ports/systemConnector';
import type { EntityText, ReadEntityText } from './entityText';
import { recordKey, recordLocator, returnAllProperties, shownFor } from './fields';
import { collect } from './getMany';
import type { Operation, OperationContext } from './operationContext';
import { conditionsProperty, fieldsToReturnProperty, selectionOf } from './recordFields';
import { formProperty, labelOf, RecordForm, recordFromProperty, recordOfForm } from './recordForm';

/** What an operation's file exports. */
export interface EntityOperation {
	description: INodeProperties[];
	execute: Operation;
}

/** One record, picked from a list or given by its key. */
export function getOperation<E extends EntityName>(text: ReadEntityText<E>): EntityOperation {
	return {
		description: shownFor(text.entity, 'get', [picker(text), fieldsToReturnProperty]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				const key = keyOf(context, text, index);
				const { native, shown } = await selectionOf(context, erp, text.entity, index);
				const found = (await erp.get(text.entity, [key], { native })).get(key);
				if (found !== undefined) return [shown(found)];
				throw new NotFoundError(`${erp.system} has no ${text.name} "${key}".`, {
					system: erp.system,
					entity: text.entity,
					key,
					hint: `Pick the ${text.name} from the list, or give its key and not its number.`,
				});
			});
		},
	};
}

const ManyParameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: z.object({
		changedSince: z.string().optional(),
		search: z.string().optional(),
		state: z.string().optional(),
	}),
});

/** Records by key, as many pages as needed and no more. */
export function getManyOperation<E extends EntityName>(text: ReadEntityText<E>): EntityOperation {
	return {
		description: shownFor(text.entity, 'getAll', [
			...returnAllProperties,
			filters(text),
			conditionsProperty,
			fieldsToReturnProperty,
		]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				const parameters = context.parameters(ManyParameters, index);
				const query = queryOf(context, parameters.filters);
				const selection = await selectionOf(context, erp, text.entity, index);
				const limit = parameters.returnAll ? undefined : parameters.limit;
				return await collect(erp, text.entity, limit, query, selection);
			});
		},
	};
}

/** Makes a record. The same idempotency key makes one at most. */
export function createOperation<E extends WritableEntity>(text: EntityText<E>): EntityOperation {
	return {
		description: shownFor(text.entity, 'create', [...draftProperties(text), idempotencyProperty]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				const request = {
					idempotencyKey: idempotencyKeyOf(context, index),
					draft: draftOf(context, erp, text, index),
				};
				return [record(await writer(erp, text, 'create')(text.entity, [request]))];
			});
		},
	};
}

/** Changes the fields that are given. An outdated revision is refused. */
export function updateOperation<E extends WritableEntity>(text: EntityText<E>): EntityOperation {
	return {
		description: shownFor(text.entity, 'update', [
			picker(text),
			...draftProperties(text, {
				displayName: 'Changes',
				default: '{}',
				description: `The fields that change, in canonical form; the others stay.${isDocument(text) ? ' Lines are given all together.' : ''}`,
			}),
			revisionProperty,
		]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				const request = {
					key: keyOf(context, text, index),
					changes: changesOf(context, erp, text, index),
					...revisionOf(context, index),
				};
				return [record(await writer(erp, text, 'update')(text.entity, [request]))];
			});
		},
	};
}

/** Makes the record or changes the one that is there. */
export function upsertOperation<E extends WritableEntity>(text: EntityText<E>): EntityOperation {
	return {
		description: shownFor(text.entity, 'upsert', [
			...draftProperties(text),
			{ ...idempotencyProperty, description: upsertKeyText(text) },
			revisionProperty,
		]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				const request = {
					idempotencyKey: idempotencyKeyOf(context, index),
					draft: draftOf(context, erp, text, index),
					...revisionOf(context, index),
				};
				return [record(await writer(erp, text, 'upsert')(text.entity, [request]))];
			});
		},
	};
}

/** What an action has to be told beside the record, and how it is read from the node's parameters. */
export interface ActionForm<Input> {
	properties: INodeProperties[];
	input(context: OperationContext, index: number): Input;
}

/** Carries out an action; one without a form needs to know the record only. */
export function actOperation<E extends WritableEntity & keyof Actions, A extends ActionName<E> & string>(
	text: EntityText<E>,
	action: A,
	form?: ActionForm<Actions[E][A]>,
): EntityOperation {
	return {
		description: shownFor(text.entity, action, [picker(text), ...(form?.properties ?? []), revisionProperty]),
		async execute(context) {
			const erp = await context.connector(text.role ?? 'erp');
			return await context.forEachItem(async (index) => {
				if (!erp.capabilities().entities[text.entity]?.actions.includes(action)) {
					throw unsupported(erp, text, action);
				}
				const key = keyOf(context, text, index);
				const input = form?.input(context, index);
				const request = {
					key,
					idempotencyKey: `${action}/${key}${input === undefined ? '' : `/${JSON.stringify(input)}`}`,
					input: input ?? ({} as Actions[E][A]),
					...revisionOf(context, index),
				};
				return [record(await erp.act(text.entity, action, [request]))];
			});
		},
	};
}

const shownNames: Record<string, { name: string; says(text: ReadEntityText<EntityName>): string }> = {
	cancel: { name: 'Cancel', says: ({ name }) => `Cancel ${one(name)}` },
	confirm: { name: 'Confirm', says: confirmText },
	create: { name: 'Create', says: ({ name }) => `Create ${one(name)}; one at most for an idempotency key` },
	upsert: { name: 'Create or Update', says: ({ name }) => `Create ${one(name)}, or update the existing one` },
	get: { name: 'Get', says: ({ name }) => `Get one ${name}` },
	move: { name: 'Move', says: ({ name }) => `Transfer or promote ${one(name)}, or give another manager` },
	startLeave: { name: 'Start Leave', says: ({ name }) => `Send ${one(name)} on leave` },
	endLeave: { name: 'End Leave', says: ({ name }) => `Take ${one(name)} back from leave` },
	terminate: { name: 'Terminate', says: ({ name }) => `End the employment of ${one(name)}` },
	rehire: { name: 'Rehire', says: ({ name }) => `Take back ${one(name)} who left` },
	post: { name: 'Post', says: ({ name }) => `Post ${one(name)}; it never changes then` },
	getAll: { name: 'Get Many', says: ({ plural }) => `Get many ${plural}` },
	update: { name: 'Update', says: ({ name }) => `Change fields of ${one(name)}` },
};

/** How the editor offers the operations of one entity; `operations` are those it has. */
export function operationChoices(
	text: ReadEntityText<EntityName>,
	operations: Record<string, EntityOperation>,
): Array<INodePropertyOptions & { value: string; description: string; action: string }> {
	const choices = Object.entries(shownNames).flatMap(([value, { name, says }]) => {
		if (!Object.hasOwn(operations, value)) return [];
		const action = value === 'getAll' ? `Get many ${text.plural}` : `${sentence(name)} ${one(text.name)}`;
		return [{ name, value, description: says(text), action }];
	});
	return choices.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The choice of operations for one entity. */
export function operationProperty(
	text: ReadEntityText<EntityName>,
	operations: Record<string, EntityOperation>,
): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [text.entity] } },
		options: operationChoices(text, operations),
		default: 'get',
	};
}

function confirmText({ entity, name }: ReadEntityText<EntityName>): string {
	if (entity === 'delivery') return 'Book the goods issue of a delivery';
	if (entity === 'invoice') return 'Post an invoice';
	return `Confirm ${one(name)}`;
}

function one(name: string): string {
	return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function sentence(name: string): string {
	return name.charAt(0) + name.slice(1).toLowerCase();
}

/** Whether its records have lines; the others are found by a code that whoever makes them chooses. */
function isDocument<E extends WritableEntity>({ Draft }: EntityText<E>): boolean {
	return Object.hasOwn(Draft.shape, 'lines');
}

function picker(text: ReadEntityText<EntityName>): INodeProperties {
	const shown = text.parameter === 'order' ? 'Order' : text.title;
	return recordLocator(text.name, text.parameter, shown, text.searchMethod, text.example);
}

function filters({ plural, states }: ReadEntityText<EntityName>): INodeProperties {
	const state: INodeProperties = {
		displayName: 'State',
		name: 'state',
		type: 'options',
		options: states.map((value) => ({ name: labelOf(value), value })),
		default: '',
		description: `Only ${plural} in this state`,
	};
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Changed Since',
				name: 'changedSince',
				type: 'dateTime',
				default: '',
				description: `Only ${plural} that changed at or after this moment`,
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				description: `Only ${plural} whose number, code or name contains this text`,
			},
			...(states.length === 0 ? [] : [state]),
		],
	};
}

function draftProperties<E extends WritableEntity>(
	text: EntityText<E>,
	own: Partial<INodeProperties> = {},
): INodeProperties[] {
	const json: INodeProperties = {
		displayName: text.title,
		name: 'record',
		type: 'json',
		default: JSON.stringify(text.draftExample, null, 2),
		required: true,
		displayOptions: { show: { recordFrom: ['json'] } },
		description: `The ${text.name} in canonical form; "={{ $JSON }}" takes the input item`.replace(
			'$JSON',
			'$json',
		),
	};
	return [recordFromProperty, { ...json, ...own }, formProperty];
}

const idempotencyProperty: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '={{ $execution.id }}-{{ $itemIndex }}',
	required: true,
	description:
		'The same key makes one record at most. Take what identifies the record at its origin, such as a web order number; the default protects repetitions within one execution only.',
};

function upsertKeyText<E extends WritableEntity>(text: EntityText<E>): string {
	const { name } = text;
	return !isDocument(text)
		? `Protects against making the ${name} twice. It is found by its code.`
		: `Identifies the ${name}: the one made under this key is updated. Take what identifies it at its origin, such as a web order number.`;
}

const revisionProperty: INodeProperties = {
	displayName: 'Expected Revision',
	name: 'expectedVersion',
	type: 'string',
	default: '',
	description:
		"The record's revision as you read it. When it has changed since, nothing is done and the node says so. Empty: whatever it is.",
};

function keyOf(context: OperationContext, text: ReadEntityText<EntityName>, index: number): string {
	const Parameters = z.object({ [text.parameter]: recordKey });
	return String(context.parameters(Parameters, index)[text.parameter]);
}

const Key = z.object({ idempotencyKey: z.string().trim().min(1, 'must not be empty').max(200) });
function idempotencyKeyOf(context: OperationContext, index: number): string {
	return context.parameters(Key, index).idempotencyKey;
}

const Revision = z.object({ expectedVersion: z.string().trim() });
function revisionOf(context: OperationContext, index: number): { expectedVersion?: string } {
	const { expectedVersion } = context.parameters(Revision, index);
	return expectedVersion === '' ? {} : { expectedVersion };
}

const Given = z.object({
	recordFrom: z.enum(['json', 'fields']).default('json'),
	record: z.union([z.string(), z.looseObject({})]).optional(),
});

function recordGiven<E extends WritableEntity>(
	context: OperationContext,
	text: EntityText<E>,
	index: number,
): Record<string, unknown> {
	const { recordFrom, record: given } = context.parameters(Given, index);
	if (recordFrom === 'fields') return recordOfForm(context.parameters(RecordForm, index));
	if (typeof given === 'object') return given;
	try {
		return z.looseObject({}).parse(JSON.parse(given ?? ''));
	} catch {
		throw context.invalid(`The ${text.name} of item ${index} is no JSON object.`);
	}
}

/** A record as it was read may be given whole: what the system itself decides is ignored. */
function draftOf<E extends WritableEntity>(
	context: OperationContext,
	erp: SystemConnector,
	text: EntityText<E>,
	index: number,
): Drafts[E] {
	const given = recordGiven(context, text, index);
	const parsed = readStrictly(text.Draft, given, canonicalEntities[text.entity]);
	const what = `The ${text.name}${calledBy(given)} of item ${index}`;
	if (!parsed.success) throw context.invalid(`${what} is invalid: ${problems(parsed.error)}`);
	refuseNative(context, erp, text, parsed.data, what);
	return parsed.data as Drafts[E];
}

/** A field's default is for new records: only what is given changes. */
function changesOf<E extends WritableEntity>(
	context: OperationContext,
	erp: SystemConnector,
	text: EntityText<E>,
	index: number,
): Partial<Drafts[E]> {
	const given = recordGiven(context, text, index);
	const parsed = readStrictly(text.Draft.partial(), given, canonicalEntities[text.entity]);
	const what = `The changes of item ${index}`;
	if (!parsed.success) throw context.invalid(`${what} are invalid: ${problems(parsed.error)}`);
	const named = Object.entries(parsed.data).filter(([name]) => Object.hasOwn(given, name));
	if (named.length === 0) {
		throw context.invalid(
			`${what} name no field that can change; known are ${Object.keys(text.Draft.shape).join(', ')}.`,
		);
	}
	refuseNative(context, erp, text, parsed.data, what);
	return Object.fromEntries(named) as Partial<Drafts[E]>;
}

/** Which record is meant, as far as it says. */
function calledBy({ key, number, code }: Record<string, unknown>): string {
	const name = key ?? code ?? number;
	return typeof name === 'string' && name !== '' ? ` "${name}"` : '';
}

/** A connector that knows nothing of own fields would drop them. */
function refuseNative<E extends WritableEntity>(
	context: OperationContext,
	erp: SystemConnector,
	{ entity, plural }: EntityText<E>,
	record: object,
	what: string,
): void {
	const names = Object.keys((record as { native?: object }).native ?? {});
	if (names.length === 0 || erp.capabilities().entities[entity]?.native !== undefined) return;
	throw context.invalid(
		`${what} gives native.${names[0]}, but ${erp.system} takes no fields of its own for ${plural}; leave "native" out.`,
	);
}

function queryOf(
	context: OperationContext,
	{ changedSince = '', search = '', state = '' }: z.infer<typeof ManyParameters>['filters'],
): ListQuery {
	return {
		...(search === '' ? {} : { search }),
		...(state === '' ? {} : { state }),
		...(changedSince === '' ? {} : { changedSince: instant(context, changedSince) }),
	};
}

function instant(context: OperationContext, text: string): string {
	const moment = new Date(text);
	if (Number.isNaN(moment.getTime())) throw context.invalid(`Filter "Changed Since": "${text}" is no date.`);
	return moment.toISOString();
}

function writer<E extends WritableEntity, W extends WriteName>(
	erp: SystemConnector,
	text: EntityText<E>,
	write: W,
): NonNullable<SystemConnector[W]> {
	const method = erp[write];
	if (method === undefined || !erp.capabilities().entities[text.entity]?.writes?.includes(write)) {
		throw unsupported(erp, text, write);
	}
	return method.bind(erp) as NonNullable<SystemConnector[W]>;
}

function unsupported<E extends WritableEntity>(
	{ system }: SystemConnector,
	{ entity, name, plural }: EntityText<E>,
	operation: string,
): ValidationError {
	return new ValidationError(`${system} cannot ${operation} ${plural} through this package.`, {
		system,
		entity,
		hint: `Do it in ${system} itself, or choose another operation on the ${name}.`,
	});
}

function record<T>([outcome]: Array<Outcome<T>>): T & object {
	if (outcome === undefined) throw new Error('The connector gave no outcome for its request.');
	if ('error' in outcome) throw outcome.error;
	return outcome.value as T & object;
}
