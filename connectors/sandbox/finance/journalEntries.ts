import { z } from 'zod/v4';

import { JournalEntry } from '../../../core/model/journalEntry';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	number: z.string().optional(),
	status: z.string(),
	company: z.string().optional(),
	date: z.string(),
	period: z.string(),
	book: z.string(),
	currency: z.string(),
	text: z.string().optional(),
	source: z.object({ type: z.string(), system: z.string(), key: z.string() }).optional(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
	lines: z.array(
		z.object({
			id: z.string(),
			account: z.string(),
			debit: z.string(),
			credit: z.string(),
			partner: z.object({ code: z.string(), name: z.string().optional() }).optional(),
			text: z.string().optional(),
			dimensions: z.record(z.string(), z.string()).optional(),
		}),
	),
});

/** Entries of the general ledger. They are made as drafts; a posted one never changes. */
export const journalEntries: SandboxEntityKind<'journalEntry', z.infer<typeof Own>> = {
	entity: 'journalEntry',
	name: 'journal entry',
	path: '/api/entries',
	page: 'records',
	keys: 'ids',
	described: ['entries', []],
	covers: {
		company: 'entity',
		date: 'date',
		book: 'journal',
		currency: 'currency',
		text: 'description',
		source: 'document',
		lines: 'lines',
	},
	actions: { post: 'posted' },
	Own,
	Canonical: JournalEntry,
	keyOf: ({ id }) => id,
	canonical: ({ id, number, status, company, date, period, book, currency, text, source, lines }) => ({
		key: id,
		number,
		state: status,
		entity: company,
		date,
		period,
		journal: book,
		currency,
		description: text,
		document: source,
		lines: lines.map(({ id: line, text: description, ...rest }) => ({ ...rest, line, description })),
	}),
	own: ({ entity, date, journal, currency, description, document, lines }) =>
		given({
			company: entity,
			date,
			book: journal,
			currency,
			text: description,
			source: document,
			lines: lines?.map(({ line, description: text, ...rest }) => given({ ...rest, id: line, text })),
		}),
};
