// The sandbox page: orders of the ERP on the left, what the WMS holds for them on the right, mail below.

import { element, h, setText } from './dom.js';
import { milliseconds, state, t } from './state.js';
import { listen, loadCatalogue, loadOrders, onChange, report } from './company.js';
import { renderEditor } from './editor.js';
import { openDialog } from './newOrder.js';
import { renderList } from './orderList.js';
import { renderMail } from './mail.js';
import { renderWarehouse } from './warehouse.js';

function render() {
	renderFigures();
	renderList(render);
	renderEditor();
	renderWarehouse();
	renderMail();
}

function renderFigures() {
	const { figures } = state;
	if (!figures) return;
	const { latency, relay } = figures;
	const number = (value) => value.toLocaleString(state.language);
	const rows = [
		[t().figureOrders, number(figures.orders)],
		[t().figureReservations, number(figures.reservations)],
		[t().figureLast, latency ? `${milliseconds(latency.last)} ${t().ms}` : '–'],
		[
			t().figureUsual,
			latency ? `${milliseconds(latency.p50)} / ${milliseconds(latency.p95)} ${t().ms}` : '–',
		],
		relay === null
			? [t().figureEvents, t().eventsOff, 'away']
			: relay.connected
				? [t().figureEvents, t().eventsLive, 'live']
				: [t().figureEvents, t().eventsAway(relay.waiting), 'away'],
	];
	element('figures').replaceChildren(
		...rows.map(([name, value, kind]) =>
			h('div', {}, h('dt', {}, name), h('dd', { class: kind ?? '' }, value)),
		),
	);
}

function setLanguage(language) {
	state.language = language;
	localStorage.setItem('sandbox-language', language);
	document.documentElement.lang = language;
	document.title = t().title;
	for (const node of document.querySelectorAll('[data-text]')) setText(node, t()[node.dataset.text]);
	for (const node of document.querySelectorAll('[data-placeholder]')) {
		node.placeholder = t()[node.dataset.placeholder];
		node.setAttribute('aria-label', node.placeholder);
	}
	for (const button of document.querySelectorAll('[data-language]')) {
		button.setAttribute('aria-pressed', String(button.dataset.language === language));
	}
	render();
}

for (const button of document.querySelectorAll('[data-language]')) {
	button.addEventListener('click', () => setLanguage(button.dataset.language));
}
element('new-order').addEventListener('click', () => openDialog(render));
onChange(render);
let typing;
element('search').addEventListener('input', ({ target }) => {
	clearTimeout(typing);
	typing = setTimeout(() => {
		state.search = target.value.trim();
		loadOrders().catch(report);
	}, 150);
});
setLanguage(state.language);
loadCatalogue()
	.then(() => loadOrders())
	.then(listen, report);
