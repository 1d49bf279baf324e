import fc from 'fast-check';

import { chunked, forEachIn, inList, insertRows } from '../../../core/store/statements';

/** The lower of the two databases' limits: SQLITE_MAX_VARIABLE_NUMBER. */
const parameterLimit = 32_766;

const placeholders = (sql: string) => [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));

describe('Statements over many rows', () => {
	test('an insert lists every row once', () => {
		expect(
			insertRows({
				table: 'cursors',
				columns: ['owner', 'value'],
				rows: [
					['a', 1],
					['b', null],
				],
				suffix: 'ON CONFLICT DO NOTHING',
			}),
		).toEqual([
			{
				sql: 'INSERT INTO cursors (owner, value) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING',
				parameters: ['a', 1, 'b', null],
			},
		]);
		expect(insertRows({ table: 't', columns: ['a'], rows: [] })).toEqual([]);
	});

	test('a row with a value too few is refused', () => {
		expect(() => insertRows({ table: 't', columns: ['a', 'b'], rows: [['a']] })).toThrow(
			'A row for t has 1 values for 2 columns.',
		);
	});

	test('a list follows the parameters that stand before it', () => {
		expect(forEachIn(['x', 'y'], ['fixed'], (list) => `SELECT 1 WHERE a = $1 AND b IN ${list}`)).toEqual([
			{ sql: 'SELECT 1 WHERE a = $1 AND b IN ($2, $3)', parameters: ['fixed', 'x', 'y'] },
		]);
		expect(inList(['a', 'b', 'c'], 3)).toBe('($3, $4, $5)');
	});

	test('no statement exceeds the limits, every placeholder has its parameter, and no row is lost', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 1, max: 12 }), (count, width) => {
				const rows = Array.from({ length: count }, (_, row) =>
					Array.from({ length: width }, (_, at) => row * width + at),
				);
				const columns = Array.from({ length: width }, (_, at) => `c${at}`);
				const statements = insertRows({ table: 't', columns, rows });
				for (const { sql, parameters = [] } of statements) {
					expect(parameters.length).toBeLessThanOrEqual(parameterLimit);
					expect(placeholders(sql).every((number, index) => number === index + 1)).toBe(true);
					expect(placeholders(sql)).toHaveLength(parameters.length);
				}
				expect(statements.flatMap(({ parameters = [] }) => parameters)).toEqual(rows.flat());
			}),
			{ numRuns: 10 },
		);
	});

	test('pieces keep the order and the size', () => {
		expect(chunked([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
		expect(chunked([], 2)).toEqual([]);
	});
});
