import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
	IDataObject,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import type { Database } from '../../core/store/database';
import {
	keptComparisons,
	openFinding,
	openFindings,
	type OpenFinding,
} from '../../core/store/varianceHistory';
import { findingId } from '../../core/variance/history';
import { fromStateStore } from '../shared/fields';
import type { OperationContext } from '../shared/operationContext';
import { stateStore, stateStoreProperty } from '../shared/stateStore';

/** Fields that the operations on findings have in common, and how their values are read. */

export const comparisonProperty: INodeProperties = fromStateStore({
	displayName: 'Comparison',
	name: 'comparison',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The comparison that remembers its findings',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a comparison...',
			typeOptions: { searchListMethod: 'searchComparisons', searchable: true },
		},
		{
			displayName: 'By Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. Orders and invoices',
		},
	],
});

export const ComparisonParameter = z.object({
	comparison: z.string().trim().min(1, 'must be the name of a comparison').max(100),
});

/** Which finding: that of each input item, or one that is picked or typed. */
export const findingProperties: INodeProperties[] = [
	{
		displayName: 'Findings From',
		name: 'findingsFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Input Items',
				value: 'items',
				description: 'Each item is a finding, as Compare or Get Many gives it; its field "key" is read',
			},
			{ name: 'List or Key', value: 'key', description: 'One finding that you pick or type' },
		],
		default: 'items',
	},
	fromStateStore({
		displayName: 'Finding',
		name: 'finding',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		displayOptions: { show: { findingsFrom: ['key'] } },
		description: 'The finding of the last report',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a finding...',
				typeOptions: { searchListMethod: 'searchFindings', searchable: true },
			},
			{
				displayName: 'By Key',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. SO-1001 or SO-1001 / 10',
				hint: 'The parts of the key as the report shows them; a part that has " / " in it needs the key as a JSON list',
			},
		],
	}),
];

export const findingStateStore: INodeProperties = {
	...stateStoreProperty,
	displayOptions: { show: { resource: ['finding'] } },
};

const Origin = z.object({ findingsFrom: z.enum(['items', 'key']).default('items') });
const Picked = z.object({
	finding: z.union([z.string().min(1, 'must be the key of a finding'), z.array(z.string()).min(1)]),
});
const Item = z.object({
	key: z.array(z.string()).min(1),
	/** of class and figures, as they were when somebody looked at them */
	fingerprint: z.string().optional(),
});

/** The finding that an input item is about, as the last report has it. Throws when it is in none, or is another than the item says. */
export async function findingOf(
	context: OperationContext,
	database: Database,
	comparison: string,
	index: number,
	consequence: string,
): Promise<OpenFinding> {
	const { key, fingerprint } = wantedOf(context, index);
	const shown = key.join(' / ');
	// Keys are compared in upper case unless the comparison says otherwise.
	const found =
		(await openFinding(database, comparison, findingId(key), today())) ??
		(await openFinding(database, comparison, findingId(key.map((part) => part.toUpperCase())), today()));
	if (found === undefined)
		throw context.invalid(
			`"${shown}" is no finding of the last report that is kept of "${comparison}". ${consequence} Use Get Many to see what is open, and the same State Store as Compare.`,
			shown,
		);
	if (fingerprint !== undefined && fingerprint !== found.fingerprint)
		throw context.invalid(
			`"${shown}" has another class or other figures in the last report of "${comparison}" than in the item. ${consequence} Look at it as it is now.`,
			shown,
		);
	return found;
}

/** The key of the finding that is meant, part by part. */
export function wantedOf(context: OperationContext, index: number): z.infer<typeof Item> {
	const { findingsFrom } = context.parameters(Origin, index);
	if (findingsFrom === 'key') return { key: keyOf(context.parameters(Picked, index).finding) };
	const item = Item.safeParse(context.json(index));
	if (item.success) return item.data;
	throw context.invalid(
		'The item is no finding: it needs a field "key", a list of texts, as the output Differences of Compare has it. Nothing was changed.',
	);
}

/** `SO-1 / 10` and `["SO-1","10"]` are the same key. */
function keyOf(given: string | string[]): string[] {
	if (Array.isArray(given)) return given;
	if (given.startsWith('[')) {
		const list = z.array(z.string()).min(1).safeParse(parsed(given));
		if (list.success) return list.data;
	}
	return given.split(' / ');
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		// A key may begin with a bracket.
		return undefined;
	}
}

/** A finding of the last report as an item. */
export function shownOf(
	{ finding, id, fingerprint, openSince, acceptance }: OpenFinding,
	day: string,
): IDataObject {
	const { fingerprint: _same, ...accepted } = acceptance ?? { fingerprint: '' };
	const state = acceptance !== undefined ? 'accepted' : openSince === day ? 'new' : 'stillOpen';
	return { ...finding, id, fingerprint, state, openSince, ...accepted } as unknown as IDataObject;
}

export function today(): string {
	return new Date().toISOString().slice(0, 10);
}

/** The comparisons of which the node's state store keeps reports. */
export async function searchComparisons(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const names = await keptComparisons(await storeOf(this));
	const results = names
		.filter((name) => name.toLowerCase().includes(wanted))
		.map((name) => ({ name, value: name }));
	return { results };
}

const listed = 100;
const looked = 5_000;

/** The findings of the chosen comparison's last report, the most money first: of the 5,000 first, the 100 that fit. */
export async function searchFindings(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const comparison = String(this.getCurrentNodeParameter('comparison', { extractValue: true }) ?? '');
	const wanted = filter.toLowerCase();
	const open = await openFindings(await storeOf(this), comparison, { today: today(), limit: looked });
	const results = (open?.findings ?? [])
		.map(({ finding: { key, class: name, atStake, partner }, acceptance }) => ({
			name: [key.join(' / '), partner, name, atStake, acceptance && 'accepted'].filter(Boolean).join(' · '),
			value: key.some((part) => part.includes(' / ')) ? JSON.stringify(key) : key.join(' / '),
		}))
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.slice(0, listed);
	return { results };
}

async function storeOf(context: ILoadOptionsFunctions): Promise<Database> {
	return await stateStore(context, String(context.getCurrentNodeParameter('stateStore') ?? 'sqlite'));
}
