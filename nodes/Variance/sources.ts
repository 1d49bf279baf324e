import type { IDataObject } from 'n8n-workflow';

import { ItemResolver } from '../../core/crosswalk/itemResolution';
import { bookDay } from '../../core/finance/calendar/legalEntity';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { csvSource, type CsvFile } from '../../core/variance/csv';
import { columnsOf, type Side, type VarianceDefinition } from '../../core/variance/definition';
import { documentTerms, type Matching } from '../../core/variance/documents';
import { documentRows, type SharedItems } from '../../core/variance/documentSide';
import { openDuckDb, type DuckDbEngine } from '../../core/variance/duckdb';
import type { Source } from '../../core/variance/engine';
import { recordSource } from '../../core/variance/items';
import { parquetSource } from '../../core/variance/parquet';
import {
	nameOfLines,
	postgresPages,
	postgresSource,
	type PostgresEngine,
} from '../../core/variance/postgres';
import { rowsSource } from '../../core/variance/rowsSource';
import type { OperationContext } from '../shared/operationContext';
import { connectorOf } from '../shared/systems';
import { systemOptions } from './connections';
import { linesOf, openDatabase, postgresValue } from './postgres';
import { isWhole, roleOf, type SideForm, type SystemSide } from './sides';

interface Reading {
	connections: string[];
	matchBy: Matching;
}

/** Where a comparison runs. */
export type Engine = { duckDb: DuckDbEngine } | { postgres: PostgresEngine };

/** In the database where all sides are there: nothing is copied. Otherwise in DuckDB. */
export async function openEngine(
	context: OperationContext,
	forms: SideForm[],
	connections: string[],
): Promise<Engine> {
	const signal = context.functions.getExecutionCancelSignal();
	const named = forms.find((form) => form.from === 'postgres');
	if (named !== undefined && !connections.includes(postgresValue))
		throw notConnected(context, named, 'PostgreSQL');
	if (forms.every((form) => form.from === 'postgres'))
		return { postgres: await openDatabase(context.functions, signal) };
	return { duckDb: await openDuckDb(signal === undefined ? {} : { signal }) };
}

/** Where the lines of each side are, in the order of the sides. */
export async function sourcesOf(
	context: OperationContext,
	engine: Engine,
	definition: VarianceDefinition,
	forms: SideForm[],
	reading: Reading,
): Promise<Source[]> {
	if ('postgres' in engine) {
		const sources: Source[] = [];
		for (const [index, side] of definition.sides.entries()) {
			const form = forms[index];
			if (form?.from === 'postgres') sources.push(await postgresSource(engine.postgres, linesOf(form), side));
		}
		return sources;
	}
	const { duckDb } = engine;
	const systems = await systemsOf(context, forms, reading.connections);
	const items = itemsOfSides(context, forms);
	const shared = await sharedItems(context, forms, systems);
	const bookedIn = await bookedSystems(context, forms, reading.connections);
	const sourceOf = async (side: Side, form: SideForm | undefined, system: SystemConnector | undefined) => {
		if (form?.from === 'csv') return await fileSource(context, duckDb, side, form);
		if (form?.from === 'parquet')
			return await parquetSource(duckDb, { file: await allowedFile(context, side, form.file) }, side);
		if (form?.from === 'postgres') return await databaseSource(context, duckDb, side, form);
		if (form?.from === 'system' && system !== undefined)
			return await systemSource(duckDb, side, form, system, { shared, bookedIn }, definition, reading);
		return await recordSource(duckDb, items.get(side.name) ?? [], side);
	};
	const sources: Source[] = [];
	for (const [index, side] of definition.sides.entries())
		sources.push(await sourceOf(side, forms[index], systems[index]));
	return sources;
}

/** The lines of a database, copied page by page beside the other sides. */
async function databaseSource(
	context: OperationContext,
	engine: DuckDbEngine,
	side: Side,
	form: Extract<SideForm, { from: 'postgres' }>,
): Promise<Source> {
	const database = await openDatabase(context.functions, context.functions.getExecutionCancelSignal());
	try {
		const lines = linesOf(form);
		const pages = await postgresPages(database, lines, side);
		return await rowsSource(engine, side, nameOfLines(lines), columnsOf(side), pages);
	} finally {
		await database.close();
	}
}

async function fileSource(
	context: OperationContext,
	engine: DuckDbEngine,
	side: Side,
	{ file, fileOptions }: Extract<SideForm, { from: 'csv' }>,
): Promise<Source> {
	const given = Object.entries(fileOptions).filter(([, value]) => value !== undefined);
	const csv = { ...Object.fromEntries(given), file: await allowedFile(context, side, file) } as CsvFile;
	return await csvSource(engine, csv, side);
}

/** DuckDB reads the file itself, past n8n: whether n8n may read it (N8N_RESTRICT_FILE_ACCESS_TO) is asked before, with all links resolved. */
async function allowedFile(context: OperationContext, { name }: Side, file: string): Promise<string> {
	const { resolvePath, isFilePathBlocked } = context.functions.helpers;
	const resolved = await resolvePath(file).catch(() => undefined);
	if (resolved === undefined)
		throw context.invalid(
			`The side "${name}" names the file "${file}", whose folder is not there. Nothing was compared.`,
		);
	if (isFilePathBlocked(resolved))
		throw context.invalid(
			`The side "${name}" names the file "${file}", which n8n may not read. Put it into a folder of N8N_RESTRICT_FILE_ACCESS_TO; without that setting, into ~/.n8n-files. Nothing was compared.`,
		);
	return resolved;
}

const itemsASide = 100_000;

/** The items of each side. One without a known side is refused: leaving it out would be half a report. */
function itemsOfSides(context: OperationContext, forms: SideForm[]): Map<string, IDataObject[]> {
	const takers = forms.filter((form) => form.from === 'items');
	const lists = new Map(takers.map(({ name }) => [name, [] as IDataObject[]]));
	const [only] = takers;
	if (only === undefined) return lists;
	const takesAll = takers.length === 1 && only.sideField === '';
	for (const [index, { json }] of context.items.entries()) {
		const taker = takesAll ? only : takers.find(({ name, sideField }) => json[sideField] === name);
		if (taker === undefined)
			throw context.invalid(
				`Item ${index} belongs to no side: its field "${only.sideField}" is ${JSON.stringify(json[only.sideField] ?? null)}, and the sides are ${[...lists.keys()].join(', ')}. Nothing was compared.`,
			);
		lists.get(taker.name)?.push(json);
	}
	for (const [name, list] of lists)
		if (list.length > itemsASide)
			throw context.invalid(
				`The side "${name}" has ${list.length} items; up to ${itemsASide} a side pass as items. Nothing was compared. Use a file for more.`,
			);
	return lists;
}

/** The connector of each side that is read from a system. */
async function systemsOf(
	context: OperationContext,
	forms: SideForm[],
	connections: string[],
): Promise<Array<SystemConnector | undefined>> {
	return await Promise.all(
		forms.map(async (form) => {
			if (form.from !== 'system') return undefined;
			const product = systemOptions.find(({ value }) => value === form.system)?.name ?? form.system;
			if (!connections.includes(form.system)) throw notConnected(context, form, product);
			const connector = await connectorOf(context.functions, roleOf(form.record), form.system);
			if (connector.capabilities().entities[form.record]?.read === true) return connector;
			throw context.invalid(
				`The side "${form.name}": ${connector.system} has no ${documentTerms[form.record].plural} that can be read. Choose another record or system. Nothing was compared.`,
			);
		}),
	);
}

/** The ERPs and warehouses of the connections, where entries are read: which order an entry belongs to, only the document that it books knows. */
async function bookedSystems(
	context: OperationContext,
	forms: SideForm[],
	connections: string[],
): Promise<SystemConnector[]> {
	if (!forms.some((form) => form.from === 'system' && form.record === 'journalEntry')) return [];
	const roles = ['erp', 'wms'] as const;
	return await Promise.all(
		connections.flatMap((system) =>
			roles.map(async (role) => await connectorOf(context.functions, role, system)),
		),
	);
}

function notConnected(context: OperationContext, { name }: SideForm, product: string): Error {
	return context.invalid(
		`The side "${name}" is read from ${product}, which "Connections" does not name. Choose it there, so that n8n asks for its credential. Nothing was compared.`,
	);
}

const resolvers = new WeakMap<object, ItemResolver>();

/** Items are called as the first ERP among the sides calls them; a warehouse helps with units that the ERP does not know. */
async function sharedItems(
	context: OperationContext,
	forms: SideForm[],
	systems: Array<SystemConnector | undefined>,
): Promise<SharedItems | undefined> {
	const first = (role: string) =>
		systems.find((_, index) => {
			const form = forms[index];
			return form?.from === 'system' && roleOf(form.record) === role;
		});
	const codesOf = first('erp');
	const unitsOf = first('wms');
	const many = new Set(systems.flatMap((system) => (system === undefined ? [] : [system.system])));
	if (codesOf === undefined || many.size < 2) return undefined;
	const database = await context.database();
	const resolver = resolvers.get(database) ?? new ItemResolver(database);
	resolvers.set(database, resolver);
	return { resolver, codesOf, ...(unitsOf === undefined ? {} : { unitsOf }) };
}

const summedMeanings = ['quantity', 'amount', 'tax', 'cost', 'debit', 'credit'] as const;

async function systemSource(
	engine: DuckDbEngine,
	side: Side,
	form: SystemSide,
	system: SystemConnector,
	{ shared, bookedIn }: { shared: SharedItems | undefined; bookedIn: SystemConnector[] },
	{ timeZone, cutOff }: VarianceDefinition,
	{ matchBy }: Reading,
): Promise<Source> {
	const books = { id: form.name, name: form.name, calendar: form.name, timeZone, cutOff };
	const kinds: Record<string, string> = { invoice: form.invoiceKind, movement: form.movementKind };
	const kind = kinds[form.record] ?? 'all';
	const columns = columnsOf(side);
	const rows = documentRows(
		system,
		{
			entity: form.record,
			...(form.fromDay === '' ? {} : { from: form.fromDay }),
			...(form.toDay === '' ? {} : { to: form.toDay }),
			...(form.more.changedSince === ''
				? {}
				: { changedSince: new Date(form.more.changedSince).toISOString() }),
			...(kind === 'all' ? {} : { kind }),
			drafts: form.more.drafts,
			booked: form.booked,
			accounts: form.accounts,
			taxAccounts: form.taxAccounts,
			positive: form.positive,
			dayOf: (moment) => bookDay(books, moment) ?? moment,
			columns,
			bookedIn,
			...(isWhole(form, matchBy)
				? {
						whole: {
							summed: summedMeanings.flatMap((meaning) => side.columns[meaning] ?? []),
							dimensions: side.columns.dimensions,
						},
					}
				: {}),
		},
		shared,
	);
	const name = `${documentTerms[form.record].plural} of ${system.system}`;
	return await rowsSource(engine, side, name, columns, rows);
}
