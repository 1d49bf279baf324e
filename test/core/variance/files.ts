import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod/v4';

import { compare, type Comparison, type MatchedDeal } from '../../../core/variance/compare';
import { csvSource, type CsvFile } from '../../../core/variance/csv';
import { VarianceDefinition } from '../../../core/variance/definition';
import { openDuckDb } from '../../../core/variance/duckdb';
import type { Finding, VarianceSummary } from '../../../core/variance/finding';

export interface Compared {
	summary: VarianceSummary;
	findings: Finding[];
	matched: MatchedDeal[];
	/** what the sides say of the deals asked for */
	deals: Awaited<ReturnType<Comparison['deals']>>;
}

type Content = string | Buffer | { content: string | Buffer; as: Omit<CsvFile, 'file'> };

/** Compares files with the contents given by side; an engine and a folder for each, gone afterwards. */
export async function compareFiles(
	definition: z.input<typeof VarianceDefinition>,
	contents: Record<string, Content>,
	keys: string[][] = [],
): Promise<Compared> {
	const parsed = VarianceDefinition.parse(definition);
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-test-'));
	const engine = await openDuckDb({ folder, memoryMb: 200, threads: 1 });
	try {
		const sources = [];
		for (const side of parsed.sides) {
			const given = contents[side.name] ?? '';
			const { content, as } =
				typeof given === 'string' || Buffer.isBuffer(given) ? { content: given, as: {} } : given;
			const file = join(folder, `${side.name}.csv`);
			await writeFile(file, content);
			sources.push(await csvSource(engine, { file, ...as }, side));
		}
		const comparison = await compare(engine, parsed, sources);
		const { summary } = comparison;
		const result: Compared = { summary, findings: [], matched: [], deals: await comparison.deals(keys) };
		for await (const some of comparison.findings()) result.findings.push(...some);
		for await (const some of comparison.matched()) result.matched.push(...some);
		return result;
	} finally {
		await engine.close();
		await rm(folder, { recursive: true, force: true });
	}
}

const columns = {
	key: ['order'],
	quantity: 'quantity',
	price: 'price',
	amount: 'amount',
	tax: 'tax',
	currency: 'currency',
	rate: 'rate',
	date: 'date',
	dimensions: ['centre'],
};

/** Orders, deliveries and invoices of a trading company. */
export const threeWay = {
	name: 'three-way',
	sides: [
		{ name: 'orders', columns: { ...columns, partner: 'customer' } },
		{ name: 'deliveries', columns: { key: ['order'], quantity: 'quantity', cost: 'cost', date: 'date' } },
		{ name: 'invoices', columns: { ...columns, cost: 'cost', debit: 'debit', credit: 'credit' } },
	],
	calendar: { kind: 'calendarMonths' as const, name: 'months', firstMonth: 1 },
	asOf: '2026-03-31',
};

interface Line {
	order: string;
	quantity: number;
	price: number;
	amount: number;
	tax: number;
	currency: string;
	rate: number;
	date: string;
	centre: string;
	cost: number;
	debit: number;
	credit: number;
	customer: string;
}

export const line = (order: string, changed: Partial<Line> = {}): Line => ({
	order,
	quantity: 10,
	price: 12.5,
	amount: 125,
	tax: 16.25,
	currency: 'CNY',
	rate: 1,
	date: '2026-03-10',
	centre: 'CC1',
	cost: 80,
	debit: 141.25,
	credit: 141.25,
	customer: 'Northwind',
	...changed,
});

/** Lines as a CSV file. */
export function csv(lines: object[], headings: string[] = Object.keys(line(''))): string {
	const rows = lines.map((one) =>
		headings.map((name) => String((one as Record<string, unknown>)[name] ?? '')).join(','),
	);
	return [headings.join(','), ...rows].join('\n') + '\n';
}
