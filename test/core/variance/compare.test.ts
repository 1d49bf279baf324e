import type { VarianceClass } from '../../../core/variance/finding';
import { compareFiles, csv, line, threeWay } from './files';

type Lines = Array<ReturnType<typeof line>>;
interface Deal {
	orders?: Lines;
	deliveries?: Lines;
	invoices?: Lines;
}

/** One deal of each class; what is not given is as it should be. */
const planted: Record<VarianceClass, (order: string) => Deal> = {
	ambiguous: (order) => ({
		orders: [line(order, { quantity: 4, amount: 50 }), line(order, { quantity: 6, amount: 75 })],
		deliveries: [line(order, { quantity: 5 }), line(order, { quantity: 7 })],
	}),
	duplicate: (order) => ({ invoices: [line(order), line(order)] }),
	missing: () => ({ deliveries: [] }),
	unbalanced: (order) => ({ invoices: [line(order, { debit: 142.25 })] }),
	quantity: (order) => ({ deliveries: [line(order, { quantity: 8 })] }),
	price: (order) => ({ invoices: [line(order, { price: 13, amount: 130 })] }),
	rate: (order) => ({
		orders: [line(order, { currency: 'USD', rate: 7.1 })],
		invoices: [line(order, { currency: 'USD', rate: 7.3 })],
	}),
	tax: (order) => ({ invoices: [line(order, { tax: 11.25 })] }),
	costing: (order) => ({ deliveries: [line(order, { cost: 82 })] }),
	amount: (order) => ({ invoices: [line(order, { amount: 120 })] }),
	rounding: (order) => ({ invoices: [line(order, { amount: 125.01 })] }),
	period: (order) => ({ invoices: [line(order, { date: '2026-04-02' })] }),
	dimension: (order) => ({ invoices: [line(order, { centre: '' })] }),
};

function files(deals: Array<Deal & { order: string }>) {
	const of = (side: 'orders' | 'deliveries' | 'invoices') =>
		csv(deals.flatMap((deal) => deal[side] ?? [line(deal.order)]));
	return { orders: of('orders'), deliveries: of('deliveries'), invoices: of('invoices') };
}

test('each kind of planted error is found with its class, and nothing else is', async () => {
	const wrong = Object.entries(planted).map(([name, plant]) => ({
		order: `X-${name}`,
		...plant(`X-${name}`),
	}));
	const right = Array.from({ length: 20 }, (_, index) => ({ order: `SO${index}` }));
	const { summary, findings, matched } = await compareFiles(threeWay, files([...wrong, ...right]));
	expect(Object.fromEntries(findings.map((one) => [one.key[0], one.class]))).toEqual(
		Object.fromEntries(Object.keys(planted).map((name) => [`X-${name.toUpperCase()}`, name])),
	);
	expect(matched).toHaveLength(20);
	expect(summary).toMatchObject({ deals: 33, matched: 20, different: 12, ambiguous: 1, pending: 0 });
});

test('a finding says what each side says, what is at stake, how old it is and whose it is', async () => {
	const { findings } = await compareFiles(threeWay, files([{ order: 'SO1', ...planted.rate('SO1') }]));
	expect(findings).toEqual([
		expect.objectContaining({
			key: ['SO1'],
			class: 'rate',
			also: [],
			// 125 USD at 7.3 less 125 USD at 7.1
			atStake: '25',
			age: 21,
			partner: 'Northwind',
			differences: { deliveries: '-887.5', invoices: '25' },
		}),
	]);
	expect(findings[0]?.sides.invoices).toMatchObject({
		lines: 1,
		amount: '125',
		currency: 'USD',
		rate: '7.3',
	});
});

test('what the sides say of a deal is told, whether it is matched or not; a deal that no side has is left out', async () => {
	const { deals } = await compareFiles(
		threeWay,
		files([{ order: 'SO1' }, { order: 'SO2', ...planted.quantity('SO2') }]),
		[['SO1'], ['SO2'], ["SO'3"]],
	);
	expect([...deals.keys()].sort()).toEqual(['SO1', 'SO2']);
	expect(deals.get('SO1')).toMatchObject({
		orders: { lines: 1, amount: '125' },
		deliveries: { quantity: '10' },
	});
	expect(deals.get('SO2')?.deliveries?.quantity).toBe('8');
});

test('amount and tax that both differ by a rounding are one rounding difference', async () => {
	const deal = { order: 'SO1', invoices: [line('SO1', { amount: 125.01, tax: 16.26 })] };
	const { findings } = await compareFiles(threeWay, files([deal]));
	expect(findings).toMatchObject([{ class: 'rounding', also: [], atStake: '0.01' }]);
});

test('what is at stake is told where no amounts can be set against each other', async () => {
	const columns = { key: ['order'], quantity: 'quantity', price: 'price', currency: 'currency' };
	const sides = [
		{ name: 'orders', columns: { ...columns, amount: 'amount' } },
		{ name: 'invoices', columns },
	];
	const { findings } = await compareFiles(
		{ ...threeWay, sides },
		{
			orders: csv([line('SO1'), line('SO2', { currency: 'USD' })]),
			invoices: csv([line('SO1', { price: 13 }), line('SO2')]),
		},
	);
	expect(Object.fromEntries(findings.map((one) => [one.key[0], [one.class, one.atStake]]))).toEqual({
		// half a yuan for each of ten
		SO1: ['price', '5'],
		SO2: ['rate', '125'],
	});
});

test('an entry that books the cost of a delivery twice is a duplicate, though only costs can be compared', async () => {
	const columns = { key: ['order'], cost: 'cost' };
	const definition = { ...threeWay, sides: ['deliveries', 'invoices'].map((name) => ({ name, columns })) };
	const twice = [line('SO1'), line('SO1')];
	const { findings } = await compareFiles(definition, {
		deliveries: csv([line('SO1'), line('SO2'), line('SO3', { cost: 40 }), line('SO3', { cost: 40 })]),
		invoices: csv([
			...twice,
			line('SO2', { cost: 79 }),
			line('SO3', { cost: 40 }),
			line('SO3', { cost: 41 }),
		]),
	});
	expect(Object.fromEntries(findings.map((one) => [one.key[0], [one.class, one.atStake]]))).toEqual({
		SO1: ['duplicate', '80'],
		SO2: ['costing', '1'],
		SO3: ['costing', '1'],
	});
});

test('partial deliveries add up to the order', async () => {
	const deal = {
		order: 'SO1',
		deliveries: [line('SO1', { quantity: 4, cost: 32 }), line('SO1', { quantity: 6, cost: 48 })],
	};
	const { summary } = await compareFiles(threeWay, files([deal]));
	expect(summary).toMatchObject({ matched: 1, different: 0 });
	expect(summary.sides[1]).toMatchObject({ lines: 2, matched: 2 });
});

test('of many lines against many, only a pairing that is unique is taken', async () => {
	const orders = [line('SO1', { quantity: 4 }), line('SO1', { quantity: 6 })];
	const deliveries = [line('SO1', { quantity: 4 }), line('SO1', { quantity: 5 })];
	const { findings } = await compareFiles(quantities, { orders: csv(orders), deliveries: csv(deliveries) });
	expect(findings).toMatchObject([{ class: 'quantity' }]);
});

test('a thousand lines against a thousand of the same key are one ambiguous deal', async () => {
	const many = (factor: number) =>
		csv(Array.from({ length: 1_000 }, (_, index) => line('SO1', { quantity: factor * (index + 1) })));
	const { summary, findings } = await compareFiles(quantities, { orders: many(2), deliveries: many(3) });
	expect(findings).toMatchObject([{ class: 'ambiguous', sides: { orders: { lines: 1_000 } } }]);
	expect(summary.sides).toMatchObject([{ ambiguous: 1_000 }, { ambiguous: 1_000 }]);
});

test('keys are equal when only spaces, case, width or leading zeros differ', async () => {
	const { summary } = await compareFiles(
		{ ...quantities, normalise: { leadingZeros: true } },
		{
			orders: csv([line('so-12'), line('000042'), line('ＡＢ１２')]),
			deliveries: csv([line(' SO-12 '), line('42'), line('AB12')]),
		},
	);
	expect(summary).toMatchObject({ deals: 3, matched: 3 });
});

test('lines without a key are ambiguous, not paired with one another', async () => {
	const { findings } = await compareFiles(quantities, {
		orders: csv([line('')]),
		deliveries: csv([line('')]),
	});
	expect(findings).toMatchObject([{ class: 'ambiguous', key: [''] }]);
});

test('a counterpart that is not late yet is pending', async () => {
	const orders = csv([line('SO1', { date: '2026-03-30' }), line('SO2', { date: '2026-03-01' })]);
	const { findings } = await compareFiles({ ...quantities, graceDays: 3 }, { orders, deliveries: csv([]) });
	expect(Object.fromEntries(findings.map(({ key, pending }) => [key[0], pending]))).toEqual({
		SO1: true,
		SO2: false,
	});
});

test('tolerances are absolute or relative, whichever is more', async () => {
	const sides = {
		orders: csv([line('SO1', { quantity: 1_000 })]),
		deliveries: csv([line('SO1', { quantity: 1_009 })]),
	};
	const withTolerance = (absolute: string, relative: string) =>
		compareFiles({ ...quantities, tolerances: { quantity: { absolute, relative } } }, sides);
	expect((await withTolerance('8', '0.008')).summary.matched).toBe(0);
	expect((await withTolerance('9', '0')).summary.matched).toBe(1);
	expect((await withTolerance('0', '0.01')).summary.matched).toBe(1);
});

const quantities = {
	name: 'quantities',
	sides: ['orders', 'deliveries'].map((name) => ({
		name,
		columns: { key: ['order'], quantity: 'quantity', date: 'date' },
	})),
	asOf: '2026-03-31',
};
