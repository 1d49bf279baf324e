import fc from 'fast-check';

import { canonicalEntities } from '../../../../core/model/entities';
import type { PolicyEntity } from '../../../../core/sync/policy/fieldTree';

const Code = fc.stringMatching(/^[A-Z]{1,3}-\d{1,4}$/);
const Text = fc.string({ maxLength: 12 });
const Amount = fc.integer({ min: 0, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
const Unit = fc.constantFrom('H87', 'XCT', 'KGM');
const Currency = fc.constantFrom('CNY', 'EUR');
const Instant = fc
	.integer({ min: 0, max: 2_000_000_000 })
	.map((seconds) => new Date(seconds * 1_000).toISOString());
const Revision = fc.integer({ min: 1, max: 99 }).map(String);
const PartnerReference = fc.record({ code: Code, name: Text }, { requiredKeys: ['code'] });
const ItemReference = fc.record({ code: Code, name: Text }, { requiredKeys: ['code'] });

function lines<T extends object>(line: fc.Arbitrary<T>): fc.Arbitrary<Array<T & { line: string }>> {
	return fc
		.array(line, { maxLength: 3 })
		.map((some) => some.map((one, index) => ({ ...one, line: String(index + 1) })));
}

/** Valid records of entities that have something to leave out, any optional field there or not. */
export const records: Partial<Record<PolicyEntity, fc.Arbitrary<Record<string, unknown>>>> = {
	salesOrder: fc.record(
		{
			key: Code,
			number: Text,
			state: fc.constantFrom('draft', 'confirmed', 'done', 'cancelled'),
			partner: PartnerReference,
			orderedAt: Instant,
			currency: Currency,
			revision: Revision,
			lines: lines(
				fc.record(
					{
						item: ItemReference,
						quantity: Amount,
						unit: Unit,
						baseQuantity: fc.record({ quantity: Amount, unit: Unit }),
						unitPrice: Amount,
					},
					{ requiredKeys: ['item', 'quantity', 'unit'] },
				),
			),
		},
		{ requiredKeys: ['key', 'state', 'lines'] },
	),
	partner: fc.record(
		{
			code: Code,
			name: Text,
			roles: fc.uniqueArray(fc.constantFrom('customer', 'supplier'), { maxLength: 2 }),
			email: fc.constantFrom('a@example.com', 'b@example.com'),
			phone: Text,
			address: fc.record(
				{ street: Text, postalCode: Text, city: Text, country: fc.constantFrom('CN', 'DE') },
				{ requiredKeys: [] },
			),
			revision: Revision,
		},
		{ requiredKeys: ['code', 'roles'] },
	),
	item: fc.record(
		{
			code: Code,
			name: Text,
			gtin: fc.constantFrom('6291041500213', '40170725'),
			baseUnit: Unit,
			units: fc.array(fc.record({ unit: Unit, numerator: Amount.map((amount) => `1${amount}`) }), {
				maxLength: 2,
			}),
			revision: Revision,
		},
		{ requiredKeys: ['code', 'baseUnit', 'units'] },
	),
	invoice: fc.record(
		{
			key: Code,
			number: Text,
			kind: fc.constantFrom('customer', 'supplier'),
			state: fc.constantFrom('draft', 'posted'),
			partner: PartnerReference,
			order: Code,
			currency: Currency,
			total: Amount,
			revision: Revision,
			lines: lines(
				fc.record(
					{ item: ItemReference, description: Text, quantity: Amount, unitPrice: Amount, amount: Amount },
					{ requiredKeys: ['quantity', 'unitPrice'] },
				),
			),
		},
		{ requiredKeys: ['key', 'kind', 'state', 'currency', 'lines'] },
	),
};

/** An entity with two records of it, as events carry them. */
export const EntityAndTwo = fc.constantFrom(...(Object.keys(records) as PolicyEntity[])).chain((entity) => {
	const record = (records[entity] ?? fc.constant({})).map(
		(given) => canonicalEntities[entity].parse(given) as unknown as Record<string, unknown>,
	);
	return fc.record({ entity: fc.constant(entity), before: record, after: record });
});
