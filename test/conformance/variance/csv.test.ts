import Big from 'big.js';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { normalise } from '../../../core/model/decimal';
import { compare } from '../../../core/variance/compare';
import { csvSource } from '../../../core/variance/csv';
import { VarianceDefinition } from '../../../core/variance/definition';
import { openDuckDb } from '../../../core/variance/duckdb';
import { compareFiles } from '../../core/variance/files';

const definition = {
	name: 'invoices against the ledger',
	sides: ['invoices', 'ledger'].map((name) => ({
		name,
		columns: { key: ['number'], amount: 'amount', date: 'date' },
	})),
	asOf: '2026-03-31',
};
const good = 'number,amount,date\nA1,10.00,2026-03-01\nA2,20.00,2026-03-02\n';

const compareWith = async (ledger: Parameters<typeof compareFiles>[1][string], invoices = good) =>
	await compareFiles(definition, { invoices, ledger });

test.each([
	[
		'a row with a column too few',
		'number,amount,date\nA1,10.00,2026-03-01\nA2,20.00\n',
		/"ledger\.csv", row 3, has 2 columns where row 1 has 3/,
	],
	[
		'a row with a column too many',
		'number,amount,date\nA1,10.00,2026-03-01,x\n',
		/"ledger\.csv", row 2, has 4 columns where row 1 has 3/,
	],
	['a file cut inside a quotation', 'number,amount,date\nA1,10.00,2026-03-01\n"A2', /"ledger\.csv", row 3, /],
	[
		'a column that is missing',
		'number,total,date\nA1,10.00,2026-03-01\n',
		/"ledger\.csv" of the side "ledger" has no column "amount"; row 1 has "number", "total", "date"/,
	],
	[
		'a number beyond all bounds',
		'number,amount,date\nA1,10.00,2026-03-01\nA2,1e308,2026-03-02\n',
		/"ledger\.csv", row 3, column "amount": "1e308" is beyond 15 digits/,
	],
	[
		'an amount beyond 15 digits',
		'number,amount,date\nA1,1234567890123456.00,2026-03-01\n',
		/row 2, column "amount": .* is beyond 15 digits/,
	],
	[
		'more decimals than can be kept',
		'number,amount,date\nA1,0.1234567891,2026-03-01\n',
		/row 2, column "amount": .* has more than 8 decimal places/,
	],
	[
		'a decimal comma',
		'number;amount;date\nA1;10,00;2026-03-01\n',
		/row 2, column "amount": "10,00" is not a number with a decimal point; choose the comma/,
	],
	[
		'a word for a number',
		'number,amount,date\nA1,ten,2026-03-01\n',
		/row 2, column "amount": "ten" is not a number/,
	],
	[
		'a day that is none',
		'number,amount,date\nA1,10.00,2026-02-30\n',
		/row 2, column "date": "2026-02-30" is not a day/,
	],
	['an empty file', '', /"ledger\.csv" has no heading/],
])('%s is refused with file, row and column, and nothing is reported', async (_what, content, message) => {
	await expect(compareWith(content)).rejects.toThrow(message);
	await expect(compareWith(content)).rejects.toThrow(/Nothing was reported/);
});

/** 客户 and 丁 in GBK (GB 18030-2005). */
const inGbk = Buffer.concat([
	Buffer.from('number,amount,date,'),
	Buffer.from([0xbf, 0xcd, 0xbb, 0xa7]),
	Buffer.from('\nA1,10.00,2026-03-01,'),
	Buffer.from([0xb6, 0xa1]),
	Buffer.from('\nA2,20.00,2026-03-02,x\n'),
]);

test('GBK is read when it is chosen, and named when it is not', async () => {
	const { summary } = await compareWith({ content: inGbk, as: { encoding: 'gb18030' } });
	expect(summary.matched).toBe(2);
	await expect(compareWith(inGbk)).rejects.toThrow(/"ledger\.csv", row 1, is not UTF-8\..*GBK/);
});

test('a byte order mark is no part of the first heading', async () => {
	expect((await compareWith(`\ufeff${good}`)).summary.matched).toBe(2);
});

test('a decimal comma is read when it is chosen', async () => {
	const content = 'number;amount;date\nA1;10,00;2026-03-01\nA2;20,00;2026-03-02\n';
	expect((await compareWith({ content, as: { decimalMark: ',' } })).summary.matched).toBe(2);
});

test('a file cut at the end of a row is told by the number of rows expected', async () => {
	const content = 'number,amount,date\nA1,10.00,2026-03-01\n';
	await expect(compareWith({ content, as: { expectedRows: 2 } })).rejects.toThrow(
		/"ledger\.csv" has 1 rows where 2 are expected/,
	);
});

test('fifteen digits before the point and eight after it stay exact', async () => {
	const file = (amount: string) => `number,amount,date\nA1,${amount},2026-03-01\n`;
	const { findings } = await compareWith(file('999999999999999.00000002'), file('999999999999999.00000001'));
	expect(findings).toEqual([expect.objectContaining({ class: 'rounding', atStake: '0.00000001' })]);
});

test('a file that is written to while it is read is refused', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-test-'));
	const engine = await openDuckDb({ folder, memoryMb: 200, threads: 1 });
	try {
		const parsed = VarianceDefinition.parse(definition);
		const file = join(folder, 'shared.csv');
		await writeFile(file, good);
		const sources = [];
		for (const side of parsed.sides) sources.push(await csvSource(engine, { file }, side));
		await appendFile(file, 'A3,30.00,2026-03-03\n');
		await expect(compare(engine, parsed, sources)).rejects.toThrow(
			/"shared\.csv" was changed while it was read\. Nothing was reported/,
		);
	} finally {
		await engine.close();
		await rm(folder, { recursive: true, force: true });
	}
});

test('numbers are kept as they are, however they are written', async () => {
	const amounts = [
		'1e-7',
		'-1.5E-7',
		' 2.5 ',
		'+3',
		'.5',
		'12345678.12345678',
		'1234567890.5',
		'100000000000000.25',
	];
	const file = (value: (amount: string) => string) =>
		`number,amount,date\n${amounts.map((amount, index) => `A${index},"${value(amount)}",2026-03-01\n`).join('')}`;
	const { findings } = await compareWith(
		file((amount) => amount),
		file(() => '0'),
	);
	const told = findings.map(({ key, sides }) => [key[0], sides.ledger?.amount]);
	expect(Object.fromEntries(told)).toEqual(
		Object.fromEntries(
			amounts.map((amount, index) => [
				`A${index}`,
				normalise(new Big(amount.trim().replace('+', '')).toFixed()),
			]),
		),
	);
});

test.each(['1e-9', '.123456789', '1.00000000001', '1_000', '1e', '0x1F', 'NaN', 'Infinity', '1,000.00'])(
	'%s is refused, however few characters it has',
	async (amount) => {
		await expect(compareWith(`number,amount,date\nA1,"${amount}",2026-03-01\n`)).rejects.toThrow(
			/"ledger\.csv", row 2, column "amount": .*Nothing was reported/,
		);
	},
);

test('sums beyond what a single line may have are exact too', async () => {
	const rows = Array.from({ length: 20 }, () => 'A1,999999999.99999999,2026-03-01\n').join('');
	const { summary } = await compareWith(
		`number,amount,date\n${rows}`,
		'number,amount,date\nA1,-999999999.99999999,2026-03-01\n',
	);
	expect(summary.sides[1]).toMatchObject({
		amount: '19999999999.9999998',
		difference: '20999999999.99999979',
	});
});
