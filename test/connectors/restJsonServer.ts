import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import jsonServer from 'json-server';

/** Orders and items as some ERP nobody here has seen would keep them. */
export interface ForeignOrder {
	id: number;
	no: string;
	status: string;
	buyer: { id: string; title: string };
	modified: string;
	/** what whoever sent the order calls it */
	ref?: string;
	positions: Array<{ pos: number; article: string; qty: number }>;
}

export interface ForeignArticle {
	id: string;
	label: string;
	unit?: string;
}

export const key = 'only-for-tests';

export function order(id: number, modified = '2026-03-01T08:00:00Z'): ForeignOrder {
	return {
		id,
		no: `F-${String(id).padStart(4, '0')}`,
		status: 'open',
		buyer: { id: `B${id % 3}`, title: `Buyer ${id % 3}` },
		modified,
		positions: [{ pos: 1, article: 'PEN', qty: id }],
	};
}

export interface RunningJsonServer {
	url: string;
	orders: ForeignOrder[];
	articles: ForeignArticle[];
	/** requests that changed something */
	writes: string[];
	/** called before each answer of the order list, with the number of the request */
	onList: (request: number) => void;
	/** answer writes with 200 and do nothing */
	ignoreWrites: boolean;
	/** cut the connection after a write was done */
	cutAfterWrite: boolean;
	close(): Promise<void>;
}

/** json-server 0.17 on a free port of loopback, behind a key in the header `x-key`. */
export async function startJsonServer(orders: ForeignOrder[]): Promise<RunningJsonServer> {
	const app = jsonServer.create();
	const articles: ForeignArticle[] = [{ id: 'PEN', label: 'Pen' }];
	const router = jsonServer.router({ orders, articles });
	const etag = app.get('etag fn') as (body: string) => string;
	let lists = 0;
	let server: Server | undefined;
	const running: RunningJsonServer = {
		url: '',
		orders,
		articles,
		writes: [],
		onList: () => undefined,
		ignoreWrites: false,
		cutAfterWrite: false,
		close: async () => {
			server?.closeAllConnections();
			await new Promise((closed) => server?.close(closed));
		},
	};
	app.use((request, response, next) => {
		if (request.headers['x-key'] !== key) {
			response.status(401).jsonp({ fault: { text: 'who are you?' } });
			return;
		}
		if (request.method === 'GET') {
			if (request.path === '/orders') running.onList((lists += 1));
			next();
			return;
		}
		running.writes.push(`${request.method} ${request.path}`);
		if (running.ignoreWrites) {
			response.jsonp({});
			return;
		}
		// Express makes the ETags; json-server takes no notice of them.
		const expected = request.headers['if-match'];
		const one = orders.find(({ id }) => request.path === `/orders/${id}`);
		if (expected !== undefined && one !== undefined && etag(JSON.stringify(one, null, 2)) !== expected) {
			response.status(412).jsonp({ fault: { text: 'somebody changed it' } });
			return;
		}
		if (running.cutAfterWrite) response.jsonp = () => response.socket?.destroy() as never;
		next();
	});
	app.use(jsonServer.bodyParser);
	app.use((request, response, next) => {
		const { positions: sent = [] } = (request.body ?? {}) as Partial<ForeignOrder>;
		if (request.method !== 'GET' && sent.some(({ article }) => article === 'refused'))
			response.status(422).jsonp({ fault: { text: 'no such article' } });
		else next();
	});
	app.use(router);
	await new Promise<void>((listening) => {
		server = app.listen(0, '127.0.0.1', listening) as Server;
	});
	// A connection that idles must not close just as the next request is sent.
	if (server !== undefined) (server as Server).keepAliveTimeout = 60_000;
	running.url = `http://127.0.0.1:${(server?.address() as unknown as AddressInfo).port}`;
	return running;
}

const positions =
	'draft.lines#$i.{"pos": line ? $number(line) : $max([0, $$.record.positions.pos]) + $i + 1, "article": item.code, "qty": $number(quantity)}';

/** What an integrator writes for that ERP. */
export function description(url: string, paging: object = linkPaging) {
	// json-server names the next page only to those who asked for a page.
	const query = { _sort: 'id', ...(paging === linkPaging ? { _page: 1 } : {}) };
	return {
		version: 1,
		system: 'foreign-erp',
		baseUrl: url,
		entities: {
			salesOrder: {
				list: { path: '/orders', query, paging, searchParameter: 'q' },
				get: { path: '/orders/{id}' },
				id: 'id',
				changes: { field: 'modified', parameter: 'modified_gte', overlapSeconds: 2 },
				mapping: `{
					"key": $string(id), "number": no,
					"state": {"open": "draft", "firm": "confirmed"} ~> $lookup(status),
					"partner": {"code": buyer.id, "name": buyer.title},
					"lines": [positions.{"line": $string(pos), "item": {"code": article}, "quantity": $string(qty), "unit": "H87"}]
				}`,
				actions: {
					confirm: {
						method: 'PATCH',
						path: '/orders/{id}',
						body: '{"status": "firm", "modified": $now()}',
						done: 'status = "firm"',
						version: { header: 'if-match', value: '$headers.etag' },
						idempotencyHeader: 'idempotency-key',
					},
				},
				create: {
					path: '/orders',
					body: `{
						"no": draft.number ? draft.number : "W-" & idempotencyKey, "ref": idempotencyKey, "status": "open",
						"buyer": {"id": draft.partner.code, "title": draft.partner.name}, "modified": $now(),
						"positions": [${positions}]
					}`,
					idempotency: { field: 'ref', parameter: 'ref' },
				},
				update: {
					method: 'PATCH',
					path: '/orders/{id}',
					body: `{
						"no": draft.number, "modified": $now(),
						"buyer": {"id": draft.partner.code, "title": draft.partner.name},
						"positions": [${positions}]
					}`,
					version: { header: 'if-match', value: '$headers.etag' },
				},
			},
			item: {
				list: { path: '/articles', paging: { style: 'none' } },
				id: 'id',
				mapping: '{"name": label, "baseUnit": unit ? unit : "H87"}',
				create: {
					path: '/articles',
					body: '{"id": draft.code, "label": draft.name, "unit": draft.baseUnit}',
				},
				update: { path: '/articles/{id}', body: '{"label": draft.name, "unit": draft.baseUnit}' },
			},
		},
		errors: { message: 'fault.text' },
	};
}

export const linkPaging = { style: 'link', size: { parameter: '_limit', value: 10 } };
