import type { EntityName } from '../../core/ports/systemConnector';
import type { Action, Entity, RestDescription } from './description';

/** A description as a form holds it: flat, each field present, empty where there is nothing. */
export interface RestForm {
	restSystemName: string;
	restRevision: number;
	restBaseUrl: string;
	/** JSON object */
	restHeaders: string;
	restErrorMessage: string;
	restErrorFailed: string;
	restEntities: { entity?: EntityForm[] };
}

export interface FieldForm {
	field: string;
	expression: string;
}

export interface ActionForm {
	action: string;
	method: string;
	path: string;
	body: string;
	done: string;
	idempotencyHeader: string;
	versionHeader: string;
	versionValue: string;
	absentMethod: string;
	absentPath: string;
	absentBody: string;
}

export interface EntityForm {
	entity: string;
	listPath: string;
	/** JSON object */
	query: string;
	records: string;
	paging: string;
	pageParameter: string;
	firstPage: number;
	nextCursor: string;
	sizeParameter: string;
	size: number;
	searchParameter: string;
	getPath: string;
	/** JSON object */
	getQuery: string;
	getRecord: string;
	id: string;
	changeField: string;
	changeFormat: string;
	changeParameter: string;
	overlapSeconds: number;
	deleted: string;
	deletedField: string;
	compareEvery: number;
	mapping: string;
	fields: { field?: FieldForm[] };
	linesFrom: string;
	lineFields: { field?: FieldForm[] };
	actions: { action?: ActionForm[] };
	createMethod: string;
	createPath: string;
	createBody: string;
	created: string;
	keyHeader: string;
	keyField: string;
	keyParameter: string;
	keyAsId: boolean;
	updateMethod: string;
	updatePath: string;
	updateBody: string;
	updateVersionHeader: string;
	updateVersionValue: string;
}

/** What a new entity in the form begins with; also stands for each field that an older form did not have. */
export const emptyEntity: EntityForm = {
	entity: 'salesOrder',
	listPath: '',
	query: '{}',
	records: '$',
	paging: 'none',
	pageParameter: '',
	firstPage: 1,
	nextCursor: '',
	sizeParameter: '',
	size: 100,
	searchParameter: '',
	getPath: '',
	getQuery: '{}',
	getRecord: '$',
	id: '',
	changeField: '',
	changeFormat: 'iso',
	changeParameter: '',
	overlapSeconds: 5,
	deleted: 'none',
	deletedField: '',
	compareEvery: 300,
	mapping: '',
	fields: {},
	linesFrom: '',
	lineFields: {},
	actions: {},
	createMethod: 'POST',
	createPath: '',
	createBody: '',
	created: '',
	keyHeader: '',
	keyField: '',
	keyParameter: '',
	keyAsId: false,
	updateMethod: 'PATCH',
	updatePath: '',
	updateBody: '',
	updateVersionHeader: '',
	updateVersionValue: '',
};

export const emptyAction: ActionForm = {
	action: '',
	method: 'POST',
	path: '',
	body: '',
	done: '',
	idempotencyHeader: '',
	versionHeader: '',
	versionValue: '',
	absentMethod: 'POST',
	absentPath: '',
	absentBody: '',
};

/**
 * The description that the form says, to be checked by `readDescription`. `entityTwice` names an entity that the form has
 * more than once: one of the two would be lost.
 */
export function descriptionOfForm(form: RestForm): { description: object; entityTwice?: string } {
	const entities = form.restEntities.entity ?? [];
	const names = entities.map(({ entity }) => entity);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	const description = {
		version: 1,
		revision: form.restRevision,
		system: form.restSystemName,
		baseUrl: form.restBaseUrl,
		headers: objectOf(form.restHeaders),
		entities: Object.fromEntries(
			entities.map((entity) => [entity.entity, describedBy({ ...emptyEntity, ...entity })]),
		),
		errors: given({ message: form.restErrorMessage, failed: form.restErrorFailed }),
	};
	return { description, ...(twice === undefined ? {} : { entityTwice: twice }) };
}

function describedBy(form: EntityForm): object {
	const size = form.sizeParameter === '' ? {} : { size: { parameter: form.sizeParameter, value: form.size } };
	const paging = {
		none: { style: 'none' },
		page: { style: 'page', parameter: form.pageParameter, first: form.firstPage, ...size },
		offset: { style: 'offset', parameter: form.pageParameter, ...size },
		cursor: { style: 'cursor', parameter: form.pageParameter, next: form.nextCursor, ...size },
		link: { style: 'link', ...size },
	}[form.paging] ?? { style: form.paging };
	const fields = fieldsOf(form.fields);
	const lines = { from: form.linesFrom, fields: fieldsOf(form.lineFields) };
	return {
		list: {
			path: form.listPath,
			query: objectOf(form.query),
			records: form.records,
			paging,
			...given({ searchParameter: form.searchParameter }),
		},
		...(form.getPath === ''
			? {}
			: { get: { path: form.getPath, query: objectOf(form.getQuery), record: form.getRecord } }),
		id: form.id,
		...(form.changeField === '' ? {} : { changes: changesOf(form) }),
		...(form.mapping === '' ? { fields } : { mapping: form.mapping }),
		...(form.linesFrom === '' ? {} : { lines }),
		actions: Object.fromEntries(
			(form.actions.action ?? []).map((action) => [action.action, actionOf({ ...emptyAction, ...action })]),
		),
		...(form.createPath === '' ? {} : { create: createOf(form) }),
		...(form.updatePath === ''
			? {}
			: {
					update: {
						method: form.updateMethod,
						path: form.updatePath,
						body: form.updateBody,
						...guardOf(form.updateVersionHeader, form.updateVersionValue),
					},
				}),
	};
}

function changesOf(form: EntityForm): object {
	const deleted = {
		none: {},
		flag: { deleted: { style: 'flag', field: form.deletedField } },
		compare: { deleted: { style: 'compare', everySeconds: form.compareEvery } },
	}[form.deleted];
	return {
		field: form.changeField,
		format: form.changeFormat,
		...given({ parameter: form.changeParameter }),
		overlapSeconds: form.overlapSeconds,
		...deleted,
	};
}

function actionOf(form: ActionForm): object {
	return {
		method: form.method,
		path: form.path,
		...given({ body: form.body }),
		...(form.absentPath === ''
			? {}
			: {
					whenAbsent: {
						method: form.absentMethod,
						path: form.absentPath,
						...given({ body: form.absentBody }),
					},
				}),
		done: form.done,
		...given({ idempotencyHeader: form.idempotencyHeader }),
		...guardOf(form.versionHeader, form.versionValue),
	};
}

function createOf(form: EntityForm): object {
	const idempotency = {
		...given({ header: form.keyHeader, field: form.keyField, parameter: form.keyParameter }),
		...(form.keyAsId ? { asId: true } : {}),
	};
	return {
		method: form.createMethod,
		path: form.createPath,
		body: form.createBody,
		...given({ created: form.created }),
		...(Object.keys(idempotency).length === 0 ? {} : { idempotency }),
	};
}

function guardOf(header: string, value: string): object {
	return value === '' && header === '' ? {} : { version: { ...given({ header }), value } };
}

function fieldsOf({ field = [] }: { field?: FieldForm[] }): Record<string, string> {
	return Object.fromEntries(field.map(({ field: name, expression }) => [name, expression]));
}

/** Only what is filled in. */
function given(fields: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** What is no JSON goes on as text, which the check of the description refuses with its path. */
function objectOf(text: unknown): unknown {
	if (typeof text !== 'string') return text;
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** The form that says the same as the description. */
export function formOf(description: RestDescription): RestForm {
	return {
		restSystemName: description.system,
		restRevision: description.revision,
		restBaseUrl: description.baseUrl,
		restHeaders: JSON.stringify(description.headers),
		restErrorMessage: description.errors.message ?? '',
		restErrorFailed: description.errors.failed ?? '',
		restEntities: {
			entity: (Object.entries(description.entities) as Array<[EntityName, Entity]>).map(([name, entity]) =>
				entityForm(name, entity),
			),
		},
	};
}

function entityForm(name: EntityName, entity: Entity): EntityForm {
	const { list, get, changes, create, update, lines } = entity;
	const { paging } = list;
	const { deleted } = changes ?? {};
	return {
		...emptyEntity,
		entity: name,
		listPath: list.path,
		query: JSON.stringify(list.query),
		records: list.records,
		paging: paging.style,
		...('parameter' in paging ? { pageParameter: paging.parameter } : {}),
		...(paging.style === 'page' ? { firstPage: paging.first } : {}),
		...(paging.style === 'cursor' ? { nextCursor: paging.next } : {}),
		...(paging.style === 'none' || paging.size === undefined
			? {}
			: { sizeParameter: paging.size.parameter, size: paging.size.value }),
		searchParameter: list.searchParameter ?? '',
		...(get === undefined
			? {}
			: { getPath: get.path, getQuery: JSON.stringify(get.query), getRecord: get.record }),
		id: entity.id,
		...(changes === undefined
			? {}
			: {
					changeField: changes.field,
					changeFormat: changes.format,
					changeParameter: changes.parameter ?? '',
					overlapSeconds: changes.overlapSeconds,
				}),
		...(deleted?.style === 'flag' ? { deleted: 'flag', deletedField: deleted.field } : {}),
		...(deleted?.style === 'compare' ? { deleted: 'compare', compareEvery: deleted.everySeconds } : {}),
		mapping: entity.mapping ?? '',
		fields: { field: fieldForms(entity.fields) },
		linesFrom: lines?.from ?? '',
		lineFields: { field: fieldForms(lines?.fields) },
		actions: {
			action: Object.entries(entity.actions).map(([action, described]) => actionForm(action, described)),
		},
		...(create === undefined
			? {}
			: {
					createMethod: create.method,
					createPath: create.path,
					createBody: create.body,
					created: create.created ?? '',
					keyHeader: create.idempotency?.header ?? '',
					keyField: create.idempotency?.field ?? '',
					keyParameter: create.idempotency?.parameter ?? '',
					keyAsId: create.idempotency?.asId ?? false,
				}),
		...(update === undefined
			? {}
			: {
					updateMethod: update.method,
					updatePath: update.path,
					updateBody: update.body,
					updateVersionHeader: update.version?.header ?? '',
					updateVersionValue: update.version?.value ?? '',
				}),
	};
}

function actionForm(action: string, described: Action): ActionForm {
	return {
		...emptyAction,
		action,
		method: described.method,
		path: described.path,
		body: described.body ?? '',
		done: described.done,
		idempotencyHeader: described.idempotencyHeader ?? '',
		versionHeader: described.version?.header ?? '',
		versionValue: described.version?.value ?? '',
		...(described.whenAbsent === undefined
			? {}
			: {
					absentMethod: described.whenAbsent.method,
					absentPath: described.whenAbsent.path,
					absentBody: described.whenAbsent.body ?? '',
				}),
	};
}

function fieldForms(fields: Record<string, string> = {}): FieldForm[] {
	return Object.entries(fields).map(([field, expression]) => ({ field, expression }));
}
