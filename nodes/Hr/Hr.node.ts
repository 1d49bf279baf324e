import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { operationProperty, type EntityOperation } from '../shared/entityOperations';
import {
	organisationMethods,
	searchDepartments,
	searchEmployees,
	searchPositions,
} from '../shared/hrSearches';
import { ldapTest } from '../shared/ldapDirectory';
import { route, type Operation } from '../shared/operationContext';
import { recordFieldMethods } from '../shared/recordFields';
import { recordFormOf } from '../shared/recordForm';
import { restSystemProperties } from '../shared/restSystem';
import { credentialsProperty, hrSystemCredentials, hrSystemProperty } from '../shared/systems';
import { departmentOperations } from './actions/department';
import { department } from './actions/department/department';
import { directoryOperationProperty, directoryOperations } from './actions/directory';
import { employeeOperations } from './actions/employee';
import { employee } from './actions/employee/employee';
import { positionOperations } from './actions/position';
import { position } from './actions/position/position';

const operations: Record<string, Record<string, EntityOperation>> = {
	department: departmentOperations,
	directory: directoryOperations,
	employee: employeeOperations,
	position: positionOperations,
};

export class Hr implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'HR',
		name: 'hr',
		icon: { light: 'file:hr.svg', dark: 'file:hr.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Read people, posts and departments of an HR system or directory, and enter, move, send on leave and end',
		defaults: { name: 'HR' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: hrSystemCredentials,
		properties: [
			hrSystemProperty,
			credentialsProperty,
			...restSystemProperties,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: department.title, value: department.entity },
					{ name: 'Directory', value: 'directory' },
					{ name: employee.title, value: employee.entity },
					{ name: position.title, value: position.entity },
				],
				default: 'employee',
			},
			operationProperty(department, departmentOperations),
			directoryOperationProperty,
			operationProperty(employee, employeeOperations),
			operationProperty(position, positionOperations),
			...Object.values(operations)
				.flatMap((ofEntity) => Object.values(ofEntity))
				.flatMap(({ description }) => description),
		],
	};

	methods = {
		credentialTest: { ldapTest },
		listSearch: { searchEmployees, searchPositions, searchDepartments },
		loadOptions: { ...recordFieldMethods('hr'), ...organisationMethods },
		resourceMapping: { loadRecordForm: recordFormOf([employee]) },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, executables());
	}
}

function executables(): Record<string, Record<string, Operation>> {
	return Object.fromEntries(
		Object.entries(operations).map(([entity, ofEntity]) => [
			entity,
			Object.fromEntries(Object.entries(ofEntity).map(([name, { execute }]) => [name, execute])),
		]),
	);
}
