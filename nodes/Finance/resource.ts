import type {
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import type { Operation, OperationContext, PartingOperation } from '../shared/operationContext';
import { restSystemProperties } from '../shared/restSystem';
import { stateStoreProperty } from '../shared/stateStore';
import { systemProperty } from '../shared/systems';

/** What an operation's file exports: what the integrator sees, what it does, and its outputs where it has several. */
export type OperationFile = { description: INodeProperties[] } & (
	| PartingOperation
	| { execute(context: OperationContext): Promise<INodeExecutionData[]>; outputs?: never }
);

export interface FinanceOperation {
	/** in the list of operations */
	name: string;
	/** what it does, in one line */
	description: string;
	/** in the list of actions, such as `Close a period` */
	action: string;
	/** what it has to be told beside its own fields */
	asksFor: Array<'system' | 'stateStore'>;
	file: OperationFile;
}

/** All that the Finance node knows of a resource; each stands in a folder of its own under `actions`. */
export interface FinanceResource {
	/** value of the parameter "resource" */
	value: string;
	/** in the list of resources */
	name: string;
	/** by value of the parameter "operation" */
	operations: Record<string, FinanceOperation>;
	defaultOperation: string;
	/** live lists that its fields name */
	listSearch?: Record<
		string,
		(this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>
	>;
	loadOptions?: Record<string, (this: ILoadOptionsFunctions) => Promise<INodePropertyOptions[]>>;
}

/** The choice of resource, of operation, and the fields of each operation. */
export function propertiesOf(resources: FinanceResource[], defaultResource: string): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: byName(resources.map(({ name, value }) => ({ name, value }))),
			default: defaultResource,
		},
		...resources.map(operationProperty),
		...resources.flatMap((resource) => shownToThoseWho(resource, 'system', systemProperty)),
		...restSystemProperties,
		...resources.flatMap(({ operations }) =>
			Object.values(operations).flatMap(({ file }) => file.description),
		),
		...resources.flatMap((resource) => shownToThoseWho(resource, 'stateStore', stateStoreProperty)),
	];
}

/** As n8n evaluates it: the named outputs of the chosen operation, otherwise one. */
export function outputsOf(resources: FinanceResource[]): `={{${string}}}` {
	const choices = resources.flatMap(({ value: resource, operations }) =>
		Object.entries(operations).flatMap(([operation, { file }]) => {
			if (file.outputs === undefined) return [];
			const outputs = file.outputs.map((displayName) => ({ type: 'main', displayName }));
			return `$parameter["resource"] === "${resource}" && $parameter["operation"] === "${operation}" ? ${JSON.stringify(outputs)} : `;
		}),
	);
	return `={{ ${choices.join('')}["main"] }}`;
}

export function executablesOf(
	resources: FinanceResource[],
): Record<string, Record<string, Operation | PartingOperation>> {
	return Object.fromEntries(
		resources.map(({ value, operations }) => [
			value,
			Object.fromEntries(
				Object.entries(operations).map(([name, { file }]) => [
					name,
					file.outputs === undefined ? file.execute : file,
				]),
			),
		]),
	);
}

function operationProperty({ value, operations, defaultOperation }: FinanceResource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: byName(
			Object.entries(operations).map(([operation, { name, description, action }]) => ({
				name,
				value: operation,
				description,
				action,
			})),
		),
		default: defaultOperation,
	};
}

/** The property once for the resource, shown with those of its operations that ask for it. */
function shownToThoseWho(
	{ value, operations }: FinanceResource,
	ask: FinanceOperation['asksFor'][number],
	property: INodeProperties,
): INodeProperties[] {
	const asking = Object.keys(operations).filter((name) => operations[name]?.asksFor.includes(ask));
	if (asking.length === 0) return [];
	return [{ ...property, displayOptions: { show: { resource: [value], operation: asking } } }];
}

function byName(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
