import Big from 'big.js';

import { isZero, normalise, type Decimal } from '../model/decimal';
import { valueAt } from '../model/fields';
import type { JournalEntry } from '../model/journalEntry';
import { allocate, roundMoney } from '../model/money';
import { documentTerms, type ComparedEntity, type ComputedColumn } from './documents';

/** How the rows of one side are read. */
export interface RowTerms {
	/** the day in the books on which a moment falls */
	dayOf(moment: string): string;
	/** the item's code as all sides have it */
	itemCode(code: string): string;
	/** a quantity in the item's base unit; undefined where the unit is not known */
	inBaseUnit(code: string, quantity: Decimal, unit: string): Decimal | undefined;
	/** the order that a booked document names */
	orderOf(document: BookedDocument): string | undefined;
	/** beginnings of the accounts whose lines are an entry's amount, and its tax; none: its debit is the amount */
	accounts: string[];
	taxAccounts: string[];
	/** the side on which an entry's amount is positive */
	positive: 'debit' | 'credit';
}

export type BookedDocument = NonNullable<JournalEntry['document']>;

const places = 8;

/**
 * One row for each line of a document, with these columns. A header's field stands in each row; a line without dimensions of its own has those of the
 * header. What a document does not say is an empty cell.
 */
export function rowsOf(
	entity: ComparedEntity,
	record: object,
	columns: string[],
	terms: RowTerms,
): Array<Record<string, string>> {
	const lines = (valueAt(record, 'lines') ?? [{}]) as object[];
	const taxes = taxesOf(record, lines);
	return lines.map((line, index) => {
		const cells = { entity, record, line, terms, tax: taxes[index] };
		return Object.fromEntries(columns.map((column) => [column, cellOf(column, cells) ?? '']));
	});
}

interface Cells {
	entity: ComparedEntity;
	record: object;
	line: object;
	terms: RowTerms;
	tax: string | undefined;
}

function cellOf(column: string, cells: Cells): string | undefined {
	const compute = computed[column as ComputedColumn] as ((cells: Cells) => string | undefined) | undefined;
	if (compute !== undefined) return compute(cells);
	const { record, line } = cells;
	if (!column.startsWith('lines.')) return text(record, column);
	const path = column.slice('lines.'.length);
	if (path.startsWith('dimensions.') && cells.entity === 'journalEntry') return dimensionOfEntry(cells, path);
	return text(line, path) ?? (path.startsWith('dimensions.') ? text(record, path) : undefined);
}

const computed: Record<ComputedColumn, (cells: Cells) => string | undefined> = {
	deal: ({ entity, record, terms }) => {
		if (entity === 'salesOrder' || entity === 'purchaseOrder') return text(record, 'key');
		const { document } = record as { document?: BookedDocument };
		if (document !== undefined) return terms.orderOf(document) ?? document.key;
		return text(record, 'order') ?? numberOf(record);
	},
	// With the document's number before it, it is taken for no line of the order.
	orderLine: ({ entity, record, line }) =>
		entity === 'salesOrder' || entity === 'purchaseOrder'
			? text(line, 'line')
			: (text(line, 'orderLine') ?? `${numberOf(record) ?? ''}/${text(line, 'line') ?? ''}`),
	item: (cells) => {
		const code = itemOf(cells);
		return code === undefined ? text(cells.line, 'description') : cells.terms.itemCode(code);
	},
	booked: ({ record }) => text(record, 'document.key') ?? numberOf(record),
	document: ({ entity, record }) => (entity === 'movement' ? text(record, 'reference') : numberOf(record)),
	date: ({ entity, record, terms }) => {
		const moment = text(record, documentTerms[entity].moment);
		return moment === undefined ? undefined : terms.dayOf(moment);
	},
	partner: ({ record, line }) => partnerOf(line) ?? partnerOf(record),
	quantity: (cells) => quantityOf(cells),
	price: (cells) => {
		const price = text(cells.line, 'unitPrice');
		const written = text(cells.line, 'quantity');
		const based = quantityOf(cells);
		if (price === undefined || written === undefined || based === undefined) return price;
		if (isZero(based) || normalise(written) === normalise(based)) return rounded(new Big(price));
		return rounded(divided(new Big(price).times(written), based));
	},
	amount: (cells) => {
		const { entity, record, line, terms } = cells;
		if (entity === 'journalEntry') return bookedOn(cells, terms.accounts) ?? '';
		const given = text(line, 'amount');
		return given ?? multiplied(line, 'unitPrice', text(record, 'currency'));
	},
	tax: (cells) =>
		cells.entity === 'journalEntry'
			? cells.terms.taxAccounts.length === 0
				? undefined
				: bookedOn(cells, cells.terms.taxAccounts)
			: cells.tax,
	gross: (cells) => {
		const amount = computed.amount(cells);
		return amount === undefined || amount === ''
			? undefined
			: rounded(new Big(amount).plus(computed.tax(cells) ?? '0'));
	},
	cost: ({ record, line }) => multiplied(line, 'unitCost', text(record, 'currency')),
	debit: ({ line }) => text(line, 'debit'),
	credit: ({ line }) => text(line, 'credit'),
};

/** What a line of an entry has on one of the accounts, positive on the wanted side; nothing on another account. */
function bookedOn({ line, terms }: Cells, accounts: string[]): string | undefined {
	const debit = text(line, 'debit') ?? '0';
	const credit = text(line, 'credit') ?? '0';
	if (accounts.length === 0) return debit;
	const account = text(line, 'account') ?? '';
	if (!accounts.some((beginning) => account.startsWith(beginning))) return undefined;
	const balance = new Big(debit).minus(credit);
	return rounded(terms.positive === 'debit' ? balance : balance.times('-1'));
}

/** Of the lines on the chosen accounts; a receivable or a tax needs no cost centre. Nothing when one of them has none. */
function dimensionOfEntry({ record, terms }: Cells, path: string): string | undefined {
	const looked = terms.accounts;
	const lines = (valueAt(record, 'lines') ?? []) as Array<{ account: string }>;
	const needing = lines.filter(
		({ account }) => looked.length === 0 || looked.some((beginning) => account.startsWith(beginning)),
	);
	const values = needing.map((one) => text(one, path) ?? text(record, path));
	return values.includes(undefined) ? undefined : values[0];
}

function itemOf({ entity, record, line }: Cells): string | undefined {
	if (entity === 'movement') return text(record, 'item');
	return text(line, 'item.code') ?? text(line, 'item');
}

/** In base units where that can be said; as it is written otherwise. What leaves the warehouse is positive, as it is on a shipment. */
function quantityOf(cells: Cells): string | undefined {
	const { entity, record, line, terms } = cells;
	if (entity === 'movement') {
		const moved = text(record, 'quantity') ?? '0';
		return text(record, 'kind') === 'shipment' ? rounded(new Big(moved).times('-1')) : moved;
	}
	const given = text(line, 'baseQuantity.quantity');
	if (given !== undefined) return given;
	const written = text(line, 'quantity');
	const unit = text(line, 'unit');
	const item = itemOf(cells);
	if (written === undefined || unit === undefined || item === undefined) return written;
	const based = terms.inBaseUnit(item, written, unit);
	return based === undefined ? written : rounded(new Big(based));
}

function multiplied(line: object, price: string, currency: string | undefined): string | undefined {
	const quantity = text(line, 'quantity');
	const each = text(line, price);
	if (quantity === undefined || each === undefined) return undefined;
	return roundMoney(new Big(quantity).times(each).toFixed(), currency ?? '');
}

/** The tax of each line. A tax that only the document has is divided by the lines' amounts, so that it adds up again. */
function taxesOf(record: object, lines: object[]): Array<string | undefined> {
	const own = lines.map((line) => text(line, 'tax'));
	const whole = text(record, 'taxTotal');
	if (whole === undefined || own.some((tax) => tax !== undefined)) return own;
	const currency = text(record, 'currency');
	const weights = lines.map((line) =>
		new Big(text(line, 'amount') ?? multiplied(line, 'unitPrice', currency) ?? '0').abs().toFixed(),
	);
	if (weights.every((weight) => isZero(weight)))
		return lines.map((_, index) => (index === 0 ? whole : undefined));
	return allocate(whole, weights, currency ?? '');
}

function numberOf(record: object): string | undefined {
	return text(record, 'number') ?? text(record, 'key');
}

function partnerOf(part: object): string | undefined {
	return text(part, 'partner.name') ?? text(part, 'partner.code');
}

function text(part: object, path: string): string | undefined {
	const value = valueAt(part, path);
	if (value === undefined || value === null || value === '') return undefined;
	return typeof value === 'object' ? undefined : String(value);
}

function rounded(value: Big): string {
	return normalise(value.round(places, Big.roundHalfEven).toFixed());
}

function divided(dividend: Big, divisor: string): Big {
	const kept = Big.DP;
	Big.DP = places + 2;
	try {
		return dividend.div(divisor);
	} finally {
		Big.DP = kept;
	}
}
