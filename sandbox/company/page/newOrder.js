// ERP: the dialog for a new order.

import { element, h } from './dom.js';
import { state, t } from './state.js';
import { call, report } from './company.js';
import { lineInputs } from './lineInputs.js';

export function openDialog(show) {
	const dialog = element('dialog');
	const customer = h(
		'select',
		{ class: 'wide', id: 'new-customer' },
		...state.customers.map(({ code, name }) => h('option', { value: code }, `${name} · ${code}`)),
	);
	const lines = [];
	const list = h('div');
	const addLine = () => {
		const inputs = lineInputs();
		const remove = () => {
			lines.splice(lines.indexOf(inputs), 1);
			row.remove();
		};
		const row = h(
			'div',
			{ class: 'line' },
			inputs.item,
			inputs.quantity,
			inputs.unit,
			h('button', { type: 'button', class: 'icon', 'aria-label': t().removeLine, onclick: remove }, '×'),
		);
		lines.push(inputs);
		list.append(row);
	};
	addLine();
	const confirmed = h('input', { type: 'checkbox', checked: true, id: 'new-confirmed' });
	const create = async () => {
		const wanted = lines.map((inputs) => inputs.read()).filter((line) => line !== undefined);
		if (wanted.length === 0) {
			lines[0]?.item.focus();
			return;
		}
		try {
			const order = await call('POST', 'page/orders', {
				status: confirmed.checked ? 'confirmed' : 'draft',
				customer: state.customers.find(({ code }) => code === customer.value),
				lines: wanted,
			});
			state.selected = order.id;
			dialog.close();
			element('list').scrollTop = 0;
			show();
		} catch (error) {
			report(error);
		}
	};
	dialog.replaceChildren(
		h('h3', { id: 'dialog-title' }, t().createTitle),
		h('label', { for: 'new-customer' }, t().customer),
		customer,
		h('label', {}, t().lines),
		list,
		h('button', { type: 'button', class: 'plain', onclick: addLine }, t().addLine),
		h(
			'div',
			{ class: 'foot' },
			h('label', { class: 'check', for: 'new-confirmed' }, confirmed, t().confirmAtOnce),
			h('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, t().close),
			h('button', { type: 'button', class: 'primary', onclick: create }, t().create),
		),
	);
	dialog.showModal();
}
