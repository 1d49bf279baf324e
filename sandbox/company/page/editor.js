// ERP: one order.

import { element, h, setText, toast } from './dom.js';
import { itemName, state, t, unitName } from './state.js';
import { change } from './company.js';
import { lineInputs } from './lineInputs.js';

/** The editor is built anew when the order's make-up changes; otherwise only its values are brought up to date. */
let editor = { signature: undefined, update: () => undefined };

export function renderEditor() {
	const view = state.views.get(state.selected);
	const order = view?.order;
	const signature = order
		? [state.language, order.id, order.status, ...order.lines.map((line) => line.id)].join('|')
		: `none|${state.language}`;
	if (signature !== editor.signature) editor = { ...buildEditor(order), signature };
	editor.update(order);
}

function buildEditor(order) {
	const root = element('editor');
	if (!order) {
		root.replaceChildren(h('p', { class: 'quiet' }, t().pickOrder));
		return { update: () => undefined };
	}
	const { id } = order;
	const open = order.status === 'draft' || order.status === 'confirmed';
	const version = h('span', { class: 'quiet' });
	const who = h('span', { class: 'who' });
	const head = h(
		'div',
		{ class: 'editor-head' },
		h('h3', {}, order.number),
		h('span', { class: `chip ${order.status}` }, t().status[order.status]),
		who,
		version,
		h(
			'span',
			{ class: 'actions' },
			order.status === 'draft'
				? h(
						'button',
						{ type: 'button', class: 'primary', onclick: () => change(id, () => ({ status: 'confirmed' })) },
						t().confirm,
					)
				: undefined,
			open
				? h(
						'button',
						{ type: 'button', class: 'danger', onclick: () => change(id, () => ({ status: 'cancelled' })) },
						t().cancelOrder,
					)
				: undefined,
		),
	);
	const quantities = new Map();
	const body = h('tbody');
	for (const line of order.lines) body.append(lineRow(id, line, open, quantities));
	const table = h(
		'table',
		{},
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h('th', {}, t().item),
				h('th', {}, t().quantity),
				h('th', {}, t().unit),
				h('th', { class: 'num hide-small' }, t().price),
				h('th'),
			),
		),
		body,
	);
	root.replaceChildren(
		head,
		order.lines.length === 0 ? h('p', { class: 'quiet' }, t().noLines) : table,
		...(open ? [addRow(id)] : []),
	);
	return {
		update: (now) => {
			setText(version, t().version(now.version));
			setText(who, now.customer.name);
			for (const { id: line, quantity } of now.lines) {
				const input = quantities.get(line);
				if (input && document.activeElement !== input && input.dataset.pending === undefined)
					input.value = quantity;
			}
		},
	};
}

function lineRow(order, line, open, quantities) {
	const item = state.items.get(line.item);
	const input = h('input', {
		value: line.quantity,
		inputmode: 'numeric',
		'aria-label': t().quantity,
		disabled: !open,
		onkeydown: (event) => {
			if (event.key === 'Enter') input.blur();
			if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
				event.preventDefault();
				step(event.key === 'ArrowUp' ? 1 : -1);
			}
		},
		onchange: () => set(),
	});
	quantities.set(line.id, input);
	const set = () => {
		if (!/^\d{1,9}$/.test(input.value.trim())) {
			toast(t().wrongQuantity);
			input.value = state.views.get(order).order.lines.find(({ id }) => id === line.id)?.quantity ?? '';
			return;
		}
		input.dataset.pending = '';
		change(order, (now) => {
			delete input.dataset.pending;
			const wanted = String(Number(input.value));
			const current = now.lines.find(({ id }) => id === line.id);
			return current && current.quantity !== wanted ? { quantities: { [line.id]: wanted } } : undefined;
		});
	};
	const step = (by) => {
		input.value = String(Math.max(0, Number(input.value) + by));
		set();
	};
	const remove = () =>
		change(order, (now) => ({
			lines: now.lines
				.filter(({ id }) => id !== line.id)
				.map(({ id, item: code, quantity, unit, price }) => ({ id, item: code, quantity, unit, price })),
		}));
	return h(
		'tr',
		{},
		h('td', {}, itemName(item, line.name), h('span', { class: 'code' }, line.item)),
		h(
			'td',
			{},
			h(
				'span',
				{ class: 'stepper' },
				h(
					'button',
					{ type: 'button', disabled: !open, 'aria-label': t().less, onclick: () => step(-1) },
					'−',
				),
				input,
				h(
					'button',
					{ type: 'button', disabled: !open, 'aria-label': t().moreOne, onclick: () => step(1) },
					'+',
				),
			),
		),
		h('td', {}, unitName(item, line.unit)),
		h('td', { class: 'num hide-small' }, line.price),
		h(
			'td',
			{ class: 'num' },
			open
				? h(
						'button',
						{
							type: 'button',
							class: 'icon',
							title: t().removeLine,
							'aria-label': t().removeLine,
							onclick: remove,
						},
						'×',
					)
				: '',
		),
	);
}

function addRow(order) {
	const inputs = lineInputs();
	const add = () => {
		const line = inputs.read();
		if (!line) return;
		change(order, (now) => ({
			lines: [
				...now.lines.map(({ id, item, quantity, unit, price }) => ({ id, item, quantity, unit, price })),
				line,
			],
		}));
	};
	return h(
		'div',
		{ class: 'add' },
		inputs.item,
		inputs.quantity,
		inputs.unit,
		h('button', { type: 'button', class: 'plain', onclick: add }, t().addLine),
	);
}
