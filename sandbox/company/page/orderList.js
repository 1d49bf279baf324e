// ERP: the list of orders.

import { element, h, setText } from './dom.js';
import { milliseconds, state, t } from './state.js';
import { loadOrders, report } from './company.js';

const rows = new Map();

export function renderList(show) {
	const list = element('list');
	const nodes = state.listed.map((id) => {
		const { order, reservation, answer, settled } = state.views.get(id);
		let row = rows.get(id);
		if (!row) {
			row = h(
				'button',
				{ type: 'button', class: 'order', onclick: () => select(id, show) },
				h('span', { class: 'number' }),
				h('span', { class: 'customer' }),
				h('span', { class: 'count' }),
				h('span', { class: 'chip' }),
				h('span', { class: 'speed' }),
			);
			rows.set(id, row);
		}
		const [number, customer, count, chip, speed] = row.children;
		setText(number, order.number);
		number.title = order.number;
		setText(customer, order.customer.name);
		setText(count, t().lineCount(order.lines.length));
		setText(chip, t().status[order.status]);
		chip.className = `chip ${order.status}`;
		const measured = answer?.sequence === order.version;
		setText(
			speed,
			measured
				? `${milliseconds(answer.milliseconds)} ${t().ms}`
				: !settled
					? '…'
					: reservation === null
						? ''
						: '✓',
		);
		speed.className = measured ? 'speed measured' : 'speed';
		row.setAttribute('aria-current', String(id === state.selected));
		return row;
	});
	for (const id of rows.keys()) if (!state.views.has(id)) rows.delete(id);
	if (nodes.length === 0) nodes.push(h('p', { class: 'note' }, t().noOrders));
	if (state.more) nodes.push(moreButton());
	const same =
		nodes.length === list.children.length && nodes.every((node, index) => node === list.children[index]);
	if (!same) {
		const { scrollTop } = list;
		const focused = document.activeElement;
		list.replaceChildren(...nodes);
		list.scrollTop = scrollTop;
		if (nodes.includes(focused)) focused.focus({ preventScroll: true });
	}
}

let more;
function moreButton() {
	more ??= h('button', {
		type: 'button',
		class: 'more',
		onclick: () => loadOrders(state.listed.at(-1)).catch(report),
	});
	setText(more, t().more);
	return more;
}

function select(id, show) {
	state.selected = id;
	show();
}
