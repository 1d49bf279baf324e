import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import jsonServer from 'json-server';

/** What is held for one order, as some warehouse nobody here has seen would keep it. */
export interface Hold {
	id: string;
	seq: number;
	rev: number;
	modified: string;
	wants: Array<{ sku: string; qty: number; held: number }>;
}

export interface Bin {
	id: string;
	count: number;
	promised: number;
	modified: string;
}

/** json-server 0.17 as a warehouse, on a free port of loopback. */
export async function startWarehouse() {
	const holds: Hold[] = [];
	const bins: Bin[] = [{ id: 'W-PEN', count: 50, promised: 0, modified: '2026-03-01T08:00:00.000Z' }];
	const articles = [{ id: 'W-PEN', label: 'Pen', ean: '4006381333931' }];
	const app = jsonServer.create();
	const running = { url: '', holds, bins, onBins: () => undefined as void, close: async () => {} };
	app.use((request, _response, next) => {
		if (request.path === '/bins') running.onBins();
		next();
	});
	app.use(jsonServer.router({ holds, bins, articles }));
	const server = await new Promise<Server>((listening) => {
		const started: Server = app.listen(0, '127.0.0.1', () => listening(started));
	});
	running.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	running.close = async () => {
		server.closeAllConnections();
		await new Promise((closed) => server.close(closed));
	};
	return running;
}

/** What an integrator writes for that warehouse, its fields one by one. */
export function warehouseDescription(url: string) {
	const wants = '[input.lines.{"sku": item, "qty": $number(quantity), "held": $number(quantity)}]';
	return {
		version: 1,
		revision: 3,
		system: 'foreign-wms',
		baseUrl: url,
		entities: {
			reservation: {
				list: { path: '/holds', query: { _sort: 'id' }, paging: { style: 'none' } },
				get: { path: '/holds/{id}' },
				id: 'id',
				changes: { field: 'modified', parameter: 'modified_gte' },
				fields: { sequence: 'seq', revision: '$string(rev)', changedAt: 'modified' },
				lines: {
					from: 'wants',
					fields: { item: 'sku', requested: '$string(qty)', reserved: '$string(held)' },
				},
				actions: {
					match: {
						method: 'PATCH',
						path: '/holds/{id}',
						body: `{"seq": input.sequence, "rev": record.rev + 1, "modified": $now(), "wants": ${wants}}`,
						whenAbsent: {
							path: '/holds',
							body: `{"id": key, "seq": input.sequence, "rev": 1, "modified": $now(), "wants": ${wants}}`,
						},
						done: 'seq = $input.sequence and [wants.{"item": sku, "quantity": $string(qty)}] = $input.lines',
					},
				},
			},
			stockLevel: {
				list: { path: '/bins', paging: { style: 'none' } },
				id: 'id',
				changes: { field: 'modified' },
				fields: {
					onHand: '$string(count)',
					reserved: '$string(promised)',
					available: '$string(count - promised)',
				},
			},
			item: {
				list: { path: '/articles', paging: { style: 'none' } },
				id: 'id',
				fields: { name: 'label', gtin: 'ean', baseUnit: '"H87"' },
			},
		},
	};
}
