import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { droppedFiles } from '../../sandbox/n8n/environment';
import { OrderPath, template } from './harness/orderPath';
import { paper, pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
const header = 'order,changed_at,state,customer,line,item,gtin,quantity,unit';
const [monday, tuesday] = ['2026-03-30T08:00:00+08:00', '2026-03-31T08:00:00+08:00'];
let path: OrderPath;
let workflow: string;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company);
	const { api } = host();
	workflow = (await api.importWorkflow(await template('dropped-file-to-events/dropped-file-to-events.json')))
		.id;
});
afterAll(async () => await path.close());

const folder = (): string => join(host().folder, droppedFiles);

afterEach(async () => {
	for (const file of await readdir(folder())) await rm(join(folder(), file));
});

async function drop(name: string, ...rows: string[]): Promise<void> {
	await writeFile(join(folder(), name), `${[header, ...rows].join('\r\n')}\r\n`);
}

async function look(): Promise<void> {
	const { api } = host();
	const execution = await api.finished(await api.run(workflow, 'Run now'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	expect(execution.status).toBe('success');
}

/** A file beside the dropped one, by what its name ends with. */
async function beside(stem: string, ending: string): Promise<string | undefined> {
	const name = (await readdir(folder())).find((file) => file.startsWith(`${stem}.`) && file.endsWith(ending));
	return name === undefined ? undefined : await readFile(join(folder(), name), 'utf8');
}

const row = (
	order: string,
	{ at = monday, line = '1', item = pen, quantity = '1', unit = 'H87', state = 'confirmed' } = {},
): string => [order, at, state, 'C-1', line, item.code, item.gtin, quantity, unit].join(',');

/** Events of an order that the inbox knows, in order of arrival. */
const events = (order: string) =>
	path.inbox.rows('event_id LIKE ?', `/file-exchange file-exchange/salesOrder/${order}/%`);

async function done(order: string, count: number): Promise<void> {
	await until(`${count} events of ${order} to be finished`, () => {
		const found = events(order);
		return found.length === count && found.every(({ state }) => state === 'done');
	});
}

const movements = (order: string): number => path.company.warehouse.movements({ order, limit: 1_000 }).length;

test('a file of orders becomes reservations; the same content, under any name, is not applied again', async () => {
	const rows = [
		row('F-1', { quantity: '3' }),
		row('F-1', { line: '2', item: paper, quantity: '2', unit: 'XCT' }),
		row('F-2', { quantity: '4' }),
	];
	await drop('orders.csv', ...rows);
	await drop('more.csv', row('F-3', { quantity: '2' }));
	await look();
	for (const order of ['F-1', 'F-2', 'F-3']) await done(order, 1);
	expect(path.held('F-1')).toEqual({ [pen.code]: '3', [paper.code]: String(2 * paper.carton) });
	expect(path.held('F-2')).toEqual({ [pen.code]: '4' });
	expect(path.held('F-3')).toEqual({ [pen.code]: '2' });
	expect(JSON.parse((await beside('orders', '.receipt.json')) ?? '')).toMatchObject({
		rows: 3,
		orders: 2,
		rejectedRows: 0,
	});
	expect(await beside('orders', '.rejected.csv')).toBeUndefined();

	const before = movements('F-1');
	await drop('again.csv', ...rows);
	await look();
	expect(JSON.parse((await beside('again', '.receipt.json')) ?? '')).toMatchObject({ orders: 2 });
	// A death between sending and receipt: the file has none and is taken once more.
	const receipt = (await readdir(folder())).find((file) => /^orders\..*\.receipt\.json$/.test(file)) ?? '';
	await rm(join(folder(), receipt));
	await look();
	expect(await beside('orders', '.receipt.json')).toBeDefined();
	await drop('last.csv', row('F-4'));
	await look();
	await done('F-4', 1);
	expect(events('F-1')).toHaveLength(1);
	expect(movements('F-1')).toBe(before);
});

test('new content under an old name is applied; an older state of an order never overwrites a newer one', async () => {
	await drop('day.csv', row('F-10', { at: tuesday, quantity: '7' }));
	await look();
	await done('F-10', 1);
	await drop(
		'day.csv',
		row('F-10', { at: monday, quantity: '2' }),
		row('F-11', { at: monday, quantity: '1' }),
	);
	await look();
	await done('F-11', 1);
	await done('F-10', 2);
	expect(path.held('F-10')).toEqual({ [pen.code]: '7' });
	await drop('cancel.csv', row('F-10', { at: '2026-04-01T08:00:00+08:00', state: 'cancelled' }));
	await look();
	await done('F-10', 3);
	expect(path.held('F-10')).toEqual({});
});

test('wrong rows go to a reject file with row number and reason; their orders are not applied, the others are', async () => {
	await drop(
		'mixed.csv',
		row('F-20', { quantity: '2' }),
		'',
		row('F-21', { quantity: '1,5' }).replace('1,5', '"1,5"'),
		row('F-22', { quantity: '1' }),
		row('F-22', { line: '2', unit: 'pieces' }),
		row('F-23', { at: '2026-02-30T08:00:00Z' }),
		row('F-24').replace(pen.gtin, '04006381333932'),
		`${row('F-25')},surplus`,
		`=cmd|'/c calc'!A0${row('F-26').slice(4)}`,
		row('F-26', { line: '1' }),
		row('F-26', { line: '1' }),
	);
	await look();
	await done('F-20', 1);
	expect(path.held('F-20')).toEqual({ [pen.code]: '2' });
	const rejected = (await beside('mixed', '.rejected.csv')) ?? '';
	const reasons = Object.fromEntries(
		[...rejected.matchAll(/^"(\d+)","((?:[^"]|"")*)"/gm)].map(([, number, reason]) => [number, reason]),
	);
	expect(reasons).toMatchObject({
		4: expect.stringContaining('quantity ""1,5"" must be a decimal number'),
		5: 'not taken, because row 6 of the same order is wrong',
		6: expect.stringContaining('unit ""pieces""'),
		7: expect.stringContaining('changed_at'),
		8: expect.stringContaining('gtin'),
		9: 'has 10 cells, the header 9',
		11: 'not taken, because row 12 of the same order is wrong',
		12: expect.stringContaining('line ""1"" appears twice'),
	});
	for (const order of ['F-21', 'F-22', 'F-23', 'F-24', 'F-25', 'F-26']) expect(events(order)).toEqual([]);
	await look();
	expect(events('F-20')).toHaveLength(1);
});

test('a file without the columns is rejected whole and says which are missing', async () => {
	await writeFile(join(folder(), 'other.csv'), 'order;quantity\r\nF-30;1\r\n');
	await look();
	expect(await beside('other', '.rejected.csv')).toContain(
		'the header lacks changed_at, state, line, item, unit',
	);
	expect(JSON.parse((await beside('other', '.receipt.json')) ?? '')).toMatchObject({
		orders: 0,
		rejectedRows: 2,
	});
});

test('a half-written file is left until it is complete', async () => {
	const file = join(folder(), 'slow.csv');
	await writeFile(file, `${header}\r\n${row('F-40', { quantity: '1' })}\r\n`);
	const { api } = host();
	const running = await api.run(workflow, 'Run now');
	const writing = setInterval(
		() => void appendFile(file, `${row(`F-41`, { line: String(Date.now()) })}\r\n`),
		1_000,
	);
	const execution = await api.finished(running);
	clearInterval(writing);
	expect(execution.status).toBe('success');
	expect(await beside('slow', '.receipt.json')).toBeUndefined();
	expect(events('F-40')).toEqual([]);
	await look();
	await done('F-40', 1);
	await done('F-41', 1);
	expect(path.company.warehouse.reservation('F-41')?.lines[0]?.requested).toBe(
		String((await readFile(file, 'utf8')).split('\r\n').filter((line) => line.startsWith('F-41')).length),
	);
});

test('published, it finds a dropped file by itself', async () => {
	await host().api.publish(workflow);
	await drop('unattended.csv', row('F-50', { quantity: '2' }));
	await done('F-50', 1);
	expect(path.held('F-50')).toEqual({ [pen.code]: '2' });
	await host().api.unpublish(workflow);
});
