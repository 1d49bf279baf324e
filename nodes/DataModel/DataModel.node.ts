import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { shownFor } from '../shared/fields';
import { route } from '../shared/operationContext';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';
import * as getAllLinks from './actions/crosswalk/getAll.operation';
import * as link from './actions/crosswalk/link.operation';
import * as getUnlinked from './actions/crosswalk/getUnlinked.operation';
import * as lookUp from './actions/crosswalk/lookUp.operation';
import * as merge from './actions/crosswalk/merge.operation';
import * as splitCode from './actions/crosswalk/split.operation';
import * as suggestLinks from './actions/crosswalk/suggestLinks.operation';
import * as unlink from './actions/crosswalk/unlink.operation';
import * as checkGtin from './actions/identifier/checkGtin.operation';
import * as createTemplate from './actions/materialMaster/createTemplate.operation';
import * as importSheet from './actions/materialMaster/importSheet.operation';
import * as convertUnit from './actions/record/convertUnit.operation';
import * as fromCanonical from './actions/record/fromCanonical.operation';
import * as toCanonical from './actions/record/toCanonical.operation';
import * as validateRecord from './actions/record/validate.operation';
import { systemPairCredentials } from './systemPairs';

export class DataModel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Data Model',
		name: 'dataModel',
		icon: { light: 'file:dataModel.svg', dark: 'file:dataModel.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Check records, convert units, link the codes of different systems and import a material master',
		defaults: { name: 'Data Model' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				...stateStoreCredential,
				displayOptions: { show: { '/resource': ['crosswalk', 'record'], '/stateStore': ['postgres'] } },
			},
			...systemPairCredentials({
				'/resource': ['crosswalk'],
				'/operation': ['suggestLinks'],
				'/recordsFrom': ['systems'],
			}),
		],
		properties: [
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Crosswalk', value: 'crosswalk' },
					{ name: 'Identifier', value: 'identifier' },
					{ name: 'Material Master', value: 'materialMaster' },
					{ name: 'Record', value: 'record' },
				],
				default: 'record',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['crosswalk'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List the links that are kept',
						action: 'Get many links',
					},
					{
						name: 'Link',
						value: 'link',
						description: 'Say that two codes stand for the same thing',
						action: 'Link codes',
					},
					{
						name: 'List Unlinked',
						value: 'getUnlinked',
						description: 'Let through records whose code has no link',
						action: 'List unlinked records',
					},
					{
						name: 'Look Up',
						value: 'lookUp',
						description: "Get the other system's code for a code",
						action: 'Look up a code',
					},
					{
						name: 'Merge',
						value: 'merge',
						description: 'Make a duplicate code another name of the one that stays, with its links',
						action: 'Merge duplicate codes',
					},
					{
						name: 'Split',
						value: 'split',
						description: 'Take the merge of a code back',
						action: 'Split a merged code off',
					},
					{
						name: 'Suggest Links',
						value: 'suggestLinks',
						description: 'Find counterparts by barcode, code, name and attributes',
						action: 'Suggest links',
					},
					{ name: 'Unlink', value: 'unlink', description: 'Remove a link', action: 'Unlink codes' },
				],
				default: 'lookUp',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['identifier'] } },
				options: [
					{
						name: 'Check GTIN',
						value: 'checkGtin',
						description: 'Check a global trade item number and its check digit',
						action: 'Check a GTIN',
					},
				],
				default: 'checkGtin',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['materialMaster'] } },
				options: [
					{
						name: 'Create Template',
						value: 'createTemplate',
						description: 'Make an XLSX file to fill, with rules and examples',
						action: 'Create a material master template',
					},
					{
						name: 'Import Sheet',
						value: 'importSheet',
						description: 'Read a filled sheet; problems are told by row and column',
						action: 'Import a material master sheet',
					},
				],
				default: 'importSheet',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['record'] } },
				options: [
					{
						name: 'Convert Unit',
						value: 'convertUnit',
						description: 'Convert a quantity into another unit of its item, exactly',
						action: 'Convert a quantity',
					},
					{
						name: 'Map From Canonical',
						value: 'fromCanonical',
						description: "Make a system's own record of a canonical one",
						action: 'Map a record from the canonical model',
					},
					{
						name: 'Map to Canonical',
						value: 'toCanonical',
						description: "Make a canonical record of a system's own, with every problem at once",
						action: 'Map a record to the canonical model',
					},
					{
						name: 'Validate',
						value: 'validate',
						description: 'Check a record against the canonical model, with every problem at once',
						action: 'Validate a record',
					},
				],
				default: 'validate',
			},
			...getAllLinks.description,
			...link.description,
			...getUnlinked.description,
			...lookUp.description,
			...merge.description,
			...splitCode.description,
			...suggestLinks.description,
			...unlink.description,
			...checkGtin.description,
			...createTemplate.description,
			...importSheet.description,
			...convertUnit.description,
			...fromCanonical.description,
			...toCanonical.description,
			...validateRecord.description,
			{ ...stateStoreProperty, displayOptions: { show: { resource: ['crosswalk'] } } },
			...shownFor('record', 'fromCanonical', [stateStoreProperty]),
			...shownFor('record', 'toCanonical', [stateStoreProperty]),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			crosswalk: {
				getAll: getAllLinks.execute,
				link: link.execute,
				getUnlinked: getUnlinked.execute,
				lookUp: lookUp.execute,
				merge: merge.execute,
				split: splitCode.execute,
				suggestLinks: suggestLinks.execute,
				unlink: unlink.execute,
			},
			identifier: { checkGtin: checkGtin.execute },
			materialMaster: { createTemplate: createTemplate.execute, importSheet: importSheet.execute },
			record: {
				convertUnit: convertUnit.execute,
				fromCanonical: fromCanonical.execute,
				toCanonical: toCanonical.execute,
				validate: validateRecord.execute,
			},
		});
	}
}
