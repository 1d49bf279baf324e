import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

import { z } from 'zod/v4';

import { customers } from '../catalogue/items';
import { eventOfOrder, type Erp } from '../erp/erp';
import { NewOrder, OrderPatch, type ErpOrder } from '../erp/model';
import { attachmentOf } from '../mail/api';
import type { Mailbox } from '../mail/mailbox';
import {
	Answer,
	closeServer,
	listen,
	readJson,
	refusal,
	router,
	send,
	ServiceError,
	type Route,
} from '../http/service';
import type { RelayState } from '../outbox/relay';
import { isSettled } from '../settled';
import type { Warehouse } from '../wms/warehouse';
import { Latency } from './latency';
import { LiveUpdates } from './liveUpdates';

export interface PageServer {
	url: string;
	close(): Promise<void>;
}

const script = 'text/javascript; charset=utf-8';
const files = new Map([
	['/', { name: 'index.html', type: 'text/html; charset=utf-8' }],
	['/page.css', { name: 'page.css', type: 'text/css; charset=utf-8' }],
	...[
		'page',
		'texts',
		'dom',
		'state',
		'company',
		'orderList',
		'editor',
		'lineInputs',
		'newOrder',
		'warehouse',
		'mail',
	].map((name) => [`/${name}.js`, { name: `${name}.js`, type: script }] as const),
]);

const securityHeaders = {
	'content-security-policy':
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

/** A mail's content comes from anywhere: it is shown without scripts, and apart from the page (CSP level 3, sandbox). */
const attachmentHeaders = {
	'content-security-policy':
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:",
};

/** The web page: orders on the left, what the warehouse holds for them on the right, mail below, changing live. */
export async function startPage(options: {
	host: string;
	port: number;
	erp: Erp;
	warehouse: Warehouse;
	mailbox: Mailbox;
	relays: () => { erp?: RelayState; wms?: RelayState };
}): Promise<PageServer> {
	const { erp, warehouse, mailbox, relays } = options;
	const latency = new Latency();

	/** One order with everything that the page shows of it. */
	const view = (order: ErpOrder): unknown => {
		const reservation = warehouse.reservation(order.id);
		const skus = new Set(reservation?.lines.map(({ sku }) => sku));
		for (const { sku } of warehouse.itemsByGtin(order.lines.map(({ gtin }) => gtin))) skus.add(sku);
		return {
			order,
			event: eventOfOrder(order),
			reservation: reservation ?? null,
			answer: latency.answerOf(order.id) ?? null,
			settled: isSettled(order, reservation, warehouse),
			stock: warehouse.stock([...skus]),
		};
	};
	const figures = (): unknown => ({
		orders: erp.orderCount,
		reservations: warehouse.reservationCount,
		mails: mailbox.count,
		latency: latency.summary() ?? null,
		relay: relays().erp ?? null,
	});
	const live = new LiveUpdates((orders) => ({
		views: erp.orders({ ids: orders }).map(view),
		figures: figures(),
	}));
	erp.onCommit((commits) => {
		latency.ordersCommitted(commits);
		live.changes(commits.map(({ order }) => order.id));
	});
	mailbox.onMail(() => live.figures());
	warehouse.onCommit((commits) => {
		latency.reservationsCommitted(commits);
		live.changes(commits.map(({ reservation }) => reservation.order));
	});

	const routes: Route[] = [
		{
			method: 'GET',
			path: '/page/catalogue',
			handle: () => {
				const items = erp.listItems({ limit: 1_000 });
				const skus = new Map(
					warehouse.itemsByGtin(items.map(({ gtin }) => gtin)).map((item) => [item.gtin, item]),
				);
				return {
					items: items.map((item) => ({ ...item, warehouse: skus.get(item.gtin) ?? null })),
					customers,
				};
			},
		},
		{
			method: 'GET',
			path: '/page/orders',
			handle: ({ query }) => {
				const orders = erp.orders({
					descending: true,
					limit: pageLength,
					search: query.get('search') ?? undefined,
					after: query.get('after') ?? undefined,
				});
				return { views: orders.map(view), more: orders.length === pageLength };
			},
		},
		{
			method: 'POST',
			path: '/page/orders',
			handle: ({ body }) => new Answer(201, erp.createOrder(NewOrder.parse(body)).order),
		},
		{
			method: 'PATCH',
			path: '/page/orders/:id',
			handle: ({ parameters: { id = '' }, body }) => {
				const { version, patch } = Change.parse(body);
				return erp.patchOrder(id, patch, version);
			},
		},
		{
			method: 'POST',
			path: '/page/orders/:id/resend',
			handle: ({ parameters: { id = '' } }) => ({ events: erp.resend([id]) }),
		},
		{ method: 'GET', path: '/page/mails', handle: () => ({ mails: mailbox.list({ limit: pageLength }) }) },
		{
			method: 'GET',
			path: '/page/mails/:id/attachments/:position',
			handle: ({ parameters: { id = '', position = '' } }) =>
				new Attachment(attachmentOf(mailbox, id, position)),
		},
		{
			method: 'POST',
			path: '/page/stock',
			handle: ({ body }) => {
				const { order, ...adjustment } = StockChange.parse(body);
				const stock = warehouse.adjustStock([adjustment]);
				live.changes([order]);
				return { stock };
			},
		},
	];
	const find = router(routes);

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
		const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
		const method = request.method ?? 'GET';
		try {
			refuseStrangers(request);
			const file = files.get(path);
			if (method === 'GET' && file) {
				response.writeHead(200, { 'content-type': file.type }).end(readFileSync(join(__dirname, file.name)));
				return;
			}
			if (method === 'GET' && path === '/page/stream') {
				live.open(response);
				return;
			}
			const { route, parameters } = find(method, path);
			const body = await readJson(request);
			const result = await route.handle({
				parameters,
				query: new URLSearchParams(search),
				headers: request.headers,
				body,
			});
			if (result instanceof Attachment) result.send(response);
			else if (result instanceof Answer) send(response, result.status, result.body);
			else send(response, 200, result);
		} catch (error) {
			const { status, body } = refusal(error);
			send(response, status, body);
		}
	};

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			console.error('sandbox page:', error);
			response.destroy();
		});
	});
	const port = await listen(server, options.host, options.port);
	return {
		url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
		close: () => {
			live.close();
			return closeServer(server);
		},
	};
}

const pageLength = 60;

/** Opened in the browser when it can be shown there, saved otherwise. */
class Attachment {
	constructor(private readonly file: { name: string; type: string; content: Buffer }) {}

	send(response: ServerResponse): void {
		const { name, type, content } = this.file;
		const place = /^(text\/|image\/|application\/(pdf|json))/.test(type) ? 'inline' : 'attachment';
		response.writeHead(200, {
			...attachmentHeaders,
			'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
			'content-disposition': `${place}; filename*=UTF-8''${encodeURIComponent(name)}`,
		});
		response.end(content);
	}
}

const Change = z.object({ version: z.number().int(), patch: OrderPatch });
const StockChange = z.object({ order: z.string(), sku: z.string(), delta: z.string() });

/**
 * The page asks for no password, so only this computer's own browser pages may speak to it: a foreign name that
 * resolves here (DNS rebinding) is refused by its Host, and a foreign site's request by its origin and type.
 */
function refuseStrangers(request: IncomingMessage): void {
	const name = (request.headers.host ?? '').replace(/:\d+$/, '');
	if (!['127.0.0.1', 'localhost', '[::1]'].includes(name)) {
		throw new ServiceError(403, 'host', 'The sandbox page is served under 127.0.0.1 or localhost only.');
	}
	if (request.method === 'GET') return;
	const site = request.headers['sec-fetch-site'];
	const json = request.headers['content-type']?.startsWith('application/json') === true;
	if (!json || (site !== undefined && site !== 'same-origin')) {
		throw new ServiceError(403, 'origin', 'Changes are taken from the sandbox page itself only.');
	}
}
