import { DuckDBInstance } from '@duckdb/node-api';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compare } from '../../../core/variance/compare';
import { VarianceDefinition } from '../../../core/variance/definition';
import { openDuckDb } from '../../../core/variance/duckdb';
import { parquetSource, type ParquetFile } from '../../../core/variance/parquet';

const definition = VarianceDefinition.parse({
	name: 'invoices against the ledger',
	sides: ['invoices', 'ledger'].map((name) => ({
		name,
		columns: { key: ['number'], amount: 'amount', date: 'day' },
	})),
	timeZone: 'Asia/Shanghai',
	asOf: '2026-03-31',
});

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-test-'));
});
afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

/** The rows of a query as a Parquet file. */
async function parquet(name: string, select: string): Promise<string> {
	const file = join(folder, `${name}.parquet`);
	const instance = await DuckDBInstance.create(':memory:');
	const connection = await instance.connect();
	try {
		await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
	return file;
}

async function compared(invoices: string, ledger: string, as: Omit<ParquetFile, 'file'> = {}) {
	const engine = await openDuckDb({ folder, memoryMb: 200, threads: 1 });
	try {
		const [first, second] = definition.sides;
		if (first === undefined || second === undefined) throw new Error('two sides');
		const sources = [
			await parquetSource(engine, { file: invoices }, first),
			await parquetSource(engine, { file: ledger, ...as }, second),
		];
		const comparison = await compare(engine, definition, sources);
		const findings = [];
		for await (const some of comparison.findings()) findings.push(...some);
		return { summary: comparison.summary, findings };
	} finally {
		await engine.close();
	}
}

const good = `SELECT 'A1' AS number, 10.25::DECIMAL(18, 2) AS amount, DATE '2026-03-01' AS day`;

test('decimals, whole numbers, floating-point numbers, text, dates and timestamps meet as what they say', async () => {
	const typed = await parquet(
		'typed',
		`SELECT * FROM (VALUES
			('1', 0.1::DOUBLE, TIMESTAMPTZ '2026-03-01 17:00:00+00'), ('2', 12.35::DOUBLE, TIMESTAMPTZ '2026-03-01 15:59:00+00')) AS t (number, amount, day)`,
	);
	const plain = await parquet(
		'plain',
		`SELECT 1 AS number, '0.1' AS amount, TIMESTAMP '2026-03-02 09:00:00' AS day UNION ALL SELECT 2, '12.36', TIMESTAMP '2026-03-01 23:00:00'`,
	);
	const { findings, summary } = await compared(typed, plain);
	expect(summary).toMatchObject({ deals: 2, matched: 1 });
	expect(findings).toMatchObject([
		{ key: ['2'], class: 'rounding', atStake: '0.01', sides: { invoices: { firstDate: '2026-03-01' } } },
	]);
	const exact = await parquet(
		'exact',
		good.replace('10.25::DECIMAL(18, 2)', '999999999999999.00000002::DECIMAL(38, 8)'),
	);
	const near = await parquet(
		'near',
		good.replace('10.25::DECIMAL(18, 2)', '999999999999999.00000001::DECIMAL(38, 8)'),
	);
	expect((await compared(exact, near)).findings).toMatchObject([{ atStake: '0.00000001' }]);
});

test.each([
	[
		'a number that came from arithmetic',
		good.replace('10.25::DECIMAL(18, 2)', '0.1::DOUBLE + 0.2::DOUBLE'),
		/row 1, column "amount": "0\.30000000000000004" is not a number with at most 15 digits .* 8 after it/,
	],
	[
		'an infinite number',
		good.replace('10.25::DECIMAL(18, 2)', `'Infinity'::DOUBLE`),
		/row 1, column "amount"/,
	],
	[
		'an amount beyond 15 digits',
		`${good} UNION ALL SELECT 'A2', 1234567890123456, NULL`,
		/row 2, column "amount": "1234567890123456\.00"/,
	],
	[
		'a day that is none',
		good.replace(`DATE '2026-03-01'`, `'2026-02-30'`),
		/row 1, column "day": "2026-02-30" is not a day/,
	],
	[
		'a list for a number',
		good.replace('10.25::DECIMAL(18, 2)', '[1, 2]'),
		/column "amount", holds INTEGER\[\] and not single values/,
	],
	[
		'a column that is missing',
		good.replace('AS amount', 'AS total'),
		/has no column "amount"; it has "number", "total", "day"/,
	],
])('%s is refused with file, row and column', async (_what, select, message) => {
	const running = async () =>
		await compared(await parquet('invoices', good), await parquet('ledger', select));
	await expect(running()).rejects.toThrow(message);
	await expect(running()).rejects.toThrow(/"ledger\.parquet".*Nothing was reported/);
});

test('a file that was cut, is of another kind, is broken inside or has too few rows is refused', async () => {
	const file = await parquet('invoices', good);
	const other = join(folder, 'other.parquet');
	await copyFile(file, other);
	await truncate(other, (await readFile(other)).length - 10);
	await expect(compared(file, other)).rejects.toThrow(/"other\.parquet" was cut/);
	await writeFile(other, 'number,amount,day\n');
	await expect(compared(file, other)).rejects.toThrow(/"other\.parquet" is not a Parquet file/);
	const broken = await readFile(file);
	broken.fill(0x55, 4, broken.length - 8);
	await writeFile(other, broken);
	await expect(compared(file, other)).rejects.toThrow(
		/"other\.parquet" .*cannot be read.*Nothing was reported/s,
	);
	await expect(compared(file, join(folder, 'none.parquet'))).rejects.toThrow(/is not there/);
	await expect(compared(file, file, { expectedRows: 2 })).rejects.toThrow(/has 1 rows where 2 are expected/);
});
