import { Erp } from '../../nodes/Erp/Erp.node';
import { Wms } from '../../nodes/Wms/Wms.node';
import { quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { editor, run } from './nodeContext';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => await fixture.close());

const erp = new Erp();
const wms = new Wms();
const form = async (resource: string, operation: string) => {
	const context = editor(fixture.company, { system: 'sandbox', resource, operation });
	const { fields } = await erp.methods.resourceMapping.loadRecordForm.call(context);
	return new Map(fields.map((field) => [field.id, field]));
};
const byFields = (value: Record<string, unknown>) => ({
	system: 'sandbox',
	recordFrom: 'fields',
	fields: { mappingMode: 'defineBelow', value },
});
const line = { item: { code: 'TEC-AC-10003628' }, quantity: '2', unit: 'H87' };

describe("the form of the chosen system's fields", () => {
	test('has the canonical fields that it takes, then its own with their values; what it needs is required', async () => {
		const fields = await form('purchaseOrder', 'create');
		expect([...fields.keys()]).toEqual([
			'number',
			'partner.code',
			'orderedAt',
			'expectedOn',
			'currency',
			'lines',
			'native.project',
			'native.fundSource',
		]);
		// The canonical form can do without a partner, this ERP's purchases cannot.
		const required = [...fields.values()].filter((field) => field.required).map(({ id }) => id);
		expect(required).toEqual(['partner.code', 'lines']);
		expect(fields.get('native.fundSource')).toMatchObject({
			type: 'options',
			options: ['operating', 'investment', 'grant'].map((value) => ({ name: value, value })),
		});
		expect(fields.get('orderedAt')?.type).toBe('dateTime');
	});

	test('has picklists of the canonical form, and requires nothing of a change', async () => {
		const fields = await form('invoice', 'update');
		expect(fields.get('kind')).toMatchObject({ type: 'options', required: false });
		expect([...fields.values()].some(({ required }) => required)).toBe(false);
	});

	test('makes and changes a record with fields of the system itself, and leaves empty ones out', async () => {
		const [made] = await run(erp, fixture.company, {
			...byFields({
				'partner.code': 'S-2001',
				number: '',
				currency: null,
				lines: JSON.stringify([line]),
				'native.project': 'P-7',
				'native.fundSource': 'grant',
			}),
			resource: 'purchaseOrder',
			operation: 'create',
			idempotencyKey: 'form-1',
		});
		expect(made).toMatchObject({
			partner: { code: 'S-2001' },
			lines: [line],
			native: { project: 'P-7', fundSource: 'grant' },
		});
		const [changed] = await run(erp, fixture.company, {
			...byFields({ 'native.fundSource': 'investment' }),
			resource: 'purchaseOrder',
			operation: 'update',
			purchaseOrder: made?.['key'],
		});
		expect(changed).toMatchObject({ lines: [line], native: { fundSource: 'investment' } });
		expect(fixture.company.erp.purchases.get(String(made?.['key']))?.body).toMatchObject({
			project: 'P-7',
			fundSource: 'investment',
		});
	});

	test.each<[string, Record<string, unknown>, RegExp]>([
		[
			'a name that the system has not',
			{ 'native.projekt': 'P' },
			/native\.projekt: .*did you mean "project"/,
		],
		[
			'a value that is not in the list',
			{ 'native.fundSource': 'gift' },
			/native\.fundSource: must be one of/,
		],
		['lines that are no JSON', { lines: 'two mice' }, /lines: .*expected array/],
		['a field of a line', { lines: [{ ...line, qty: '1' }] }, /lines\.0\.qty: .*did you mean "quantity"/],
	])('refuses %s, and makes nothing', async (_what, wrong, says) => {
		const { purchases } = fixture.company.erp;
		const before = purchases.list().length;
		const attempt = run(erp, fixture.company, {
			...byFields({ 'partner.code': 'S-2001', lines: [line], ...wrong }),
			resource: 'purchaseOrder',
			operation: 'create',
			idempotencyKey: 'form-2',
		});
		await expect(attempt).rejects.toThrow(says);
		expect(purchases.list()).toHaveLength(before);
	});

	test('own fields are refused where the system takes none', async () => {
		const attempt = run(wms, fixture.company, {
			...byFields({ code: 'W1-4100', baseUnit: 'H87', 'native.colour': 'red' }),
			resource: 'item',
			operation: 'upsert',
			idempotencyKey: 'form-3',
		});
		await expect(attempt).rejects.toThrow(/native\.colour, but sandbox-wms takes no fields of its own/);
	});
});

describe('conditions and fields to return', () => {
	const many = { system: 'sandbox', operation: 'getAll', returnAll: true };
	const condition = (field: string, operator: string, value = '') => ({
		conditions: { condition: [{ field, operator, value }] },
	});

	test("fields come from the system, operators from the field's kind", async () => {
		const parameters = { system: 'sandbox', resource: 'partner' };
		const { loadRecordFields, loadOperators } = erp.methods.loadOptions;
		const fields = await loadRecordFields.call(editor(fixture.company, parameters));
		expect(fields.map(({ value }) => value)).toEqual(
			expect.arrayContaining(['code', 'address.city', 'native.paymentTerms']),
		);
		const operators = async (field: string) =>
			(await loadOperators.call(editor(fixture.company, parameters, { field }))).map(({ value }) => value);
		expect(await operators('name')).toContain('contains');
		expect(await operators('native.paymentTerms')).toEqual(['is', 'isNot', 'isEmpty', 'isNotEmpty']);
	});

	test('choose records, and only what is asked of each', async () => {
		fixture.company.erp.partners.change('S-2001', { paymentTerms: 'net60' });
		const found = await run(erp, fixture.company, {
			...many,
			resource: 'partner',
			...condition('native.paymentTerms', 'is', 'net60'),
			fieldsToReturn: ['name', 'native.paymentTerms'],
		});
		expect(found).toEqual([{ code: 'S-2001', name: expect.any(String), native: { paymentTerms: 'net60' } }]);
		const [whole] = await run(erp, fixture.company, {
			...many,
			resource: 'partner',
			...condition('code', 'is', 's-2001'),
		});
		expect(whole).not.toHaveProperty('native');
	});

	test('compare decimals as numbers, in the warehouse as well', async () => {
		const levels = await run(wms, fixture.company, { ...many, resource: 'stockLevel' });
		const above = await run(wms, fixture.company, {
			...many,
			resource: 'stockLevel',
			...condition('onHand', 'above', '9.5'),
		});
		expect(above.map(({ item }) => item)).toEqual(
			levels.filter(({ onHand }) => Number(onHand) > 9.5).map(({ item }) => item),
		);
		expect(above.length).toBeGreaterThan(0);
	});

	test.each<[string, object, RegExp]>([
		[
			'an unknown field',
			condition('nmae', 'is', 'x'),
			/"nmae" of partner in sandbox-erp: .*did you mean "name"/,
		],
		['an operator of another kind', condition('name', 'above', 'x'), /cannot be compared with "above"/],
		['an unknown field to return', { fieldsToReturn: ['nativ.note'] }, /Field to return "nativ\.note"/],
	])('refuse %s', async (_what, wrong, says) => {
		await expect(run(erp, fixture.company, { ...many, resource: 'partner', ...wrong })).rejects.toThrow(says);
	});
});
