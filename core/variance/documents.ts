import type { z } from 'zod/v4';

import { canonicalEntities } from '../model/entities';
import { fieldsOf } from '../model/fields';
import { elementOf } from '../model/schemaFields';
import type { Side } from './definition';

/** Entities of which each line can be a line of a side. */
export const comparedEntities = [
	'salesOrder',
	'purchaseOrder',
	'delivery',
	'invoice',
	'shipment',
	'receipt',
	'movement',
	'journalEntry',
] as const;
export type ComparedEntity = (typeof comparedEntities)[number];

/** What tells that lines of several systems are of the same deal. */
export const matchings = ['orderItem', 'orderLine', 'order', 'documentItem', 'document'] as const;
export type Matching = (typeof matchings)[number];

export const matchingNames: Record<Matching, string> = {
	orderItem: 'order and item',
	orderLine: 'order and order line',
	order: 'order',
	documentItem: 'document and item',
	document: 'document',
};

interface DocumentTerms {
	/** what its records are called */
	plural: string;
	/** states in which it has happened, then those in which it is still a draft; without states all count */
	counts: string[];
	drafts: string[];
	/** field with the day or instant of the business */
	moment: string;
	/** the match key, for each way in which it can be matched */
	keys: Partial<Record<Matching, string[]>>;
	/** what is compared when the integrator names nothing */
	columns: Omit<Side['columns'], 'key' | 'dimensions'>;
}

const byOrderAndDocument = {
	orderItem: ['deal', 'item'],
	orderLine: ['deal', 'orderLine'],
	order: ['deal'],
	documentItem: ['key', 'item'],
	document: ['key'],
};
const { orderLine: _ofErp, ...withoutOrderLine } = byOrderAndDocument;
const named = { date: 'date', document: 'document' };
const priced = {
	quantity: 'quantity',
	price: 'price',
	amount: 'amount',
	currency: 'currency',
	partner: 'partner',
	...named,
};

/** What a comparison knows of each entity. */
export const documentTerms: Record<ComparedEntity, DocumentTerms> = {
	salesOrder: {
		plural: 'sales orders',
		counts: ['confirmed', 'done'],
		drafts: ['draft'],
		moment: 'orderedAt',
		keys: byOrderAndDocument,
		columns: priced,
	},
	purchaseOrder: {
		plural: 'purchase orders',
		counts: ['confirmed', 'done'],
		drafts: ['draft'],
		moment: 'orderedAt',
		keys: byOrderAndDocument,
		columns: priced,
	},
	delivery: {
		plural: 'deliveries',
		counts: ['done'],
		drafts: ['draft'],
		moment: 'deliveredAt',
		keys: byOrderAndDocument,
		columns: { quantity: 'quantity', cost: 'cost', partner: 'partner', ...named },
	},
	invoice: {
		plural: 'invoices',
		counts: ['posted', 'paid'],
		drafts: ['draft'],
		moment: 'issuedOn',
		keys: byOrderAndDocument,
		columns: { ...priced, tax: 'tax' },
	},
	shipment: {
		plural: 'shipments',
		counts: ['shipped'],
		drafts: ['draft'],
		moment: 'shippedAt',
		keys: withoutOrderLine,
		columns: { quantity: 'quantity', ...named },
	},
	receipt: {
		plural: 'receipts',
		counts: ['received'],
		drafts: ['draft'],
		moment: 'receivedAt',
		keys: withoutOrderLine,
		columns: { quantity: 'quantity', ...named },
	},
	movement: {
		plural: 'movements',
		counts: [],
		drafts: [],
		moment: 'occurredAt',
		keys: { documentItem: ['document', 'item'], document: ['document'] },
		columns: { quantity: 'quantity', ...named },
	},
	journalEntry: {
		plural: 'journal entries',
		counts: ['posted'],
		drafts: ['draft'],
		moment: 'date',
		keys: { order: ['deal'], document: ['booked'] },
		columns: {
			amount: 'amount',
			tax: 'tax',
			debit: 'debit',
			credit: 'credit',
			currency: 'currency',
			partner: 'partner',
			...named,
		},
	},
};

/** Columns that each line has whatever the entity, and what stands in them. */
export const computedColumns = {
	deal: "the order's key; the document's own number where it names no order; of an entry, the order of the document that it books",
	orderLine: 'the line of the order; its own where it names none',
	item: 'the item, in the code that all sides share',
	booked: 'the key of the document that an entry books; its own number where it names none',
	document: "the document's number",
	date: 'the day in the books',
	partner: 'name of the customer or supplier',
	quantity: "in the item's base unit, as far as the item has the unit",
	price: 'of one base unit',
	amount: 'without tax; of an entry, what lies on the chosen accounts',
	tax: 'of the line; of an entry, what lies on the chosen tax accounts',
	gross: 'amount and tax',
	cost: 'of the goods',
	debit: 'of an entry',
	credit: 'of an entry',
} as const;
export type ComputedColumn = keyof typeof computedColumns;

const dimensionNames = ['costCentre', 'profitCentre', 'project', 'sourceOfFunds'];

/** Every column of an entity that has a name beforehand; a document may have more dimensions and own fields (`native.`). */
export function columnNames(entity: ComparedEntity): string[] {
	const schema: z.ZodObject = canonicalEntities[entity];
	const lines: z.core.$ZodType | undefined =
		'lines' in schema.shape ? elementOf(schema.shape.lines as z.core.$ZodType) : undefined;
	const scalars = (one: z.core.$ZodType, prefix: string) =>
		fieldsOf(one).flatMap(({ path, kind }) => (kind === 'list' ? [] : [`${prefix}${path}`]));
	return [
		...new Set([
			...Object.keys(computedColumns),
			...scalars(schema, ''),
			...(lines === undefined ? [] : scalars(lines, 'lines.')),
			...(lines === undefined ? [] : dimensionNames.map((name) => `lines.dimensions.${name}`)),
		]),
	];
}

/** Whether an entity may have the column. */
export function isColumn(entity: ComparedEntity, column: string): boolean {
	return columnNames(entity).includes(column) || /^(native|dimensions|lines\.dimensions)\../.test(column);
}
