import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { Key } from '../../core/model/references';

/** What a picker gives: the key of one record. */
export const recordKey = z.string().min(1, 'must not be empty; pick a record, or give its key').pipe(Key);

/** A picker for one record: from a live list, or by its key. */
export function recordLocator(
	entity: string,
	name: string,
	displayName: string,
	searchListMethod: string,
	example: string,
): INodeProperties {
	const one = `${/^[aeiou]/.test(entity) ? 'an' : 'a'} ${entity}`;
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: `The ${entity} to work on`,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${one}...`,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By Key',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${example}`,
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '\\S(.{0,198}\\S)?',
							errorMessage: 'A key has 1 to 200 characters and no spaces before or after it',
						},
					},
				],
			},
		],
	};
}

/** A picker over what the state store keeps. Without this n8n asks for a credential before it shows the list. */
export function fromStateStore(picker: INodeProperties): INodeProperties {
	const modes = (picker.modes ?? []).map((mode) =>
		mode.typeOptions === undefined
			? mode
			: { ...mode, typeOptions: { ...mode.typeOptions, skipCredentialsCheckInRLC: true } },
	);
	return { ...picker, modes };
}

export const returnAllProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Shows the properties for one operation of one resource only, keeping conditions of their own. */
export function shownFor(
	resource: string,
	operation: string,
	properties: INodeProperties[],
): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	}));
}
