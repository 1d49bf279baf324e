import type { ItemDraft } from '../../core/model/item';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => await fixture.close());

const upsert = async (draft: Partial<ItemDraft> & { code: string }, expectedVersion?: string) => {
	const whole = { baseUnit: 'H87', units: [], ...draft };
	const request = { idempotencyKey: draft.code, draft: whole };
	const [outcome] = await fixture.wms.upsert('item', [
		expectedVersion === undefined ? request : { ...request, expectedVersion },
	]);
	if (outcome === undefined) throw new Error('no outcome');
	if ('error' in outcome) throw outcome.error;
	return outcome.value;
};
const gtin = gtinOf(800_001);

test('a new item of the warehouse has no stock; a changed one keeps its stock, and what is not given of it', async () => {
	const fan = {
		code: 'NEW-1',
		name: 'Desk fan',
		gtin,
		units: [{ unit: 'XCT', numerator: '9', denominator: '2' }],
	};
	expect(await upsert(fan)).toEqual({
		code: 'NEW-1',
		name: 'Desk fan',
		gtin,
		baseUnit: 'H87',
		units: [{ unit: 'XCT', numerator: '4.5', denominator: '1' }],
	});
	const { warehouse } = fixture.company;
	expect(warehouse.stock(['NEW-1'])).toMatchObject([{ onHand: '0' }]);
	warehouse.adjustStock([{ sku: 'NEW-1', onHand: '7' }]);
	expect(await upsert({ code: 'NEW-1', name: 'Fan' })).toMatchObject({
		name: 'Fan',
		gtin,
		units: [{ unit: 'XCT' }],
	});
	expect(warehouse.stock(['NEW-1'])).toMatchObject([{ onHand: '7' }]);
});

test('what the warehouse can not keep is refused, and nothing is kept of it', async () => {
	await upsert({ code: 'OWNER', name: 'Owner', gtin: gtinOf(800_002) });
	const refusals: Array<[Partial<ItemDraft> & { code: string }, string]> = [
		[{ code: 'NO-GTIN', name: 'A' }, 'The new item "NO-GTIN" needs its GTIN.'],
		[{ code: 'NO-NAME', gtin: gtinOf(800_003) }, 'The new item "NO-NAME" needs its name.'],
		[{ code: 'TWIN', name: 'A', gtin: gtinOf(800_002) }, 'belongs to SKU "OWNER"'],
		[
			{
				code: 'THIRD',
				name: 'A',
				gtin: gtinOf(800_004),
				units: [{ unit: 'XCT', numerator: '1', denominator: '3' }],
			},
			"can't have unit XCT of 1/3 H87",
		],
	];
	for (const [draft, why] of refusals) {
		await expect(upsert(draft)).rejects.toThrow(why);
		expect(fixture.company.warehouse.itemsBySku([draft.code])).toEqual([]);
	}
	await expect(upsert({ code: 'OWNER', baseUnit: 'KGM' })).rejects.toThrow('is counted in H87');
	await expect(upsert({ code: 'OWNER' }, '1')).rejects.toThrow('has no revision to compare');
});

test('each item has its own outcome', async () => {
	const draft = (code: string, number: string): ItemDraft => ({
		code,
		name: code,
		gtin: number,
		baseUnit: 'H87',
		units: [],
	});
	const outcomes = await fixture.wms.upsert(
		'item',
		[draft('ONE', gtinOf(800_005)), draft('TWO', gtinOf(800_005)), draft('THREE', gtinOf(800_006))].map(
			(given) => ({
				idempotencyKey: given.code,
				draft: given,
			}),
		),
	);
	expect(outcomes.map((outcome) => 'error' in outcome).sort()).toEqual([false, false, true]);
	expect(outcomes.map(({ key }) => key)).toEqual(['ONE', 'TWO', 'THREE']);
});
