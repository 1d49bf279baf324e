// WMS: what the warehouse holds for the order.

import { element, h, setText } from './dom.js';
import { itemName, milliseconds, state, t } from './state.js';
import { call, report } from './company.js';

const longWaitMs = 5_000;

let shownAnswer;
let longWait;
/** What the right side was built from, and how its stock figures are brought up to date. */
let built = { view: undefined, language: undefined, late: false, stockCells: new Map() };

export function renderWarehouse() {
	const view = state.views.get(state.selected);
	const late = view !== undefined && Date.now() - Date.parse(view.order.changedAt) > longWaitMs;
	if (built.view !== view || built.language !== state.language || built.late !== late)
		buildWarehouse(view, late);
	for (const [sku, cell] of built.stockCells) {
		const level = state.stock.get(sku);
		setText(cell, level ? t().stockOf(level.available, level.onHand) : '');
	}
}

function buildWarehouse(view, late) {
	built = { view, language: state.language, late, stockCells: new Map() };
	setText(element('wms-subject'), view ? view.order.number : '');
	const root = element('warehouse');
	if (!view) {
		root.replaceChildren();
		return;
	}
	const { order, reservation, event } = view;
	const lines = reservation?.lines ?? [];
	const focused = document.activeElement?.dataset.key;
	const scrolled = root.querySelector('pre')?.scrollTop ?? 0;
	root.replaceChildren(
		measure(view, late),
		lines.length > 0 ? holding(order, lines) : h('p', { class: 'empty' }, t().nothingHeld),
		h('p', { class: 'facts' }, reservation ? t().facts(reservation, clock(reservation.changedAt)) : ''),
		eventDetails(event, reservation?.sequence === order.version),
	);
	root.querySelector('pre').scrollTop = scrolled;
	if (focused !== undefined) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function clock(instant) {
	const date = new Date(instant);
	return `${date.toLocaleTimeString(state.language, { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function measure({ order, answer, reservation, settled }, late) {
	const way = h(
		'div',
		{ class: 'way', 'aria-hidden': 'true' },
		h('span', { class: 'from' }, t().commit),
		h('span', { class: 'track' }),
		h('span', { class: 'to' }, t().reserved),
	);
	if (answer?.sequence === order.version) {
		const shown = `${order.id}@${answer.sequence}`;
		const isNew = shownAnswer !== undefined && shownAnswer !== shown;
		shownAnswer = shown;
		return h(
			'div',
			{ class: isNew ? 'measure flash' : 'measure', id: 'measure' },
			h('div', { class: 'figure' }, milliseconds(answer.milliseconds), h('small', {}, t().ms)),
			h('p', {}, t().took(answer.sequence)),
			way,
		);
	}
	shownAnswer = `${order.id}@`;
	if (settled) {
		const holdsNothing = (reservation?.lines ?? []).length === 0;
		return h(
			'div',
			{ class: 'measure' },
			h('div', { class: 'figure words' }, holdsNothing ? t().nothingTitle : t().upToDate),
			h('p', {}, holdsNothing ? t().nothingWhy[order.status] : t().upToDateWhy),
			...(holdsNothing ? [] : [way]),
		);
	}
	clearTimeout(longWait);
	if (!late) longWait = setTimeout(renderWarehouse, longWaitMs + 100);
	return h(
		'div',
		{ class: 'measure waiting' },
		h('div', { class: 'figure words' }, t().waiting),
		h('p', {}, late ? t().waitingLong : t().waitingWhy),
		late ? resendButton(order.id) : undefined,
		way,
	);
}

function resendButton(order) {
	return h(
		'button',
		{
			type: 'button',
			class: 'plain resend',
			'data-key': 'resend',
			onclick: () => call('POST', `page/orders/${encodeURIComponent(order)}/resend`, {}).catch(report),
		},
		t().resend,
	);
}

function holding(order, lines) {
	return h(
		'table',
		{ class: 'holding' },
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h('th', {}, t().sku),
				h('th', {}, t().held),
				h('th', {}, t().backOrder),
				h('th', { class: 'num' }, t().available),
			),
		),
		h(
			'tbody',
			{},
			...lines.map((line) => {
				const item = state.itemBySku.get(line.sku);
				const level = h('span');
				built.stockCells.set(line.sku, level);
				return h(
					'tr',
					{},
					h(
						'td',
						{},
						itemName(item, ''),
						h(
							'span',
							{ class: 'code' },
							line.sku,
							item ? h('span', { class: 'origin' }, ` ← ${item.code}`) : '',
						),
					),
					h(
						'td',
						{},
						h('span', { class: 'share' }, bar(line), h('span', {}, `${line.reserved} / ${line.requested}`)),
					),
					h('td', {}, line.backOrder === '0' ? '–' : h('span', { class: 'back' }, line.backOrder)),
					h(
						'td',
						{ class: 'num' },
						level,
						h(
							'span',
							{ class: 'stock-buttons' },
							stockButton(order.id, line.sku, '10', '+10', t().receive),
							stockButton(order.id, line.sku, '-10', '−10', t().issue),
						),
					),
				);
			}),
		),
	);
}

function stockButton(order, sku, delta, label, title) {
	return h(
		'button',
		{
			type: 'button',
			title,
			'data-key': `${sku} ${delta}`,
			'aria-label': title,
			onclick: () => call('POST', 'page/stock', { order, sku, delta }).catch(report),
		},
		label,
	);
}

/** The share that is reserved. Drawn with an attribute, since the page's policy allows no inline style. */
function bar({ reserved, requested }) {
	const namespace = 'http://www.w3.org/2000/svg';
	const share = Number(requested) === 0 ? 0 : (100 * Number(reserved)) / Number(requested);
	const svg = document.createElementNS(namespace, 'svg');
	svg.setAttribute('viewBox', '0 0 100 8');
	svg.setAttribute('preserveAspectRatio', 'none');
	const rect = document.createElementNS(namespace, 'rect');
	rect.setAttribute('width', String(share));
	rect.setAttribute('height', '8');
	svg.append(rect);
	return h('span', { class: 'bar', 'aria-hidden': 'true' }, svg);
}

function eventDetails(event, answered) {
	const details = h(
		'details',
		{ open: state.eventOpen },
		h('summary', {}, answered ? t().event : t().eventWaiting, h('span', { class: 'type' }, event.id)),
		h('pre', {}, ...coloured(JSON.stringify(event, null, 2))),
	);
	details.addEventListener('toggle', () => {
		state.eventOpen = details.open;
	});
	return details;
}

function coloured(json) {
	const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;
	const nodes = [];
	let end = 0;
	for (const match of json.matchAll(token)) {
		const [text, string, colon] = match;
		nodes.push(json.slice(end, match.index));
		const kind = string === undefined ? 'literal' : colon === undefined ? 'string' : 'key';
		nodes.push(h('span', { class: kind }, string ?? text), colon ?? '');
		end = match.index + text.length;
	}
	nodes.push(json.slice(end));
	return nodes;
}
