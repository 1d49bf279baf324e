import { finance, withBooks } from './financeNode';

withBooks();

/** Rules as the form gives them. */
const line = (account: string, side: string, amount: string, per = 'line', more = {}) => ({
	account,
	side,
	amount,
	per,
	dimensions: {},
	...more,
});
const voucherRule = (name: string, document: string, lines: object[], more = {}) => ({
	name,
	document,
	conditions: {},
	lines: { line: lines },
	roundingAccount: '660309',
	journal: '',
	...more,
});
const cost = 'line.quantity * line.unitCost';
const goodsIssue = voucherRule('Goods issue', 'delivery', [
	line('6401', 'debit', cost),
	line('1405', 'credit', cost),
]);
const saveRules = async (ruleSetName: string, rules: object[], dimensions: object[] = []) =>
	await finance('ruleSet', 'save', {
		ruleSetName,
		rulesFrom: 'form',
		voucherRules: { rule: rules },
		dimensionRules: { rule: dimensions },
	});

const draft = async (ruleSet: string, documentType: string, records: object[], more = {}) =>
	await finance(
		'voucher',
		'draft',
		{
			documentType,
			documentSystem: 'sandbox-erp',
			record: (item: object) => item,
			entity: 'PLANT',
			ruleSet,
			...more,
		},
		records,
	);

const delivery = (key: string, more: Record<string, unknown> = {}) => ({
	key,
	state: 'done',
	// 23:30 in Shanghai.
	deliveredAt: '2026-03-31T15:30:00Z',
	currency: 'CNY',
	lines: [{ line: '1', item: { code: 'TABLE' }, quantity: '3', unit: 'H87', unitCost: '4.255' }],
	...more,
});

describe('Rule Set', () => {
	test('what the form says is saved in versions, and can be read back', async () => {
		const [saved = []] = await saveRules('trading', [goodsIssue]);
		expect(saved[0]?.json).toMatchObject({ name: 'trading', version: 1, isNew: true });
		const [again = []] = await saveRules('trading', [goodsIssue]);
		expect(again[0]?.json).toMatchObject({ version: 1, isNew: false });
		const [read = []] = await finance('ruleSet', 'get', { ruleSet: 'trading', version: 0 });
		expect(read[0]?.json).toMatchObject({
			version: 1,
			rules: { vouchers: [{ name: 'Goods issue', roundingAccount: '660309' }], dimensions: [] },
		});
		const definition = (read[0]?.json.rules ?? {}) as object;
		const [byJson = []] = await finance('ruleSet', 'save', {
			ruleSetName: 'trading',
			rulesFrom: 'json',
			definition,
		});
		expect(byJson[0]?.json).toMatchObject({ version: 1, isNew: false });
	});

	test.each<[string, object[], string]>([
		['no rule', [], 'it has no rule'],
		['a rule without lines', [voucherRule('Empty', 'delivery', [])], 'vouchers.0.lines'],
		[
			'a rule that only debits',
			[voucherRule('Lame', 'delivery', [line('6401', 'debit', cost)])],
			'rule "Lame" has no credit line',
		],
		[
			'an amount that cannot be read',
			[
				voucherRule('Odd', 'delivery', [
					line('6401', 'debit', 'line.quantity *'),
					line('1405', 'credit', cost),
				]),
			],
			'vouchers.0.lines.0.amount: "line.quantity *": a field or number is missing at character 16',
		],
	])('%s is refused, and the former rules hold', async (_, rules, problem) => {
		await saveRules('kept', [goodsIssue]);
		await expect(saveRules('kept', rules)).rejects.toThrow(problem);
		const [read = []] = await finance('ruleSet', 'get', { ruleSet: 'kept', version: 0 });
		expect(read[0]?.json).toMatchObject({ version: 1 });
	});
});

describe('Voucher: Draft', () => {
	beforeAll(async () => {
		await saveRules(
			'documents',
			[
				goodsIssue,
				voucherRule('Invoice', 'invoice', [
					line('1122', 'debit', 'total + taxTotal', 'document', { withPartner: true }),
					line('6001', 'credit', 'line.amount'),
					line('222102', 'credit', 'taxTotal', 'document'),
				]),
				voucherRule(
					'Purchase invoice',
					'supplierInvoice',
					[
						line('220202', 'debit', 'total', 'document'),
						line('222101', 'debit', 'taxTotal', 'document'),
						line('2202', 'credit', 'total + taxTotal', 'document', { withPartner: true }),
					],
					{ conditions: { condition: [{ field: 'total', operator: 'above', value: '100' }] } },
				),
				voucherRule('Goods received', 'purchaseReceipt', [
					line('1405', 'debit', cost),
					line('220202', 'credit', cost),
				]),
				voucherRule('Goods returned', 'return', [line('1405', 'debit', cost), line('6401', 'credit', cost)]),
				voucherRule('Stock difference', 'adjustment', [
					line('1405', 'debit', cost),
					line('1901', 'credit', cost),
				]),
			],
			[
				{
					dimension: 'costCentre',
					documents: ['delivery'],
					accounts: '64*, 6601',
					conditions: {},
					defaultFrom: 'value',
					source: 'CC-200',
				},
			],
		);
	});

	test('a delivery: cost of goods against inventory, on the day of its books, with its dimension', async () => {
		const [drafted = [], unmatched, refused] = await draft('documents', 'delivery', [
			delivery('D-1'),
			// 05:30 of 1 April in Shanghai: before the end of the business day of 31 March.
			delivery('D-2', { deliveredAt: '2026-03-31T21:30:00Z' }),
			delivery('D-3', { deliveredAt: '2026-03-31T22:00:00Z' }),
		]);
		expect([unmatched, refused]).toEqual([[], []]);
		expect(drafted.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(drafted.map(({ json }) => (json.entry as { date: string }).date)).toEqual([
			'2026-03-31',
			'2026-03-31',
			'2026-04-01',
		]);
		expect(drafted[0]?.json).toMatchObject({
			key: 'sandbox-erp/delivery/D-1',
			rule: 'Goods issue',
			ruleSet: { name: 'documents', version: 1 },
			entry: {
				entity: 'PLANT',
				currency: 'CNY',
				document: { type: 'delivery', system: 'sandbox-erp', key: 'D-1' },
				lines: [
					// 12.765, half to even
					{ account: '6401', debit: '12.76', dimensions: { costCentre: 'CC-200' } },
					{ account: '1405', credit: '12.76' },
				],
			},
		});
	});

	test.each<[string, string, object, object[]]>([
		[
			'an invoice: receivable with its customer, revenue and tax',
			'invoice',
			{
				key: 'I-1',
				kind: 'customer',
				state: 'posted',
				issuedOn: '2026-03-31',
				currency: 'CNY',
				total: '100.00',
				taxTotal: '13.00',
				partner: { code: 'C-1' },
				lines: [{ line: '1', quantity: '4', unitPrice: '25', amount: '100.00' }],
			},
			[
				{ account: '1122', debit: '113.00', partner: { code: 'C-1' } },
				{ account: '6001', credit: '100.00' },
				{ account: '222102', credit: '13.00' },
			],
		],
		[
			'a credit note turns the sides round',
			'invoice',
			{
				key: 'I-2',
				kind: 'customer',
				state: 'posted',
				issuedOn: '2026-03-31',
				currency: 'CNY',
				total: '-100.00',
				taxTotal: '-13.00',
				lines: [{ line: '1', quantity: '-4', unitPrice: '25', amount: '-100.00' }],
			},
			[
				{ account: '1122', credit: '113.00' },
				{ account: '6001', debit: '100.00' },
				{ account: '222102', debit: '13.00' },
			],
		],
		[
			'a purchase receipt, with the costs that were added to it',
			'purchaseReceipt',
			{
				key: 'R-1',
				state: 'received',
				receivedAt: '2026-03-31T02:00:00Z',
				lines: [{ line: '1', item: 'TABLE', quantity: '2', unitCost: '8' }],
			},
			[
				{ account: '1405', debit: '16.00' },
				{ account: '220202', credit: '16.00' },
			],
		],
		[
			'a return',
			'return',
			delivery('RT-1'),
			[
				{ account: '1405', debit: '12.76' },
				{ account: '6401', credit: '12.76' },
			],
		],
		[
			'an adjustment that takes stock away',
			'adjustment',
			{
				key: 'M-1',
				kind: 'adjustment',
				item: 'TABLE',
				quantity: '-2',
				unitCost: '8',
				occurredAt: '2026-03-31T02:00:00Z',
			},
			[
				{ account: '1405', credit: '16.00' },
				{ account: '1901', debit: '16.00' },
			],
		],
	])('%s', async (_, type, record, lines) => {
		const [drafted = []] = await draft('documents', type, [record], { currency: 'CNY' });
		expect(drafted[0]?.json.entry).toMatchObject({ lines });
	});

	test('what no rule fits and what cannot be posted is listed with the reason; nothing is dropped', async () => {
		const supplierInvoice = {
			key: 'S-1',
			kind: 'supplier',
			state: 'posted',
			issuedOn: '2026-03-31',
			currency: 'CNY',
			total: '99.00',
			taxTotal: '0',
			lines: [],
		};
		const [, unmatched = []] = await draft('documents', 'supplierInvoice', [supplierInvoice]);
		expect(unmatched[0]).toMatchObject({
			json: {
				document: { type: 'supplierInvoice', system: 'sandbox-erp', key: 'S-1' },
				reason:
					'No rule fits supplierInvoice S-1 of sandbox-erp. Add one, or widen the conditions of another.',
			},
			pairedItem: { item: 0 },
		});

		const noCost = delivery('D-8', {
			lines: [{ line: '7', item: { code: 'TABLE' }, quantity: '3', unit: 'H87' }],
		});
		const { currency: _, ...noCurrency } = delivery('D-9');
		const [drafted = [], none, refused = []] = await draft('documents', 'delivery', [
			delivery('D-4', { state: 'draft', deliveredAt: undefined }),
			delivery('D-5', { deliveredAt: undefined }),
			delivery('D-6', { currency: 'XXY' }),
			delivery('D-7', { lines: [] }),
			noCost,
			noCurrency,
			delivery('D-10'),
		]);
		expect(none).toEqual([]);
		expect(drafted.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 6 }]);
		expect(refused.map(({ json }) => json.reason)).toEqual([
			'delivery D-4 of sandbox-erp: state: it is draft; only what is done is posted.',
			'delivery D-5 of sandbox-erp: deliveredAt: must be filled; it decides in which period it is posted.',
			'delivery D-6 of sandbox-erp: currency: "XXY" is no currency of ISO 4217.',
			'Rule "Goods issue" gives no amount for delivery D-7 of sandbox-erp: all its lines are zero.',
			'Rule "Goods issue", line 1 (6401), delivery D-8 of sandbox-erp: line 7: the field "line.unitCost" is missing and no decimal.',
			'delivery D-9 of sandbox-erp: currency: must be filled, in the document or as the currency of documents that name none.',
		]);
	});

	test('a rule set or a legal entity that is not there ends the node with what there is', async () => {
		await expect(draft('nowhere', 'delivery', [delivery('D-1')])).rejects.toThrow(
			/There is no rule set "nowhere" in this state store; saved are .*"documents"/,
		);
		await expect(draft('documents', 'delivery', [delivery('D-1')], { entity: 'MOON' })).rejects.toThrow(
			'MOON',
		);
	});
});

describe('Dimension: Check', () => {
	const rule = (dimension: string, more = {}) => ({
		dimension,
		documents: ['purchaseOrder'],
		accounts: '',
		conditions: {},
		...more,
	});
	const order = (key: string, more: object, lines: object[] = [{}]) => ({
		key,
		state: 'draft',
		lines: lines.map((one, index) => ({
			line: String(index + 1),
			item: { code: 'TABLE' },
			quantity: '1',
			unit: 'H87',
			...one,
		})),
		...more,
	});

	test('what a rule can fill is filled, and what is missing is refused with its field', async () => {
		await saveRules(
			'purchase',
			[],
			[
				rule('project'),
				rule('sourceOfFunds', { defaultFrom: 'value', source: 'operating' }),
				rule('costCentre', {
					required: false,
					defaultFrom: 'field',
					source: 'partner.code',
				}),
				rule('grant', {
					conditions: { condition: [{ field: 'dimensions.sourceOfFunds', operator: 'is', value: 'grant' }] },
				}),
			],
		);
		const [complete = [], incomplete = []] = await finance(
			'dimension',
			'check',
			{
				documentType: 'purchaseOrder',
				record: (item: object) => item,
				ruleSet: 'purchase',
				day: '2026-03-31',
				knownValues: false,
			},
			[
				order('PO-1', { dimensions: { project: 'P-1' }, partner: { code: 'S-9' } }),
				order('PO-2', { dimensions: { sourceOfFunds: 'grant' } }, [{ dimensions: { project: 'P-2' } }, {}]),
			],
		);
		expect(complete).toMatchObject([
			{
				json: {
					document: {
						key: 'PO-1',
						lines: [{ dimensions: { project: 'P-1', sourceOfFunds: 'operating', costCentre: 'S-9' } }],
					},
					filled: ['lines.0.dimensions.sourceOfFunds', 'lines.0.dimensions.costCentre'],
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(incomplete).toMatchObject([
			{
				json: {
					reason:
						'purchaseOrder PO-2: lines.0.dimensions.grant: must be filled; lines.1.dimensions.project: must be filled; lines.1.dimensions.grant: must be filled.',
				},
				pairedItem: { item: 1 },
			},
		]);
	});
});
