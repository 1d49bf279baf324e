import { describeEvent, parseEvent, type BridgeEvent } from '../../core/events/event';
import { canonicalEntities } from '../../core/model/entities';
import { quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany({ erp: { publish: true } });
});
afterAll(async () => await fixture.close());

/** What waits for the broker; each message has to be a valid event. */
function waiting(after = 0): { events: BridgeEvent[]; last: number } {
	const rows = fixture.company.erp.outbox?.after(after, 10_000) ?? [];
	const events = rows.map(({ payload }) => {
		const parsed = parseEvent(payload);
		if ('reason' in parsed) throw new Error(parsed.reason);
		return parsed.event;
	});
	return { events, last: rows.at(-1)?.position ?? after };
}

test('each change of an item, partner or document is told with the record as the connector reads it', async () => {
	const { erp } = fixture.company;
	const { last } = waiting();
	erp.createItem({ code: 'FAN-1', names: { en: 'Desk fan' } });
	erp.patchItem('FAN-1', { names: { en: 'Standing fan' } });
	erp.partners.change('C-1001', { phone: '+86 512 1' });
	erp.purchases.cancel('PO-00000003');
	erp.deliveries.confirm('DN-00000003');
	erp.invoices.confirm('INV-00000003');
	const { events } = waiting(last);
	const told = events.map((event) => {
		const { entity, change, sequence } = describeEvent(event);
		return [entity, event.subject, change, sequence];
	});
	expect(told).toEqual([
		['item', 'FAN-1', 'created', 1],
		['item', 'FAN-1', 'changed', 2],
		['partner', 'C-1001', 'changed', 2],
		['purchaseOrder', 'PO-00000003', 'cancelled', 2],
		['delivery', 'DN-00000003', 'changed', 2],
		['invoice', 'INV-00000003', 'changed', 2],
	]);
	for (const event of events.slice(1)) {
		const entity = describeEvent(event).entity as keyof typeof canonicalEntities;
		const { subject } = event;
		expect((await fixture.erp.get(entity, [subject])).get(subject)).toEqual(event.data);
	}
});

test('a refused change tells nothing', () => {
	const { erp } = fixture.company;
	const { last } = waiting();
	expect(() => erp.purchases.confirm('PO-00000003')).toThrow(/is cancelled/);
	expect(() => erp.partners.change('C-1001', { phone: '1' }, 99)).toThrow(/is at version/);
	expect(() => erp.invoices.create({ kind: 'customer', order: 'SO-0', lines: [] })).toThrow();
	expect(waiting(last).events).toEqual([]);
});
