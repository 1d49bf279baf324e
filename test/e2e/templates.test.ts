import axios from 'axios';
import { setTimeout as pause } from 'node:timers/promises';
import { templates } from '../../sandbox/n8n/launch/templates';
import { withSandbox } from './harness/withSandbox';

const sandbox = withSandbox();

interface Order {
	id: string;
}
interface Reservation {
	lines: Array<{ reserved: string }>;
}

async function reservationOf(order: Order): Promise<Reservation> {
	const { addresses } = sandbox().company;
	for (const until = Date.now() + 60_000; ; await pause(100)) {
		const { data } = await axios.post<{ reservations: Reservation[] }>(
			`${addresses.wms}/api/reservations/search`,
			{ orders: [order.id] },
			{ headers: { 'x-api-key': sandbox().apiKey } },
		);
		const [reservation] = data.reservations;
		if (reservation) return reservation;
		if (Date.now() > until) throw new Error(`The WMS holds no reservation for order ${order.id} after 60 s.`);
	}
}

describe('the templates, imported without an edit', () => {
	test.each([...templates()])('%s can be published', async (_file, template) => {
		const { api } = sandbox().host;
		const { id } = await api.importWorkflow(template);
		await api.publish(id);
		await api.unpublish(id);
	});

	test('order-to-reservation reserves what a new order asks for', async () => {
		const { api } = sandbox().host;
		const template = [...templates()].find(([file]) => file.startsWith('order-to-reservation'))?.[1];
		if (!template) throw new Error('workflows/order-to-reservation holds no template.');
		const { id } = await api.importWorkflow(template);
		await api.publish(id);
		const { addresses } = sandbox().company;
		const headers = { 'x-api-key': sandbox().apiKey };
		const { data } = await axios.get<{ items: Array<{ code: string }> }>(
			`${addresses.erp}/api/items?limit=1`,
			{
				headers,
			},
		);
		const order = { status: 'confirmed', lines: [{ item: data.items[0]?.code, quantity: '3' }] };
		const created = await axios.post<Order>(`${addresses.erp}/api/orders`, order, { headers });
		expect(await reservationOf(created.data)).toMatchObject({ lines: [{ reserved: '3' }] });
		expect(await api.executions({ workflowId: id, status: ['error', 'crashed'] })).toEqual([]);
	});
});
