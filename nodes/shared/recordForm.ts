import type {
	FieldType,
	ILoadOptionsFunctions,
	INodeProperties,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { fieldsOf, recordOf, type Field, type FieldKind } from '../../core/model/fields';
import { nativeFieldsOf } from '../../core/ports/nativeFields';
import type { FieldDescription, WritableEntity } from '../../core/ports/systemConnector';
import type { EntityText } from './entityText';
import { connectorOf } from './systems';

/** The record as JSON, or as a form of the fields that the chosen system has. */
export const recordFromProperty: INodeProperties = {
	displayName: 'Record From',
	name: 'recordFrom',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Fields', value: 'fields', description: "A form of the chosen system's fields" },
		{ name: 'JSON', value: 'json', description: 'The record in canonical form' },
	],
	default: 'json',
};

/** `resourceMapperMethod` is {@link loadRecordForm} of the node. */
export const formProperty: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	required: true,
	description:
		'What is left empty is not sent. Decimals are text, such as 12.50; lines are a JSON list or an expression that gives one.',
	displayOptions: { show: { recordFrom: ['fields'] } },
	typeOptions: {
		loadOptionsDependsOn: ['system', 'resource', 'operation', 'restDescription'],
		resourceMapper: {
			resourceMapperMethod: 'loadRecordForm',
			mode: 'add',
			fieldWords: { singular: 'field', plural: 'fields' },
			addAllFields: false,
			supportAutoMap: false,
			multiKeyMatch: false,
		},
	},
};

/** The form for the chosen system, entity and operation: canonical fields first, then those that only this system has. */
export function recordFormOf(texts: Array<EntityText<WritableEntity>>) {
	return async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		const resource = this.getCurrentNodeParameter('resource');
		const text = texts.find(({ entity }) => entity === resource);
		if (text === undefined) return { fields: [] };
		const connected = await connectorOf(
			this,
			text.role ?? 'erp',
			String(this.getCurrentNodeParameter('system')),
		);
		const described = await connected.describe(text.entity);
		const isNew = this.getCurrentNodeParameter('operation') !== 'update';
		const native = connected.capabilities().entities[text.entity]?.native === 'described' ? described : [];
		return {
			fields: [
				...offered(fieldsOf(text.Draft), described).map((field) => canonicalEntry(field, isNew)),
				...nativeFieldsOf(native).map((field) => nativeEntry(field, isNew)),
			],
		};
	};
}

/** Those that the system can take, where it says so; what it needs is required. */
function offered(fields: Field[], described: FieldDescription[]): Field[] {
	const taken = described.flatMap(({ write }) =>
		write?.as === undefined ? [] : [{ ...write, as: write.as }],
	);
	if (taken.length === 0) return fields;
	return fields.flatMap((field) => {
		const covering = taken.find(({ as }) => field.path === as || field.path.startsWith(`${as}.`));
		if (covering === undefined) return field.required ? [field] : [];
		return [{ ...field, required: field.required || (covering.required && covering.as === field.path) }];
	});
}

const formTypes: Record<FieldKind, FieldType> = {
	text: 'string',
	decimal: 'string',
	number: 'number',
	boolean: 'boolean',
	date: 'string',
	dateTime: 'dateTime',
	options: 'options',
	list: 'array',
};

function canonicalEntry({ path, kind, required, options }: Field, isNew: boolean): ResourceMapperField {
	const hint = { decimal: ' (Decimal)', date: ' (YYYY-MM-DD)', list: ' (JSON List)' }[kind as string] ?? '';
	return entry(path, `${labelOf(path)}${hint}`, formTypes[kind], required && isNew, options);
}

function nativeEntry(
	{ name, label, type, options, write }: FieldDescription,
	isNew: boolean,
): ResourceMapperField {
	return {
		...entry(
			`native.${name}`,
			`${label ?? labelOf(name)} (Own Field)`,
			options === undefined ? (nativeTypes[type] ?? 'string') : 'options',
			write?.required === true && isNew,
		),
		...(options === undefined ? {} : { options }),
	};
}

const nativeTypes: Record<string, FieldType> = {
	boolean: 'boolean',
	integer: 'number',
	number: 'number',
};

function entry(
	id: string,
	displayName: string,
	type: FieldType,
	required: boolean,
	options?: string[],
): ResourceMapperField {
	return {
		id,
		displayName,
		type,
		required,
		display: true,
		defaultMatch: false,
		canBeUsedToMatch: false,
		...(options === undefined ? {} : { options: options.map((value) => ({ name: labelOf(value), value })) }),
	};
}

/** `partner.taxId` as people read it: `Partner > Tax ID`. */
export function labelOf(path: string): string {
	return path
		.split('.')
		.map((part) => {
			const words = part.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
			return (words.charAt(0).toUpperCase() + words.slice(1)).replaceAll(/\bId\b/g, 'ID');
		})
		.join(' > ');
}

export const RecordForm = z.object({
	fields: z.object({ value: z.record(z.string(), z.unknown()).nullish() }),
});

/** What the form holds, as a record; fields left empty are not in it. */
export function recordOfForm({ fields }: z.infer<typeof RecordForm>): Record<string, unknown> {
	const filled = Object.entries(fields.value ?? {}).filter(
		([, value]) => value !== null && value !== undefined && value !== '',
	);
	return recordOf(filled.map(([path, value]) => [path, listOf(path, value)]));
}

const lists = ['lines', 'units', 'roles'];

/** The form's lists are JSON text unless an expression gives them; text that is none stays, and is refused by name. */
function listOf(path: string, value: unknown): unknown {
	if (typeof value !== 'string' || !lists.includes(path)) return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return value;
	}
}
