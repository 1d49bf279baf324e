import type { ILoadOptionsFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { meets, operatorsOf, problemOf, type Condition, type Operator } from '../../core/model/conditions';
import { canonicalEntities } from '../../core/model/entities';
import { fieldsOf, withFields, type Field, type FieldKind } from '../../core/model/fields';
import { unknownName } from '../../core/model/nearestName';
import { nativeFieldsOf } from '../../core/ports/nativeFields';
import type { EntityName, FieldDescription, SystemConnector } from '../../core/ports/systemConnector';
import type { OperationContext } from './operationContext';
import { labelOf } from './recordForm';
import { connectorOf, type SystemRole } from './systems';

/** A field of a record as it is read: a canonical one, or one that only this system has. */
type ReadField = Pick<Field, 'path' | 'kind' | 'options'> & { label: string };

const dependsOn = ['system', 'resource', 'restDescription'];

/** Which fields an answer has; the node needs the methods of {@link recordFieldMethods}. */
export const fieldsToReturnProperty: INodeProperties = {
	displayName: 'Fields to Return',
	name: 'fieldsToReturn',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'loadRecordFields', loadOptionsDependsOn: dependsOn },
	default: [],
	description:
		'Only these fields, and the key; all canonical fields when none is chosen. Fields of the system itself come only when they are chosen. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const conditionsProperty: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'Only records that meet all of these; they are compared as the pages come from the system',
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				{
					displayName: 'Field Name or ID',
					name: 'field',
					type: 'options',
					typeOptions: { loadOptionsMethod: 'loadRecordFields', loadOptionsDependsOn: dependsOn },
					default: '',
					description:
						'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
				},
				{
					displayName: 'Operator Name or ID',
					name: 'operator',
					type: 'options',
					typeOptions: { loadOptionsMethod: 'loadOperators', loadOptionsDependsOn: ['&field', ...dependsOn] },
					default: 'is',
					description:
						'What the chosen field can be compared with. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					description: 'Compared without regard to case; numbers and dates as such. Not used by "is empty".',
				},
			],
		},
	],
};

const operatorNames: Record<Operator, string> = {
	is: 'Is',
	isNot: 'Is Not',
	contains: 'Contains',
	startsWith: 'Starts With',
	above: 'Is Above',
	atLeast: 'Is at Least',
	below: 'Is Below',
	atMost: 'Is at Most',
	isEmpty: 'Is Empty',
	isNotEmpty: 'Is Not Empty',
};

/** `loadOptions` methods for the fields of the chosen system and resource. */
export function recordFieldMethods(role: SystemRole) {
	const fieldsFor = async (context: ILoadOptionsFunctions): Promise<ReadField[]> => {
		const resource = String(context.getCurrentNodeParameter('resource'));
		if (!isEntity(resource)) return [];
		const system = await connectorOf(context, role, String(context.getCurrentNodeParameter('system')));
		return await readFields(system, resource);
	};
	return {
		async loadRecordFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
			return (await fieldsFor(this)).map(({ path, label }) => ({ name: label, value: path }));
		},
		async loadOperators(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
			const chosen = this.getCurrentNodeParameter('&field');
			const field = (await fieldsFor(this)).find(({ path }) => path === chosen);
			return operatorsOf(field?.kind ?? 'text').map((value) => ({ name: operatorNames[value], value }));
		},
	};
}

async function readFields(system: SystemConnector, entity: EntityName): Promise<ReadField[]> {
	const canonical = fieldsOf(canonicalEntities[entity]).map((field) => ({
		...field,
		label: labelOf(field.path),
	}));
	if (system.capabilities().entities[entity]?.native !== 'described') return canonical;
	return [...canonical, ...nativeFieldsOf(await system.describe(entity)).map(nativeField)];
}

function nativeField({ name, label, type, options }: FieldDescription): ReadField {
	const kinds: Record<string, FieldKind> = { boolean: 'boolean', integer: 'number', number: 'number' };
	return {
		path: `native.${name}`,
		label: `${label ?? labelOf(name)} (Own Field)`,
		kind: options === undefined ? (kinds[type] ?? 'text') : 'options',
		...(options === undefined ? {} : { options: options.map(({ value }) => value) }),
	};
}

function isEntity(name: string): name is EntityName {
	return Object.hasOwn(canonicalEntities, name);
}

const Parameters = z.object({
	fieldsToReturn: z.array(z.string()).default([]),
	conditions: z
		.object({
			condition: z
				.array(z.object({ field: z.string(), operator: z.string(), value: z.coerce.string().default('') }))
				.default([]),
		})
		.default({ condition: [] }),
});

/** What an answer holds, as the node's parameters say. */
export interface Selection {
	/** whether the system's own fields have to be read */
	native: boolean;
	wants(record: object): boolean;
	shown(record: object): object;
}

/** The chosen conditions and fields; a name that the system does not have is refused. */
export async function selectionOf(
	context: OperationContext,
	system: SystemConnector,
	entity: EntityName,
	index: number,
): Promise<Selection> {
	const { fieldsToReturn, conditions } = context.parameters(Parameters, index);
	if (fieldsToReturn.length === 0 && conditions.condition.length === 0)
		return { native: false, wants: () => true, shown: (record) => record };
	const fields = await readFields(system, entity);
	const find = (path: string, where: string): ReadField => {
		const field = fields.find((known) => known.path === path);
		if (field !== undefined) return field;
		const problem = unknownName(
			path,
			fields.map((known) => known.path),
		);
		throw context.invalid(`${where} "${path}" of ${entity} in ${system.system}: ${problem}.`);
	};
	const checked = conditions.condition.map(({ field, operator, value }): Condition => {
		const { kind } = find(field, 'Condition on');
		const condition = { path: field, kind, operator: operator as Operator, value };
		const problem = problemOf(condition);
		if (problem === undefined) return condition;
		throw context.invalid(`Condition on "${field}" of ${entity} in ${system.system}: ${problem}.`);
	});
	const chosen = fieldsToReturn.map((path) => find(path, 'Field to return').path);
	const used = [...chosen, ...checked.map(({ path }) => path)];
	return {
		native: used.some((path) => path.startsWith('native.')),
		wants: (record) => meets(record, checked),
		shown: (record) => {
			if (chosen.length > 0) return withFields(record, [keyField(record), ...chosen]);
			const { native: _read, ...canonical } = record as { native?: unknown };
			return canonical;
		},
	};
}

/** The field that each entity has its key in. */
function keyField(record: object): string {
	return ['key', 'code', 'order', 'item'].find((name) => name in record) ?? 'key';
}
