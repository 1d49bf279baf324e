import fc from 'fast-check';

import { compareFiles, csv } from '../../core/variance/files';

/* What holds for every comparison, whatever the lines are. */

const sideNames = ['orders', 'deliveries', 'invoices', 'ledger'];
const amounts = (sides: number) => ({
	name: 'amounts',
	sides: sideNames.slice(0, sides).map((name) => ({
		name,
		columns: { key: ['order'], quantity: 'quantity', amount: 'amount' },
	})),
	tolerances: { amount: { absolute: '0.05' } },
	asOf: '2026-03-31',
});

const someLines = fc.array(
	fc.record({
		order: fc.integer({ min: 1, max: 6 }).map((number) => `SO${number}`),
		quantity: fc.integer({ min: 1, max: 4 }),
		amount: fc.integer({ min: -2_000, max: 2_000 }).map((cents) => (cents / 100).toFixed(2)),
	}),
	{ maxLength: 25 },
);
/** The lines of two, three or four sides, several of each key among them. */
const someSides = fc.array(someLines, { minLength: 2, maxLength: 4 });
type SomeLines = Array<{ amount: string }>;
const runs = { numRuns: 30 };

async function compareLines(sides: SomeLines[]) {
	const contents = sides.map((lines, index) => [
		sideNames[index],
		csv(lines, ['order', 'quantity', 'amount']),
	]);
	return await compareFiles(amounts(sides.length), Object.fromEntries(contents) as Record<string, string>);
}

const inCents = (amount: string | undefined) => Math.round(Number(amount) * 100);

test('sides that are the same have no difference', async () => {
	await fc.assert(
		fc.asyncProperty(someLines, fc.integer({ min: 2, max: 4 }), async (lines, count) => {
			const { findings, summary } = await compareLines(Array.from({ length: count }, () => lines));
			expect(findings).toEqual([]);
			expect(summary.matched).toBe(summary.deals);
		}),
		runs,
	);
}, 120_000);

test('each line lands in one outcome, and the differences add up to the difference of the sums', async () => {
	await fc.assert(
		fc.asyncProperty(someSides, async (sides) => {
			const { summary, findings, matched } = await compareLines(sides);
			const deals = [...findings, ...matched].map(({ key }) => key.join());
			expect(new Set(deals).size).toBe(deals.length);
			expect(summary.deals).toBe(deals.length);
			const cents = (lines: SomeLines = []) => lines.reduce((sum, { amount }) => sum + inCents(amount), 0);
			for (const [index, side] of summary.sides.entries()) {
				const lines = sides[index] ?? [];
				expect(side.lines).toBe(lines.length);
				expect(side.matched + side.different + side.ambiguous + side.pending).toBe(lines.length);
				const inFindings = findings.reduce((sum, one) => sum + (one.sides[side.name]?.lines ?? 0), 0);
				const inMatched = matched.reduce((sum, one) => sum + (one.lines[side.name] ?? 0), 0);
				expect([inFindings, inMatched]).toEqual([lines.length - side.matched, side.matched]);
				const difference = cents(lines) - cents(sides[0]);
				expect(inCents(side.difference)).toBe(difference);
				const told = findings.reduce((sum, one) => sum + inCents(one.differences[side.name] ?? '0'), 0);
				expect([told, told + inCents(side.withinTolerance)]).toEqual([inCents(side.inFindings), difference]);
			}
		}),
		runs,
	);
}, 120_000);

test('the order of the lines does not matter', async () => {
	const shuffled = someSides.chain((sides) =>
		fc.tuple(
			fc.constant(sides),
			fc.tuple(...sides.map((lines) => fc.shuffledSubarray(lines, { minLength: lines.length }))),
		),
	);
	await fc.assert(
		fc.asyncProperty(shuffled, async ([given, other]) => {
			const result = async (sides: SomeLines[]) => {
				const { summary, findings } = await compareLines(sides);
				return { summary, findings };
			};
			expect(await result(other)).toEqual(await result(given));
		}),
		runs,
	);
}, 120_000);
