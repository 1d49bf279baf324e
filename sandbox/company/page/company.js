// Speaking with the sandbox.

import { element, toast } from './dom.js';
import { state, t } from './state.js';

/** Called after each change of what the page knows. */
let shown = () => undefined;
export function onChange(show) {
	shown = show;
}

export async function call(method, path, body) {
	const response = await fetch(path, {
		method,
		...(body === undefined
			? {}
			: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
	});
	const answer = await response.json();
	if (!response.ok) {
		throw Object.assign(new Error(answer.error?.message ?? response.statusText), {
			code: answer.error?.code,
		});
	}
	return answer;
}

/** One change at a time an order, each on the version that the one before it made. */
const queues = new Map();
export function change(id, makePatch) {
	const run = async () => {
		const { order } = state.views.get(id);
		const patch = makePatch(order);
		if (patch === undefined) return;
		try {
			const changed = await call('PATCH', `page/orders/${encodeURIComponent(id)}`, {
				version: order.version,
				patch,
			});
			const view = state.views.get(id);
			if (view.order.version < changed.version) receive([{ ...view, order: changed, settled: false }]);
		} catch (error) {
			toast(error.code === 'version' ? t().conflict : t().failed(error.message));
			await loadOrders();
		}
	};
	const next = (queues.get(id) ?? Promise.resolve()).then(run);
	queues.set(id, next);
	return next;
}

export async function loadCatalogue() {
	const { items, customers } = await call('GET', 'page/catalogue');
	state.customers = customers;
	state.items = new Map(items.map((item) => [item.code, item]));
	state.itemByGtin = new Map(items.map((item) => [item.gtin, item]));
	state.itemBySku = new Map(items.filter((item) => item.warehouse).map((item) => [item.warehouse.sku, item]));
}

let loading = 0;
export async function loadOrders(after) {
	const mine = ++loading;
	const query = new URLSearchParams({ search: state.search });
	if (after !== undefined) query.set('after', after);
	const { views, more } = await call('GET', `page/orders?${query}`);
	if (mine !== loading) return;
	state.listed = after === undefined ? [] : state.listed;
	state.more = more;
	for (const view of views) {
		keep(view);
		if (!state.listed.includes(view.order.id)) state.listed.push(view.order.id);
	}
	if (state.selected === undefined) state.selected = state.listed[0];
	shown();
}

/** Mail never changes, so it is read again only when there is more of it. */
async function loadMails(count) {
	if (count === state.mailCount) return;
	state.mailCount = count;
	const { mails } = await call('GET', 'page/mails');
	state.mails = mails;
	shown();
}

function keep(view) {
	state.views.set(view.order.id, view);
	for (const level of view.stock) state.stock.set(level.sku, level);
}

/** Takes in what changed, whether the page asked for it or not. */
function receive(views) {
	const fresh = [];
	for (const view of views) {
		const { id } = view.order;
		const known = state.views.get(id);
		if (known && known.order.version > view.order.version) continue;
		if (!known && state.search === '') fresh.push(id);
		keep(view);
	}
	if (fresh.length > 0) {
		state.listed = [...new Set([...fresh, ...state.listed])].sort().reverse();
		if (state.listed.length > 200) {
			for (const id of state.listed.splice(200)) if (id !== state.selected) state.views.delete(id);
			state.more = true;
		}
	}
	state.selected ??= state.listed[0];
	shown();
}

export function listen() {
	const stream = new EventSource('page/stream');
	let wasLost = false;
	stream.onmessage = ({ data }) => {
		const { views, figures } = JSON.parse(data);
		state.figures = figures;
		loadMails(figures.mails).catch(report);
		if (wasLost) {
			wasLost = false;
			element('offline').hidden = true;
			loadCatalogue().then(() => loadOrders(), report);
		}
		receive(views);
	};
	stream.onerror = () => {
		wasLost = true;
		element('offline').hidden = false;
	};
}

export function report(error) {
	toast(t().failed(error.message));
}
