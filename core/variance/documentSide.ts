import { setImmediate } from 'node:timers/promises';

import type { ItemResolver } from '../crosswalk/itemResolution';
import { convertUnit } from '../model/unitConversion';
import { add } from '../model/decimal';
import type { Item } from '../model/item';
import type { ItemReference } from '../model/references';
import { valueAt } from '../model/fields';
import type { SystemConnector } from '../ports/systemConnector';
import { rowsOf, type BookedDocument, type RowTerms } from './documentRows';
import { documentTerms, type ComparedEntity } from './documents';

/** Which documents of an entity a side has. */
export interface DocumentSelection {
	entity: ComparedEntity;
	/** days in the books, both counted; a document without a date is taken whatever they are */
	from?: string;
	to?: string;
	/** only what changed at or after this instant, so that a system with a long history answers soon */
	changedSince?: string;
	/** what is not confirmed, posted or shipped yet too; what was cancelled never */
	drafts: boolean;
	/** `customer` or `supplier` for invoices, `shipment`, `receipt` ... for movements; all when left out */
	kind?: string;
	/** types of the documents that an entry books; all entries when empty */
	booked: string[];
}

export interface DocumentReading
	extends DocumentSelection,
		Omit<RowTerms, 'itemCode' | 'inBaseUnit' | 'orderOf'> {
	columns: string[];
	/** systems whose documents the entries book */
	bookedIn: SystemConnector[];
	/** each document is one row, in which these columns are summed and these must not be empty; absent: each line is a row */
	whole?: { summed: string[]; dimensions: string[] };
}

/** How items of several systems become one code and one unit. */
export interface SharedItems {
	resolver: ItemResolver;
	/** whose codes all sides have */
	codesOf: SystemConnector;
	/** asked for units that the document's own system does not know */
	unitsOf?: SystemConnector;
}

/** The rows of all documents that are wanted, page by page as the system gives them. */
export async function* documentRows(
	system: SystemConnector,
	reading: DocumentReading,
	shared?: SharedItems,
): AsyncGenerator<Array<Record<string, string>>> {
	const { entity, columns, changedSince } = reading;
	const wanted = documentFilter(reading);
	const items = new ItemsOfPages(system, reading, shared);
	const query = {
		...(changedSince === undefined ? {} : { changedSince }),
		...(columns.some((column) => /^(lines\.)?native\./.test(column)) ? { native: true } : {}),
	};
	for await (const page of system.list(entity, query)) {
		const records = (page as object[]).filter(wanted);
		const { itemCode, inBaseUnit } = await items.termsFor(records);
		const orders = columns.includes('deal')
			? await ordersOfBooked(records, reading.bookedIn)
			: new Map<string, string>();
		const terms = {
			...reading,
			itemCode,
			inBaseUnit,
			orderOf: (document: BookedDocument) => orders.get(identityOf(document)),
		};
		yield records.flatMap((record) => {
			const rows = rowsOf(entity, record, columns, terms);
			return reading.whole === undefined || rows.length < 2 ? rows : [inOne(rows, reading.whole)];
		});
		await setImmediate();
	}
}

const bookedAs: Record<string, 'invoice' | 'delivery' | 'receipt'> = {
	invoice: 'invoice',
	supplierInvoice: 'invoice',
	delivery: 'delivery',
	return: 'delivery',
	purchaseReceipt: 'receipt',
};

/** The order that each booked document of a page names, by the document's identity; those of a system that is not connected are not looked up. */
async function ordersOfBooked(records: object[], systems: SystemConnector[]): Promise<Map<string, string>> {
	const booked = records.flatMap((record) => (record as { document?: BookedDocument }).document ?? []);
	const found = new Map<string, string>();
	for (const system of systems) {
		const own = booked.filter((document) => document.system === system.system);
		for (const [type, documents] of Map.groupBy(own, ({ type }) => type)) {
			const entity = bookedAs[type];
			if (entity === undefined || system.capabilities().entities[entity]?.read !== true) continue;
			const keys = [...new Set(documents.map(({ key }) => key))];
			const read: Map<string, { order?: string | undefined }> = await system.get(entity, keys);
			for (const document of documents) {
				const order = read.get(document.key)?.order;
				if (order !== undefined) found.set(identityOf(document), order);
			}
		}
	}
	return found;
}

function identityOf({ system, type, key }: BookedDocument): string {
	return JSON.stringify([system, type, key]);
}

/** The rows of one document as one. A dimension that a line lacks is lacking; of other columns the first that is filled counts. */
function inOne(
	rows: Array<Record<string, string>>,
	{ summed, dimensions }: { summed: string[]; dimensions: string[] },
): Record<string, string> {
	const columns = Object.keys(rows[0] ?? {});
	return Object.fromEntries(
		columns.map((column) => {
			const cells = rows.map((row) => row[column] ?? '');
			if (dimensions.includes(column) && cells.includes('')) return [column, ''];
			const filled = cells.filter((cell) => cell !== '');
			if (summed.includes(column)) return [column, filled.length === 0 ? '' : filled.reduce(add)];
			return [column, filled[0] ?? ''];
		}),
	);
}

function documentFilter(reading: DocumentReading): (record: object) => boolean {
	const { entity, from, to, drafts, kind, booked, accounts, taxAccounts, dayOf } = reading;
	const { counts, drafts: draftStates, moment } = documentTerms[entity];
	const states = [...counts, ...(drafts ? draftStates : [])];
	const looked = [...accounts, ...taxAccounts];
	return (record) => {
		const text = (path: string) => valueAt(record, path) as string | undefined;
		if (states.length > 0 && !states.includes(text('state') ?? '')) return false;
		if (kind !== undefined && text('kind') !== kind) return false;
		const at = text(moment);
		const day = at === undefined || (from === undefined && to === undefined) ? undefined : dayOf(at);
		if (day !== undefined && ((from !== undefined && day < from) || (to !== undefined && day > to)))
			return false;
		if (entity !== 'journalEntry') return true;
		if (booked.length > 0 && !booked.includes(text('document.type') ?? '')) return false;
		const lines = (valueAt(record, 'lines') ?? []) as Array<{ account: string }>;
		return (
			looked.length === 0 ||
			lines.some(({ account }) => looked.some((beginning) => account.startsWith(beginning)))
		);
	};
}

/**
 * The items of the pages, each looked up once. Nothing stops a comparison here: an item that is linked to none keeps its own code, a quantity in an
 * unknown unit stays as it is, and both are then seen as differences.
 */
class ItemsOfPages {
	private readonly codes = new Map<string, string>();
	private readonly known = new Map<string, Array<Item | undefined>>();

	constructor(
		private readonly system: SystemConnector,
		private readonly reading: DocumentReading,
		private readonly shared: SharedItems | undefined,
	) {}

	async termsFor(records: object[]): Promise<Pick<RowTerms, 'itemCode' | 'inBaseUnit'>> {
		const references = this.referencesIn(records);
		await this.translate(references.filter(({ code }) => !this.codes.has(code)));
		await this.learnUnits(references.filter(({ code }) => !this.known.has(code)));
		return {
			itemCode: (code) => this.codes.get(code) ?? code,
			inBaseUnit: (code, quantity, unit) => {
				for (const item of this.known.get(code) ?? []) {
					if (item === undefined) continue;
					try {
						return convertUnit(item, { quantity, unit }, item.baseUnit).quantity;
					} catch {
						// The next system may know the unit.
					}
				}
				return undefined;
			},
		};
	}

	private referencesIn(records: object[]): ItemReference[] {
		const references = new Map<string, ItemReference>();
		for (const record of records)
			for (const part of [record, ...((valueAt(record, 'lines') ?? []) as object[])]) {
				const item = (part as { item?: string | ItemReference }).item;
				if (item === undefined) continue;
				const reference = typeof item === 'string' ? { code: item } : item;
				references.set(reference.code, reference);
			}
		return [...references.values()];
	}

	private async translate(references: ItemReference[]): Promise<void> {
		if (this.shared === undefined || this.shared.codesOf.system === this.system.system) return;
		if (references.length === 0 || !this.reading.columns.includes('item')) return;
		const { resolver, codesOf } = this.shared;
		const own = await this.itemsOf(references);
		const withNumber = references.map((reference) => {
			const gtin = reference.gtin ?? own.get(reference.code)?.gtin;
			return { code: reference.code, ...(gtin === undefined ? {} : { gtin }) };
		});
		const found = await resolver.resolve(this.system.system, withNumber, codesOf);
		for (const { code } of references) {
			const item = found.get(code);
			this.codes.set(code, item === undefined || item instanceof Error ? code : item.code);
		}
	}

	private async learnUnits(references: ItemReference[]): Promise<void> {
		const { columns, entity } = this.reading;
		const needed = columns.includes('quantity') || columns.includes('price');
		if (
			!needed ||
			references.length === 0 ||
			['shipment', 'receipt', 'movement', 'journalEntry'].includes(entity)
		)
			return;
		const own = await this.itemsOf(references);
		const unitsOf = this.shared?.unitsOf;
		const theirs =
			this.shared === undefined || unitsOf === undefined || unitsOf.system === this.system.system
				? new Map<string, Item | Error>()
				: await this.shared.resolver.resolve(this.system.system, references, unitsOf);
		for (const { code } of references) {
			const other = theirs.get(code);
			this.known.set(code, [own.get(code), other instanceof Error ? undefined : other]);
		}
	}

	private async itemsOf(references: ItemReference[]): Promise<Map<string, Item>> {
		if (this.system.capabilities().entities.item?.read !== true) return new Map();
		return await this.system.get(
			'item',
			references.map(({ code }) => code),
		);
	}
}
