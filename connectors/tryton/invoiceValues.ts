import { z } from 'zod/v4';

import { InvoiceDraft } from '../../core/model/invoice';
import { expressed } from './documentReading';
import type { WrittenDocument } from './documentWrites';
import {
	currencyWithCode,
	partyWithCode,
	resolveLines,
	type DraftLine,
	type ResolvedLine,
} from './draftLines';
import { invoiceLineModel, invoiceModel, type Invoices, type ReadInvoice } from './invoices';
import type { Items } from './items';
import { lineChanges } from './lineChanges';
import { addedTo, filledIn } from './madeOnce';
import type { Context, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { dayOf, exactNumberOf } from './values';

/** What of an invoice its lines need to know. */
interface Header {
	type: 'out' | 'in';
	party: number | undefined;
	currency: number | undefined;
	/** key of the order that is billed */
	order: string | undefined;
}

const parents = { out: 'sale', in: 'purchase' } as const;
const types = { customer: 'out', supplier: 'in' } as const;

/** What customer and supplier invoices are made of in Tryton. Each line is booked on the account of its item, so each needs one. */
export class InvoiceValues {
	constructor(
		private readonly session: TrytonSession,
		private readonly invoices: Invoices,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
	) {}

	written(): WrittenDocument<'invoice', ReadInvoice> {
		return {
			entity: 'invoice',
			name: 'invoice',
			model: invoiceModel,
			Draft: InvoiceDraft,
			read: (key) => this.invoices.read(key),
			newValues: (draft, problems) => this.newValues(draft, problems),
			differences: (changes, present, problems) => this.differences(changes, present, problems),
			settle: async ({ id, state, untaxed }) => {
				if (state !== 'draft' || !untaxed) return false;
				// Whatever is written to a draft makes Tryton work its taxes out; making it does not.
				await this.session.call(`model.${invoiceModel}.write`, [[id], {}]);
				return true;
			},
		};
	}

	private async newValues(draft: InvoiceDraft, problems: string[]): Promise<Context> {
		const { session } = this;
		const type = types[draft.kind];
		const party = await partyWithCode(session, draft.partner?.code, problems);
		const { currency } = await currencyWithCode(session, draft.currency, problems);
		const lines = await this.resolved(draft.lines, problems);
		const header: Header = { type, party, currency, order: draft.order };
		const created = problems.length > 0 ? [] : await this.lineValues(draft.lines, lines, header, problems);
		if (problems.length > 0) return {};
		const form = await filledIn(
			session,
			invoiceModel,
			{
				type,
				party,
				company: await session.company(),
				lines: [],
				taxes: [],
				payment_term: null,
				invoice_date: null,
				accounting_date: null,
			},
			['type', 'party'],
			['account'],
		);
		const taken = ['journal', 'account', 'invoice_address', 'payment_term'].filter(
			(field) => form[field] !== undefined && form[field] !== null,
		);
		return {
			...Object.fromEntries(taken.map((field) => [field, form[field]])),
			...headerOf(draft),
			type,
			party,
			currency,
			lines: [['create', created]],
		};
	}

	private async resolved(lines: DraftLine[], problems: string[], places?: number[]): Promise<ResolvedLine[]> {
		const { session, items, units } = this;
		return await resolveLines({ session, items, units }, lines, { stockedOnly: false }, problems, places);
	}

	/** Lines as Tryton takes them, each with the account and the taxes of its item, and the line of the order that it bills. */
	private async lineValues(
		drafts: DraftLine[],
		lines: ResolvedLine[],
		header: Header,
		problems: string[],
	): Promise<Context[]> {
		const { type, party, currency } = header;
		const company = await this.session.company();
		const origins = await this.originsOf(drafts, lines, header, problems);
		const values: Context[] = [];
		for (const { index, product, unit, quantity, unitPrice } of lines) {
			const form = await filledIn(
				this.session,
				invoiceLineModel,
				{
					product,
					unit,
					quantity,
					company,
					party,
					invoice_type: type,
					taxes: [],
					'_parent_invoice.type': type,
					'_parent_invoice.party': party,
					'_parent_invoice.invoice_date': null,
					'_parent_invoice.accounting_date': null,
				},
				['product'],
			);
			if (form.account === undefined || form.account === null) {
				problems.push(`lines.${index}.item.code: the item has no account; give it an account category`);
				continue;
			}
			const { description } = drafts[index] ?? {};
			const origin = origins.get(index);
			values.push({
				type: 'line',
				company,
				currency,
				product,
				unit,
				quantity,
				unit_price: exactNumberOf(unitPrice ?? '0'),
				account: form.account,
				taxes: [['add', addedTo(form.taxes)]],
				...(description === undefined ? {} : { description }),
				...(origin === undefined ? {} : { origin }),
			});
		}
		return values;
	}

	/** The order's line that each line bills, as Tryton refers to it, by the line's place. Tryton knows an invoice's order by these only. */
	private async originsOf(
		drafts: DraftLine[],
		lines: ResolvedLine[],
		{ type, order }: Header,
		problems: string[],
	): Promise<Map<number, string>> {
		const parent = parents[type];
		const model = `${parent}.line`;
		const named = lines.flatMap(({ index }) => drafts[index]?.orderLine ?? []);
		if (order === undefined && named.length === 0) return new Map();
		const Row = z.object({
			id: z.number().int(),
			[parent]: z.number().int(),
			product: z.number().int().nullable(),
		});
		const rows =
			order === undefined
				? await this.session.searchIn(model, Row, 'id', named.filter(isNumber).map(Number))
				: await this.session.search(model, Row, [[parent, '=', isNumber(order) ? Number(order) : 0]]);
		const place = order === undefined ? this.session.system : `${parent} "${order}"`;
		const origins = new Map<number, string>();
		for (const { index, product } of lines) {
			const orderLine = drafts[index]?.orderLine;
			if (orderLine === undefined && order === undefined) continue;
			const found = rows.filter((row) =>
				orderLine === undefined ? row.product === product : String(row.id) === orderLine,
			);
			const [row] = found;
			if (row === undefined || found.length > 1) {
				problems.push(
					`lines.${index}.orderLine: ${place} has ${row === undefined ? 'no such line' : 'several lines of this item; name one'}`,
				);
			} else origins.set(index, `${model},${row.id}`);
		}
		return origins;
	}

	private async differences(
		changes: Partial<InvoiceDraft>,
		present: ReadInvoice,
		problems: string[],
	): Promise<Context> {
		const invoice = expressed(present);
		const fixed = 'of an invoice cannot change; cancel it and make another one';
		if (changes.kind !== undefined && changes.kind !== invoice.kind) {
			problems.push(`kind: the kind ${fixed}`);
		}
		if (changes.partner !== undefined && changes.partner.code !== invoice.partner?.code) {
			problems.push(`partner.code: the party ${fixed}`);
		}
		if (changes.currency !== undefined && changes.currency !== invoice.currency) {
			problems.push(`currency: the currency ${fixed}`);
		}
		if (changes.order !== undefined && changes.order !== invoice.order) {
			problems.push(`order: the order ${fixed}`);
		}
		const { number, issuedOn, dueOn, lines } = changes;
		const header = headerOf({
			...(number === present.originNumber || number === invoice.number ? {} : { number }),
			...(issuedOn === invoice.issuedOn ? {} : { issuedOn }),
			...(dueOn === invoice.dueOn ? {} : { dueOn }),
		});
		const commands = lines === undefined ? [] : await this.lineCommands(lines, present, problems);
		return { ...header, ...(commands.length === 0 ? {} : { lines: commands }) };
	}

	private async lineCommands(
		wanted: DraftLine[],
		present: ReadInvoice,
		problems: string[],
	): Promise<unknown[]> {
		const invoice = expressed(present);
		const { different, gone } = lineChanges(wanted, invoice.lines, problems);
		const resolved = await this.resolved(
			different.map(({ line }) => line),
			problems,
			different.map(({ index }) => index),
		);
		if (problems.length > 0) return [];
		const commands: unknown[] = [];
		const made: ResolvedLine[] = [];
		for (const [place, { line, same }] of different.entries()) {
			const { product, unit, quantity, ...rest } = resolved[place] as ResolvedLine;
			if (same === undefined || same.item?.code !== line.item?.code) {
				made.push(resolved[place] as ResolvedLine);
				if (same !== undefined) gone.push(Number(same.line));
				continue;
			}
			const { unitPrice = same.unitPrice ?? '0' } = rest;
			const { description } = line;
			const text = description === undefined ? {} : { description };
			const values = { product, unit, quantity, unit_price: exactNumberOf(unitPrice), ...text };
			commands.push(['write', [Number(same.line)], values]);
		}
		if (made.length > 0) {
			const header: Header = {
				type: types[invoice.kind],
				party: await partyWithCode(this.session, invoice.partner?.code, problems),
				currency: (await currencyWithCode(this.session, invoice.currency, problems)).currency,
				order: invoice.order,
			};
			commands.push(['create', await this.lineValues(wanted, made, header, problems)]);
		}
		if (gone.length > 0) commands.push(['delete', gone]);
		return commands;
	}
}

/** Those of the header's fields that are given. A day on which all is due takes the place of a payment term. */
function headerOf({
	number,
	issuedOn,
	dueOn,
}: Partial<Pick<InvoiceDraft, 'number' | 'issuedOn' | 'dueOn'>>): Context {
	return {
		...(number === undefined ? {} : { description: number }),
		...(issuedOn === undefined ? {} : { invoice_date: dayOf(issuedOn) }),
		...(dueOn === undefined ? {} : { payment_term: null, payment_term_date: dayOf(dueOn) }),
	};
}

function isNumber(key: string): boolean {
	return /^[1-9]\d{0,8}$/.test(key);
}
