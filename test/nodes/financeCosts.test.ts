import { finance, withBooks } from './financeNode';

withBooks();

describe('Costing', () => {
	const movement = (key: string, kind: string, more: object) => ({
		key,
		kind,
		item: 'TABLE',
		site: 'MAIN',
		date: '2026-03-10',
		...more,
	});
	// Microsoft's documentation of Dynamics 365 Supply Chain Management, weighted average: receipts at 10, 22 and 30.
	const movements = [
		movement('M4', 'receipt', { quantity: '1', amount: '30', date: '2026-03-20' }),
		movement('M1', 'receipt', { quantity: '1', amount: '10', sequence: 1 }),
		movement('M2', 'receipt', { quantity: '1', amount: '22', sequence: 2 }),
		movement('M3', 'issue', { quantity: '1', sequence: 3 }),
	];
	const input = { entity: 'PLANT', currency: 'USD' };

	test("Dynamics 365's example by both methods; each valued movement is paired with its item", async () => {
		const [moving = []] = await finance('costing', 'value', { method: 'movingAverage', ...input }, movements);
		expect(moving.map(({ json, pairedItem }) => [json.key, json.amount, pairedItem])).toEqual([
			['M1', '10.00', { item: 1 }],
			['M2', '22.00', { item: 2 }],
			['M3', '-16.00', { item: 3 }],
			['M4', '30.00', { item: 0 }],
		]);
		const [periodic = []] = await finance(
			'costing',
			'value',
			{ method: 'periodicAverage', ...input },
			movements,
		);
		expect(periodic.map(({ json }) => json.amount)).toEqual(['10.00', '22.00', '-20.67', '30.00']);
	});

	test('the comparison gives one figure a period, item and site, and the movement behind it: 16 against 20.67', async () => {
		const [periods = [], differences = []] = await finance('costing', 'compare', input, movements);
		expect(periods).toEqual([
			{
				json: {
					period: '2026-P03',
					item: 'TABLE',
					site: 'MAIN',
					movingAverage: '16.00',
					periodicAverage: '20.67',
					difference: '4.67',
				},
				pairedItem: [{ item: 3 }],
			},
		]);
		expect(differences).toMatchObject([
			{
				json: {
					key: 'M3',
					movingAverage: '-16.00',
					periodicAverage: '-20.67',
					difference: '-4.67',
					reason: expect.stringContaining('average of its moment') as string,
				},
				pairedItem: { item: 3 },
			},
		]);
	});

	test('a wrong movement ends the node with all that are wrong, also where it shall go on: nothing is valued without them', async () => {
		const wrong = [
			...movements,
			movement('M5', 'receipt', { quantity: '0', amount: '1' }),
			movement('M6', 'customerReturn', { quantity: '1', of: 'NOWHERE' }),
		];
		await expect(finance('costing', 'compare', input, wrong, { goOn: true })).rejects.toThrow(
			/Nothing was valued\. .*M5.*quantity: must be above 0.*M6: of: there is no issue "NOWHERE"/,
		);
		await expect(
			finance('costing', 'value', { method: 'movingAverage', currency: 'XXY' }, movements),
		).rejects.toThrow('currency: is no currency of ISO 4217');
	});
});

describe('Depreciation', () => {
	const card = (key: string, more: object = {}) => ({
		key,
		name: 'Press',
		currency: 'CNY',
		cost: '12000',
		residualValue: '0',
		inService: '2026-01-01',
		rule: { method: 'straightLine', usefulLifeMonths: 12, convention: 'daily' },
		...more,
	});
	const asset = (item: object) => item;
	const accounts = {
		expenseAccount: '6602',
		accumulatedAccount: '1602',
		moreAccounts: { cost: '1601', disposal: '6115', proceeds: '1606', revaluation: '4104' },
	};
	const draft = async (period: string, cards: object[], more = {}, how = {}) =>
		await finance(
			'depreciation',
			'draftEntries',
			{ asset, assetSystem: 'sandbox-finance', entity: 'PLANT', period, ...accounts, ...more },
			cards,
			how,
		);

	// ERPNext's tests of its assets: 12,000 over a year of 365 days, prorated by day.
	test("ERPNext's figures as a schedule and as entries of a period: 1,019.18 and 920.55", async () => {
		const [scheduled = []] = await finance('depreciation', 'schedule', { asset, entity: 'PLANT' }, [
			card('A-1'),
		]);
		const lines = (scheduled[0]?.json.lines ?? []) as Array<{ period: string; amount: string }>;
		expect(lines.slice(0, 2)).toMatchObject([
			{ period: '2026-P01', from: '2026-01-01', to: '2026-01-31', amount: '1019.18' },
			{ period: '2026-P02', amount: '920.55' },
		]);
		const [drafted = []] = await draft('2026-P02', [card('A-1')]);
		expect(drafted).toEqual([
			{
				json: {
					key: 'sandbox-finance/asset/A-1/2026-P02',
					entry: {
						entity: 'PLANT',
						date: '2026-02-28',
						currency: 'CNY',
						description: 'Press A-1: 2026-P02',
						document: { type: 'asset', system: 'sandbox-finance', key: 'A-1/2026-P02' },
						lines: [
							{ line: '1', account: '6602', debit: '920.55', credit: '0.00', description: 'Depreciation' },
							{ line: '2', account: '1602', debit: '0.00', credit: '920.55', description: 'Depreciation' },
						],
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test('an asset without a rule, and one for which nothing is due, are reported with the reason', async () => {
		const { rule: _, ...bare } = card('A-2');
		const [drafted, nothing = [], refused = []] = await draft('2025-P12', [bare, card('A-3')]);
		expect(drafted).toEqual([]);
		expect(nothing[0]).toMatchObject({
			json: { asset: 'A-3', reason: 'Asset A-3 (Press): nothing is due in 2025-P12.' },
			pairedItem: { item: 1 },
		});
		expect(refused[0]).toMatchObject({
			json: { asset: 'A-2', reason: 'Asset A-2 (Press): the card has no depreciation rule.' },
			pairedItem: { item: 0 },
		});
	});

	test('a disposal clears cost and accumulated depreciation, and what is left is the gain', async () => {
		const sold = card('A-4', {
			rule: { method: 'straightLine', usefulLifeMonths: 12, convention: 'monthly' },
			disposal: { on: '2026-07-10', proceeds: '6500' },
		});
		const [drafted = []] = await draft('2026-P07', [sold]);
		expect(drafted[0]?.json.entry).toMatchObject({
			lines: [
				{ account: '1602', debit: '6000.00' },
				{ account: '1606', debit: '6500.00' },
				{ account: '1601', credit: '12000.00' },
				{ account: '6115', credit: '500.00' },
			],
		});
		const [, , refused = []] = await draft('2026-P07', [sold], { moreAccounts: {} });
		expect(refused[0]?.json.reason).toBe(
			'Asset A-4 (Press), 2026-P07: an account is missing: proceeds, cost, disposal.',
		);
	});

	test('a revaluation goes to the cost of the asset, and its disposal takes it away again', async () => {
		const revalued = card('A-5', {
			rule: { method: 'straightLine', usefulLifeMonths: 12, convention: 'monthly' },
			revaluations: [{ on: '2026-07-01', carryingAmount: '9000', reason: 'Appraisal' }],
			disposal: { on: '2026-08-03', proceeds: '7500' },
		});
		const [july = []] = await draft('2026-P07', [revalued]);
		expect(july[0]?.json.entry).toMatchObject({
			lines: [
				{ account: '1601', debit: '3000.00' },
				{ account: '4104', credit: '3000.00' },
				{ account: '6602', debit: '1500.00' },
				{ account: '1602', credit: '1500.00' },
			],
		});
		const [august = []] = await draft('2026-P08', [revalued]);
		expect(august[0]?.json.entry).toMatchObject({
			lines: [
				{ account: '1602', debit: '7500.00' },
				{ account: '1606', debit: '7500.00' },
				{ account: '1601', credit: '15000.00' },
			],
		});
	});

	test('an asset sold before it was bought is an error of its own item with asset and field; the others go on', async () => {
		const wrong = card('A-6', { disposal: { on: '2025-12-31', proceeds: '1' } });
		await expect(draft('2026-P01', [wrong, card('A-7')])).rejects.toThrow(
			'The card of asset A-6 is wrong: disposal.on: asset A-6 is disposed of before 2026-01-01, its first day in use.',
		);
		const [drafted = [], , refused = []] = await draft('2026-P01', [wrong, card('A-7')], {}, { goOn: true });
		expect(drafted).toMatchObject([{ pairedItem: { item: 1 } }]);
		expect(refused).toMatchObject([
			{
				json: { key: 'A-6', error: expect.stringContaining('A-6 is disposed of before') as string },
				pairedItem: { item: 0 },
			},
		]);
	});
});
