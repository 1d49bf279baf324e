import { z } from 'zod/v4';

import { Delivery } from '../../model/delivery';
import { Invoice } from '../../model/invoice';
import { isCurrency } from '../../model/money';
import { Movement } from '../../model/movement';
import { problems } from '../../model/problems';
import { Receipt } from '../../model/receipt';
import { CalendarDate } from '../calendar/calendarDate';
import { postingDate, type LegalEntity } from '../calendar/legalEntity';
import type { PostingModule } from '../calendar/periodLock';

/** What can become an entry. `invoice` is to a customer; `return` brings goods back from one and has a delivery's form. */
export const DocumentType = z.enum([
	'delivery',
	'invoice',
	'supplierInvoice',
	'purchaseReceipt',
	'return',
	'adjustment',
]);
export type DocumentType = z.infer<typeof DocumentType>;

const name = z.string().min(1);

/** A business document that is to be posted. Amounts and quantities are decimals as text; rules may read any further field. */
export const PostingDocument = z.looseObject({
	type: DocumentType,
	/** where it comes from; with `type` and `key` it is unique */
	system: name,
	key: name,
	entity: name,
	/** day in the entity's books */
	date: CalendarDate,
	currency: z.string().refine(isCurrency, 'is no currency of ISO 4217'),
	lines: z.array(z.looseObject({ line: name })).default([]),
});
export type PostingDocument = z.infer<typeof PostingDocument>;

/** The modules of the books that a document posts into; a lock on any of them forbids it. */
const modules: Record<string, PostingModule[]> = {
	delivery: ['sales', 'stock'],
	invoice: ['sales'],
	supplierInvoice: ['purchase'],
	purchaseReceipt: ['purchase', 'stock'],
	return: ['sales', 'stock'],
	adjustment: ['stock'],
	asset: ['assets'],
} satisfies Record<DocumentType | 'asset', PostingModule[]>;

/** Entries of other origin post into the ledger only. */
export function modulesOf(documentType: string | undefined): PostingModule[] {
	return modules[documentType ?? ''] ?? ['ledger'];
}

interface Form {
	schema: z.ZodObject;
	/** the field with the instant or the day that decides in which period it is posted */
	when: string;
	/** in which it has happened; absent for what happened when it was written */
	states?: string[];
	/** which invoices are meant */
	kind?: string;
}

const forms: Record<DocumentType, Form> = {
	delivery: { schema: Delivery, when: 'deliveredAt', states: ['done'] },
	invoice: { schema: Invoice, when: 'issuedOn', states: ['posted', 'paid'], kind: 'customer' },
	supplierInvoice: { schema: Invoice, when: 'issuedOn', states: ['posted', 'paid'], kind: 'supplier' },
	purchaseReceipt: { schema: Receipt, when: 'receivedAt', states: ['received'] },
	return: { schema: Delivery, when: 'deliveredAt', states: ['done'] },
	adjustment: { schema: Movement, when: 'occurredAt' },
};

export interface SourceDocument {
	type: DocumentType;
	/** the system that has it */
	system: string;
	/** in canonical form; further fields, such as a cost that was looked up, are kept for the rules */
	record: Record<string, unknown>;
	entity: LegalEntity;
	/** of documents that name none */
	currency?: string;
}

/**
 * A canonical record as a document to post. Its day is that of the entity's books: by its time zone and the end of its business
 * day. `refused` says in one sentence why it cannot be posted, with the field.
 */
export function postingDocument({
	type,
	system,
	record,
	entity,
	currency,
}: SourceDocument): { document: PostingDocument } | { refused: string } {
	const { schema, when, states, kind } = forms[type];
	const named = `${type} ${typeof record.key === 'string' ? record.key : 'without a key'} of ${system}`;
	const checked = schema.safeParse(record);
	if (!checked.success) return { refused: `${named} is not in canonical form: ${problems(checked.error)}` };
	const state = String(record.state);
	if (states !== undefined && !states.includes(state))
		return { refused: `${named}: state: it is ${state}; only what is ${states.join(' or ')} is posted.` };
	if (kind !== undefined && record.kind !== kind)
		return { refused: `${named}: kind: it is no ${kind} invoice. Choose the other type of document.` };
	const at = record[when];
	if (typeof at !== 'string')
		return { refused: `${named}: ${when}: must be filled; it decides in which period it is posted.` };
	const posted = record.currency ?? currency;
	if (posted === undefined)
		return {
			refused: `${named}: currency: must be filled, in the document or as the currency of documents that name none.`,
		};
	if (typeof posted !== 'string' || !isCurrency(posted))
		return { refused: `${named}: currency: "${String(posted)}" is no currency of ISO 4217.` };
	// The schema of its own form has judged key and lines; a movement is its own only line.
	const { key, lines = [{ ...record, line: '1' }] } = record as Pick<PostingDocument, 'key' | 'lines'>;
	const date = at.length === 10 ? at : postingDate(entity, new Date(at));
	return { document: { ...record, type, system, key, entity: entity.id, date, currency: posted, lines } };
}
