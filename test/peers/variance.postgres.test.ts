import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { z } from 'zod/v4';

import { compare, type Comparison } from '../../core/variance/compare';
import { columnsOf, VarianceDefinition } from '../../core/variance/definition';
import { openDuckDb } from '../../core/variance/duckdb';
import { recordSource } from '../../core/variance/items';
import {
	openPostgresEngine,
	postgresPages,
	postgresSource,
	type PostgresLines,
} from '../../core/variance/postgres';
import { rowsSource } from '../../core/variance/rowsSource';
import { startPostgres, type PostgresServer } from './postgres';

let server: PostgresServer;
let owner: Client;
let folder: string;
beforeAll(async () => {
	server = await startPostgres({ durable: false });
	owner = new Client(server);
	await owner.connect();
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-test-'));
}, 120_000);
afterAll(async () => {
	await owner?.end();
	await server?.stop();
	if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

type Row = Record<string, string | null>;

async function everything(comparison: Comparison) {
	const findings = [];
	for await (const some of comparison.findings()) findings.push(...some);
	const matched = [];
	for await (const some of comparison.matched()) matched.push(...some);
	return {
		summary: comparison.summary,
		findings,
		matched: matched.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
		deals: await comparison.deals(findings.slice(0, 3).map(({ key }) => key)),
	};
}

async function inDuckDb(definition: VarianceDefinition, sides: Row[][]) {
	const engine = await openDuckDb({ folder, memoryMb: 200, threads: 1 });
	try {
		const sources = [];
		for (const [index, side] of definition.sides.entries())
			sources.push(await rowsSource(engine, side, side.name, columnsOf(side), [sides[index] ?? []]));
		return await everything(await compare(engine, definition, sources));
	} finally {
		await engine.close();
	}
}

async function inPostgres(definition: VarianceDefinition, lines: PostgresLines[]) {
	const engine = await openPostgresEngine(server);
	try {
		const sources = [];
		for (const [index, side] of definition.sides.entries())
			sources.push(await postgresSource(engine, lines[index] ?? { table: side.name }, side));
		return await everything(await compare(engine, definition, sources));
	} finally {
		await engine.close();
	}
}

const nativeTypes: Record<string, string> = {
	quantity: 'numeric(20, 4)',
	price: 'numeric',
	amount: 'numeric(23, 8)',
	tax: 'money',
	rate: 'double precision',
	cost: 'bigint',
	debit: 'numeric',
	credit: 'numeric',
	day: 'date',
};

/** Tables with native types, or with text in every column. */
async function tables(definition: VarianceDefinition, sides: Row[][], native: boolean): Promise<void> {
	for (const [index, side] of definition.sides.entries()) {
		const columns = columnsOf(side);
		await owner.query(`DROP TABLE IF EXISTS "${side.name}" CASCADE`);
		await owner.query(
			`CREATE TABLE "${side.name}" (${columns.map((name) => `"${name}" ${(native ? nativeTypes[name] : undefined) ?? 'text'}`).join(', ')})`,
		);
		for (const row of sides[index] ?? [])
			await owner.query(
				`INSERT INTO "${side.name}" VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
				columns.map((name) => (native && row[name]?.trim() === '' ? null : (row[name] ?? null))),
			);
	}
}

const decimal = (max: number, places: number) =>
	fc.integer({ min: -max, max }).map((value) => (value / 10 ** places).toFixed(places));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 8, nil: null });

const someLine = fc.record({
	order: fc.constantFrom(
		'SO1',
		'so1',
		' SO2 ',
		'SO2',
		'ＳＯ３',
		'so3',
		'é-4',
		'É-4',
		'straße',
		'',
		null,
		"o'5",
		'\u3000SO2',
	),
	part: maybe(fc.constantFrom('A', 'a', '007', '7')),
	quantity: maybe(decimal(40_000, 4)),
	price: maybe(decimal(300, 2)),
	amount: maybe(fc.oneof(decimal(500, 2), fc.constantFrom('999999999999999.99999999', '-0.00000001'))),
	tax: maybe(decimal(300, 2)),
	currency: maybe(fc.constantFrom('CNY', 'cny', 'USD')),
	rate: maybe(fc.constantFrom('1', '7.1', '7.2')),
	cost: maybe(fc.integer({ min: 0, max: 9 }).map(String)),
	debit: maybe(fc.constantFrom('1', '2.5')),
	credit: maybe(fc.constantFrom('1', '2.5')),
	day: maybe(
		fc.constantFrom(
			'2026-01-31',
			'2026-02-01',
			'2026-03-15',
			'2026-03-30',
			'2026-01-31T23:30:00Z',
			'2026-01-31 23:30:00+08',
		),
	),
	centre: maybe(fc.constantFrom('CC1', '', ' ')),
	partner: maybe(fc.constantFrom('Zoe', 'anna', 'Änne', '<b>', '客户')),
	document: maybe(fc.constantFrom('D1', 'd2')),
});

const optional = [
	'quantity',
	'price',
	'amount',
	'tax',
	'currency',
	'rate',
	'cost',
	'partner',
	'document',
] as const;
const someSide = (name: string, parts: number) =>
	fc
		.record({
			some: fc.subarray([...optional]),
			ledger: fc.boolean(),
			dated: fc.boolean(),
			dimensioned: fc.boolean(),
		})
		.map(({ some, ledger, dated, dimensioned }) => ({
			name,
			columns: {
				key: ['order', 'part'].slice(0, parts),
				...Object.fromEntries(some.map((column) => [column, column])),
				...(ledger ? { debit: 'debit', credit: 'credit' } : {}),
				...(dated ? { date: 'day' } : {}),
				dimensions: dimensioned ? ['centre'] : [],
			},
		}));
const tolerance = fc.record({
	absolute: fc.constantFrom('0', '0.01', '1'),
	relative: fc.constantFrom('0', '0.001', '0.5'),
});
const someDefinition = fc
	.record({ count: fc.integer({ min: 2, max: 4 }), parts: fc.integer({ min: 1, max: 2 }) })
	.chain(({ count, parts }) =>
		fc.record({
			name: fc.constant('both'),
			sides: fc.tuple(
				...['orders', 'deliveries', 'days', 'findings'].slice(0, count).map((name) => someSide(name, parts)),
			),
			normalise: fc.record({
				trim: fc.boolean(),
				case: fc.boolean(),
				leadingZeros: fc.boolean(),
				width: fc.boolean(),
			}),
			tolerances: fc.record({ quantity: tolerance, price: tolerance, amount: tolerance, tax: tolerance }),
			rounding: fc.constantFrom('0', '0.01', '0.5'),
			graceDays: fc.constantFrom(0, 30),
			calendar: fc.constant({ kind: 'calendarMonths' as const, name: 'months', firstMonth: 1 }),
			asOf: fc.constant('2026-03-31'),
			cutOff: fc.constantFrom('00:00', '06:00', '22:30'),
		}),
	);

test.each([
	['text', false],
	['native types', true],
])(
	'any comparison gives the same rows in PostgreSQL as in DuckDB: %s',
	async (_what, native) => {
		await fc.assert(
			fc.asyncProperty(
				someDefinition,
				fc.array(fc.array(someLine, { maxLength: 14 }), { minLength: 4, maxLength: 4 }),
				async (given, lines) => {
					// An instant is no date.
					const plain = (row: Row) => ({ ...row, day: row.day?.slice(0, 10) ?? null });
					const sides = native ? lines.map((rows) => rows.map(plain)) : lines;
					const definition = VarianceDefinition.parse(given as z.input<typeof VarianceDefinition>);
					await tables(definition, sides, native);
					expect(await inPostgres(definition, [])).toEqual(await inDuckDb(definition, sides));
				},
			),
			{ numRuns: 12 },
		);
	},
	300_000,
);

const twoSides = VarianceDefinition.parse({
	name: 'two',
	sides: ['invoices', 'ledger'].map((name) => ({
		name,
		columns: { key: ['number'], amount: 'amount', date: 'day' },
	})),
	timeZone: 'Asia/Shanghai',
	asOf: '2026-03-31',
});

async function given(sql: string): Promise<void> {
	await owner.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${sql}`);
}
const plain = `CREATE TABLE invoices (number text, amount numeric, day date); CREATE TABLE ledger (number text, amount numeric, day date);`;

test('views, queries with a comment at their end and instants are read; the tables of the user are not touched', async () => {
	await given(
		`CREATE TABLE invoices (number int, amount numeric, day timestamptz);
		 INSERT INTO invoices VALUES (1, 10, '2026-03-01T17:00:00Z');
		 CREATE VIEW ledger AS SELECT 1 AS number, 12.5 AS amount, DATE '2026-03-02' AS day`,
	);
	const { findings, summary } = await inPostgres(twoSides, [
		{ query: 'SELECT * FROM invoices -- all of them;' },
		{ schema: 'public', table: 'ledger' },
	]);
	expect(findings).toMatchObject([
		{ key: ['1'], class: 'amount', atStake: '2.5', sides: { invoices: { firstDate: '2026-03-02' } } },
	]);
	expect(summary.sides.map(({ lines }) => lines)).toEqual([1, 1]);
	const { rows } = await owner.query<{ table_name: string }>(
		`SELECT table_name FROM information_schema.tables WHERE table_name IN ('lines0', 'side0', 'flagged')`,
	);
	expect(rows).toEqual([]);
});

test.each([
	['a statement that writes', 'DELETE FROM invoices RETURNING *', /is not a SELECT\. Nothing was run/],
	['two statements', 'SELECT * FROM invoices; DELETE FROM invoices', /cannot be read .*one SELECT/],
	[
		'a bracket that ends ours',
		'SELECT 1) AS a; DELETE FROM invoices; SELECT (1',
		/cannot be read .*one SELECT/,
	],
	[
		'a WITH that writes',
		'WITH gone AS (DELETE FROM invoices RETURNING *) SELECT * FROM gone',
		/cannot be read/,
	],
	[
		'a function that writes',
		'SELECT number, amount, day FROM writing()',
		/cannot be read .*read-only transaction/,
	],
	['a table that is not there', 'SELECT * FROM nowhere', /cannot be read .*"nowhere" does not exist/],
])('%s is refused, and nothing is written', async (_what, query, message) => {
	await given(
		`${plain} INSERT INTO invoices VALUES ('A1', 10, '2026-03-01');
		 CREATE OR REPLACE FUNCTION writing() RETURNS TABLE (number text, amount numeric, day date) LANGUAGE sql AS
		 $$ INSERT INTO invoices VALUES ('A2', 1, NULL); SELECT number, amount, day FROM invoices $$`,
	);
	await expect(inPostgres(twoSides, [{ query }, { table: 'ledger' }])).rejects.toThrow(message);
	expect((await owner.query('SELECT number FROM invoices')).rows).toEqual([{ number: 'A1' }]);
});

test.each([
	[
		'numeric',
		'1234567890123456',
		/key "A9", column "amount": "1234567890123456" is not a number with at most 15 digits/,
	],
	['numeric', '0.123456789', /"0\.123456789" is not a number with at most 15 digits .* 8 after it/],
	['numeric', 'NaN', /"NaN" is not a number/],
	['text', 'ten', /column "amount": "ten" is not a number/],
	['double precision', '1e308', /is not a number with at most 15 digits/],
])('an amount of type %s that is %s is refused with table, key and column', async (type, amount, message) => {
	await given(
		`CREATE TABLE invoices (number text, amount ${type}, day text); CREATE TABLE ledger AS SELECT * FROM invoices;
		 INSERT INTO ledger VALUES ('A9', '${amount}', '2026-03-01')`,
	);
	await expect(inPostgres(twoSides, [])).rejects.toThrow(message);
	await expect(inPostgres(twoSides, [])).rejects.toThrow(/The table "ledger" .*Nothing was reported/);
});

test('a day that is none, and one that could be two, are refused', async () => {
	await given(`CREATE TABLE invoices (number text, amount text, day text); CREATE TABLE ledger AS SELECT * FROM invoices;
		INSERT INTO ledger VALUES ('A1', '1', '03/04/2026')`);
	await expect(inPostgres(twoSides, [])).rejects.toThrow(/column "day": "03\/04\/2026" is not a day/);
});

test('a column that is missing is told with those that are there', async () => {
	await given(`${plain} ALTER TABLE ledger RENAME amount TO total`);
	await expect(inPostgres(twoSides, [])).rejects.toThrow(
		/The table "ledger" of the side "ledger" has no column "amount"; it has "number", "total", "day"/,
	);
});

const slow = { query: `SELECT 'A1' AS number, 1 AS amount, DATE '2026-03-01' AS day FROM pg_sleep(600)` };

test('a statement that takes longer than it may ends the comparison', async () => {
	const engine = await openPostgresEngine(server, { statementTimeoutMs: 200 });
	try {
		const sources = [];
		for (const side of twoSides.sides) sources.push(await postgresSource(engine, slow, side));
		await expect(compare(engine, twoSides, sources)).rejects.toThrow(/took longer than it may/);
	} finally {
		await engine.close();
	}
});

test('cancelling ends the statement on the server', async () => {
	const cancelling = new AbortController();
	const engine = await openPostgresEngine(server, { signal: cancelling.signal });
	const sources = [];
	for (const side of twoSides.sides) sources.push(await postgresSource(engine, slow, side));
	const running = compare(engine, twoSides, sources).catch((error: Error) => error);
	const sleeping = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
	const count = async () => (await owner.query<{ n: number }>(sleeping)).rows[0]?.n ?? 0;
	while ((await count()) === 0);
	cancelling.abort();
	expect(String(await running)).toMatch(/was cancelled\. Nothing was reported/);
	await engine.close();
	while ((await count()) > 0);
});

test('a side of a database meets one of items', async () => {
	await given(
		`${plain} INSERT INTO invoices SELECT 'A' || n, n * 1.25, '2026-03-01' FROM generate_series(1, 5000) n`,
	);
	const [invoices, ledger] = twoSides.sides;
	const database = await openPostgresEngine(server);
	const engine = await openDuckDb({ folder, memoryMb: 200, threads: 1 });
	try {
		if (invoices === undefined || ledger === undefined) throw new Error('two sides');
		const pages = await postgresPages(database, { table: 'invoices' }, invoices);
		const items = Array.from({ length: 5_000 }, (_, n) => ({
			number: `a${n + 1}`,
			amount: (n + 1) * 1.25,
			day: '2026-03-01',
		}));
		const sources = [
			await rowsSource(engine, invoices, 'invoices', columnsOf(invoices), pages),
			await recordSource(engine, items, ledger),
		];
		const { summary } = await compare(engine, twoSides, sources);
		expect(summary).toMatchObject({ deals: 5_000, matched: 5_000 });
	} finally {
		await engine.close();
		await database.close();
	}
});

test('a database that is away is a plain error', async () => {
	await expect(openPostgresEngine({ ...server, port: 1 })).rejects.toThrow(
		/does not serve the comparison.*Nothing was reported/,
	);
	await expect(openPostgresEngine({ ...server, password: 'wrong' })).rejects.toThrow(
		/does not serve the comparison.*credential/,
	);
});
