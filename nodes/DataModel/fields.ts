import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { CanonicalEntity } from '../../core/model/canonicalMapping';
import { canonicalEntities } from '../../core/model/entities';
import { Key, SystemName } from '../../core/model/references';

export const kindProperty: INodeProperties = {
	displayName: 'Kind',
	name: 'kind',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Employee', value: 'employee' },
		{ name: 'Item', value: 'item' },
		{ name: 'Partner', value: 'partner' },
		{ name: 'Unit', value: 'unit' },
	],
	default: 'item',
	description: 'What the codes stand for',
};
export const Kind = z.enum(['item', 'partner', 'unit', 'employee']);

export function systemNameProperty(
	name: string,
	displayName: string,
	description: string,
	placeholder: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		required: true,
		placeholder: `e.g. ${placeholder}`,
		description,
	};
}

export function codeProperty(name: string, displayName: string, description: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FUR-BO-10001337',
		description,
	};
}

export const entityProperty: INodeProperties = {
	displayName: 'Entity',
	name: 'entity',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Delivery', value: 'delivery' },
		{ name: 'Invoice', value: 'invoice' },
		{ name: 'Item', value: 'item' },
		{ name: 'Movement', value: 'movement' },
		{ name: 'Partner', value: 'partner' },
		{ name: 'Purchase Order', value: 'purchaseOrder' },
		{ name: 'Receipt', value: 'receipt' },
		{ name: 'Reservation', value: 'reservation' },
		{ name: 'Sales Order', value: 'salesOrder' },
		{ name: 'Shipment', value: 'shipment' },
		{ name: 'Stock Level', value: 'stockLevel' },
	],
	default: 'item',
	description: 'What the record should be',
};
export const Entity = z.enum(Object.keys(canonicalEntities) as CanonicalEntity[]);

export const invalidRecordsProperty: INodeProperties = {
	displayName: 'Invalid Records',
	name: 'invalidRecords',
	type: 'options',
	options: [
		{
			name: 'Mark',
			value: 'mark',
			description: 'Put every record out with "valid" and its list of problems',
		},
		{ name: 'Refuse', value: 'refuse', description: 'Fail with all problems of the record' },
	],
	default: 'mark',
	description: 'What to do with a record that is not valid',
};
export const InvalidRecords = z.enum(['mark', 'refuse']);

/** A number is taken as its digits: the field before often gives codes as numbers. */
export const Code = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), Key);

export const System = SystemName;

/** JSON that came as text or as an object. */
export const Json = z.union([z.string(), z.looseObject({})]);

/** The object behind a JSON parameter; undefined when it is no JSON object. */
export function objectOf(json: z.infer<typeof Json>): Record<string, unknown> | undefined {
	if (typeof json !== 'string') return json;
	try {
		const parsed: unknown = JSON.parse(json);
		const object = z.looseObject({}).safeParse(parsed);
		return object.success ? object.data : undefined;
	} catch {
		return undefined;
	}
}
